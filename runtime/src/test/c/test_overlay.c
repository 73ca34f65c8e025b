// The overlay step's way for older kernels, which the kernel of a test machine may never take.
#include "kit.h"

#define step_overlay step_overlay_of_the_test
#define prepare_overlay prepare_overlay_of_the_test
#include "../../main/c/steps_overlay.c"
#include "../../main/c/pod.h"
#undef step_overlay
#undef prepare_overlay

#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

TEST(overlay_by_mount_data)
{
    CHECK_INT(sh("cd %s; mkdir upper work target; i=0; while [ $i -lt 100 ]; do mkdir l,$i:; echo $i > l,$i:/top; "
                 "touch l,$i:/only$i; i=$((i+1)); done", scratch), 0);
    CHECK_INT(unshare(CLONE_NEWNS), 0);
    CHECK_INT(sys_mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    static char names[100][128];
    const char *lowers[100];
    for (int i = 0; i < 100; i++) {
        snprintf(names[i], sizeof names[i], "%s/l,%d:", scratch, i);
        lowers[i] = names[i];
    }
    struct task task = {.channel = -1, .root = -1, .overlay = -1, .layers = -1};
    struct overlay o = {.lowers = lowers,
                        .count = 100,
                        .upper = in_scratch("upper"),
                        .work = in_scratch("work"),
                        .target = in_scratch("target"),
                        .options = "index=off"};
    auto_fd target = open(o.target, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int rc = mount_by_data(&task, &o, target);
    if (rc < 0)
        fprintf(stderr, "    %s: %s\n", task.subject, task.message);
    CHECK_INT(rc, 0);
    CHECK_TEXT(content(in_scratch("target/top")), "0\n");
    CHECK(exists(in_scratch("target/only99")));
    put_content(in_scratch("target/made"), "x");
    CHECK_TEXT(content(in_scratch("upper/made")), "x");
    lowers[50] = "/no/layer";
    CHECK_INT(mount_by_data(&task, &o, target), -ENOENT);
    CHECK_TEXT(task.subject, "/no/layer");
    // And the new way, with names that mean something to overlay.
    lowers[50] = names[50];
    auto_fd tree = make(&task, &o);
    if (tree < 0 && tree != -ENOSYS)
        fprintf(stderr, "    %s: %s\n", task.subject, task.message);
    CHECK(tree >= 0 || tree == -ENOSYS);
    // Whichever this kernel has, the step finds it.
    CHECK_INT(sh("umount -l %s", o.target), 0);
    CHECK_INT(mount_overlay(&task, &o), 0);
    CHECK(exists(in_scratch("target/only99")));
}

// As many layers as the kernel takes, and by mount data as many as Java lets an image have there.
TEST(overlay_of_many_layers)
{
    CHECK_INT(sh("cd %s; mkdir upper work target; i=0; while [ $i -lt 500 ]; do mkdir m$i; touch m$i/only$i; i=$((i+1)); done", scratch), 0);
    CHECK_INT(unshare(CLONE_NEWNS), 0);
    CHECK_INT(sys_mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    static char names[500][128];
    static const char *lowers[500];
    for (int i = 0; i < 500; i++) {
        snprintf(names[i], sizeof names[i], "%s/m%d", scratch, i);
        lowers[i] = names[i];
    }
    struct task task = {.channel = -1, .root = -1, .overlay = -1, .layers = -1};
    struct overlay o = {.lowers = lowers,
                        .count = 200,
                        .upper = in_scratch("upper"),
                        .work = in_scratch("work"),
                        .target = in_scratch("target"),
                        .options = "index=off"};
    auto_fd target = open(o.target, O_PATH | O_DIRECTORY | O_CLOEXEC);
    CHECK_INT(mount_by_data(&task, &o, target), 0);
    CHECK(exists(in_scratch("target/only199")));
    CHECK_INT(sh("umount -l %s", o.target), 0);
    o.count = 500;
    auto_fd tree = make(&task, &o);
    CHECK(tree >= 0 || tree == -ENOSYS);
    if (tree >= 0) {
        CHECK_INT(sys_move_mount(tree, target), 0);
        CHECK(exists(in_scratch("target/only499")));
    }
}

// The same, with the ids of the layers mapped: by mount data, too.
TEST(overlay_of_layers_with_mapped_ids)
{
    CHECK_INT(sh("cd %s; mkdir upper work target a b; echo a > a/a; echo b > b/b; chown 7:8 b/b", scratch), 0);
    CHECK_INT(unshare(CLONE_NEWNS), 0);
    CHECK_INT(sys_mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    pid_t pid = fork();
    if (pid == 0) {
        unshare(CLONE_NEWUSER);
        kill(getpid(), SIGSTOP);
        _exit(0);
    }
    int status;
    CHECK_INT(waitpid(pid, &status, WUNTRACED), pid);
    CHECK_INT(sh("echo 0 400000 65536 > /proc/%d/uid_map; echo 0 400000 65536 > /proc/%d/gid_map", pid, pid), 0);
    pod_init("test");
    CHECK_INT(pod_keep(pid, CLONE_NEWUSER), 0);
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    const char *lowers[] = {in_scratch("a"), in_scratch("b")};
    struct task task = {.channel = -1, .root = -1, .overlay = -1, .layers = -1};
    struct overlay o = {.lowers = lowers,
                        .count = 2,
                        .upper = in_scratch("upper"),
                        .work = in_scratch("work"),
                        .target = in_scratch("target"),
                        .options = "",
                        .idmap = IDMAP_POD};
    auto_fd target = open(o.target, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int layers[] = {-1, -1};
    o.layers = layers;
    CHECK_INT(attach_layers(&task, &o, target), 0);
    auto_fd old = make_by_data(&task, &o, target);
    if (old < 0)
        fprintf(stderr, "    %s: %s\n", task.subject, task.message);
    CHECK(old >= 0);
    detach_layers(&o, target);
    CHECK_INT(sh("grep -c %s/target /proc/self/mountinfo >/dev/null", scratch), 256);
    struct stat st;
    CHECK(fstatat(old, "b", &st, 0) == 0);
    CHECK_INT(st.st_uid, 400007);
    CHECK_INT(st.st_gid, 400008);
    CHECK(fstatat(old, "a", &st, 0) == 0);
    CHECK_INT(st.st_uid, 400000);
    close_fd(&old);
    // And whichever way this kernel has.
    o.layers = NULL;
    CHECK_INT(mount_overlay(&task, &o), 0);
    CHECK(stat(in_scratch("target/b"), &st) == 0);
    CHECK_INT(st.st_uid, 400007);
    CHECK_INT(sh("test $(grep -c %s/target /proc/self/mountinfo) = 1", scratch), 0);
}

// Layers that are mounted in a namespace that this process is not in, beside one that is here.
TEST(overlay_of_layers_of_another_namespace)
{
    CHECK_INT(sh("cd %s; mkdir upper work target a b c; echo c > c/c", scratch), 0);
    CHECK_INT(unshare(CLONE_NEWNS), 0);
    CHECK_INT(sys_mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    pid_t pid = fork();
    if (pid == 0) {
        if (unshare(CLONE_NEWNS) < 0 || sys_mount("a", in_scratch("a"), "tmpfs", 0, NULL) < 0 ||
            sys_mount("b", in_scratch("b"), "tmpfs", 0, NULL) < 0)
            _exit(1);
        put_content(in_scratch("a/a"), "a\n");
        put_content(in_scratch("b/b"), "b\n");
        kill(getpid(), SIGSTOP);
        _exit(0);
    }
    int status;
    CHECK_INT(waitpid(pid, &status, WUNTRACED), pid);
    CHECK(WIFSTOPPED(status));
    CHECK(!exists(in_scratch("a/a")));
    char names[3][128], namespace[64];
    snprintf(names[0], sizeof names[0], "/proc/%d/root%s/a", pid, scratch);
    snprintf(names[1], sizeof names[1], "%s/c", scratch);
    snprintf(names[2], sizeof names[2], "/proc/%d/root%s/b", pid, scratch);
    snprintf(namespace, sizeof namespace, "/proc/%d/ns/mnt", pid);
    const char *lowers[] = {names[0], names[1], names[2]};
    struct task task = {.channel = -1, .root = -1, .overlay = -1, .layers = -1};
    struct overlay o = {.lowers = lowers,
                        .count = 3,
                        .upper = in_scratch("upper"),
                        .work = in_scratch("work"),
                        .target = in_scratch("target"),
                        .options = ""};
    // Not without their namespace, and nothing stays behind of the try.
    int layers[] = {-1, -1, -1};
    CHECK_INT(clone_layers(&task, lowers, 3, layers), -EINVAL);
    CHECK_TEXT(task.subject, names[0]);
    CHECK_INT(layers[1], -1);
    CHECK(chdir(in_scratch("c")) == 0);
    task.layers = open(namespace, O_RDONLY | O_CLOEXEC);
    int rc = mount_overlay(&task, &o);
    if (rc < 0)
        fprintf(stderr, "    %s: %s\n", task.subject, task.message);
    CHECK_INT(rc, 0);
    CHECK_TEXT(content(in_scratch("target/a")), "a\n");
    CHECK_TEXT(content(in_scratch("target/b")), "b\n");
    CHECK_TEXT(content(in_scratch("target/c")), "c\n");
    // Where it was, and with nothing left on the mount point below the overlay.
    CHECK(exists("c"));
    CHECK_INT(sh("umount -l %s && test -z \"$(ls %s)\"", o.target, o.target), 0);
    // One layer that is only read is no overlay.
    o.count = 1;
    o.upper = "";
    CHECK_INT(mount_overlay(&task, &o), 0);
    CHECK_TEXT(content(in_scratch("target/a")), "a\n");
    CHECK(!exists(in_scratch("target/b")));
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    // The containers' copies need nobody.
    CHECK_TEXT(content(in_scratch("target/a")), "a\n");
}
