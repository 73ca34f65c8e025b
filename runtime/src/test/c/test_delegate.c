// Containers that an OCI runtime makes: the real runc.
#include "one_pod.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static const char CONFIG[] =
    "{\"ociVersion\":\"1.0.2\",\"process\":{\"terminal\":%s,\"user\":{\"uid\":0,\"gid\":0},\"args\":[\"/bin/sh\",\"-c\",\"%s\"],"
    "\"env\":[\"PATH=/bin\"],\"cwd\":\"/\"},\"root\":{\"path\":\"%s\"},\"hostname\":\"by-runc\","
    "\"mounts\":[{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\"},"
    "{\"destination\":\"/dev\",\"type\":\"tmpfs\",\"source\":\"tmpfs\"},"
    "{\"destination\":\"/dev/pts\",\"type\":\"devpts\",\"source\":\"devpts\",\"options\":[\"newinstance\",\"ptmxmode=0666\"]}],"
    "\"linux\":{\"cgroupsPath\":\"/gantry-shim-test-%d\",\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"mount\"},{\"type\":\"uts\"},{\"type\":\"ipc\"}]}}";

static void prepare(const char *script, bool terminal)
{
    char config[4096];
    begin();
    const char *rootfs = make_rootfs("root");
    CHECK_INT(sh("mkdir %s/bundle %s/state", scratch, scratch), 0);
    snprintf(config, sizeof config, CONFIG, terminal ? "true" : "false", script, rootfs, getpid());
    put_content(in_scratch("bundle/config.json"), config);
}

static struct plan runc(const char *const *arguments)
{
    const char *list[24] = {"runc", "--root", in_scratch("state"), "--log", in_scratch("runc.log")};
    int count = 5;
    for (; *arguments != NULL; arguments++)
        list[count++] = *arguments;
    struct plan p = {0};
    add(&p, 40, "s", in_scratch("bundle"));
    add(&p, 31, "SSS", LIST("/usr/sbin/runc"), list, LIST("PATH=/usr/sbin:/usr/bin:/sbin:/bin"));
    return p;
}

static struct start request(struct plan *create, struct plan *begin, bool terminal)
{
    *create = terminal ? runc(LIST("create", "--pid-file", in_scratch("pid"), "--console-socket", "../pid.tty", "c1"))
                       : runc(LIST("create", "--pid-file", in_scratch("pid"), "c1"));
    *begin = runc(LIST("start", "c1"));
    return (struct start){.id = "c1",
                          .plan = create,
                          .after = begin,
                          .log = in_scratch("log"),
                          .pid_file = in_scratch("pid"),
                          .flags = FLAG_DELEGATE | (terminal ? FLAG_TERMINAL | FLAG_STDIN : 0U)};
}

static void finish(void)
{
    sh("runc --root %s/state delete -f c1 2>/dev/null", scratch);
    shim_stop(dir);
}

TEST(runc_container_runs_and_exits)
{
    struct plan create, begin;
    prepare("hostname; echo err >&2; exit 7", false);
    struct start s = request(&create, &begin, false);
    int pid = start(control, &s);
    CHECK_INT(pid, atoi(content(in_scratch("pid"))));
    struct exited e = wait_exit(events, "c1");
    CHECK_INT(e.code, 7);
    CHECK_INT(e.pid, pid);
    CHECK_CONTAINS(content(in_scratch("log")), "stdout F by-runc\n");
    CHECK_CONTAINS(content(in_scratch("log")), "stderr F err\n");
    finish();
}

TEST(runc_exec_and_signal)
{
    struct plan create, begin;
    prepare("trap 'exit 5' TERM; while :; do sleep 0.02; done", false);
    struct start s = request(&create, &begin, false);
    start(control, &s);
    int out[2], fd = shim_connect(dir);
    CHECK(pipe2(out, O_CLOEXEC) == 0);
    struct plan exec = runc(LIST("exec", "--detach", "--pid-file", in_scratch("exec.pid"), "c1", "/bin/sh", "-c",
                                 "hostname; exit 11"));
    struct writer w = {0};
    put_string(&w, "c1");
    put_u32(&w, FLAG_DELEGATE | FLAG_STDOUT);
    put_string(&w, in_scratch("exec.pid"));
    put_u16(&w, 0);
    put_u16(&w, 0);
    put_u32(&w, exec.count);
    put_raw(&w, exec.steps.data, exec.steps.size);
    send_frame(fd, FRAME_EXEC, 1, &w, &out[1], 1);
    close(out[1]);
    struct reply reply = receive(fd);
    CHECK_INT(reply.type, FRAME_STARTED);
    CHECK_INT(take_i32(&reply.r), atoi(content(in_scratch("exec.pid"))));
    CHECK_INT(take_exited(receive(fd)).code, 11);
    char text[64] = "";
    CHECK(read(out[0], text, sizeof text - 1) > 0);
    CHECK_TEXT(text, "by-runc\n");
    struct writer k = {0};
    put_string(&k, "c1");
    put_i32(&k, SIGTERM);
    send_frame(control, FRAME_SIGNAL, 1, &k, NULL, 0);
    check_ok(receive(control));
    CHECK_INT(wait_exit(events, "c1").code, 5);
    finish();
}

TEST(runc_terminal_by_console_socket)
{
    struct plan create, begin;
    prepare("tty; read l; echo got $l; exit 4", true);
    struct start s = request(&create, &begin, true);
    start(control, &s);
    CHECK(!exists(in_scratch("pid.tty")));
    int in[2];
    CHECK(pipe2(in, O_CLOEXEC) == 0);
    struct writer w = {0};
    put_string(&w, "c1");
    put_u32(&w, FLAG_STDIN);
    send_frame(control, FRAME_ATTACH, 1, &w, &in[0], 1);
    check_ok(receive(control));
    CHECK(write_all(in[1], "typed\n", 6) == 0);
    CHECK_INT(wait_exit(events, "c1").code, 4);
    CHECK_CONTAINS(content(in_scratch("log")), "stdout F /dev/pts/0\r\n");
    CHECK_CONTAINS(content(in_scratch("log")), "stdout F got typed\r\n");
    finish();
}

TEST(runc_that_fails_is_a_failure)
{
    struct plan create, begin;
    prepare("true", false);
    CHECK_INT(sh("rm %s/bundle/config.json", scratch), 0);
    struct start s = request(&create, &begin, false);
    s.stderr_file = in_scratch("runc.stderr");
    send_start(control, 1, &s);
    check_failed(receive(control), 0, 0, "");
    CHECK_CONTAINS(content(in_scratch("runc.stderr")), "config.json");
    send_frame(control, FRAME_LIST, 1, NULL, NULL, 0);
    struct reply listing = receive(control);
    CHECK_INT(take_u32(&listing.r), 0);
    finish();
}
