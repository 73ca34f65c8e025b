// Steps on labels, hooks, parts of trees and other containers' namespaces.
#include "one_pod.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>

static void add_hook(struct plan *p, int here, const char *script, unsigned seconds)
{
    add(p, 52, "csSSuss", here, "/bin/sh", LIST("hook", "-c", script), LIST("HOOK=yes"), seconds, "{\"pid\":", "}\n");
}

TEST(attributes_are_this_threads_own)
{
    begin();
    // Every kernel has the file; without a security module to take it, writing is what fails.
    struct plan p = {0};
    add(&p, 50, "ss", "exec", "label");
    CHECK_INT(try_plan(&p).type, FRAME_FAILED);
    struct plan missing = {0};
    add(&missing, 50, "ss", "no/such", "label");
    check_failed(try_plan(&missing), 50, ENOENT, "no/such");
    // A /proc that is none: as an image may bring it.
    struct plan fake = {0};
    add(&fake, 4, "u", (unsigned)CLONE_NEWNS);
    add(&fake, 7, "sq", "/", (unsigned long long)(MS_REC | MS_SLAVE));
    add(&fake, 9, "sq", make_rootfs("rootfs"), 0ULL);
    add(&fake, 10, "sssqsc", "tmpfs", "tmpfs", "/proc", 0ULL, "", 1);
    add(&fake, 17, "");
    add(&fake, 50, "ss", "exec", "label");
    check_failed(try_plan(&fake), 50, EPERM, "/proc");
    shim_stop(dir);
}

TEST(hooks_run_outside_and_inside)
{
    char outside[200], inside[200], text[64];
    begin();
    snprintf(outside, sizeof outside, "cat > %s; readlink /proc/self/ns/mnt > %s", in_scratch("state"), in_scratch("ns"));
    snprintf(inside, sizeof inside, "echo $HOOK $$ > %s; readlink /proc/self/ns/mnt > %s", in_scratch("inside"),
             in_scratch("ns2"));
    struct plan p = {0};
    add(&p, 51, "");
    add_container(&p, make_rootfs("rootfs"));
    add_hook(&p, 0, outside, 10);
    add_hook(&p, 1, inside, 10);
    add(&p, 17, "");
    add_shell(&p, "readlink /proc/self/ns/mnt; sleep 1000");
    int pid = start(control, &(struct start){.id = "c", .plan = &p, .log = in_scratch("log")});
    snprintf(text, sizeof text, "{\"pid\":%d}\n", pid);
    CHECK_TEXT(content(in_scratch("state")), text);
    CHECK_CONTAINS(content(in_scratch("inside")), "yes ");
    EVENTUALLY(strstr(content(in_scratch("log")), "mnt:") != NULL);
    char own[64] = "";
    snprintf(own, sizeof own, "%.30s", strstr(content(in_scratch("log")), "mnt:"));
    own[strcspn(own, "\n")] = '\0';
    CHECK_CONTAINS(content(in_scratch("ns2")), own);
    CHECK(strstr(content(in_scratch("ns")), own) == NULL);
    // The helper is gone, once the container has begun.
    EVENTUALLY(sh("test $(pgrep -P $(cat %s/shim.pid) | wc -l) = 1", dir) == 0);
    shim_stop(dir);
}

TEST(hooks_that_fail_fail_the_start)
{
    for (int here = 0; here < 2; here++) {
        begin();
        struct plan fails = {0};
        add(&fails, 51, "");
        add_hook(&fails, here, "echo no device >&2; exit 3", 10);
        struct reply reply = try_plan(&fails);
        CHECK_INT(reply.type, FRAME_FAILED);
        CHECK_INT(take_u32(&reply.r), 1);
        CHECK_INT(take_u16(&reply.r), 52);
        CHECK_INT(take_i32(&reply.r), ECHILD);
        CHECK_TEXT(take_string(&reply.r), "/bin/sh");
        CHECK_TEXT(take_string(&reply.r), "exited with 3: no device ");
        struct plan hangs = {0};
        add(&hangs, 51, "");
        add_hook(&hangs, here, "sleep 1000 & sleep 1000", 1);
        check_failed(try_plan(&hangs), 52, ETIMEDOUT, "/bin/sh");
        struct plan missing = {0};
        add(&missing, 51, "");
        add(&missing, 52, "csSSuss", here, "/no/hook", LIST("x"), LIST(NULL), 10U, "", "");
        check_failed(try_plan(&missing), 52, ECHILD, "/no/hook");
        EVENTUALLY(sh("! pgrep -P $(cat %s/shim.pid)", dir) == 0);
        shim_stop(dir);
    }
}

