// A pod with a user namespace: whose ids files have inside, on volumes and in the layers, and what needs the host's hand.
#include "one_pod.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

enum { FIRST = 300000 };
static const unsigned POD = CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC;

static void begin_mapped(void)
{
    begin();
    const uint32_t map[] = {0, FIRST, 65536};
    struct plan p = {0};
    add(&p, 4, "u", (unsigned)CLONE_NEWUSER);
    add(&p, 6, "MM", 1, map, 1, map);
    add(&p, 37, "qu", 1ULL << 20, 01777U);
    add(&p, 4, "u", POD);
    add(&p, 19, "s", "mapped");
    add(&p, 33, "");
    add(&p, 21, "ss", "net/ipv4/ip_unprivileged_port_start", "0");
    add(&p, 21, "ss", "net/ipv4/ping_group_range", "0 65535");
    add(&p, 35, "u", POD | CLONE_NEWUSER);
    setup(control, &p);
}

// Up to what the caller mounts. The layers are the scratch's low and the rootfs.
static struct plan begin_container(const char *rootfs)
{
    struct plan p = {0};
    add(&p, 61, "u", (unsigned)FIRST);
    add(&p, 4, "u", (unsigned)CLONE_NEWNS);
    add(&p, 7, "sq", "/", (unsigned long long)(MS_REC | MS_SLAVE));
    add(&p, 60, "");
    add(&p, 2, "u", POD | CLONE_NEWUSER);
    add(&p, 4, "u", (unsigned)(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWCGROUP));
    add(&p, 5, "");
    add(&p, 7, "sq", "/", (unsigned long long)(MS_REC | MS_SLAVE));
    add(&p, 8, "Ssssqsc", LIST(in_scratch("low"), rootfs), in_scratch("upper"), in_scratch("work"), in_scratch("hidden/target"),
        0ULL, "", 1);
    add(&p, 9, "sq", in_scratch("hidden/target"), (unsigned long long)MS_PRIVATE);
    add(&p, 10, "sssqsc", "proc", "proc", "/proc", (unsigned long long)(MS_NOSUID | MS_NODEV | MS_NOEXEC), "", 1);
    add(&p, 10, "sssqsc", "sysfs", "sysfs", "/sys", (unsigned long long)(MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY), "", 1);
    add(&p, 10, "sssqsc", "tmpfs", "tmpfs", "/dev", (unsigned long long)MS_NOSUID, "mode=755,size=64k", 1);
    add(&p, 10, "sssqsc", "devpts", "devpts", "/dev/pts", 0ULL, "newinstance,ptmxmode=0666,mode=0620,gid=5", 1);
    add(&p, 10, "sssqsc", "mqueue", "mqueue", "/dev/mqueue", 0ULL, "", 1);
    add(&p, 12, "s", "/dev/shm");
    add(&p, 14, "ss", "pts/ptmx", "/dev/ptmx");
    add(&p, 13, "scuuuuu", "/dev/null", 'c', 1U, 3U, 0666U, (unsigned)FIRST, (unsigned)FIRST);
    add(&p, 13, "scuuuuu", "/dev/other", 'c', 1U, 5U, 0640U, (unsigned)FIRST + 7, (unsigned)FIRST + 8);
    return p;
}

static void make_layers(void)
{
    CHECK_INT(sh("set -e; chmod 755 %s; cd %s; mkdir -p low/sub upper work hidden/target vol; chmod 700 hidden vol; "
                 "chown %d:%d upper; echo x > low/mine; echo y > low/theirs; chown 1000:1001 low/theirs; chown 70000 low/sub; "
                 "mkdir low/set; cp /usr/bin/busybox low/set/id; chown 1000:1000 low/set/id; chmod 4755 low/set/id; "
                 "echo v > vol/owned; chown 1000 vol/owned",
                 scratch, scratch, FIRST, FIRST),
              0);
}

