// The pod's shared memory: a tmpfs that is the root of a mount namespace of its own, which the shim holds.
#include "base.h"
#include "place.h"
#include "pod.h"
#include "root.h"
#include "task.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/wait.h>

static int make_tmpfs(unsigned long long size, unsigned mode, int *mounted)
{
    char number[32];
    auto_fd fs = sys_fsopen("tmpfs");
    if (fs < 0)
        return fs;
    snprintf(number, sizeof number, "%llu", size);
    int rc = sys_fsconfig(fs, FSCONFIG_SET_STRING, "size", number);
    snprintf(number, sizeof number, "%o", mode);
    if (rc == 0)
        rc = sys_fsconfig(fs, FSCONFIG_SET_STRING, "mode", number);
    if (rc == 0)
        rc = sys_fsconfig(fs, FSCONFIG_SET_STRING, "source", "shm");
    if (rc == 0)
        rc = sys_fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL);
    if (rc == 0)
        rc = sys_fsmount(fs, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
    *mounted = rc;
    return rc < 0 ? rc : 0;
}

// Leaves the caller in the new namespace, which lives on by the shim's descriptor.
static int hold(struct task *task, unsigned long long size, unsigned mode)
{
    struct mount_attr private = {.propagation = MS_PRIVATE};
    if (unshare(CLONE_NEWNS) < 0)
        return fail(task, errno, "mnt", "make a mount namespace");
    int rc = sys_mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &private);
    if (rc < 0)
        return fail(task, -rc, "/", "make mounts private");
    auto_fd tmpfs = -1;
    rc = make_tmpfs(size, mode, &tmpfs);
    if (rc < 0)
        return fail(task, -rc, "tmpfs", "make the shared memory");
    // Anywhere: nobody sees it, and it is the root at once.
    auto_fd place = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    rc = place < 0 ? -errno : sys_move_mount(tmpfs, place);
    if (rc < 0 || fchdir(tmpfs) < 0 || (rc = sys_pivot_root(".", ".")) < 0)
        return fail(task, rc < 0 ? -rc : errno, "tmpfs", "make the shared memory a root");
    rc = sys_umount(".", MNT_DETACH_NOW);
    if (rc < 0)
        return fail(task, -rc, "/", "detach the old root");
    rc = ask(task, MESSAGE_HOLD_SHM, 0, NULL, 0);
    return rc < 0 ? fail(task, -rc, "mnt", "hold the mount namespace") : 0;
}

static int hold_in_child(struct task *task, unsigned long long size, unsigned mode)
{
    pid_t pid = _Fork();
    if (pid < 0)
        return fail(task, errno, "fork", "make the shared memory");
    if (pid == 0) {
        int rc = hold(task, size, mode);
        if (rc < 0)
            report_failure(task, rc);
        _exit(0);
    }
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return fail(task, errno, "wait", "make the shared memory");
    // It has reported already when it failed; the first report counts.
    return status == 0 ? 0 : fail(task, EIO, "shm", "make the shared memory");
}

int step_hold_shm(struct task *task, struct reader *r)
{
    unsigned long long size = take_u64(r);
    unsigned mode = take_u32(r);
    auto_fd here = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    auto_fd cwd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    auto_fd root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (here < 0 || cwd < 0 || root < 0)
        return fail(task, errno, "/proc/self/ns/mnt", "note the mount namespace");
    // From within a user namespace there is no way back, so another process goes. Else none is forked, since it might
    // be the first of a new pid namespace and take that with it.
    if (setns(here, CLONE_NEWNS) < 0)
        return hold_in_child(task, size, mode);
    int rc = hold(task, size, mode);
    if (rc == 0 && (setns(here, CLONE_NEWNS) < 0 || fchdir(cwd) < 0))
        return fail(task, errno, "mnt", "come back to the mount namespace");
    return rc;
}

int step_pod_shm(struct task *task, struct reader *r)
{
    const char *path = take_string(r);
    if (pod.shm < 0)
        return fail(task, ENOENT, path, "mount shared memory that the pod does not hold");
    auto_fd target = root_open_mountpoint(task, path, CREATE_DIRECTORY);
    if (target < 0)
        return fail(task, -target, path, "find the mount point");
    struct place here;
    int rc = place_note(&here);
    if (rc == 0 && setns(pod.shm, CLONE_NEWNS) < 0)
        rc = -errno;
    if (rc < 0) {
        place_forget(&here);
        return fail(task, -rc, "mnt", "join the namespace of the shared memory");
    }
    auto_fd tree = sys_open_tree(AT_FDCWD, "/", OPEN_TREE_CLONE);
    rc = place_return(&here);
    place_forget(&here);
    if (rc < 0)
        return fail(task, -rc, "mnt", "come back to the mount namespace");
    if (tree < 0)
        return fail(task, -tree, path, "take the shared memory");
    rc = sys_move_mount(tree, target);
    return rc < 0 ? fail(task, -rc, path, "mount the shared memory") : 0;
}
