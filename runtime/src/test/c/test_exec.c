// Exec, attach, terminals, stdin.
#include "one_pod.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

// A container with namespaces of its own that runs the script.
static int begin_container(const char *script, uint32_t flags)
{
    begin();
    struct plan p = {0};
    add_container(&p, make_rootfs("root"));
    add(&p, 17, "");
    if ((flags & FLAG_TERMINAL) != 0)
        add(&p, 32, "hhu", 30, 100, 0U);
    add_shell(&p, script);
    return start(control, &(struct start){.id = "c1", .plan = &p, .log = in_scratch("log"), .flags = flags});
}

static struct plan exec_plan(const char *script)
{
    struct plan p = {0};
    add(&p, 41, "u", (unsigned)(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC));
    add(&p, 5, "");
    add_shell(&p, script);
    return p;
}

static const char *read_all(int fd)
{
    static char text[1 << 20];
    size_t have = 0;
    for (;;) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        CHECK(poll(&wait, 1, 20000) == 1);
        ssize_t n = read(fd, text + have, sizeof text - 1 - have);
        if (n <= 0)
            break;
        have += (size_t)n;
    }
    text[have] = '\0';
    return text;
}

static void read_until(int fd, const char *expected)
{
    char text[65536] = "";
    size_t have = 0;
    while (strstr(text, expected) == NULL) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        if (poll(&wait, 1, 20000) != 1 || have >= sizeof text - 1)
            CHECK_CONTAINS(text, expected);
        ssize_t n = read(fd, text + have, sizeof text - 1 - have);
        if (n <= 0)
            CHECK_CONTAINS(text, expected);
        have += (size_t)n;
        text[have] = '\0';
    }
}

TEST(exec_in_the_container_with_descriptors)
{
    begin_container("sleep 1000", 0);
    int out[2], err[2], in[2];
    CHECK(pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0 && pipe2(in, O_CLOEXEC) == 0);
    struct plan p = exec_plan("cat; echo err >&2; ps; ls /; exit 9");
    int fd = shim_connect(dir);
    send_exec(fd, 77, "c1", FLAG_STDIN | FLAG_STDOUT | FLAG_STDERR, &p, (int[]){in[0], out[1], err[1]}, 3);
    close(in[0]);
    close(out[1]);
    close(err[1]);
    struct reply started = receive(fd);
    CHECK_INT(started.type, FRAME_STARTED);
    CHECK_INT(started.request, 77);
    int pid = take_i32(&started.r);
    CHECK(write_all(in[1], "input\n", 6) == 0);
    close(in[1]);
    const char *text = read_all(out[0]);
    CHECK_CONTAINS(text, "input\n");
    CHECK_CONTAINS(text, "sleep 1000");
    CHECK_CONTAINS(text, "lib64\n");
    CHECK_TEXT(read_all(err[0]), "err\n");
    struct reply reply = receive(fd);
    CHECK_INT(reply.request, 77);
    struct exited e = take_exited(reply);
    CHECK_INT(e.code, 9);
    CHECK_INT(e.pid, pid);
    // Its exit is not the container's, and a failure says where.
    struct plan bad = {0};
    add(&bad, 41, "u", (unsigned)CLONE_NEWNS);
    add(&bad, 31, "SSS", LIST("/no/program"), LIST("x"), LIST("A=b"));
    send_exec(fd, 78, "c1", 0, &bad, NULL, 0);
    check_failed(receive(fd), 31, ENOENT, "/no/program");
    send_exec(fd, 79, "none", 0, &p, NULL, 0);
    check_failed(receive(fd), 0, ENOENT, "none");
    send_exec(fd, 80, "c1", FLAG_STDOUT, &p, NULL, 0);
    check_error(receive(fd), EINVAL);
    shim_stop(dir);
}

TEST(exec_ends_with_its_connection)
{
    begin_container("sleep 1000", 0);
    int out[2];
    CHECK(pipe2(out, O_CLOEXEC) == 0);
    struct plan p = exec_plan("sleep 500 & sleep 500 & echo up; wait");
    int fd = shim_connect(dir);
    send_exec(fd, 1, "c1", FLAG_STDOUT, &p, (int[]){out[1]}, 1);
    close(out[1]);
    CHECK_INT(receive(fd).type, FRAME_STARTED);
    read_until(out[0], "up\n");
    close(fd);
    // All three held the pipe.
    CHECK_TEXT(read_all(out[0]), "");
    shim_stop(dir);
}

