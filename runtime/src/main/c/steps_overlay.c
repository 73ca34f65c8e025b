// The overlay step: with fsopen and one lower layer a call where the kernel has that, else with mount(2) and descriptors.
#include "base.h"
#include "mounts.h"
#include "task.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

enum { VALUE_MAX = 255 }; // of fsconfig

struct overlay {
    const char *const *lowers;
    uint32_t count;
    const char *upper, *work, *target, *options;
    uint64_t flags;
    enum idmap idmap;
    int *layers; // the lowers as mounts of this namespace; NULL when they are taken from where they are
};

// What is wrong, in the words of the file system.
static void read_complaint(int fs, char *text, size_t size)
{
    ssize_t n = read(fs, text, size - 1);
    text[n > 0 ? n : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
}

static int set_descriptor(int fs, const char *key, int fd)
{
    return sys_fsconfig(fs, FSCONFIG_SET_STRING, key, path_of_fd(fd).text);
}

// Sets a path. One that is too long, or has characters that overlay gives a meaning, goes by a descriptor, which is left
// open: the path has to be good until the mount is made.
static int set_path(int fs, const char *key, const char *path)
{
    if (strlen(path) <= VALUE_MAX && strpbrk(path, ",:\\") == NULL)
        return sys_fsconfig(fs, FSCONFIG_SET_STRING, key, path);
    int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -errno : set_descriptor(fs, key, fd);
}

static int set_options(int fs, const char *options)
{
    char text[4096];
    if ((size_t)snprintf(text, sizeof text, "%s", options) >= sizeof text)
        return -E2BIG;
    char *rest = text, *option;
    int rc = 0;
    while (rc == 0 && (option = strsep(&rest, ",")) != NULL) {
        char *value = strchr(option, '=');
        if (*option == '\0')
            continue;
        if (value != NULL)
            *value++ = '\0';
        rc = sys_fsconfig(fs, value == NULL ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING, option, value);
    }
    return rc;
}

// Before Linux 6.5 overlay takes every option and judges them all when the mount is made. Those kernels take a layer
// without a value, too, which later ones refuse at once.
static bool judges_late(int fs)
{
    char complaint[160];
    if (sys_fsconfig(fs, FSCONFIG_SET_FLAG, "lowerdir+", NULL) == 0)
        return true;
    read_complaint(fs, complaint, sizeof complaint); // not what a later failure is about
    return false;
}

// Returns a detached mount, or -ENOSYS where the kernel does not know `lowerdir+`.
static int make(struct task *task, const struct overlay *o)
{
    auto_fd fs = sys_fsopen("overlay");
    if (fs < 0)
        return fail(task, -fs, o->target, "make an overlay");
    if (judges_late(fs))
        return -ENOSYS;
    for (uint32_t i = 0; i < o->count; i++) {
        int rc = o->layers != NULL ? set_descriptor(fs, "lowerdir+", o->layers[i])
                                   : set_path(fs, "lowerdir+", o->lowers[i]);
        if (rc == -EINVAL && i == 0)
            return -ENOSYS;
        if (rc < 0)
            return fail(task, -rc, o->lowers[i], "use it as a layer of the root");
    }
    int rc = *o->upper == '\0' ? 0 : set_path(fs, "upperdir", o->upper);
    if (rc < 0)
        return fail(task, -rc, o->upper, "use it as the writable layer");
    rc = *o->upper == '\0' ? 0 : set_path(fs, "workdir", o->work);
    if (rc < 0)
        return fail(task, -rc, o->work, "use it as the overlay's work directory");
    rc = set_options(fs, o->options);
    if (rc < 0)
        return fail(task, -rc, o->options, "set the overlay's options");
    sys_fsconfig(fs, FSCONFIG_SET_STRING, "source", "overlay");
    rc = sys_fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL);
    if (rc < 0) {
        char complaint[160];
        read_complaint(fs, complaint, sizeof complaint);
        return fail(task, -rc, o->target, "mount the overlay: %s", complaint);
    }
    struct mount_attr attr = mount_attributes(o->flags);
    rc = sys_fsmount(fs, (unsigned)attr.attr_set);
    return rc < 0 ? fail(task, -rc, o->target, "mount the overlay") : rc;
}

