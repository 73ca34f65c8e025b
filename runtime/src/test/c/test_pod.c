// A pod as a whole: its namespaces, its shared memory, its init, its end.
#include "kit.h"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

static const unsigned POD = CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;

static struct plan pod_plan(const char *pin, bool shared_processes)
{
    struct plan p = {0};
    add(&p, 4, "u", POD | (shared_processes ? CLONE_NEWPID : 0U));
    add(&p, 19, "s", "the-pod");
    add(&p, 20, "s", "domain");
    add(&p, 21, "ss", "net/ipv4/ip_forward", "1");
    add(&p, 21, "ss", "kernel/msgmax", "4321");
    add(&p, 33, "");
    add(&p, 37, "qu", 1ULL << 20, 01777U);
    if (pin != NULL)
        add(&p, 34, "us", (unsigned)CLONE_NEWNET, pin);
    if (shared_processes)
        add(&p, 5, "");
    add(&p, 35, "u", POD | (shared_processes ? CLONE_NEWPID : 0U));
    if (shared_processes)
        add(&p, 36, "");
    return p;
}

static struct plan container_plan(const char *rootfs, const char *script, bool shared_processes)
{
    struct plan p = {0};
    add(&p, 2, "u", POD | (shared_processes ? CLONE_NEWPID : 0U));
    add(&p, 4, "u", (unsigned)CLONE_NEWNS | (shared_processes ? 0U : (unsigned)CLONE_NEWPID));
    add(&p, 5, "");
    add(&p, 7, "sq", "/", (unsigned long long)(MS_REC | MS_SLAVE));
    add(&p, 9, "sq", rootfs, 0ULL);
    add(&p, 10, "sssqsc", "proc", "proc", "/proc", 0ULL, "", 1);
    add(&p, 10, "sssqsc", "tmpfs", "tmpfs", "/dev", 0ULL, "mode=755", 1);
    add(&p, 10, "sssqsc", "mqueue", "mqueue", "/dev/mqueue", 0ULL, "", 1);
    add(&p, 10, "sssqsc", "sysfs", "sysfs", "/sys", (unsigned long long)MS_RDONLY, "", 1);
    add(&p, 13, "scuuuuu", "/dev/null", 'c', 1U, 3U, 0666U, 0U, 0U);
    add(&p, 12, "s", "/dev/shm");
    add(&p, 17, "");
    add_shell(&p, script);
    return p;
}

// Mounts of this test that the machine sees.
static int count_mounts(void)
{
    int count = 0;
    for (const char *at = content("/proc/self/mountinfo"); (at = strstr(at, scratch)) != NULL; at++)
        count++;
    return count;
}

static void pod_life(bool shared_processes)
{
    const char *dir = shim_start("pod"), *rootfs = make_rootfs("root"), *pin = strdup(in_scratch("netns"));
    int fd = shim_connect(dir), events = subscribe(dir);
    struct plan p = pod_plan(pin, shared_processes);
    setup(fd, &p);
    send_frame(fd, FRAME_PING, 1, NULL, NULL, 0);
    struct reply pong = receive(fd);
    take_u32(&pong.r);
    take_i32(&pong.r);
    take_string(&pong.r);
    CHECK_INT(take_u8(&pong.r), 1);
    CHECK_INT(count_mounts(), 1); // the pin
    CHECK_INT(sh("nsenter --net=%s ip -o link show lo | grep -q ,UP", pin), 0);
    CHECK_INT(sh("nsenter --net=%s grep -q 1 /proc/sys/net/ipv4/ip_forward", pin), 0);
    // Two containers see the same pod, and not each other's root.
    struct plan one = container_plan(rootfs,
                                     "hostname; echo shared > /dev/shm/x; cat /proc/sys/kernel/msgmax; "
                                     "cat /proc/sys/kernel/domainname; echo pid $$; ls /sys/class/net; sleep 1000",
                                     shared_processes);
    struct plan two = container_plan(rootfs, "cat /dev/shm/x; stat -c 'mode %a' /dev/shm; df -m /dev/shm; ps; exit 5",
                                     shared_processes);
    start(fd, &(struct start){.id = "one", .plan = &one, .log = in_scratch("one")});
    EVENTUALLY(strstr(content(in_scratch("one")), " lo\n") != NULL);
    CHECK_CONTAINS(content(in_scratch("one")), "stdout F the-pod\n");
    CHECK_CONTAINS(content(in_scratch("one")), "stdout F 4321\n");
    CHECK_CONTAINS(content(in_scratch("one")), "stdout F domain\n");
    CHECK((strstr(content(in_scratch("one")), "stdout F pid 1\n") == NULL) == shared_processes);
    start(fd, &(struct start){.id = "two", .plan = &two, .log = in_scratch("two")});
    CHECK_INT(wait_exit(events, "two").code, 5);
    CHECK_CONTAINS(content(in_scratch("two")), "stdout F shared\n");
    CHECK_CONTAINS(content(in_scratch("two")), "stdout F mode 1777\n");
    CHECK((strstr(content(in_scratch("two")), "sleep 1000") != NULL) == shared_processes);
    shim_stop(dir);
    CHECK_CONTAINS(content(in_scratch("pod/exits/one")), "code=137\nsignal=9\n");
    CHECK(!exists(pin));
    CHECK_INT(count_mounts(), 0);
}