TEST(exec_is_told_when_it_exits_whoever_holds_its_stdout)
{
    begin_container("sleep 1000", 0);
    int out[2];
    CHECK(pipe2(out, O_CLOEXEC) == 0);
    struct plan p = exec_plan("sleep 1000 & exit 4");
    int fd = shim_connect(dir);
    send_exec(fd, 1, "c1", FLAG_STDOUT, &p, (int[]){out[1]}, 1);
    close(out[1]);
    CHECK_INT(receive(fd).type, FRAME_STARTED);
    CHECK_INT(take_exited(receive(fd)).code, 4);
    close(fd);
    shim_stop(dir);
}

TEST(exec_dies_with_its_container)
{
    begin_container("sleep 1000", 0);
    struct plan p = exec_plan("sleep 1000");
    int fd = shim_connect(dir);
    send_exec(fd, 1, "c1", 0, &p, NULL, 0);
    CHECK_INT(receive(fd).type, FRAME_STARTED);
    struct writer w = {0};
    put_string(&w, "c1");
    put_i32(&w, SIGKILL);
    send_frame(control, FRAME_SIGNAL, 1, &w, NULL, 0);
    check_ok(receive(control));
    CHECK_INT(wait_exit(events, "c1").code, 137);
    CHECK_INT(take_exited(receive(fd)).code, 137);
    send_exec(fd, 2, "c1", 0, &p, NULL, 0);
    check_failed(receive(fd), 0, ESRCH, "c1");
    shim_stop(dir);
}

// As systemd in a container does: its processes in a group below, and controllers handed to that one.
TEST(exec_joins_the_group_of_the_init)
{
    char group[128], init[160], file[192], pid[16];
    snprintf(group, sizeof group, "/sys/fs/cgroup/gantry-shim-test-%d", getpid());
    snprintf(init, sizeof init, "%s/init.scope", group);
    const char *handed_down = "/sys/fs/cgroup/cgroup.subtree_control";
    if (!exists(handed_down) || strstr(content(handed_down), "pids") == NULL)
        SKIP("no cgroup v2 whose root hands down the pids controller");
    CHECK(mkdir(group, 0755) == 0 && mkdir(init, 0755) == 0);
    snprintf(pid, sizeof pid, "%d", begin_container("sleep 1000", 0));
    snprintf(file, sizeof file, "%s/cgroup.procs", init);
    CHECK_INT(write_file_at(-1, file, pid, strlen(pid)), 0);
    snprintf(file, sizeof file, "%s/cgroup.subtree_control", group);
    CHECK_INT(write_file_at(-1, file, "+pids", 5), 0);
    snprintf(file, sizeof file, "%s/cgroup.procs", group);
    int out[2];
    CHECK(pipe2(out, O_CLOEXEC) == 0);
    struct plan p = {0};
    add(&p, 1, "S", LIST(file));
    add_shell(&p, "cat /proc/self/cgroup");
    int fd = shim_connect(dir);
    send_exec(fd, 77, "c1", FLAG_STDOUT, &p, (int[]){out[1]}, 1);
    close(out[1]);
    CHECK_CONTAINS(read_all(out[0]), strrchr(init, '/'));
    CHECK_INT(receive(fd).type, FRAME_STARTED);
    CHECK_INT(take_exited(receive(fd)).code, 0);
    shim_stop(dir);
    EVENTUALLY(rmdir(init) == 0);
    CHECK_INT(rmdir(group), 0);
}

TEST(many_execs_at_once)
{
    begin_container("sleep 1000", 0);
    int fds[60];
    for (int i = 0; i < 60; i++) {
        char script[32];
        snprintf(script, sizeof script, "exit %d", i);
        struct plan p = exec_plan(script);
        fds[i] = shim_connect(dir);
        send_exec(fds[i], (uint32_t)i + 1, "c1", 0, &p, NULL, 0);
        writer_free(&p.steps);
    }
    for (int i = 0; i < 60; i++) {
        CHECK_INT(receive(fds[i]).type, FRAME_STARTED);
        CHECK_INT(take_exited(receive(fds[i])).code, i);
    }
    shim_stop(dir);
}

static void resize(uint32_t exec, uint16_t rows, uint16_t columns)
{
    struct writer w = {0};
    put_string(&w, "c1");
    put_u32(&w, exec);
    put_u16(&w, rows);
    put_u16(&w, columns);
    send_frame(control, FRAME_RESIZE, 1, &w, NULL, 0);
    check_ok(receive(control));
}

