// Temp file, fsync, rename, fsync of the directory.
#include "record.h"

#include "base.h"
#include "pod.h"

#include <fcntl.h>
#include <stdio.h>

static int write_record(int dir, const char *temporary, const char *id, const char *text, size_t size)
{
    auto_fd fd = openat(dir, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    int rc = write_all(fd, text, size);
    if (rc < 0)
        return rc;
    if (fsync(fd) < 0 || renameat(dir, temporary, dir, id) < 0 || fsync(dir) < 0)
        return -errno;
    return 0;
}

int record_write(const struct container *container)
{
    char text[256], temporary[CONTAINER_ID_MAX + 8];
    snprintf(temporary, sizeof temporary, ".%s", container->id);
    int size = snprintf(text, sizeof text, "pid=%d\nstarted=%llu\nfinished=%llu\ncode=%d\nsignal=%d\noom=%d\n",
                        container->pid, (unsigned long long)container->started,
                        (unsigned long long)container->finished, container->code, container->signal, container->oom);
    int rc = write_record(pod.exits, temporary, container->id, text, (size_t)size);
    if (rc < 0)
        unlinkat(pod.exits, temporary, 0);
    return rc;
}

void record_remove(const char *id)
{
    unlinkat(pod.exits, id, 0);
}
