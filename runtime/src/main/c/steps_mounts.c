// Steps on mounts: propagation, root, file systems, binds, masks, pivot.
#include "base.h"
#include "mounts.h"
#include "pod.h"
#include "root.h"
#include "task.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

struct mount_attr mount_attributes(uint64_t flags)
{
    static const struct {
        uint64_t flag, attribute;
    } table[] = {
        {MS_RDONLY, MOUNT_ATTR_RDONLY},         {MS_NOSUID, MOUNT_ATTR_NOSUID}, {MS_NODEV, MOUNT_ATTR_NODEV},
        {MS_NOEXEC, MOUNT_ATTR_NOEXEC},         {MS_NOATIME, MOUNT_ATTR_NOATIME},
        {MS_NODIRATIME, MOUNT_ATTR_NODIRATIME}, {MS_STRICTATIME, MOUNT_ATTR_STRICTATIME},
        {MS_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW},
    };
    struct mount_attr attr = {0};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if ((flags & table[i].flag) != 0)
            attr.attr_set |= table[i].attribute;
    if ((flags & (MS_NOATIME | MS_STRICTATIME | MS_RELATIME)) != 0)
        attr.attr_clr |= MOUNT_ATTR__ATIME;
    return attr;
}

int set_propagation(int mount, uint64_t flags)
{
    struct mount_attr attr = {.propagation = flags & (MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE)};
    if (attr.propagation == 0)
        return 0;
    return sys_mount_setattr(mount, "", AT_EMPTY_PATH | ((flags & MS_REC) != 0 ? AT_RECURSIVE : 0), &attr);
}

int step_propagation(struct task *task, struct reader *r)
{
    const char *path = take_string(r);
    uint64_t flags = take_u64(r);
    int rc = sys_mount(NULL, path, NULL, (unsigned long)flags, NULL);
    return rc < 0 ? fail(task, -rc, path, "set the propagation of mounts") : 0;
}

int step_root(struct task *task, struct reader *r)
{
    const char *path = take_string(r);
    uint64_t propagation = take_u64(r);
    struct statx st;
    bool made = task->overlay >= 0 && strcmp(path, task->overlay_target) == 0;
    auto_fd root = made ? take_fd(&task->overlay) : open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0 || statx(root, "", AT_EMPTY_PATH, STATX_TYPE, &st) < 0)
        return fail(task, errno, path, "open the root");
    if ((st.stx_attributes & STATX_ATTR_MOUNT_ROOT) == 0) {
        auto_fd tree = sys_open_tree(root, "", OPEN_TREE_CLONE | AT_EMPTY_PATH | AT_RECURSIVE);
        int rc = tree < 0 ? tree : sys_move_mount(tree, root);
        if (rc < 0)
            return fail(task, -rc, path, "bind the root to itself");
        close_fd(&root);
        root = take_fd(&tree);
    }
    int rc = set_propagation(root, propagation);
    if (rc < 0)
        return fail(task, -rc, path, "set the propagation of the root");
    close_fd(&task->root);
    task->root = take_fd(&root);
    return 0;
}

int step_mount(struct task *task, struct reader *r)
{
    const char *type = take_string(r), *source = take_string(r), *path = take_string(r);
    uint64_t flags = take_u64(r);
    const char *data = take_string(r);
    enum root_create create = take_u8(r);
    auto_fd target = root_open_mountpoint(task, path, create);
    if (target < 0)
        return fail(task, -target, path, "find the mount point");
    int rc = sys_mount(source, path_of_fd(target).text, type, (unsigned long)flags, data);
    return rc < 0 ? fail(task, -rc, path, "mount %.100s", type) : 0;
}

int put_tree(struct task *task, int tree, const char *path, enum root_create create)
{
    auto_fd target = root_open_mountpoint(task, path, create);
    if (target < 0)
        return fail(task, -target, path, "find the mount point");
    int rc = sys_move_mount(tree, target);
    return rc < 0 ? fail(task, -rc, path, "mount over it") : 0;
}