TEST(pod_with_a_process_namespace_for_each_container)
{
    pod_life(false);
}

TEST(pod_with_one_process_namespace)
{
    pod_life(true);
}

TEST(orphans_are_reaped_in_the_pods_process_namespace)
{
    const char *dir = shim_start("pod"), *rootfs = make_rootfs("root");
    int fd = shim_connect(dir), events = subscribe(dir);
    struct plan p = pod_plan(NULL, true);
    setup(fd, &p);
    struct plan one = container_plan(rootfs, "(sleep 0 & ) ; (sleep 0 &); sleep 0.2; ps; exit 0", true);
    start(fd, &(struct start){.id = "one", .plan = &one, .log = in_scratch("one")});
    CHECK_INT(wait_exit(events, "one").code, 0);
    // The heading, the init, the container, ps itself.
    int lines = 0;
    for (const char *at = content(in_scratch("one")); *at != '\0'; at++)
        lines += *at == '\n';
    CHECK_INT(lines, 4);
    shim_stop(dir);
}

TEST(a_failed_setup_leaves_nothing_and_can_be_tried_again)
{
    const char *dir = shim_start("pod"), *pin = strdup(in_scratch("netns"));
    int fd = shim_connect(dir);
    struct plan p = pod_plan(pin, false);
    add(&p, 40, "s", "/no/dir");
    struct writer w = {0};
    put_u32(&w, p.count);
    put_raw(&w, p.steps.data, p.steps.size);
    send_frame(fd, FRAME_SETUP, 1, &w, NULL, 0);
    check_failed(receive(fd), 40, ENOENT, "/no/dir");
    CHECK(!exists(pin));
    CHECK_INT(count_mounts(), 0);
    struct plan good = pod_plan(pin, false);
    setup(fd, &good);
    send_frame(fd, FRAME_SETUP, 1, &w, NULL, 0);
    check_failed(receive(fd), 0, EALREADY, "pod");
    // A pin that exists already is not taken over.
    const char *second = shim_start("second");
    int other = shim_connect(second);
    send_frame(other, FRAME_SETUP, 1, &w, NULL, 0);
    check_failed(receive(other), 34, EEXIST, pin);
    CHECK(exists(pin));
    shim_stop(second);
    CHECK(exists(pin));
    shim_stop(dir);
    CHECK(!exists(pin));
}

