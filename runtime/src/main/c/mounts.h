// What steps on mounts share.
#ifndef GANTRY_MOUNTS_H
#define GANTRY_MOUNTS_H

#include "root.h"

#include <linux/mount.h>
#include <stdint.h>

// MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_NOATIME and so on, in terms of mount_setattr.
struct mount_attr mount_attributes(uint64_t flags);
// MS_SHARED, MS_SLAVE, MS_PRIVATE, MS_UNBINDABLE with or without MS_REC, on an open mount; 0 leaves it.
int set_propagation(int mount, uint64_t flags);
// Puts a detached tree over a place in the root.
int put_tree(struct task *task, int tree, const char *path, enum root_create create);

enum idmap { IDMAP_NONE = 0, IDMAP_POD = 1, IDMAP_POD_RECURSIVE = 2 };
// Has a detached mount show the ids of its files by the pod's user namespace. The source is for the report.
int map_ids_of_mount(struct task *, int mount, enum idmap, const char *source);

// Clones the mounts that the paths lie in, from there on down; those of the namespace that step LayerNamespace has opened
// too. On failure nothing is left open.
int clone_layers(struct task *, const char *const *paths, uint32_t count, int *layers);

#endif
