// Steps one by one: their failures are typed and name their subject, and no symlink of an image leads outside.
#include "one_pod.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

TEST(failures_name_step_errno_and_subject)
{
    begin();
#define FAILS(type, error, subject, shape, ...)                                                                        \
    do {                                                                                                               \
        struct plan p = {0};                                                                                           \
        add(&p, 24, "u", 022U);                                                                                        \
        add(&p, type, shape, __VA_ARGS__);                                                                             \
        check_failed(try_plan(&p), type, error, subject);                                                              \
        writer_free(&p.steps);                                                                                         \
    } while (0)
    FAILS(1, ENOENT, "/no/cgroup.procs", "S", LIST("/no/cgroup.procs"));
    FAILS(2, ENOENT, "net", "u", (unsigned)CLONE_NEWNET);
    FAILS(3, ENOENT, "/no/ns", "us", (unsigned)CLONE_NEWNET, "/no/ns");
    FAILS(3, EINVAL, "/etc/passwd", "us", (unsigned)CLONE_NEWNET, "/etc/passwd");
    FAILS(4, EINVAL, "2", "u", 2U);
    FAILS(8, ENOENT, "/no/target", "Ssssqsc", LIST("/etc", "/usr"), "", "", "/no/target", 0ULL, "", 0);
    FAILS(9, ENOENT, "/no/root", "sq", "/no/root", 0ULL);
    FAILS(9, ENOTDIR, "/etc/passwd", "sq", "/etc/passwd", 0ULL);
    FAILS(10, EBADF, "/proc", "sssqsc", "proc", "proc", "/proc", 0ULL, "", 1);
    FAILS(11, ENOENT, "/no/source", "ssqccqcc", "/no/source", "/x", 0ULL, 0, 0, 0ULL, 1, 0);
    FAILS(12, ENOENT, "/dev/shm", "s", "/dev/shm");
    FAILS(17, EINVAL, "/", "", 0);
    FAILS(21, ENOENT, "net/no/such", "ss", "net/no/such", "1");
    FAILS(21, EXDEV, "../../etc/passwd", "ss", "../../etc/passwd", "1");
    FAILS(22, EINVAL, "99", "uqq", 99U, 1ULL, 1ULL);
    FAILS(23, EINVAL, "5000", "uc", 5000U, 1);
    FAILS(25, EINVAL, "4294967295", "uuU", 0U, 0xffffffffU, 0, NULL);
    FAILS(29, EINVAL, "3", "ub", 0U, "abc", (size_t)3);
    FAILS(29, EINVAL, "0", "ub", 0U, "", (size_t)0);
    FAILS(30, ENOENT, "/no/dir", "sc", "/no/dir", 0);
    FAILS(31, ENOENT, "/no/program", "SSS", LIST("/no/program"), LIST("x"), LIST("A=b"));
    FAILS(31, EACCES, "/etc/passwd", "SSS", LIST("/etc/passwd"), LIST("x"), LIST("A=b"));
    FAILS(31, EACCES, NULL, "SSS", LIST("/etc/passwd", "/no/program"), LIST("x"), LIST("A=b"));
    FAILS(31, ENOENT, "tool", "SSS", LIST("/no/tool", "/none/tool"), LIST("tool"), LIST("A=b"));
    FAILS(31, EINVAL, "", "SSS", LIST(NULL), LIST("x"), LIST("A=b"));
    FAILS(35, EPERM, "1073741824", "u", (unsigned)CLONE_NEWNET);
    FAILS(34, EPERM, "/tmp/pin", "us", (unsigned)CLONE_NEWNET, "/tmp/pin");
    FAILS(40, ENOENT, "/no/dir", "s", "/no/dir");
    FAILS(41, EINVAL, NULL, "u", (unsigned)CLONE_NEWNET);
    // Not in a step, and a plan that is not one.
    struct plan p = host_shell("true");
    send_start(control, 1, &(struct start){.id = "c", .plan = &p, .log = in_scratch("no/log")});
    check_failed(receive(control), 0, ENOENT, in_scratch("no/log"));
    struct plan bad = {0};
    add(&bad, 38, "");
    check_error(try_plan(&bad), EINVAL);
    send_start(control, 1, &(struct start){.id = "../c", .plan = &p});
    check_error(receive(control), EINVAL);
    shim_stop(dir);
}