static const char *run(struct plan *p, const char *script)
{
    add(p, 17, "");
    add(p, 25, "uuU", 0U, 0U, 0, NULL);
    add_shell(p, script);
    int code = run_plan(p);
    if (code != 0)
        fprintf(stderr, "%s", content(in_scratch("log")));
    CHECK_INT(code, 0);
    return content(in_scratch("log"));
}

// What setcap writes: version 2, effective, permitted CAP_NET_BIND_SERVICE.
static void give_capability(const char *path)
{
    const uint32_t blob[] = {0x02000001, 1U << 10, 0, 0, 0};
    CHECK(setxattr(path, "security.capability", blob, sizeof blob, 0) == 0);
}

static struct stat stat_of(const char *name)
{
    struct stat st;
    CHECK(lstat(in_scratch("%s", name), &st) == 0);
    return st;
}

TEST(layers_show_the_ids_of_the_image_and_new_files_those_of_the_host)
{
    begin_mapped();
    make_layers();
    struct plan p = begin_container(make_rootfs("root"));
    const char *log =
        run(&p, "cat /proc/self/uid_map; stat -c '%n %u:%g' / /mine /theirs /sub /bin/sh; echo more >> /theirs; echo new > /new; "
                "/set/id; echo via > /proc/self/fd/1; echo done");
    CHECK_CONTAINS(log, "         0     300000      65536\n");
    CHECK_CONTAINS(log, "F / 0:0\n");
    CHECK_CONTAINS(log, "F /mine 0:0\n");
    CHECK_CONTAINS(log, "F /theirs 1000:1001\n");
    CHECK_CONTAINS(log, "F /sub 65534:0\n"); // not in the map
    CHECK_CONTAINS(log, "F /bin/sh 0:0\n");
    CHECK_CONTAINS(log, "F via\n");
    CHECK_CONTAINS(log, "euid=1000");
    CHECK_CONTAINS(log, "F done\n");
    CHECK_INT(stat_of("upper/new").st_uid, FIRST);
    CHECK_INT(stat_of("upper/theirs").st_uid, FIRST + 1000);
    CHECK_INT(stat_of("upper/theirs").st_gid, FIRST + 1001);
    CHECK_INT(stat_of("low/theirs").st_uid, 1000);
    CHECK_TEXT(content(in_scratch("low/theirs")), "y\n");
    // Nothing of it is left on the host.
    CHECK(sh("grep -q %s/ /proc/self/mountinfo", scratch) != 0);
    shim_stop(dir);
}

TEST(capabilities_of_the_images_files_hold_in_the_namespace)
{
    begin_mapped();
    make_layers();
    struct plan p = begin_container(make_rootfs("root"));
    CHECK_INT(sh("cp -a %s/low/set/id %s/low/set/cat && chmod 755 %s/low/set/cat", scratch, scratch, scratch), 0);
    give_capability(in_scratch("low/set/cat"));
    const char *log = run(&p, "/bin/busybox mkdir /moved && /bin/busybox mv /set/cat /moved/cat && echo done");
    CHECK_CONTAINS(log, "F done\n");
    // It was copied up with its capability, which is that of the namespace's root now.
    uint32_t blob[6] = {0};
    CHECK_INT(getxattr(in_scratch("upper/moved/cat"), "security.capability", blob, sizeof blob), 24);
    CHECK_INT(blob[0], 0x03000001);
    CHECK_INT(blob[5], FIRST);
    struct plan second = begin_container(in_scratch("root"));
    add(&second, 17, "");
    add(&second, 25, "uuU", 1234U, 1234U, 0, NULL);
    add_shell(&second, "/moved/cat /proc/self/status | grep CapEff");
    start(control, &(struct start){.id = "c", .plan = &second, .log = in_scratch("log")});
    CHECK_INT(wait_exit(events, "c").code, 0);
    CHECK_CONTAINS(content(in_scratch("log")), "CapEff:\t0000000000000400\n");
    shim_stop(dir);
}

