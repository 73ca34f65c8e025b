// Starting containers: plans, exits, records, logs, failures that say where.
#include "kit.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

TEST(ping_tells_protocol_and_pod)
{
    const char *dir = shim_start("pod");
    int fd = shim_connect(dir);
    send_frame(fd, FRAME_PING, 42, NULL, NULL, 0);
    struct reply reply = receive(fd);
    CHECK_INT(reply.type, FRAME_PONG);
    CHECK_INT(reply.request, 42);
    CHECK_INT(take_u32(&reply.r), 1);
    CHECK_INT(take_i32(&reply.r), atoi(content(in_scratch("pod/shim.pid"))));
    CHECK_TEXT(take_string(&reply.r), "pod");
    CHECK_INT(take_u8(&reply.r), 0);
    CHECK(reader_done(&reply.r));
    shim_stop(dir);
    CHECK(!exists(in_scratch("pod/shim.pid")));
}

TEST(exit_code_log_and_record)
{
    const char *dir = shim_start("pod"), *log = in_scratch("log");
    int events = subscribe(dir), fd = shim_connect(dir);
    struct plan p = host_shell("echo out; echo err >&2; printf unfinished; exit 7");
    int pid = start(fd, &(struct start){.id = "c1", .log = log, .plan = &p});
    struct exited e = wait_exit(events, "c1");
    CHECK_INT(e.pid, pid);
    CHECK_INT(e.code, 7);
    CHECK_INT(e.signal, 0);
    CHECK_INT(e.oom, 0);
    CHECK(e.started > 0 && e.finished >= e.started);
    CHECK_CONTAINS(content(log), " stdout F out\n");
    CHECK_CONTAINS(content(log), " stderr F err\n");
    CHECK_CONTAINS(content(log), " stdout F unfinished\n");
    char expected[256];
    snprintf(expected, sizeof expected, "pid=%d\nstarted=%llu\nfinished=%llu\ncode=7\nsignal=0\noom=0\n", pid,
             (unsigned long long)e.started, (unsigned long long)e.finished);
    CHECK_TEXT(content(in_scratch("pod/exits/c1")), expected);
    check_ok(ask_text(fd, FRAME_DELETE, "c1"));
    CHECK(!exists(in_scratch("pod/exits/c1")));
    check_ok(ask_text(fd, FRAME_DELETE, "c1"));
    shim_stop(dir);
}

TEST(signal_and_listing)
{
    const char *dir = shim_start("pod");
    int events = subscribe(dir), fd = shim_connect(dir);
    struct plan p = host_shell("exec sleep 1000");
    int pid = start(fd, &(struct start){.id = "c1", .plan = &p});
    send_frame(fd, FRAME_LIST, 1, NULL, NULL, 0);
    struct reply reply = receive(fd);
    CHECK_INT(reply.type, FRAME_LISTING);
    CHECK_INT(take_u32(&reply.r), 1);
    CHECK_TEXT(take_string(&reply.r), "c1");
    CHECK_INT(take_u8(&reply.r), 1);
    CHECK_INT(take_i32(&reply.r), pid);
    check_error(ask_text(fd, FRAME_DELETE, "c1"), EBUSY);
    struct writer w = {0};
    put_string(&w, "c1");
    put_i32(&w, SIGTERM);
    send_frame(fd, FRAME_SIGNAL, 1, &w, NULL, 0);
    check_ok(receive(fd));
    struct exited e = wait_exit(events, "c1");
    CHECK_INT(e.code, 128 + SIGTERM);
    CHECK_INT(e.signal, SIGTERM);
    send_frame(fd, FRAME_SIGNAL, 1, &w, NULL, 0);
    check_error(receive(fd), ESRCH);
    // Who subscribes later hears of it too, once.
    CHECK_INT(wait_exit(subscribe(dir), "c1").code, 143);
    shim_stop(dir);
}