TEST(a_start_that_failed_can_be_tried_again)
{
    begin();
    struct plan bad = {0};
    add(&bad, 40, "s", "/no/dir");
    check_failed(try_plan(&bad), 40, ENOENT, "/no/dir");
    struct plan good = host_shell("exit 3");
    CHECK_INT(run_plan(&good), 3);
    struct plan sleeps = host_shell("sleep 1000");
    start(control, &(struct start){.id = "c", .plan = &sleeps});
    check_failed(try_plan(&good), 0, EEXIST, "c");
    shim_stop(dir);
}

TEST(a_child_killed_in_its_plan_is_a_failure)
{
    begin();
    // A filter that kills at the next call, which is not an exec yet.
    static const uint8_t kill_all[] = {0x06, 0, 0, 0, 0, 0, 0, 0x80};
    struct plan p = {0};
    add(&p, 28, "");
    add(&p, 29, "ub", 0U, kill_all, sizeof kill_all);
    add_shell(&p, "true");
    check_failed(try_plan(&p), 0, 0, "");
    shim_stop(dir);
}

TEST(limits_ids_and_capabilities)
{
    begin();
    struct plan p = {0};
    add(&p, 24, "u", 027U);
    add(&p, 22, "uqq", (unsigned)RLIMIT_NOFILE, 100ULL, 200ULL);
    add(&p, 23, "uc", 500U, 0);
    add(&p, 26, "q", 0x4ffULL);
    add(&p, 25, "uuU", 1234U, 4321U, 2, (const uint32_t[]){55, 66});
    add(&p, 27, "qqqq", 0x400ULL, 0x400ULL, 0x400ULL, 0x400ULL);
    add(&p, 28, "");
    add(&p, 30, "sc", "/tmp", 0);
    add_shell(&p, "grep -E '^(Uid|Gid|Groups|Cap...|NoNewPrivs|SigBlk|SigIgn):' /proc/self/status; umask; pwd; ulimit -n; "
                  "ulimit -Hn; cat /proc/self/oom_score_adj; echo via > /dev/stdout; ls /proc/self/fd | wc -l");
    CHECK_INT(run_plan(&p), 0);
    const char *log = content(in_scratch("log"));
    CHECK_CONTAINS(log, "Uid:\t1234\t1234\t1234\t1234\n");
    CHECK_CONTAINS(log, "Gid:\t4321\t4321\t4321\t4321\n");
    CHECK_CONTAINS(log, "Groups:\t55 66 \n");
    CHECK_CONTAINS(log, "CapInh:\t0000000000000400\n");
    CHECK_CONTAINS(log, "CapPrm:\t0000000000000400\n");
    CHECK_CONTAINS(log, "CapEff:\t0000000000000400\n");
    CHECK_CONTAINS(log, "CapBnd:\t00000000000004ff\n");
    CHECK_CONTAINS(log, "CapAmb:\t0000000000000400\n");
    CHECK_CONTAINS(log, "NoNewPrivs:\t1\n");
    CHECK_CONTAINS(log, "SigBlk:\t0000000000000000\n");
    CHECK_CONTAINS(log, "SigIgn:\t0000000000000000\n");
    CHECK_CONTAINS(log, "F 0027\n");
    CHECK_CONTAINS(log, "F /tmp\n");
    CHECK_CONTAINS(log, "F 100\n");
    CHECK_CONTAINS(log, "F 200\n");
    CHECK_CONTAINS(log, "F 500\n");
    CHECK_CONTAINS(log, "F via\n");
    CHECK_CONTAINS(log, "F 4\n"); // 0, 1, 2 and the listing's own
    // A seccomp program that answers uname with EPERM; x86-64 and arm64 numbers.
    struct plan s = {0};
#ifdef __x86_64__
    const uint32_t uname_number = 63;
#else
    const uint32_t uname_number = 160;
#endif
    struct {
        uint16_t code;
        uint8_t jt, jf;
        uint32_t k;
    } program[] = {{0x20, 0, 0, 0}, {0x15, 0, 1, uname_number}, {0x06, 0, 0, 0x00050001}, {0x06, 0, 0, 0x7fff0000}};
    add(&s, 29, "ub", 0U, program, sizeof program);
    add(&s, 31, "SSS", LIST("/bin/uname"), LIST("uname"), LIST("A=b"));
    CHECK_INT(run_plan(&s), 1);
    CHECK_CONTAINS(content(in_scratch("log")), "Operation not permitted");
    shim_stop(dir);
}

