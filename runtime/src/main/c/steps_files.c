// Steps on files: cgroups, devices, symlinks, sysctls.
#include "base.h"
#include "root.h"
#include "task.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

// A process that moves makes the kernel wait for a grace period, some milliseconds; one that is made there does not.
static bool fork_into_cgroup(struct task *task, const char *path)
{
    struct statfs fs;
    char directory[PATH_MAX];
    const char *slash = strrchr(path, '/');
    if (task->children_elsewhere || slash == NULL || slash - path >= PATH_MAX)
        return false;
    snprintf(directory, sizeof directory, "%.*s", (int)(slash - path), path);
    auto_fd cgroup = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return cgroup >= 0 && fstatfs(cgroup, &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC &&
           go_on_in_child(task, cgroup) == 0;
}

static bool ends_with(const char *text, size_t size, const char *end, size_t end_size)
{
    return size >= end_size && memcmp(text + size - end_size, end, end_size) == 0;
}

// Where the container's processes are when it has moved them into groups below its own and given those controllers, as
// systemd does: version 2 then has no process in its own. The group that the init is in, below that of the file.
static int join_group_of_init(struct task *task, const char *path)
{
    char file[32], text[PATH_MAX], below[PATH_MAX];
    snprintf(file, sizeof file, "/proc/%d/cgroup", task->container_pid);
    ssize_t n = read_file_at(AT_FDCWD, file, text, sizeof text);
    const char *name = strrchr(path, '/'), *line = n > 0 ? strstr(text, "0::/") : NULL;
    if (name == NULL || line == NULL || (line != text && line[-1] != '\n'))
        return -EBUSY;
    const char *group = line + 3;
    size_t size = strcspn(group, "\n"), own = size;
    // The init's group, seen from the hierarchy's top, begins with what the file's directory ends with.
    while (own > 0 && (!ends_with(path, (size_t)(name - path), group, own) || (own < size && group[own] != '/')))
        own--;
    if (own == 0 || own == size ||
        snprintf(below, sizeof below, "%.*s%.*s%s", (int)(name - path), path, (int)(size - own), group + own, name) >=
            (int)sizeof below)
        return -EBUSY;
    return write_file_at(AT_FDCWD, below, "0", 1);
}

int step_join_cgroup(struct task *task, struct reader *r)
{
    for (uint32_t count = take_count(r, 5); count > 0; count--) {
        const char *path = take_string(r);
        int rc = fork_into_cgroup(task, path) ? 0 : write_file_at(AT_FDCWD, path, "0", 1);
        if (rc == -EBUSY && task->container_pid > 0)
            rc = join_group_of_init(task, path);
        if (rc < 0)
            return fail(task, -rc, path, "join the cgroup");
    }
    return 0;
}

struct device {
    const char *path;
    uint8_t kind;
    mode_t mode;
    dev_t number;
    uid_t uid;
    gid_t gid;
};

static struct device take_device(struct reader *r)
{
    struct device d = {.path = take_string(r), .kind = take_u8(r)};
    unsigned major = take_u32(r), minor = take_u32(r);
    d.number = makedev(major, minor);
    d.mode = (take_u32(r) & 07777) | (d.kind == 'c' ? S_IFCHR : d.kind == 'b' ? S_IFBLK : S_IFIFO);
    d.uid = take_u32(r);
    d.gid = take_u32(r);
    return d;
}

static int make_node(int parent, const char *name, const struct device *d)
{
    mode_t mask = umask(0);
    int rc = mknodat(parent, name, d->mode, d->number);
    // The image may have something there: the plan's node takes its place.
    if (rc < 0 && errno == EEXIST && unlinkat(parent, name, 0) == 0)
        rc = mknodat(parent, name, d->mode, d->number);
    if (rc == 0)
        rc = fchownat(parent, name, d->uid, d->gid, AT_SYMLINK_NOFOLLOW);
    rc = rc < 0 ? -errno : 0;
    umask(mask);
    return rc;
}

// Returns a node as a detached mount: a new one, or where that is not permitted the host's of the same path.
static int node_tree(struct task *task, const struct device *d)
{
    auto_fd fs = sys_fsopen("tmpfs");
    int rc = fs < 0 ? fs : sys_fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL);
    auto_fd mount = rc < 0 ? rc : sys_fsmount(fs, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
    rc = mount < 0 ? mount : make_node(mount, "node", d);
    int tree = rc;
    // Older kernels clone attached mounts only; where this one is attached does not matter, nobody else sees it.
    if (rc == 0 && (tree = sys_move_mount(mount, AT_FDCWD)) == 0) {
        tree = sys_open_tree(mount, "node", OPEN_TREE_CLONE);
        sys_umount(".", MNT_DETACH_NOW);
    } else if (rc == -EPERM) {
        tree = sys_open_tree(AT_FDCWD, d->path, OPEN_TREE_CLONE);
    }
    return tree < 0 ? fail(task, -tree, d->path, "make the device on the host") : tree;
}

int prepare_device(struct task *task, struct reader *r, int *tree)
{
    struct device d = take_device(r);
    if (d.kind != 'c' && d.kind != 'b')
        return 0;
    int rc = node_tree(task, &d);
    if (rc < 0)
        return rc;
    *tree = rc;
    return 0;
}

// Where nodes cannot be made, as in a user namespace: the one that was prepared, or the host's node of the same path.
static int bind_device(struct task *task, const char *path, int prepared)
{
    auto_fd tree = prepared >= 0 ? prepared : sys_open_tree(AT_FDCWD, path, OPEN_TREE_CLONE);
    if (tree < 0)
        return fail(task, -tree, path, "open the host's device");
    auto_fd target = root_open(task, path, CREATE_FILE);
    int rc = target < 0 ? target : sys_move_mount(tree, target);
    return rc < 0 ? fail(task, -rc, path, "bind the host's device") : 0;
}

int step_device(struct task *task, struct reader *r)
{
    struct device d = take_device(r);
    const char *name;
    int prepared = take_prepared(task);
    if (prepared >= 0)
        return bind_device(task, d.path, prepared);
    if (d.kind != 'c' && d.kind != 'b' && d.kind != 'p')
        return fail(task, EINVAL, d.path, "make a device of kind %u", d.kind);
    auto_fd parent = root_open_parent(task, d.path, &name);
    if (parent < 0)
        return fail(task, -parent, d.path, "find the device's directory");
    int rc = make_node(parent, name, &d);
    if (rc == -EPERM && d.kind != 'p')
        return bind_device(task, d.path, -1);
    return rc < 0 ? fail(task, -rc, d.path, "make the device") : 0;
}

int step_symlink(struct task *task, struct reader *r)
{
    const char *target = take_string(r), *path = take_string(r), *name;
    auto_fd parent = root_open_parent(task, path, &name);
    if (parent < 0)
        return fail(task, -parent, path, "find the symlink's directory");
    if (symlinkat(target, parent, name) < 0 && errno != EEXIST)
        return fail(task, errno, path, "make the symlink");
    return 0;
}

int step_sysctl(struct task *task, struct reader *r)
{
    const char *key = take_string(r), *value = take_string(r);
    auto_fd sys = open("/proc/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (sys < 0)
        return fail(task, errno, "/proc/sys", "open it");
    auto_fd fd = sys_openat2(sys, key, O_WRONLY, 0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);
    if (fd < 0)
        return fail(task, -fd, key, "open the sysctl");
    return write(fd, value, strlen(value)) < 0 ? fail(task, errno, key, "set the sysctl to %.100s", value) : 0;
}