TEST(user_namespace_of_the_pod)
{
    const char *dir = shim_start("pod"), *rootfs = make_rootfs("root");
    int fd = shim_connect(dir), events = subscribe(dir);
    CHECK_INT(sh("chown -hR 200000:200000 %s; chmod 755 %s", rootfs, scratch), 0);
    struct plan p = {0};
    add(&p, 4, "u", (unsigned)CLONE_NEWUSER);
    add(&p, 6, "MM", 1, (const uint32_t[]){0, 200000, 65536}, 1, (const uint32_t[]){0, 200000, 65536});
    add(&p, 4, "u", POD);
    add(&p, 19, "s", "mapped");
    add(&p, 33, "");
    add(&p, 37, "qu", 1ULL << 20, 01777U);
    add(&p, 34, "us", (unsigned)CLONE_NEWNET, in_scratch("netns"));
    add(&p, 35, "u", POD | CLONE_NEWUSER);
    setup(fd, &p);
    struct plan one = {0};
    add(&one, 2, "u", POD | CLONE_NEWUSER);
    add(&one, 4, "u", (unsigned)CLONE_NEWNS | CLONE_NEWPID);
    add(&one, 5, "");
    add(&one, 7, "sq", "/", (unsigned long long)(MS_REC | MS_SLAVE));
    add(&one, 9, "sq", rootfs, 0ULL);
    add(&one, 10, "sssqsc", "proc", "proc", "/proc", 0ULL, "", 1);
    add(&one, 10, "sssqsc", "tmpfs", "tmpfs", "/dev", 0ULL, "mode=755", 1);
    add(&one, 12, "s", "/dev/shm");
    add(&one, 17, "");
    add_shell(&one, "hostname; id -u; echo x > /dev/shm/x && cat /proc/self/uid_map; hostname changed; hostname");
    start(fd, &(struct start){.id = "one", .plan = &one, .log = in_scratch("one")});
    CHECK_INT(wait_exit(events, "one").code, 0);
    CHECK_CONTAINS(content(in_scratch("one")), "stdout F mapped\n");
    CHECK_CONTAINS(content(in_scratch("one")), "stdout F 0\n");
    CHECK_CONTAINS(content(in_scratch("one")), "     200000      65536\n");
    CHECK_CONTAINS(content(in_scratch("one")), "stdout F changed\n");
    shim_stop(dir);
}

static int children_of(int pid)
{
    const char *list = content(in_scratch("../../proc/%d/task/%d/children", pid, pid));
    int count = 0;
    for (; *list != '\0'; list++)
        count += *list == ' ';
    return count;
}

TEST(shutdown_ends_orphans_and_groups)
{
    const char *dir = shim_start("pod");
    int fd = shim_connect(dir), events = subscribe(dir);
    struct plan p = host_shell("setsid sleep 4321 & setsid sh -c 'trap \"\" TERM; sleep 4321 & sleep 4321' & exec sleep 0.2");
    start(fd, &(struct start){.id = "c1", .plan = &p});
    CHECK_INT(wait_exit(events, "c1").code, 0);
    int pid = atoi(content(in_scratch("pod/shim.pid")));
    CHECK_INT(children_of(pid), 2);
    char children[128];
    snprintf(children, sizeof children, "%s", content(in_scratch("../../proc/%d/task/%d/children", pid, pid)));
    int first = atoi(children);
    shim_stop(dir);
    CHECK(kill(first, 0) < 0);
}

TEST(shutdown_while_a_plan_hangs)
{
    const char *dir = shim_start("pod");
    int fd = shim_connect(dir);
    CHECK_INT(sh("mkfifo %s/fifo", scratch), 0);
    // A write to a fifo without a reader waits for ever: a plan on a dead file system does as much.
    struct plan p = {0};
    add(&p, 1, "S", LIST(in_scratch("fifo")));
    send_start(fd, 11, &(struct start){.id = "hung", .plan = &p});
    int other = shim_connect(dir);
    send_frame(other, FRAME_LIST, 1, NULL, NULL, 0);
    struct reply listing = receive(other);
    CHECK_INT(listing.type, FRAME_LISTING);
    CHECK_INT(take_u32(&listing.r), 0);
    check_failed((send_start(other, 2, &(struct start){.id = "hung", .plan = &p}), receive(other)), 0, EEXIST, "hung");
    // KILL ends such a start, and only KILL.
    struct writer w = {0};
    put_string(&w, "hung");
    put_i32(&w, SIGTERM);
    send_frame(other, FRAME_SIGNAL, 1, &w, NULL, 0);
    check_error(receive(other), EAGAIN);
    struct writer k = {0};
    put_string(&k, "hung");
    put_i32(&k, SIGKILL);
    send_frame(other, FRAME_SIGNAL, 1, &k, NULL, 0);
    check_ok(receive(other));
    check_failed(receive(fd), 0, 0, "");
    send_start(fd, 11, &(struct start){.id = "hung", .plan = &p});
    shim_stop(dir);
}