int map_ids_of_mount(struct task *task, int mount, enum idmap idmap, const char *source)
{
    struct statfs fs = {0};
    if (idmap == IDMAP_NONE)
        return 0;
    int users = pod_namespace(CLONE_NEWUSER);
    if (users < 0)
        return fail(task, ENOENT, source, "map its ids by a user namespace that the pod does not hold");
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (unsigned)users};
    int rc = sys_mount_setattr(mount, "", AT_EMPTY_PATH | (idmap == IDMAP_POD_RECURSIVE ? AT_RECURSIVE : 0U), &attr);
    if (rc == -EINVAL && fstatfs(mount, &fs) == 0)
        return fail(task, EINVAL, source, "map its ids, which its file system (type %#lx) cannot on this kernel",
                    (unsigned long)fs.f_type);
    return rc < 0 ? fail(task, -rc, source, "map its ids") : 0;
}

struct bind {
    const char *source, *path;
    struct mount_attr attr;
    bool recursive, recursively_read_only, create;
    uint64_t propagation;
    enum idmap idmap;
};

static struct bind take_bind(struct reader *r)
{
    struct bind b = {.source = take_string(r)};
    b.path = take_string(r);
    b.attr = mount_attributes(take_u64(r));
    b.recursive = take_u8(r) != 0;
    b.recursively_read_only = take_u8(r) != 0;
    b.propagation = take_u64(r);
    b.create = take_u8(r) != CREATE_NONE;
    b.idmap = take_u8(r);
    return b;
}

// Returns the source as a detached mount with all its options.
static int open_bind(struct task *task, struct bind *b)
{
    auto_fd tree = sys_open_tree(AT_FDCWD, b->source, OPEN_TREE_CLONE | (b->recursive ? AT_RECURSIVE : 0U));
    if (tree < 0)
        return fail(task, -tree, b->source, "open the source of the mount");
    int rc = map_ids_of_mount(task, tree, b->idmap, b->source);
    if (rc < 0)
        return rc;
    if (b->attr.attr_set != 0 || b->attr.attr_clr != 0)
        rc = sys_mount_setattr(tree, "", AT_EMPTY_PATH, &b->attr);
    if (rc == 0 && b->recursively_read_only) {
        struct mount_attr read_only = {.attr_set = MOUNT_ATTR_RDONLY};
        rc = sys_mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &read_only);
    }
    if (rc == 0)
        rc = set_propagation(tree, b->propagation);
    return rc < 0 ? fail(task, -rc, b->source, "set the options of the mount") : take_fd(&tree);
}

int prepare_bind(struct task *task, struct reader *r, int *tree)
{
    struct bind b = take_bind(r);
    int rc = open_bind(task, &b);
    if (rc < 0)
        return rc;
    *tree = rc;
    return 0;
}

int step_bind(struct task *task, struct reader *r)
{
    struct bind b = take_bind(r);
    struct stat st;
    auto_fd tree = take_prepared(task);
    if (tree < 0 && (tree = open_bind(task, &b)) < 0)
        return tree;
    if (fstat(tree, &st) < 0)
        return fail(task, errno, b.source, "look at the source of the mount");
    enum root_create kind = S_ISDIR(st.st_mode) ? CREATE_DIRECTORY : CREATE_FILE;
    return put_tree(task, tree, b.path, b.create ? kind : CREATE_NONE);
}

// An empty read-only directory, not mounted anywhere yet.
static int empty_directory(void)
{
    auto_fd fs = sys_fsopen("tmpfs");
    if (fs < 0)
        return fs;
    int rc = sys_fsconfig(fs, FSCONFIG_SET_FLAG, "ro", NULL);
    if (rc == 0)
        rc = sys_fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL);
    return rc < 0 ? rc : sys_fsmount(fs, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

static int null_device(void)
{
    struct stat st;
    auto_fd tree = sys_open_tree(AT_FDCWD, "/dev/null", OPEN_TREE_CLONE);
    if (tree < 0)
        return tree;
    if (fstat(tree, &st) < 0 || !S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3))
        return -ENODEV;
    return take_fd(&tree);
}