TEST(a_hook_ends_with_the_start_that_it_belongs_to)
{
    begin();
    char script[100];
    snprintf(script, sizeof script, "echo $$ > %s; sleep 1000", in_scratch("pid"));
    struct plan p = {0};
    add(&p, 51, "");
    add_hook(&p, 0, script, 0);
    send_start(control, 1, &(struct start){.id = "c", .plan = &p});
    EVENTUALLY(*content(in_scratch("pid")) != '\0');
    int other = shim_connect(dir);
    struct writer w = {0};
    put_string(&w, "c");
    put_i32(&w, 9);
    send_frame(other, FRAME_SIGNAL, 2, &w, NULL, 0);
    check_ok(receive(other));
    CHECK_INT(receive(control).type, FRAME_FAILED);
    EVENTUALLY(sh("! kill -0 $(cat %s) 2>/dev/null", in_scratch("pid")) == 0);
    shim_stop(dir);
}

TEST(a_part_of_a_tree_is_bound_and_nothing_outside_it)
{
    begin();
    sh("mkdir -p %s/a/b && echo deep > %s/a/b/file && ln -s /a/b %s/link && ln -s ../../../../etc %s/out", in_scratch("tree"),
       in_scratch("tree"), in_scratch("tree"), in_scratch("tree"));
    struct plan p = {0};
    add_container(&p, make_rootfs("rootfs"));
    add(&p, 53, "sssqqc", in_scratch("tree"), "a", "/whole", (unsigned long long)MS_RDONLY, 0ULL, 1);
    add(&p, 53, "sssqqc", in_scratch("tree"), "link", "/linked", (unsigned long long)MS_RDONLY, 0ULL, 1);
    add(&p, 53, "sssqqc", in_scratch("tree"), "a/b/file", "/some/file", (unsigned long long)MS_RDONLY, 0ULL, 1);
    add(&p, 17, "");
    add_shell(&p, "cat /whole/b/file /linked/file /some/file; echo > /whole/x && exit 1; exit 0");
    CHECK_INT(run_plan(&p), 0);
    CHECK_CONTAINS(content(in_scratch("log")), "deep");
    struct plan out = {0};
    add_container(&out, make_rootfs("rootfs2"));
    add(&out, 53, "sssqqc", in_scratch("tree"), "out/passwd", "/x", 0ULL, 0ULL, 1);
    check_failed(try_plan(&out), 53, ENOENT, "out/passwd");
    struct plan missing = {0};
    add_container(&missing, make_rootfs("rootfs3"));
    add(&missing, 53, "sssqqc", in_scratch("tree"), "no/such", "/x", 0ULL, 0ULL, 1);
    check_failed(try_plan(&missing), 53, ENOENT, "no/such");
    shim_stop(dir);
}

TEST(another_containers_process_namespace)
{
    begin();
    struct plan first = {0};
    add_container(&first, make_rootfs("rootfs"));
    add(&first, 17, "");
    add_shell(&first, "exec sleep 1234");
    start(control, &(struct start){.id = "first", .plan = &first});
    struct plan p = {0};
    add(&p, 54, "su", "first", (unsigned)CLONE_NEWPID);
    add(&p, 4, "u", (unsigned)CLONE_NEWNS);
    add(&p, 5, "");
    add(&p, 7, "sq", "/", (unsigned long long)(MS_REC | MS_SLAVE));
    add(&p, 9, "sq", make_rootfs("rootfs2"), 0ULL);
    add(&p, 10, "sssqsc", "proc", "proc", "/proc", 0ULL, "", 1);
    add(&p, 17, "");
    add_shell(&p, "cat /proc/1/cmdline");
    CHECK_INT(run_plan(&p), 0);
    CHECK_CONTAINS(content(in_scratch("log")), "sleep");
    struct plan none = {0};
    add(&none, 54, "su", "other", (unsigned)CLONE_NEWPID);
    check_failed(try_plan(&none), 54, ESRCH, "other");
    shim_stop(dir);
}