TEST(a_start_goes_on_without_its_client)
{
    const char *dir = shim_start("pod");
    int fd = shim_connect(dir), other = shim_connect(dir);
    CHECK_INT(sh("mkfifo %s/fifo", scratch), 0);
    struct plan p = {0};
    add(&p, 1, "S", LIST(in_scratch("fifo")));
    add_shell(&p, "exec sleep 1000");
    send_start(fd, 11, &(struct start){.id = "c1", .plan = &p});
    send_frame(other, FRAME_PING, 1, NULL, NULL, 0);
    receive(other);
    close(fd);
    CHECK_INT(sh("cat %s/fifo >/dev/null", scratch), 0);
    for (int tries = 0;; tries++) {
        CHECK(tries < 2000);
        send_frame(other, FRAME_LIST, 1, NULL, NULL, 0);
        struct reply listing = receive(other);
        if (take_u32(&listing.r) == 1)
            break;
        usleep(5000);
    }
    shim_stop(dir);
}

// kill -9 of a client harms nothing.
TEST(a_killed_client_leaves_containers_alone)
{
    const char *dir = shim_start("pod");
    pid_t pid = fork();
    if (pid == 0) {
        int fd = shim_connect(dir);
        struct plan p = host_shell("i=0; while :; do echo $i; i=$((i+1)); sleep 0.01; done");
        start(fd, &(struct start){.id = "c1", .plan = &p, .log = in_scratch("log")});
        kill(getpid(), SIGKILL);
    }
    waitpid(pid, NULL, 0);
    EVENTUALLY(strstr(content(in_scratch("log")), "F 50\n") != NULL);
    shim_stop(dir);
    CHECK_INT(sh("cd %s; cut -d' ' -f4 log > got; seq 0 $(($(wc -l < got)-1)) | cmp - got", scratch), 0);
}

TEST(one_shim_a_directory)
{
    const char *dir = shim_start("pod");
    CHECK(sh("%s --dir %s --id pod 2>%s/error", shim_program(), dir, scratch) != 0);
    CHECK_CONTAINS(content(in_scratch("error")), "another shim runs here");
    int pid = atoi(content(in_scratch("pod/shim.pid")));
    struct pollfd gone = {.fd = sys_pidfd_open(pid), .events = POLLIN};
    kill(pid, SIGKILL);
    CHECK_INT(poll(&gone, 1, 20000), 1);
    // After a crash the next one starts over what is left.
    shim_start("pod");
    shim_stop(dir);
    CHECK(sh("%s --dir /no/dir --id pod 2>%s/error", shim_program(), scratch) != 0);
    CHECK_CONTAINS(content(in_scratch("error")), "No such file or directory");
    CHECK(sh("%s 2>%s/error", shim_program(), scratch) != 0);
    CHECK_CONTAINS(content(in_scratch("error")), "usage");
}