int step_mask(struct task *task, struct reader *r)
{
    const char *path = take_string(r);
    struct stat st;
    auto_fd target = root_open(task, path, CREATE_NONE);
    if (target == -ENOENT || target == -ENOTDIR)
        return 0;
    if (target < 0 || fstat(target, &st) < 0)
        return fail(task, target < 0 ? -target : errno, path, "find what to mask");
    auto_fd tree = S_ISDIR(st.st_mode) ? empty_directory() : null_device();
    int rc = tree < 0 ? tree : sys_move_mount(tree, target);
    return rc < 0 ? fail(task, -rc, path, "mask it") : 0;
}

int step_read_only_path(struct task *task, struct reader *r)
{
    const char *path = take_string(r);
    struct mount_attr read_only = {.attr_set = MOUNT_ATTR_RDONLY};
    auto_fd target = root_open(task, path, CREATE_NONE);
    if (target == -ENOENT || target == -ENOTDIR)
        return 0;
    if (target < 0)
        return fail(task, -target, path, "find what to make read-only");
    auto_fd tree = sys_open_tree(target, "", OPEN_TREE_CLONE | AT_EMPTY_PATH | AT_RECURSIVE);
    int rc = tree < 0 ? tree : sys_mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &read_only);
    if (rc == 0)
        rc = sys_move_mount(tree, target);
    return rc < 0 ? fail(task, -rc, path, "make it read-only") : 0;
}

// Descriptors of the host's /dev/null become the container's own, so that nothing in it is open on a mount of the host
// (which could be neither dumped nor looked up from inside). A container without one keeps them.
static int own_null(struct task *task)
{
    for (int fd = 0; fd < 3; fd++) {
        struct stat st;
        if (fstat(fd, &st) < 0 || !S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3))
            continue;
        auto_fd node = root_open(task, "/dev/null", CREATE_NONE);
        if (node < 0 || fstat(node, &st) < 0 || !S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3))
            return 0;
        int mode = fcntl(fd, F_GETFL);
        auto_fd opened = mode < 0 ? -1 : open(path_of_fd(node).text, (mode & O_ACCMODE) | O_NOCTTY | O_CLOEXEC);
        if (opened >= 0 && dup2(opened, fd) < 0)
            return fail_number(task, errno, fd, "use the container's /dev/null as the descriptor");
    }
    return 0;
}

int step_pivot(struct task *task, struct reader *r)
{
    (void)r;
    int rc = task->root < 0 ? 0 : own_null(task);
    if (rc < 0)
        return rc;
    rc = root_leave_chroot();
    if (rc < 0)
        return fail(task, -rc, "/", "find the root of the mount namespace");
    auto_fd old = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (task->root < 0 || old < 0 || fchdir(task->root) < 0)
        return fail(task, task->root < 0 ? EINVAL : errno, "/", "enter the root");
    rc = sys_pivot_root(".", ".");
    if (rc < 0)
        return fail(task, -rc, "/", "pivot to the root");
    // The old root lies over the new one now. As a slave it takes nothing of the host's away when it goes.
    if (fchdir(old) < 0 || (rc = sys_mount(NULL, ".", NULL, MS_SLAVE | MS_REC, NULL)) < 0 ||
        (rc = sys_umount(".", MNT_DETACH_NOW)) < 0 || chdir("/") < 0)
        return fail(task, rc < 0 ? -rc : errno, "/", "detach the old root");
    close_fd(&task->root);
    task->root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    return task->root < 0 ? fail(task, errno, "/", "open the root") : 0;
}

int step_remount_root(struct task *task, struct reader *r)
{
    struct mount_attr attr = mount_attributes(take_u64(r));
    auto_fd root = task->root >= 0 ? openat(task->root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC)
                                   : open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    int rc = root < 0 ? -errno : sys_mount_setattr(root, "", AT_EMPTY_PATH, &attr);
    return rc < 0 ? fail(task, -rc, "/", "change the options of the root") : 0;
}