TEST(exec_with_a_terminal)
{
    begin_container("sleep 1000", 0);
    int out[2], in[2];
    CHECK(pipe2(out, O_CLOEXEC) == 0 && pipe2(in, O_CLOEXEC) == 0);
    struct plan p = {0};
    add(&p, 41, "u", (unsigned)(CLONE_NEWNS | CLONE_NEWPID));
    add(&p, 5, "");
    add(&p, 32, "hhu", 24, 80, 0U);
    add_shell(&p, "tty; stty size; read line; echo got $line; stty size; exit 6");
    int fd = shim_connect(dir);
    send_exec(fd, 31, "c1", FLAG_TERMINAL | FLAG_STDIN | FLAG_STDOUT, &p, (int[]){in[0], out[1]}, 2);
    close(in[0]);
    close(out[1]);
    struct reply started = receive(fd);
    CHECK_INT(started.type, FRAME_STARTED);
    read_until(out[0], "/dev/pts/0\r\n24 80\r\n");
    resize(31, 50, 132);
    CHECK(write_all(in[1], "hello\n", 6) == 0);
    const char *text = read_all(out[0]);
    CHECK_CONTAINS(text, "got hello\r\n50 132\r\n");
    CHECK_INT(take_exited(receive(fd)).code, 6);
    shim_stop(dir);
}

TEST(container_with_a_terminal)
{
    begin();
    int pid = 0;
    struct plan p = {0};
    add_container(&p, make_rootfs("root"));
    add(&p, 17, "");
    add(&p, 32, "hhu", 30, 100, 0U);
    add_shell(&p, "tty; stty size; echo console > /dev/console; while read l; do echo got $l; done; echo over; exit 3");
    pid = start(control, &(struct start){.id = "c1", .plan = &p, .log = in_scratch("log"),
                                         .flags = FLAG_TERMINAL | FLAG_STDIN});
    CHECK(pid > 0);
    EVENTUALLY(strstr(content(in_scratch("log")), "console") != NULL);
    CHECK_CONTAINS(content(in_scratch("log")), "stdout F /dev/pts/0\r\n");
    CHECK_CONTAINS(content(in_scratch("log")), "stdout F 30 100\r\n");
    int out[2], in[2];
    CHECK(pipe2(out, O_CLOEXEC) == 0 && pipe2(in, O_CLOEXEC) == 0);
    int fd = shim_connect(dir);
    struct writer w = {0};
    put_string(&w, "c1");
    put_u32(&w, FLAG_STDIN | FLAG_STDOUT | FLAG_TERMINAL);
    send_frame(fd, FRAME_ATTACH, 1, &w, (int[]){in[0], out[1]}, 2);
    close(in[0]);
    close(out[1]);
    check_ok(receive(fd));
    resize(0, 40, 120);
    CHECK(write_all(in[1], "typed\n", 6) == 0);
    read_until(out[0], "got typed\r\n");
    CHECK(write_all(in[1], "\x04", 1) == 0);
    CHECK_INT(wait_exit(events, "c1").code, 3);
    CHECK_CONTAINS(content(in_scratch("log")), "stdout F over\r\n");
    CHECK_CONTAINS(read_all(out[0]), "over\r\n");
    shim_stop(dir);
}

static int attach_fds(uint32_t flags, const int *fds, int count)
{
    int fd = shim_connect(dir);
    struct writer w = {0};
    put_string(&w, "c1");
    put_u32(&w, flags);
    send_frame(fd, FRAME_ATTACH, 8, &w, fds, count);
    check_ok(receive(fd));
    return fd;
}

TEST(attach_and_stdin_once)
{
    begin_container("while read l; do echo got $l; echo err $l >&2; done; echo end; exit 2", FLAG_STDIN | FLAG_STDIN_ONCE);
    int out[2], err[2], in[2], second[2];
    CHECK(pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0 && pipe2(in, O_CLOEXEC) == 0);
    CHECK(pipe2(second, O_CLOEXEC) == 0);
    int fd = attach_fds(FLAG_STDIN | FLAG_STDOUT | FLAG_STDERR, (int[]){in[0], out[1], err[1]}, 3);
    attach_fds(FLAG_STDOUT, (int[]){second[1]}, 1);
    close(in[0]);
    close(out[1]);
    close(err[1]);
    close(second[1]);
    CHECK(write_all(in[1], "one\n", 4) == 0);
    read_until(out[0], "got one\n");
    read_until(err[0], "err one\n");
    close(in[1]);
    CHECK_INT(wait_exit(events, "c1").code, 2);
    CHECK_TEXT(read_all(out[0]), "end\n");
    CHECK_TEXT(read_all(second[0]), "got one\nend\n");
    CHECK_CONTAINS(content(in_scratch("log")), "stdout F got one\n");
    close(fd);
    shim_stop(dir);
}

