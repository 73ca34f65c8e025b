// The step on a part of a mounted tree, e.g. of an image that is a volume: no symlink of it leads outside.
#include "base.h"
#include "mounts.h"
#include "root.h"
#include "task.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>

int step_bind_below(struct task *task, struct reader *r)
{
    const char *base = take_string(r), *part = take_string(r), *path = take_string(r);
    struct mount_attr attr = mount_attributes(take_u64(r));
    uint64_t propagation = take_u64(r);
    bool create = take_u8(r) != CREATE_NONE;
    struct stat st;
    auto_fd top = open(base, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (top < 0)
        return fail(task, errno, base, "open the tree");
    auto_fd source = sys_openat2(top, *part == '\0' ? "." : part, O_PATH, 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
    if (source < 0 || fstat(source, &st) < 0)
        return fail(task, source < 0 ? -source : errno, part, "find it in the tree");
    auto_fd tree = sys_open_tree(source, "", OPEN_TREE_CLONE | AT_EMPTY_PATH);
    int rc = tree < 0 ? tree : 0;
    if (rc == 0 && (attr.attr_set != 0 || attr.attr_clr != 0))
        rc = sys_mount_setattr(tree, "", AT_EMPTY_PATH, &attr);
    if (rc == 0)
        rc = set_propagation(tree, propagation);
    if (rc < 0)
        return fail(task, -rc, part, "clone its mount");
    enum root_create kind = S_ISDIR(st.st_mode) ? CREATE_DIRECTORY : CREATE_FILE;
    return put_tree(task, tree, path, create ? kind : CREATE_NONE);
}
