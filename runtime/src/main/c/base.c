// Clock, small file helpers and raw system calls.
#include "base.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>

uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

int write_all(int fd, const void *data, size_t size)
{
    const char *at = data;
    while (size > 0) {
        ssize_t n = write(fd, at, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        at += n;
        size -= (size_t)n;
    }
    return 0;
}

int write_file_at(int dir, const char *path, const char *text, size_t size)
{
    auto_fd fd = openat(dir, path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    ssize_t n = write(fd, text, size);
    if (n < 0)
        return -errno;
    return (size_t)n == size ? 0 : -EIO;
}

ssize_t read_file_at(int dir, const char *path, char *buffer, size_t size)
{
    auto_fd fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -errno;
    size_t have = 0;
    while (have < size - 1) {
        ssize_t n = read(fd, buffer + have, size - 1 - have);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        have += (size_t)n;
    }
    buffer[have] = '\0';
    return (ssize_t)have;
}

struct fd_path path_of_fd(int fd)
{
    struct fd_path path;
    snprintf(path.text, sizeof path.text, "/proc/self/fd/%d", fd);
    return path;
}

static int result(long value)
{
    return value < 0 ? -errno : (int)value;
}

int sys_openat2(int dir, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve)
{
    struct open_how how = {.flags = flags | O_CLOEXEC, .mode = mode, .resolve = resolve};
    // EAGAIN: something was renamed during a resolution that has to stay below a directory.
    for (int tries = 0;; tries++) {
        int fd = result(syscall(SYS_openat2, dir, path, &how, sizeof how));
        if (fd != -EINTR && (fd != -EAGAIN || tries >= 1000))
            return fd;
    }
}

int sys_pidfd_open(pid_t pid)
{
    return result(syscall(SYS_pidfd_open, pid, 0));
}

int sys_pidfd_send_signal(int pidfd, int signal)
{
    return result(syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0));
}

int sys_open_tree(int dir, const char *path, unsigned flags)
{
    return result(syscall(SYS_open_tree, dir, path, flags | OPEN_TREE_CLOEXEC));
}

int sys_move_mount(int from, int to)
{
    return result(syscall(SYS_move_mount, from, "", to, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH));
}

int sys_mount_setattr(int dir, const char *path, unsigned flags, struct mount_attr *attr)
{
    return result(syscall(SYS_mount_setattr, dir, path, flags, attr, sizeof *attr));
}

int sys_fsopen(const char *type)
{
    return result(syscall(SYS_fsopen, type, FSOPEN_CLOEXEC));
}

int sys_fsconfig(int fs, unsigned command, const char *key, const char *value)
{
    return result(syscall(SYS_fsconfig, fs, command, key, value, 0));
}

int sys_fsmount(int fs, unsigned attributes)
{
    return result(syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, attributes));
}

int sys_mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data)
{
    return result(syscall(SYS_mount, source, target, type, flags, data));
}

int sys_umount(const char *target, int flags)
{
    return result(syscall(SYS_umount2, target, flags));
}

int sys_pivot_root(const char *root, const char *put_old)
{
    return result(syscall(SYS_pivot_root, root, put_old));
}

int sys_close_from(unsigned first)
{
    return result(syscall(SYS_close_range, first, ~0U, 0));
}
