// What every file uses: cleanup attributes, clock, system calls that older libcs do not wrap.
//
// One error convention: what can fail returns 0 (or a non-negative value) or -errno.
#ifndef GANTRY_BASE_H
#define GANTRY_BASE_H

#include <errno.h>
#include <linux/mount.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#define MNT_DETACH_NOW 2 // MNT_DETACH; sys/mount.h cannot be included beside linux/mount.h
#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

static inline void cleanup_fd(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static inline void cleanup_free(void *pointer)
{
    free(*(void **)pointer);
}

#define auto_fd __attribute__((cleanup(cleanup_fd))) int
#define auto_free __attribute__((cleanup(cleanup_free)))
#define container_of(pointer, type, member) ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

static inline int take_fd(int *fd)
{
    int taken = *fd;
    *fd = -1;
    return taken;
}

static inline void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

// Nanoseconds since the epoch.
uint64_t now_ns(void);

// Writes all of it, going on after interruptions and short writes.
int write_all(int fd, const void *data, size_t size);

// Writes a short text to an existing file in one write, as files of the kernel want it.
int write_file_at(int dir, const char *path, const char *text, size_t size);

// Reads up to size - 1 bytes and ends them with NUL. Returns the length.
ssize_t read_file_at(int dir, const char *path, char *buffer, size_t size);

// A path to an open descriptor, for calls that take only paths.
struct fd_path {
    char text[32];
};
struct fd_path path_of_fd(int fd);

int sys_openat2(int dir, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);
int sys_pidfd_open(pid_t pid);
int sys_pidfd_send_signal(int pidfd, int signal);
int sys_open_tree(int dir, const char *path, unsigned flags);
int sys_move_mount(int from, int to);
int sys_mount_setattr(int dir, const char *path, unsigned flags, struct mount_attr *attr);
int sys_fsopen(const char *type);
int sys_fsconfig(int fs, unsigned command, const char *key, const char *value);
int sys_fsmount(int fs, unsigned attributes);
int sys_mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data);
int sys_umount(const char *target, int flags);
int sys_pivot_root(const char *root, const char *put_old);
int sys_close_from(unsigned first);

#endif