TEST(stdin_stays_open_until_it_is_closed)
{
    begin_container("cat; echo end; exit 2", FLAG_STDIN);
    int in[2];
    CHECK(pipe2(in, O_CLOEXEC) == 0);
    int fd = attach_fds(FLAG_STDIN, (int[]){in[0]}, 1);
    CHECK(write_all(in[1], "one\n", 4) == 0);
    EVENTUALLY(strstr(content(in_scratch("log")), "F one\n") != NULL);
    close(in[1]);
    close(fd);
    usleep(50000);
    CHECK(strstr(content(in_scratch("log")), "end") == NULL);
    check_ok(ask_text(control, FRAME_CLOSE_STDIN, "c1"));
    CHECK_INT(wait_exit(events, "c1").code, 2);
    shim_stop(dir);
}

TEST(a_slow_reader_is_detached_and_delays_nobody)
{
    begin_container("i=0; while [ $i -lt 120 ]; do dd if=/dev/zero bs=65536 count=1 2>/dev/null; i=$((i+1)); done; exit 1", 0);
    int out[2];
    CHECK(pipe2(out, O_CLOEXEC) == 0);
    int fd = shim_connect(dir);
    struct writer w = {0};
    put_string(&w, "c1");
    put_u32(&w, FLAG_STDOUT);
    send_frame(fd, FRAME_ATTACH, 8, &w, (int[]){out[1]}, 1);
    close(out[1]);
    struct reply reply = receive(fd);
    if (reply.type == FRAME_OK) {
        CHECK_INT(wait_exit(events, "c1").code, 1);
        reply = receive(fd);
    }
    CHECK_INT(reply.request, 8);
    check_error(reply, ENOBUFS);
    shim_stop(dir);
}

static size_t count_all(int fd)
{
    static char buffer[1 << 16];
    size_t all = 0;
    for (;;) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        CHECK(poll(&wait, 1, 20000) == 1);
        ssize_t n = read(fd, buffer, sizeof buffer);
        if (n <= 0)
            return all;
        all += (size_t)n;
    }
}

static void start_again(const char *script, uint32_t flags)
{
    static int count;
    char root[16];
    snprintf(root, sizeof root, "root%d", ++count);
    struct plan p = {0};
    add_container(&p, make_rootfs(root));
    add(&p, 17, "");
    if ((flags & FLAG_TERMINAL) != 0)
        add(&p, 32, "hhu", 30, 100, 0U);
    add_shell(&p, script);
    start(control, &(struct start){.id = "c1", .plan = &p, .log = in_scratch("log"), .flags = flags});
}

TEST(attached_before_the_start_nothing_is_missed)
{
    int out[2], in[2], short_lived[2];
    begin();
    CHECK(pipe2(out, O_CLOEXEC) == 0 && pipe2(in, O_CLOEXEC) == 0 && pipe2(short_lived, O_CLOEXEC) == 0);
    attach_fds(FLAG_TERMINAL | FLAG_STDIN | FLAG_STDOUT | FLAG_AWAIT, (int[]){in[0], out[1]}, 2);
    close(in[0]);
    close(out[1]);
    start_again("printf 'name? '; read l; printf \"got $l\"", FLAG_TERMINAL | FLAG_STDIN);
    read_until(out[0], "name? ");
    CHECK(write_all(in[1], "ann\n", 4) == 0);
    CHECK_TEXT(read_all(out[0]), "ann\r\ngot ann");
    CHECK_INT(wait_exit(events, "c1").code, 0);
    check_ok(ask_text(control, FRAME_DELETE, "c1"));
    // The same container once more, of which another one hears.
    attach_fds(FLAG_STDOUT | FLAG_AWAIT, (int[]){short_lived[1]}, 1);
    close(short_lived[1]);
    start_again("printf x", 0);
    CHECK_TEXT(read_all(short_lived[0]), "x");
    shim_stop(dir);
}

TEST(who_waits_for_a_start_may_leave)
{
    int out[2];
    begin();
    CHECK(pipe2(out, O_CLOEXEC) == 0);
    int fd = attach_fds(FLAG_STDOUT | FLAG_AWAIT, (int[]){out[1]}, 1);
    close(out[1]);
    close(fd);
    CHECK_TEXT(read_all(out[0]), "");
    start_again("exit 4", 0);
    CHECK_INT(wait_exit(events, "c1").code, 4);
    shim_stop(dir);
}

