// The step on a part of a mounted tree, e.g. of an image that is a volume: no symlink of it leads outside.
#include "base.h"
#include "mounts.h"
#include "root.h"
#include "task.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>

struct bind_below {
    const char *base, *part, *path;
    struct mount_attr attr;
    uint64_t propagation;
    bool create;
};

static struct bind_below take_bind_below(struct reader *r)
{
    struct bind_below b = {.base = take_string(r)};
    b.part = take_string(r);
    b.path = take_string(r);
    b.attr = mount_attributes(take_u64(r));
    b.propagation = take_u64(r);
    b.create = take_u8(r) != CREATE_NONE;
    return b;
}

// Returns the part as a detached mount.
static int open_part(struct task *task, struct bind_below *b)
{
    auto_fd top = open(b->base, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (top < 0)
        return fail(task, errno, b->base, "open the tree");
    auto_fd source =
        sys_openat2(top, *b->part == '\0' ? "." : b->part, O_PATH, 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
    if (source < 0)
        return fail(task, -source, b->part, "find it in the tree");
    auto_fd tree = sys_open_tree(source, "", OPEN_TREE_CLONE | AT_EMPTY_PATH);
    int rc = tree < 0 ? tree : 0;
    if (rc == 0 && (b->attr.attr_set != 0 || b->attr.attr_clr != 0))
        rc = sys_mount_setattr(tree, "", AT_EMPTY_PATH, &b->attr);
    if (rc == 0)
        rc = set_propagation(tree, b->propagation);
    return rc < 0 ? fail(task, -rc, b->part, "clone its mount") : take_fd(&tree);
}

int prepare_bind_below(struct task *task, struct reader *r, int *tree)
{
    struct bind_below b = take_bind_below(r);
    int rc = open_part(task, &b);
    if (rc < 0)
        return rc;
    *tree = rc;
    return 0;
}

int step_bind_below(struct task *task, struct reader *r)
{
    struct bind_below b = take_bind_below(r);
    struct stat st;
    auto_fd tree = take_prepared(task);
    if (tree < 0 && (tree = open_part(task, &b)) < 0)
        return tree;
    if (fstat(tree, &st) < 0)
        return fail(task, errno, b.part, "look at it");
    enum root_create kind = S_ISDIR(st.st_mode) ? CREATE_DIRECTORY : CREATE_FILE;
    return put_tree(task, tree, b.path, b.create ? kind : CREATE_NONE);
}
