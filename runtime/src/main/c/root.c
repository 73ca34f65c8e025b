// openat2 in the root, and the creation of what is missing there.
#include "root.h"

#include "base.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

enum { LINKS_MAX = 40 };

static const uint64_t IN_ROOT = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;

static int open_in(int root, const char *path, uint64_t flags)
{
    return sys_openat2(root, *path == '\0' ? "." : path, O_PATH | flags, 0, IN_ROOT);
}

// Replaces the first prefix bytes of path, which name a symlink in its parent, by what the link says.
static int follow(char *path, int parent, const char *name, size_t parent_size, size_t prefix)
{
    char target[PATH_MAX], joined[PATH_MAX];
    ssize_t n = readlinkat(parent, name, target, sizeof target - 1);
    if (n < 0)
        return -errno;
    target[n] = '\0';
    int size = *target == '/' ? snprintf(joined, sizeof joined, "%s%s", target, path + prefix)
                              : snprintf(joined, sizeof joined, "%.*s/%s%s", (int)parent_size, path, target, path + prefix);
    if (size < 0 || (size_t)size >= sizeof joined)
        return -ENAMETOOLONG;
    memcpy(path, joined, (size_t)size + 1);
    return 0;
}

static int create(int parent, const char *name, bool directory)
{
    if (directory)
        return mkdirat(parent, name, 0755) < 0 ? -errno : 0;
    auto_fd fd = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    return fd < 0 ? -errno : 0;
}

// Walks path from the root, making what is missing. Returns the last component, opened; -ELOOP to begin again, since a
// dangling symlink has been replaced in path.
static int walk(int root, char *path, enum root_create kind, bool *again)
{
    auto_fd at = open_in(root, "/", O_DIRECTORY);
    size_t end = 0;
    *again = false;
    while (at >= 0) {
        size_t parent_size = end;
        size_t start = end + strspn(path + end, "/");
        end = start + strcspn(path + start, "/");
        bool last = path[end + strspn(path + end, "/")] == '\0';
        if (start == end)
            return take_fd(&at);
        char rest = path[end];
        path[end] = '\0';
        int next = open_in(root, path, 0);
        if (next == -ENOENT) {
            int rc = create(at, path + start, !last || kind == CREATE_DIRECTORY);
            struct stat st;
            if (rc == -EEXIST && fstatat(at, path + start, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode)) {
                char name[NAME_MAX + 1];
                snprintf(name, sizeof name, "%s", path + start);
                path[end] = rest;
                *again = true;
                return follow(path, at, name, parent_size, end);
            }
            if (rc < 0 && rc != -EEXIST)
                return rc;
            next = open_in(root, path, 0);
        }
        path[end] = rest;
        close_fd(&at);
        at = next;
    }
    return at;
}

int root_open(const struct task *task, const char *path, enum root_create kind)
{
    char walked[PATH_MAX];
    bool again;
    if (task->root < 0)
        return -EBADF;
    int fd = open_in(task->root, path, 0);
    if (fd != -ENOENT || kind == CREATE_NONE)
        return fd;
    if ((size_t)snprintf(walked, sizeof walked, "%s", path) >= sizeof walked)
        return -ENAMETOOLONG;
    for (int links = 0; links < LINKS_MAX; links++) {
        fd = walk(task->root, walked, kind, &again);
        if (!again || fd < 0)
            return fd;
    }
    return -ELOOP;
}

int root_open_parent(const struct task *task, const char *path, const char **name)
{
    char parent[PATH_MAX];
    size_t size = strlen(path);
    const char *slash = strrchr(path, '/');
    *name = slash == NULL ? path : slash + 1;
    if (size >= sizeof parent || **name == '\0' || strcmp(*name, ".") == 0 || strcmp(*name, "..") == 0)
        return -EINVAL;
    snprintf(parent, sizeof parent, "/%.*s", (int)(*name - path), path);
    return root_open(task, parent, CREATE_DIRECTORY);
}

int root_open_mountpoint(const struct task *task, const char *path, enum root_create kind)
{
    struct statfs fs;
    auto_fd fd = root_open(task, path, kind);
    if (fd < 0)
        return fd;
    if (fstatfs(fd, &fs) < 0)
        return -errno;
    if (fs.f_type == PROC_SUPER_MAGIC) {
        auto_fd plain = sys_openat2(task->root, path, O_PATH, 0, IN_ROOT | RESOLVE_NO_SYMLINKS);
        if (plain < 0)
            return plain == -ELOOP ? -EPERM : plain;
    }
    return take_fd(&fd);
}

int root_leave_chroot(void)
{
    auto_fd here = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    return here < 0 || setns(here, CLONE_NEWNS) < 0 ? -errno : 0;
}