TEST(a_slow_reader_that_holds_the_container_up_gets_everything)
{
    int out[2];
    begin();
    CHECK(pipe2(out, O_CLOEXEC) == 0);
    attach_fds(FLAG_STDOUT | FLAG_AWAIT | FLAG_HOLD, (int[]){out[1]}, 1);
    close(out[1]);
    start_again("dd if=/dev/zero bs=65536 count=200 2>/dev/null", 0);
    CHECK_INT(count_all(out[0]), 200 * 65536);
    CHECK_INT(wait_exit(events, "c1").code, 0);
    shim_stop(dir);
}

TEST(who_holds_the_container_up_begins_with_the_line_that_is_written)
{
    begin_container("printf 'half '; echo whole >&2; printf wrong >&2; read l; echo $l", FLAG_STDIN);
    int in[2], out[2], err[2];
    EVENTUALLY(strstr(content(in_scratch("log")), "stderr F whole\n") != NULL);
    CHECK(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0);
    attach_fds(FLAG_STDIN | FLAG_STDOUT | FLAG_STDERR | FLAG_HOLD, (int[]){in[0], out[1], err[1]}, 3);
    close(in[0]);
    close(out[1]);
    close(err[1]);
    read_until(out[0], "half ");
    CHECK(write_all(in[1], "done\n", 5) == 0);
    CHECK_TEXT(read_all(out[0]), "done\n");
    CHECK_TEXT(read_all(err[0]), "wrong");
    CHECK_INT(wait_exit(events, "c1").code, 0);
    CHECK_CONTAINS(content(in_scratch("log")), "stdout F half done\n");
    shim_stop(dir);
}

TEST(what_was_not_read_yet_survives_the_shim)
{
    int out[2];
    begin();
    CHECK(pipe2(out, O_CLOEXEC) == 0);
    attach_fds(FLAG_STDOUT | FLAG_AWAIT | FLAG_HOLD, (int[]){out[1]}, 1);
    close(out[1]);
    start_again("dd if=/dev/zero bs=300000 count=1 2>/dev/null", 0);
    CHECK_INT(wait_exit(events, "c1").code, 0);
    check_ok(ask_text(control, FRAME_DELETE, "c1"));
    shim_stop(dir);
    CHECK_INT(count_all(out[0]), 300000);
}

TEST(a_detached_exec_goes_on_without_its_connection)
{
    begin_container("sleep 1000", 0);
    CHECK_INT(sh("mkfifo %s/root/go %s/root/done", scratch, scratch), 0);
    struct plan p = {0};
    add(&p, 41, "u", (unsigned)(CLONE_NEWNS | CLONE_NEWPID));
    add(&p, 5, "");
    add(&p, 32, "hhu", 24, 80, 0U);
    // More than a terminal holds when nobody reads it.
    add_shell(&p, "read x < /go; dd if=/dev/zero bs=65536 count=4; echo over > /done");
    int fd = shim_connect(dir);
    send_exec(fd, 1, "c1", FLAG_DETACHED | FLAG_TERMINAL, &p, NULL, 0);
    CHECK_INT(receive(fd).type, FRAME_STARTED);
    close(fd);
    CHECK_INT(sh("echo go > %s/root/go", scratch), 0);
    CHECK_INT(sh("timeout 20 grep -q over %s/root/done", scratch), 0);
    shim_stop(dir);
}

// Others hold the container's stdout: its exit is told all the same, and what they write is kept.
TEST(output_after_the_exit_is_logged)
{
    begin();
    CHECK_INT(sh("mkfifo %s/go", scratch), 0);
    char script[256];
    snprintf(script, sizeof script, "(read x < %s/go; echo late) & echo early; exit 8", scratch);
    struct plan p = host_shell(script);
    start(control, &(struct start){.id = "c1", .plan = &p, .log = in_scratch("log")});
    CHECK_INT(wait_exit(events, "c1").code, 8);
    CHECK_CONTAINS(content(in_scratch("log")), "F early\n");
    CHECK_INT(sh("echo > %s/go", scratch), 0);
    EVENTUALLY(strstr(content(in_scratch("log")), "F late\n") != NULL);
    check_ok(ask_text(control, FRAME_DELETE, "c1"));
    shim_stop(dir);
}