// Appends the text when it fits, with a comma or colon before it.
static int append(char *data, size_t size, char separator, const char *key, const char *text)
{
    size_t at = strlen(data);
    int n = snprintf(data + at, size - at, "%.1s%s%s", at == 0 ? "" : &separator, key, text);
    return n < 0 || (size_t)n >= size - at ? -E2BIG : 0;
}

static int append_directory(char *data, size_t size, char separator, const char *key, const char *path)
{
    int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -errno : append(data, size, separator, key, path_of_fd(fd).text);
}

static int mount_by_data(struct task *task, const struct overlay *o, int target)
{
    char data[4096] = "";
    for (uint32_t i = 0; i < o->count; i++) {
        const char *key = i == 0 ? "lowerdir=" : "";
        int rc = o->layers != NULL ? append(data, sizeof data, ':', key, path_of_fd(o->layers[i]).text)
                                   : append_directory(data, sizeof data, ':', key, o->lowers[i]);
        if (rc < 0)
            return fail(task, -rc, o->lowers[i], "use it as a layer of the root");
    }
    int rc = 0;
    if (*o->upper != '\0' && (rc = append_directory(data, sizeof data, ',', "upperdir=", o->upper)) < 0)
        return fail(task, -rc, o->upper, "use it as the writable layer");
    if (*o->upper != '\0' && (rc = append_directory(data, sizeof data, ',', "workdir=", o->work)) < 0)
        return fail(task, -rc, o->work, "use it as the overlay's work directory");
    if (*o->options != '\0' && (rc = append(data, sizeof data, ',', "", o->options)) < 0)
        return fail(task, -rc, o->options, "set the overlay's options");
    rc = sys_mount("overlay", path_of_fd(target).text, "overlay", (unsigned long)o->flags, data);
    return rc < 0 ? fail(task, -rc, o->target, "mount the overlay") : 0;
}

// The kernel makes no overlay of one layer without a writable one: that is the layer itself, read-only.
static int open_layer(struct task *task, const struct overlay *o)
{
    struct mount_attr attr = mount_attributes(o->flags | MS_RDONLY);
    auto_fd tree = -1;
    int rc = clone_layers(task, o->lowers, 1, &tree);
    if (rc < 0)
        return rc;
    rc = sys_mount_setattr(tree, "", AT_EMPTY_PATH, &attr);
    if (rc < 0)
        return fail(task, -rc, o->lowers[0], "use it as the root");
    rc = map_ids_of_mount(task, tree, o->idmap, o->lowers[0]);
    return rc < 0 ? rc : take_fd(&tree);
}

// Mounts the layers over the target, one over another: only their descriptors matter, and overlay wants (before Linux
// 6.15) mounts that are attached in the namespace of who asks.
static int attach_layers(struct task *task, const struct overlay *o, int target)
{
    int rc = clone_layers(task, o->lowers, o->count, o->layers);
    for (uint32_t i = 0; rc == 0 && i < o->count; i++) {
        rc = map_ids_of_mount(task, o->layers[i], o->idmap, o->lowers[i]);
        if (rc == 0 && (rc = sys_move_mount(o->layers[i], target)) < 0)
            rc = fail(task, -rc, o->lowers[i], "attach it as a layer of the root");
        // Those that are not attached are not to be detached.
        for (uint32_t j = i; rc < 0 && j < o->count; j++)
            close_fd(&o->layers[j]);
    }
    return rc;
}

static void detach_layers(const struct overlay *o, int target)
{
    for (uint32_t i = 0; i < o->count && o->layers[i] >= 0; i++) {
        sys_umount(path_of_fd(target).text, MNT_DETACH_NOW);
        close_fd(&o->layers[i]);
    }
}

