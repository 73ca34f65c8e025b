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
};

// What is wrong, in the words of the file system.
static void read_complaint(int fs, char *text, size_t size)
{
    ssize_t n = read(fs, text, size - 1);
    text[n > 0 ? n : 0] = '\0';
    text[strcspn(text, "\n")] = '\0';
}

// Sets a path. One that is too long, or has characters that overlay gives a meaning, goes by a descriptor, which is left
// open: the path has to be good until the mount is made.
static int set_path(int fs, const char *key, const char *path)
{
    if (strlen(path) <= VALUE_MAX && strpbrk(path, ",:\\") == NULL)
        return sys_fsconfig(fs, FSCONFIG_SET_STRING, key, path);
    int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -errno : sys_fsconfig(fs, FSCONFIG_SET_STRING, key, path_of_fd(fd).text);
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
        int rc = set_path(fs, "lowerdir+", o->lowers[i]);
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
        int rc = append_directory(data, sizeof data, ':', i == 0 ? "lowerdir=" : "", o->lowers[i]);
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
static int bind_layer(struct task *task, const struct overlay *o, int target)
{
    struct mount_attr attr = mount_attributes(o->flags | MS_RDONLY);
    auto_fd tree = sys_open_tree(AT_FDCWD, o->lowers[0], OPEN_TREE_CLONE);
    int rc = tree < 0 ? tree : sys_mount_setattr(tree, "", AT_EMPTY_PATH, &attr);
    if (rc == 0)
        rc = sys_move_mount(tree, target);
    return rc < 0 ? fail(task, -rc, o->lowers[0], "use it as the root") : 0;
}

static int mount_overlay(struct task *task, const struct overlay *o)
{
    auto_fd target = open(o->target, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (target < 0)
        return fail(task, errno, o->target, "open the mount point of the overlay");
    if (o->count == 1 && *o->upper == '\0')
        return bind_layer(task, o, target);
    int tree = make(task, o);
    if (tree == -ENOSYS)
        return mount_by_data(task, o, target);
    if (tree < 0)
        return tree;
    int rc = sys_move_mount(tree, target);
    close(tree);
    return rc < 0 ? fail(task, -rc, o->target, "mount the overlay") : 0;
}

int step_overlay(struct task *task, struct reader *r)
{
    uint32_t count = take_count(r, 5);
    auto_free const char **lowers = calloc(count + 1, sizeof *lowers);
    if (lowers == NULL || count == 0)
        return fail(task, count == 0 ? EINVAL : ENOMEM, "", "make an overlay of %u layers", count);
    for (uint32_t i = 0; i < count; i++)
        lowers[i] = take_string(r);
    struct overlay o = {.lowers = lowers, .count = count};
    o.upper = take_string(r);
    o.work = take_string(r);
    o.target = take_string(r);
    o.flags = take_u64(r);
    o.options = take_string(r);
    return mount_overlay(task, &o);
}