static struct plan rooted(const char *rootfs)
{
    struct plan p = {0};
    add(&p, 4, "u", (unsigned)CLONE_NEWNS);
    add(&p, 7, "sq", "/", (unsigned long long)(MS_REC | MS_PRIVATE));
    add(&p, 9, "sq", rootfs, 0ULL);
    return p;
}

TEST(mounts_of_every_kind)
{
    begin();
    const char *rootfs = make_rootfs("root");
    CHECK_INT(sh("cd %s; mkdir -p source/sub; echo data > source/file; mkdir root/masked; echo secret > root/masked/x; "
                 "echo secret > root/secret; echo ro > root/ro", scratch), 0);
    struct plan p = {0};
    add_container(&p, rootfs);
    add(&p, 11, "ssqccqcc", in_scratch("source"), "/new/parents/dir", (unsigned long long)MS_RDONLY, 1, 1, 0ULL, 1, 0);
    add(&p, 11, "ssqccqcc", in_scratch("source/file"), "/new/file", (unsigned long long)(MS_NOEXEC | MS_NOSUID), 0, 0,
        (unsigned long long)MS_SLAVE, 2, 0);
    add(&p, 15, "s", "/masked");
    add(&p, 15, "s", "/secret");
    add(&p, 15, "s", "/missing");
    add(&p, 16, "s", "/ro");
    add(&p, 16, "s", "/missing/too");
    add(&p, 14, "ss", "/proc/self/fd", "/dev/fd");
    add(&p, 14, "ss", "elsewhere", "/dev/fd");
    add(&p, 13, "scuuuuu", "/dev/pipe", 'p', 0U, 0U, 0622U, 12U, 34U);
    add(&p, 19, "s", "container");
    add(&p, 17, "");
    add(&p, 16, "s", "/proc/sys");
    add(&p, 15, "s", "/proc/keys");
    add(&p, 18, "q", (unsigned long long)(MS_RDONLY | MS_BIND));
    add(&p, 30, "sc", "/tmp", 0);
    add_shell(&p, "cat /new/file; ls /new/parents/dir; touch /new/parents/dir/no; ls /masked; cat /secret; echo x > /ro; "
                  "touch /tmp/no; echo x > /proc/sys/kernel/hostname; hostname; readlink /dev/fd; echo $$; "
                  "stat -c '%F %a %u %g' /dev/pipe; stat -c '%t %T %a' /dev/null; cat /proc/keys; "
                  "grep -c . /proc/self/mountinfo; pwd; cat /proc/self/mountinfo");
    CHECK_INT(run_plan(&p), 0);
    const char *log = content(in_scratch("log"));
    CHECK_CONTAINS(log, "F data\n");
    CHECK_CONTAINS(log, "F sub\n");
    CHECK_CONTAINS(log, "/new/parents/dir/no: Read-only file system");
    CHECK_CONTAINS(log, "can't create /ro: Read-only file system");
    CHECK_CONTAINS(log, "/tmp/no: Read-only file system");
    CHECK_CONTAINS(log, "can't create /proc/sys/kernel/hostname: Read-only file system");
    CHECK_CONTAINS(log, "stdout F container\n");
    CHECK_CONTAINS(log, "stdout F /proc/self/fd\n");
    CHECK_CONTAINS(log, "stdout F 1\n");
    CHECK_CONTAINS(log, "stdout F fifo 622 12 34\n");
    CHECK_CONTAINS(log, "stdout F 1 3 666\n");
    CHECK_CONTAINS(log, "stdout F /tmp\n");
    CHECK(strstr(log, "secret\n") == NULL);
    // Nothing of the host is left in its mount table.
    CHECK(strstr(log, "/sys/fs/cgroup") == NULL);
    // Nothing of this was seen outside.
    CHECK(sh("grep -q %s /proc/self/mountinfo", scratch) != 0);
    shim_stop(dir);
}