TEST(volumes_have_mapped_ids_where_it_is_asked)
{
    begin_mapped();
    make_layers();
    struct plan p = begin_container(make_rootfs("root"));
    add(&p, 11, "ssqccqcc", in_scratch("vol"), "/mapped", 0ULL, 1, 0, (unsigned long long)(MS_REC | MS_PRIVATE), 1, 1);
    add(&p, 11, "ssqccqcc", in_scratch("vol"), "/plain", (unsigned long long)MS_RDONLY, 1, 0, (unsigned long long)MS_PRIVATE, 1, 0);
    add(&p, 11, "ssqccqcc", in_scratch("vol/owned"), "/etc/owned", 0ULL, 0, 0, (unsigned long long)MS_PRIVATE, 1, 1);
    const char *log = run(&p, "stat -c '%n %u' /mapped /mapped/owned /etc/owned; echo w > /mapped/made; "
                              "ls /plain 2>/dev/null || echo closed; echo x > /etc/owned; echo done");
    CHECK_CONTAINS(log, "F /mapped 0\n");
    CHECK_CONTAINS(log, "F /mapped/owned 1000\n");
    CHECK_CONTAINS(log, "F /etc/owned 1000\n");
    CHECK_CONTAINS(log, "F closed\n");
    CHECK_CONTAINS(log, "F done\n");
    CHECK_INT(stat_of("vol/made").st_uid, 0);
    CHECK_TEXT(content(in_scratch("vol/owned")), "x\n");
    shim_stop(dir);
}

TEST(a_file_system_that_cannot_map_ids_is_named)
{
    begin_mapped();
    make_layers();
    const char *rootfs = make_rootfs("root");
    struct plan p = begin_container(rootfs);
    add(&p, 11, "ssqccqcc", "/proc", "/host", 0ULL, 0, 0, (unsigned long long)MS_PRIVATE, 1, 1);
    add(&p, 17, "");
    send_start(control, 1, &(struct start){.id = "c", .plan = &p, .log = in_scratch("log")});
    check_failed(receive(control), 11, EINVAL, "/proc");
    struct plan bad = begin_container(in_scratch("none"));
    send_start(control, 1, &(struct start){.id = "c", .plan = &bad, .log = in_scratch("log")});
    check_failed(receive(control), 8, ENOENT, in_scratch("none"));
    CHECK(sh("grep -q %s/ /proc/self/mountinfo", scratch) != 0);
    shim_stop(dir);
}

TEST(devices_and_terminal_belong_to_the_namespace)
{
    begin_mapped();
    make_layers();
    struct plan p = begin_container(make_rootfs("root"));
    const char *log = run(&p, "stat -c '%n %t %T %a %u:%g' /dev/null /dev/other; echo x > /dev/null && echo null; "
                              "echo s > /dev/shm/x && stat -c 'shm %u' /dev/shm; mount -t tmpfs none /tmp && echo mounted; "
                              "echo 1 > /proc/sys/net/ipv4/ip_forward && echo forwards; hostname");
    CHECK_CONTAINS(log, "F /dev/null 1 3 666 0:0\n");
    CHECK_CONTAINS(log, "F /dev/other 1 5 640 7:8\n");
    CHECK_CONTAINS(log, "F null\n");
    CHECK_CONTAINS(log, "F shm 0\n");
    CHECK_CONTAINS(log, "F mounted\n");
    CHECK_CONTAINS(log, "F forwards\n");
    CHECK_CONTAINS(log, "F mapped\n");
    shim_stop(dir);
}

TEST(mapped_ids_need_the_pods_user_namespace)
{
    dir = shim_start("pod");
    control = shim_connect(dir);
    CHECK_INT(sh("mkdir %s/vol", scratch), 0);
    struct plan p = {0};
    add(&p, 4, "u", (unsigned)CLONE_NEWNS);
    add(&p, 9, "sq", in_scratch("vol"), 0ULL);
    add(&p, 11, "ssqccqcc", in_scratch("vol"), "/x", 0ULL, 0, 0, 0ULL, 1, 1);
    send_start(control, 1, &(struct start){.id = "c", .plan = &p, .log = in_scratch("log")});
    check_failed(receive(control), 11, ENOENT, in_scratch("vol"));
    shim_stop(dir);
}
