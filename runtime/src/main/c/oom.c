// Reading the count of OOM kills.
#include "oom.h"

#include "base.h"

#include <fcntl.h>
#include <string.h>

bool oom_killed(const char *path)
{
    char text[512];
    if (*path == '\0' || read_file_at(AT_FDCWD, path, text, sizeof text) <= 0)
        return false;
    for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, "oom_kill ", 9) == 0)
            return strtoull(line + 9, NULL, 10) > 0;
    }
    return false;
}