TEST(overlay_with_few_and_many_layers)
{
    begin();
    const char *rootfs = make_rootfs("root");
    CHECK_INT(sh("cd %s; mkdir upper work target; i=0; while [ $i -lt 120 ]; do mkdir layer$i; echo $i > layer$i/top; "
                 "echo $i > layer$i/only$i; i=$((i+1)); done", scratch), 0);
    const char *lowers[122];
    static char names[122][128];
    for (int i = 0; i < 120; i++) {
        snprintf(names[i], sizeof names[i], "%s/layer%d", scratch, i);
        lowers[i] = names[i];
    }
    lowers[120] = rootfs;
    lowers[121] = NULL;
    struct plan p = {0};
    add(&p, 4, "u", (unsigned)CLONE_NEWNS);
    add(&p, 7, "sq", "/", (unsigned long long)(MS_REC | MS_SLAVE));
    add(&p, 8, "Ssssqsc", lowers, in_scratch("upper"), in_scratch("work"), in_scratch("target"),
        (unsigned long long)MS_NODEV, "index=off", 0);
    add(&p, 9, "sq", in_scratch("target"), 0ULL);
    add(&p, 17, "");
    add_shell(&p, "cat /top /only119; echo new > /written");
    CHECK_INT(run_plan(&p), 0);
    CHECK_CONTAINS(content(in_scratch("log")), "stdout F 0\n");
    CHECK_CONTAINS(content(in_scratch("log")), "stdout F 119\n");
    CHECK_TEXT(content(in_scratch("upper/written")), "new\n");
    CHECK(!exists(in_scratch("target/top")));
    // One layer and nothing to write on.
    struct plan one = {0};
    add(&one, 4, "u", (unsigned)CLONE_NEWNS);
    add(&one, 7, "sq", "/", (unsigned long long)(MS_REC | MS_SLAVE));
    add(&one, 8, "Ssssqsc", LIST(rootfs), "", "", in_scratch("target"), 0ULL, "", 0);
    add(&one, 9, "sq", in_scratch("target"), 0ULL);
    add(&one, 17, "");
    add_shell(&one, "echo x > /etc/x");
    CHECK_INT(run_plan(&one), 1);
    CHECK_CONTAINS(content(in_scratch("log")), "Read-only file system");
    // The file system's own words are in the message.
    struct plan bad = {0};
    add(&bad, 4, "u", (unsigned)CLONE_NEWNS);
    add(&bad, 8, "Ssssqsc", LIST(rootfs, "/no/layer"), "", "", in_scratch("target"), 0ULL, "", 0);
    check_failed(try_plan(&bad), 8, ENOENT, "/no/layer");
    shim_stop(dir);
}

// An image full of symlinks that lead out: whatever a step makes, it makes inside.
TEST(no_step_follows_a_symlink_out_of_the_root)
{
    begin();
    make_rootfs("root");
    CHECK_INT(sh("cd %s; mkdir outside; echo precious > outside/file; cd root; rmdir etc sys; "
                 "ln -s %s/outside etc; ln -s ../../../../../..%s/outside sys; ln -s /proc/1/root host; "
                 "ln -s %s/outside/made dangling; ln -s ../../../../../..%s/outside/up up; ln -s /loop loop",
                 scratch, scratch, scratch, scratch, scratch), 0);
    CHECK_INT(sh("cd %s; mkdir source; touch source/f; cd outside; find . | sort > ../before", scratch), 0);
    static const char *paths[] = {"/etc/made", "/sys/made", "/dangling", "/up", "/etc/file", "/../../../../../../etc/made2",
                                  "etc/../../../../made3"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct plan p = rooted(in_scratch("root"));
        add(&p, 11, "ssqccqcc", in_scratch("source/f"), paths[i], 0ULL, 0, 0, 0ULL, 1, 0);
        add(&p, 31, "SSS", LIST("/bin/true"), LIST("true"), LIST("A=b"));
        CHECK_INT(run_plan(&p), 0);
        struct plan others = rooted(in_scratch("root"));
        add(&others, 15, "s", paths[i]);
        add(&others, 16, "s", paths[i]);
        add(&others, 13, "scuuuuu", in_scratch("outside/null"), 'c', 1U, 3U, 0666U, 0U, 0U);
        add(&others, 14, "ss", "x", "/etc/link");
        add(&others, 13, "scuuuuu", "/sys/null", 'c', 1U, 3U, 0666U, 0U, 0U);
        add(&others, 10, "sssqsc", "tmpfs", "tmpfs", "/etc/deep/er", 0ULL, "", 1);
        add(&others, 10, "sssqsc", "tmpfs", "tmpfs", "/sys/deep/er", 0ULL, "", 1);
        add(&others, 30, "sc", "/etc/work", 1);
        add(&others, 31, "SSS", LIST("/bin/true"), LIST("true"), LIST("A=b"));
        CHECK_INT(run_plan(&others), 0);
    }
    CHECK_INT(sh("cd %s/outside; find . | sort | cmp - ../before; [ \"$(cat file)\" = precious ]", scratch), 0);
    CHECK(exists(in_scratch("root%s/outside/null", scratch)));
    struct plan loop = rooted(in_scratch("root"));
    add(&loop, 11, "ssqccqcc", in_scratch("source"), "/loop", 0ULL, 0, 0, 0ULL, 1, 0);
    check_failed(try_plan(&loop), 11, ELOOP, "/loop");
    shim_stop(dir);
}