// On older kernels a mount begins attached.
static int make_by_data(struct task *task, const struct overlay *o, int target)
{
    int rc = mount_by_data(task, o, target);
    if (rc < 0)
        return rc;
    rc = sys_open_tree(AT_FDCWD, o->target, OPEN_TREE_CLONE);
    sys_umount(path_of_fd(target).text, MNT_DETACH_NOW);
    return rc < 0 ? fail(task, -rc, o->target, "take the overlay") : rc;
}

// Returns the overlay as a detached mount.
static int open_overlay(struct task *task, struct overlay *o, int target)
{
    auto_free int *layers = NULL;
    if (o->count == 1 && *o->upper == '\0')
        return open_layer(task, o);
    int rc = 0;
    if (o->idmap != IDMAP_NONE || task->layers >= 0) {
        layers = o->layers = malloc(o->count * sizeof *layers);
        if (layers == NULL)
            return fail(task, ENOMEM, o->target, "make an overlay of %u layers", o->count);
        for (uint32_t i = 0; i < o->count; i++)
            layers[i] = -1;
        rc = attach_layers(task, o, target);
    }
    if (rc == 0)
        rc = make(task, o);
    if (rc == -ENOSYS)
        rc = make_by_data(task, o, target);
    if (layers != NULL)
        detach_layers(o, target);
    o->layers = NULL;
    return rc;
}

static int mount_overlay(struct task *task, struct overlay *o)
{
    int prepared = take_prepared(task);
    if (prepared == PREPARED_IN_PLACE)
        return 0;
    // A process in a user namespace may not get at the target by its path: it was left in it.
    auto_fd target = prepared >= 0 ? AT_FDCWD : open(o->target, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (target < 0 && prepared < 0)
        return fail(task, errno, o->target, "open the mount point of the overlay");
    auto_fd tree = prepared >= 0 ? prepared : open_overlay(task, o, target);
    if (tree < 0)
        return tree;
    int rc = sys_move_mount(tree, target);
    if (rc < 0)
        return fail(task, -rc, o->target, "mount the overlay");
    close_fd(&task->overlay);
    task->overlay = take_fd(&tree);
    task->overlay_target = o->target;
    return 0;
}

// The lowers are a list to free.
static int take_overlay(struct task *task, struct reader *r, struct overlay *o)
{
    o->count = take_count(r, 5);
    const char **lowers = calloc(o->count + 1, sizeof *lowers);
    o->lowers = lowers;
    if (lowers == NULL || o->count == 0)
        return fail(task, o->count == 0 ? EINVAL : ENOMEM, "", "make an overlay of %u layers", o->count);
    for (uint32_t i = 0; i < o->count; i++)
        lowers[i] = take_string(r);
    o->upper = take_string(r);
    o->work = take_string(r);
    o->target = take_string(r);
    o->flags = take_u64(r);
    o->options = take_string(r);
    o->idmap = take_u8(r) == 0 ? IDMAP_NONE : IDMAP_POD;
    return 0;
}

int prepare_overlay(struct task *task, struct reader *r, int *tree)
{
    struct overlay o = {0};
    int rc = take_overlay(task, r, &o);
    auto_free const char *const *lowers = o.lowers;
    if (rc < 0)
        return rc;
    auto_fd target = open(o.target, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (target < 0)
        return fail(task, errno, o.target, "open the mount point of the overlay");
    auto_fd overlay = open_overlay(task, &o, target);
    if (overlay < 0)
        return overlay;
    if (!task->root_prepared) {
        task->root_prepared = true;
        *tree = take_fd(&overlay);
        return fchdir(target) < 0 ? fail(task, errno, o.target, "enter the mount point of the overlay") : 0;
    }
    // Another is the source of later steps, which are prepared too: here is where it is needed.
    rc = sys_move_mount(overlay, target);
    *tree = PREPARED_IN_PLACE;
    return rc < 0 ? fail(task, -rc, o.target, "mount the overlay") : 0;
}

int step_overlay(struct task *task, struct reader *r)
{
    struct overlay o = {0};
    int rc = take_overlay(task, r, &o);
    auto_free const char *const *lowers = o.lowers;
    return rc < 0 ? rc : mount_overlay(task, &o);
}