// A memory cgroup of its own, wherever the machine has one.
TEST(oom_kill_is_noticed)
{
    const char *dir = shim_start("pod");
    int fd = shim_connect(dir), events = subscribe(dir);
    char group[256];
    bool v1 = exists("/sys/fs/cgroup/memory/memory.limit_in_bytes");
    snprintf(group, sizeof group, "/sys/fs/cgroup/%sgantry-shim-test-%d", v1 ? "memory/" : "", getpid());
    CHECK_INT(mkdir(group, 0755), 0);
    char path[320], count[320];
    snprintf(path, sizeof path, "%s/%s", group, v1 ? "memory.limit_in_bytes" : "memory.max");
    CHECK_INT(write_file_at(-1, path, "20000000", 8), 0);
    snprintf(path, sizeof path, "%s/cgroup.procs", group);
    snprintf(count, sizeof count, "%s/%s", group, v1 ? "memory.oom_control" : "memory.events");
    for (int eats = 0; eats < 2; eats++) {
        struct plan p = {0};
        add(&p, 1, "S", LIST(path));
        if (eats)
            add(&p, 31, "SSS", LIST("/bin/dd"), LIST("dd", "if=/dev/zero", "of=/dev/null", "bs=200M", "count=1"), LIST("A=b"));
        else
            add_shell(&p, "exit 0");
        start(fd, &(struct start){.id = "c1", .plan = &p, .oom = count});
        struct exited e = wait_exit(events, "c1");
        CHECK_INT(e.oom, eats);
        CHECK_INT(e.code, eats ? 137 : 0);
        CHECK_CONTAINS(content(in_scratch("pod/exits/c1")), eats ? "oom=1\n" : "oom=0\n");
        check_ok(ask_text(fd, FRAME_DELETE, "c1"));
    }
    shim_stop(dir);
    CHECK_INT(rmdir(group), 0);
}

// A frozen process does not die: the client hears of it after a while, and the shim goes on waiting.
TEST(shutdown_says_who_does_not_die)
{
    char group[256], path[320];
    if (!exists("/sys/fs/cgroup/freezer/cgroup.procs"))
        SKIP("no freezer of cgroup v1, whose frozen processes do not die");
    const char *dir = shim_start("pod");
    int fd = shim_connect(dir);
    snprintf(group, sizeof group, "/sys/fs/cgroup/freezer/gantry-shim-test-%d", getpid());
    CHECK_INT(mkdir(group, 0755), 0);
    snprintf(path, sizeof path, "%s/cgroup.procs", group);
    struct plan p = {0};
    add(&p, 1, "S", LIST(path));
    add_shell(&p, "exec sleep 1000");
    start(fd, &(struct start){.id = "frozen", .plan = &p});
    snprintf(path, sizeof path, "%s/freezer.state", group);
    CHECK_INT(write_file_at(-1, path, "FROZEN", 6), 0);
    EVENTUALLY(strcmp(content(path), "FROZEN\n") == 0);
    struct pollfd gone = {.fd = sys_pidfd_open(atoi(content(in_scratch("pod/shim.pid")))), .events = POLLIN};
    send_frame(fd, FRAME_SHUTDOWN, 9, NULL, NULL, 0);
    struct plan other = host_shell("true");
    send_start(fd, 10, &(struct start){.id = "late", .plan = &other});
    check_error(receive(fd), ESHUTDOWN);
    struct reply reply = receive(fd);
    CHECK_INT(reply.type, FRAME_ERROR);
    CHECK_INT(take_i32(&reply.r), ETIMEDOUT);
    CHECK_CONTAINS(take_string(&reply.r), "frozen");
    CHECK_INT(write_file_at(-1, path, "THAWED", 6), 0);
    CHECK_INT(poll(&gone, 1, 20000), 1);
    CHECK(!exists(in_scratch("pod/shim.sock")));
    CHECK_CONTAINS(content(in_scratch("pod/exits/frozen")), "code=137\n");
    EVENTUALLY(rmdir(group) == 0);
}

TEST(the_pods_init_is_not_ended_from_inside)
{
    const char *dir = shim_start("pod"), *rootfs = make_rootfs("root");
    int fd = shim_connect(dir), events = subscribe(dir);
    struct plan p = pod_plan(NULL, true);
    setup(fd, &p);
    struct plan one = container_plan(rootfs, "kill -TERM 1; kill -KILL 1; kill -INT 1; sleep 0.1; ps; exit 3", true);
    start(fd, &(struct start){.id = "one", .plan = &one, .log = in_scratch("one")});
    CHECK_INT(wait_exit(events, "one").code, 3);
    CHECK_CONTAINS(content(in_scratch("one")), "gantry-shim");
    shim_stop(dir);
}