TEST(procfs_is_no_way_out)
{
    begin();
    make_rootfs("root");
    CHECK_INT(sh("cd %s; mkdir source evil; ln -s /proc/self root/self; ln -s /proc/sys root/vol; "
                 "ln -s /proc/self/cwd root/cwd", scratch), 0);
    static const struct {
        const char *path;
        int error;
    } refused[] = {{"/proc/self/cwd/etc", ELOOP}, {"/proc/self/root/tmp", ELOOP}, {"/cwd/x", ELOOP},
                   {"/vol", EPERM},               {"/self/attr", EPERM}};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct plan p = {0};
        add_container(&p, in_scratch("root"));
        add(&p, 11, "ssqccqcc", in_scratch("source"), refused[i].path, 0ULL, 0, 0, 0ULL, 1, 0);
        check_failed(try_plan(&p), 11, refused[i].error, refused[i].path);
    }
    // A working directory or a program behind a descriptor of the shim is out of reach.
    struct plan w = {0};
    add_container(&w, in_scratch("root"));
    add(&w, 17, "");
    add(&w, 30, "sc", "/proc/self/fd/5", 0);
    check_failed(try_plan(&w), 30, ELOOP, "/proc/self/fd/5");
    for (int fd = 3; fd < 30; fd++) {
        char program[64];
        snprintf(program, sizeof program, "/proc/self/fd/%d/bin/sh", fd);
        struct plan e = {0};
        add_container(&e, in_scratch("root"));
        add(&e, 17, "");
        add(&e, 31, "SSS", LIST(program), LIST("sh"), LIST("A=b"));
        struct reply reply = try_plan(&e);
        CHECK_INT(reply.type, FRAME_FAILED);
        free(reply.data);
    }
    // A /proc that the image made a symlink: what is mounted stays inside.
    CHECK_INT(sh("cd %s/root; rmdir proc; ln -s %s/evil proc", scratch, scratch), 0);
    struct plan p = {0};
    add_container(&p, in_scratch("root"));
    add(&p, 17, "");
    add_shell(&p, "true");
    CHECK_INT(run_plan(&p), 0);
    CHECK(!exists(in_scratch("evil/self")));
    shim_stop(dir);
}

TEST(user_namespace_with_mapped_ids)
{
    begin();
    make_rootfs("root");
    CHECK_INT(sh("chown -hR 100000:100000 %s/root; chmod 755 %s", scratch, scratch), 0);
    struct plan p = {0};
    add(&p, 4, "u", (unsigned)CLONE_NEWUSER);
    add(&p, 6, "MM", 1, (const uint32_t[]){0, 100000, 65536}, 1, (const uint32_t[]){0, 100000, 65536});
    add_container(&p, in_scratch("root"));
    add(&p, 17, "");
    add(&p, 25, "uuU", 0U, 0U, 1, (const uint32_t[]){7});
    add_shell(&p, "cat /proc/self/uid_map; id -u; id -G; echo $$; echo made > /tmp/made; echo x > /dev/null && echo null; "
                  "stat -c '%t %T' /dev/zero");
    CHECK_INT(run_plan(&p), 0);
    const char *log = content(in_scratch("log"));
    CHECK_CONTAINS(log, "         0     100000      65536\n");
    CHECK_CONTAINS(log, "stdout F 0\n");
    CHECK_CONTAINS(log, "stdout F 0 7\n");
    CHECK_CONTAINS(log, "stdout F 1\n");
    CHECK_CONTAINS(log, "stdout F null\n");
    CHECK_CONTAINS(log, "stdout F 1 5\n");
    struct stat st;
    CHECK(stat(in_scratch("root/tmp/made"), &st) == 0);
    CHECK_INT(st.st_uid, 100000);
    // Maps that overlap are the kernel's to refuse.
    struct plan bad = {0};
    add(&bad, 4, "u", (unsigned)CLONE_NEWUSER);
    add(&bad, 6, "MM", 2, (const uint32_t[]){0, 100000, 10, 5, 200000, 10}, 0, NULL);
    check_failed(try_plan(&bad), 6, EINVAL, "uid_map");
    shim_stop(dir);
}

