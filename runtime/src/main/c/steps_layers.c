// Layers as mounts of the process' own mount namespace, for an overlay that cannot take them from where they are.
#include "base.h"
#include "mounts.h"
#include "place.h"
#include "task.h"

#include <fcntl.h>
#include <sched.h>

int prepare_layer_namespace(struct task *task, struct reader *r, int *tree)
{
    const char *path = take_string(r);
    auto_fd namespace = open(path, O_RDONLY | O_CLOEXEC);
    if (namespace < 0)
        return fail(task, errno, path, "open the mount namespace of the layers");
    close_fd(&task->layers);
    task->layers = take_fd(&namespace);
    *tree = PREPARED_IN_PLACE;
    return 0;
}

int step_layer_namespace(struct task *task, struct reader *r)
{
    int prepared = take_prepared(task);
    return prepared == PREPARED_IN_PLACE ? 0 : prepare_layer_namespace(task, r, &prepared);
}

// Clones the layers that are only opened yet: a mount is cloned by who is in its namespace.
static int clone_there(struct task *task, const char *const *paths, uint32_t count, const int *opened, int *layers)
{
    struct place here;
    uint32_t at = count;
    int rc = place_note(&here);
    if (rc == 0 && setns(task->layers, CLONE_NEWNS) < 0)
        rc = -errno;
    if (rc < 0) {
        place_forget(&here);
        return fail(task, -rc, "mnt", "enter the mount namespace of the layers");
    }
    for (uint32_t i = 0; i < count && at == count; i++)
        if (opened[i] >= 0 && (layers[i] = sys_open_tree(opened[i], "", OPEN_TREE_CLONE | AT_EMPTY_PATH)) < 0)
            at = i;
    rc = place_return(&here);
    place_forget(&here);
    if (rc < 0)
        return fail(task, -rc, "mnt", "come back to the mount namespace");
    return at < count ? fail(task, -layers[at], paths[at], "use it as a layer of the root") : 0;
}

static int clone_all(struct task *task, const char *const *paths, uint32_t count, int *opened, int *layers)
{
    bool elsewhere = false;
    for (uint32_t i = 0; i < count; i++) {
        layers[i] = sys_open_tree(AT_FDCWD, paths[i], OPEN_TREE_CLONE);
        if (layers[i] == -EINVAL && task->layers >= 0) {
            opened[i] = open(paths[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
            layers[i] = opened[i] < 0 ? -errno : opened[i];
            elsewhere = true;
        }
        if (layers[i] < 0)
            return fail(task, -layers[i], paths[i], "use it as a layer of the root");
        if (opened[i] >= 0)
            layers[i] = -1;
    }
    return elsewhere ? clone_there(task, paths, count, opened, layers) : 0;
}

int clone_layers(struct task *task, const char *const *paths, uint32_t count, int *layers)
{
    auto_free int *opened = malloc(count * sizeof *opened);
    if (opened == NULL)
        return fail(task, ENOMEM, paths[0], "use %u layers", count);
    for (uint32_t i = 0; i < count; i++)
        opened[i] = layers[i] = -1;
    int rc = clone_all(task, paths, count, opened, layers);
    for (uint32_t i = 0; i < count; i++) {
        close_fd(&opened[i]);
        if (rc < 0)
            close_fd(&layers[i]);
    }
    return rc;
}
