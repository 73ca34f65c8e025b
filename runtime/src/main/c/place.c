// See place.h.
#include "place.h"
#include "base.h"

#include <fcntl.h>
#include <sched.h>

int place_note(struct place *place)
{
    place->namespace = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    place->root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    place->cwd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    return place->namespace < 0 || place->root < 0 || place->cwd < 0 ? -errno : 0;
}

int place_return(const struct place *place)
{
    if (setns(place->namespace, CLONE_NEWNS) < 0 || fchdir(place->root) < 0 || chroot(".") < 0 || fchdir(place->cwd) < 0)
        return -errno;
    return 0;
}

void place_forget(struct place *place)
{
    close_fd(&place->namespace);
    close_fd(&place->root);
    close_fd(&place->cwd);
}