// A volume both ways: what the container mounts in it is seen outside, and the other way round.
TEST(binds_propagate_as_they_are_told)
{
    begin();
    make_rootfs("root");
    CHECK_INT(sh("cd %s; mkdir vol; mount -t tmpfs vol vol; mount --make-shared vol; mkdir vol/in vol/out; mkdir root/go",
                 scratch), 0);
    struct plan p = {0};
    add(&p, 4, "u", (unsigned)CLONE_NEWNS);
    add(&p, 9, "sq", in_scratch("root"), (unsigned long long)(MS_REC | MS_PRIVATE));
    add(&p, 10, "sssqsc", "proc", "proc", "/proc", 0ULL, "", 1);
    add(&p, 11, "ssqccqcc", in_scratch("vol"), "/both", 0ULL, 1, 0, (unsigned long long)(MS_REC | MS_SHARED), 1, 0);
    add(&p, 11, "ssqccqcc", in_scratch("vol"), "/from", 0ULL, 1, 0, (unsigned long long)(MS_REC | MS_SLAVE), 1, 0);
    add(&p, 11, "ssqccqcc", in_scratch("vol"), "/none", 0ULL, 1, 0, (unsigned long long)(MS_REC | MS_PRIVATE), 1, 0);
    add(&p, 17, "");
    add_shell(&p, "mount -t tmpfs tmpfs /both/in; echo made > /both/in/x; mount -t tmpfs tmpfs /from/out; "
                  "while [ ! -e /from/in/y ]; do sleep 0.01; done; ls /none/in /none/out; echo seen; exit 0");
    start(control, &(struct start){.id = "c", .plan = &p, .log = in_scratch("log")});
    EVENTUALLY(exists(in_scratch("vol/in/x")));
    put_content(in_scratch("vol/in/y"), "");
    CHECK_INT(wait_exit(events, "c").code, 0);
    CHECK_CONTAINS(content(in_scratch("log")), "F seen\n");
    CHECK(strstr(content(in_scratch("log")), "F x\n") == NULL);
    CHECK(sh("grep -q %s/vol/out /proc/self/mountinfo", scratch) != 0);
    shim_stop(dir);
    CHECK_INT(sh("umount %s/vol/in; umount %s/vol", scratch, scratch), 0);
}

// Groups of both versions, where the machine has them.
TEST(cgroups_are_joined)
{
    static const char *const hierarchies[][2] = {{"/sys/fs/cgroup/unified", "cgroup.procs"},
                                                 {"/sys/fs/cgroup", "cgroup.procs"},
                                                 {"/sys/fs/cgroup/pids", "cgroup.procs"},
                                                 {"/sys/fs/cgroup/pids", "tasks"}};
    int joined = 0;
    begin();
    for (int i = 0; i < 4; i++) {
        char group[128], file[256];
        snprintf(file, sizeof file, "%s/%s", hierarchies[i][0], hierarchies[i][1]);
        if (!exists(file))
            continue;
        snprintf(group, sizeof group, "%s/gantry-shim-test-%d", hierarchies[i][0], getpid());
        CHECK_INT(mkdir(group, 0755), 0);
        snprintf(file, sizeof file, "%s/%s", group, hierarchies[i][1]);
        struct plan p = {0};
        add(&p, 1, "S", LIST(file));
        add(&p, 4, "u", (unsigned)(CLONE_NEWPID | CLONE_NEWCGROUP));
        add(&p, 5, "");
        add_shell(&p, "echo $$; cat /proc/self/cgroup; exit 3");
        CHECK_INT(run_plan(&p), 3);
        CHECK_CONTAINS(content(in_scratch("log")), "F 1\n");
        // A cgroup namespace made there begins there.
        CHECK_CONTAINS(content(in_scratch("log")), ":/\n");
        // After a new pid namespace it is joined by moving: the next child is the first of that namespace.
        struct plan late = {0};
        add(&late, 4, "u", (unsigned)CLONE_NEWPID);
        add(&late, 1, "S", LIST(file));
        add(&late, 5, "");
        add_shell(&late, "echo $$; cat /proc/self/cgroup");
        CHECK_INT(run_plan(&late), 0);
        CHECK_CONTAINS(content(in_scratch("log")), "F 1\n");
        CHECK_CONTAINS(content(in_scratch("log")), strrchr(group, '/'));
        EVENTUALLY(rmdir(group) == 0);
        joined++;
    }
    shim_stop(dir);
    if (joined == 0)
        SKIP("no cgroup hierarchy to make groups in");
}
