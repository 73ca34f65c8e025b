// Paths inside the container's root, whatever symlinks the image has put there.
#ifndef GANTRY_ROOT_H
#define GANTRY_ROOT_H

#include "task.h"

enum root_create { CREATE_NONE = 0, CREATE_DIRECTORY = 1, CREATE_FILE = 2 };

// Opens path (O_PATH) in the root, or returns -errno. Symlinks are followed inside the root, a dangling one too when
// something is to be created; magic links of /proc are refused.
int root_open(const struct task *, const char *path, enum root_create);
// The same with the last component left alone: opens its parent, and gives its name (in path).
int root_open_parent(const struct task *, const char *path, const char **name);
// As root_open, for what will be mounted over: refuses (EPERM) a place in procfs that was reached by a symlink.
int root_open_mountpoint(const struct task *, const char *path, enum root_create);
// Makes the mount namespace's own root the process' root, 0 or -errno. Pivoting from a chroot would leave the real root in the
// namespace, where setns leads back to it.
int root_leave_chroot(void);

#endif
