// Splitting output into CRI log lines and writing a batch of them with one writev.
//
// All lines of one read carry the same time, so a batch shares two prefixes (full and partial), and nothing is copied
// but the text of a line that a read did not finish.
#include "crilog.h"

#include "base.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>

enum { PARTS_MAX = 1020, PARTS_OF_A_LINE = 4, PREFIX_MAX = 48, NUMBER_DIGITS = 9 };

// The batch under construction; there is one loop, so one is enough.
static struct iovec parts[PARTS_MAX];

struct batch {
    struct crilog *log;
    int count;
    size_t text; // bytes of output in it, without what the format adds
    size_t bytes; // of the file that it will take
    char full[PREFIX_MAX], partial[PREFIX_MAX];
    size_t prefix_size;
};

void crilog_time(uint64_t ns, char text[31])
{
    uint64_t seconds = ns / 1000000000U;
    unsigned fraction = (unsigned)(ns % 1000000000U);
    unsigned of_day = (unsigned)(seconds % 86400);
    // Days to a civil date, in eras of 400 years that begin on the first of March.
    unsigned days = (unsigned)(seconds / 86400) + 719468;
    unsigned era = days / 146097, of_era = days % 146097;
    unsigned year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    unsigned of_year = of_era - (365 * year + year / 4 - year / 100);
    unsigned shifted = (5 * of_year + 2) / 153;
    unsigned day = of_year - (153 * shifted + 2) / 5 + 1;
    unsigned month = shifted < 10 ? shifted + 3 : shifted - 9;
    year += era * 400 + (month <= 2);
    snprintf(text, 31, "%04u-%02u-%02uT%02u:%02u:%02u.%09uZ", year % 10000, month % 100, day % 100, of_day / 3600,
             of_day / 60 % 60, of_day % 60, fraction);
}

int crilog_open(const char *path)
{
    auto_fd fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0640);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0)
        return -errno;
    return S_ISREG(st.st_mode) ? take_fd(&fd) : -EINVAL;
}

void crilog_take(struct crilog *log, int fd)
{
    struct stat st;
    log->fd = fd;
    log->size = fd >= 0 && fstat(fd, &st) == 0 ? (uint64_t)st.st_size : 0;
}

// The number of a file that was moved away, "log.000000007" for the log "log"; 0 for any other.
static unsigned long moved_number(const char *name, const char *log, size_t log_size)
{
    if (strncmp(name, log, log_size) != 0 || name[log_size] != '.')
        return 0;
    const char *digits = name + log_size + 1;
    return strlen(digits) == NUMBER_DIGITS && strspn(digits, "0123456789") == NUMBER_DIGITS ? strtoul(digits, NULL, 10)
                                                                                             : 0;
}

static int open_directory(const char *path)
{
    const char *slash = strrchr(path, '/');
    auto_free char *parent = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
    if (parent == NULL)
        return -ENOMEM;
    int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

struct numbers {
    unsigned long first, last; // 0: there are none
};

static int find_moved(int directory, const char *name, struct numbers *found)
{
    int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *all = fd < 0 ? NULL : fdopendir(fd);
    if (all == NULL) {
        int error = errno;
        close_fd(&fd);
        return -error;
    }
    size_t size = strlen(name);
    for (const struct dirent *entry = readdir(all); entry != NULL; entry = readdir(all)) {
        unsigned long number = moved_number(entry->d_name, name, size);
        if (number != 0 && (found->first == 0 || number < found->first))
            found->first = number;
        found->last = number > found->last ? number : found->last;
    }
    closedir(all);
    return 0;
}

static void name_moved(char text[NAME_MAX + 1], const char *name, unsigned long number)
{
    snprintf(text, NAME_MAX + 1, "%.200s.%09lu", name, number);
}

// Moves the present file away under the next number and goes on in a new one; the oldest go. Each step leaves whole
// files only, so that the container may be killed between any two. When it cannot be done the present file grows on.
static void rotate(struct crilog *log)
{
    const char *slash = strrchr(log->path, '/');
    const char *name = slash == NULL ? log->path : slash + 1;
    struct numbers found = {0};
    char moved[NAME_MAX + 1];
    auto_fd directory = open_directory(log->path);
    log->size = 0; // the next try, should this one fail, comes after as much again
    if (directory < 0 || find_moved(directory, name, &found) < 0)
        return;
    name_moved(moved, name, found.last + 1);
    if (renameat(directory, name, directory, moved) < 0)
        return;
    int fd = crilog_open(log->path);
    if (fd < 0) {
        renameat(directory, moved, directory, name);
        return;
    }
    close_fd(&log->fd);
    crilog_take(log, fd);
    unsigned long kept = log->files_max > 1 ? log->files_max - 1 : 0;
    for (unsigned long number = found.first == 0 ? 1 : found.first; number + kept <= found.last + 1; number++) {
        name_moved(moved, name, number);
        unlinkat(directory, moved, 0);
    }
}

static void begin(struct batch *batch, struct crilog *log, const char *stream)
{
    char time[31];
    crilog_time(now_ns(), time);
    batch->log = log;
    batch->count = 0;
    batch->text = 0;
    batch->bytes = 0;
    batch->prefix_size = (size_t)snprintf(batch->full, PREFIX_MAX, "%s %.6s F ", time, stream);
    snprintf(batch->partial, PREFIX_MAX, "%s %.6s P ", time, stream);
}

// Cuts off what a failed write left of its last line, so that the file holds whole lines only. Returns the bytes of
// output that did reach the file.
static size_t settle_torn(int fd, const struct batch *batch, size_t written)
{
    size_t whole = 0, text = 0, line = 0, line_text = 0;
    for (int i = 0; i < batch->count; i++) {
        bool prefix = parts[i].iov_base == batch->full || parts[i].iov_base == batch->partial;
        line += parts[i].iov_len;
        line_text += prefix ? 0 : parts[i].iov_len;
        bool ends = i + 1 == batch->count || parts[i + 1].iov_base == batch->full ||
                    parts[i + 1].iov_base == batch->partial;
        if (ends && whole + line > written)
            break;
        if (ends) {
            whole += line;
            text += line_text;
            line = line_text = 0;
        }
    }
    struct stat st;
    if (written > whole && fstat(fd, &st) == 0 && ftruncate(fd, st.st_size - (off_t)(written - whole)) < 0)
        return text; // then the next line continues this one: nothing better can be done
    return text;
}

static void flush(struct batch *batch)
{
    int fd = batch->log->fd, at = 0;
    size_t written = 0;
    struct iovec first = {0};
    while (at < batch->count) {
        ssize_t n = writev(fd, parts + at, batch->count - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            if (at < batch->count && first.iov_base != NULL)
                parts[at] = first;
            size_t kept = settle_torn(fd, batch, written);
            crilog_take(batch->log, fd);
            batch->log->dropped += batch->text > kept ? batch->text - kept : 0;
            break;
        }
        written += (size_t)n;
        batch->log->size += (size_t)n;
        size_t left = (size_t)n;
        while (at < batch->count && left >= parts[at].iov_len) {
            left -= parts[at++].iov_len;
            first = (struct iovec){0};
        }
        if (left > 0) {
            if (first.iov_base == NULL)
                first = parts[at];
            parts[at].iov_base = (char *)parts[at].iov_base + left;
            parts[at].iov_len -= left;
        }
    }
    batch->count = 0;
    batch->text = 0;
    batch->bytes = 0;
}

static void part(struct batch *batch, const void *data, size_t size)
{
    batch->bytes += size;
    if (size > 0)
        parts[batch->count++] = (struct iovec){.iov_base = (void *)(uintptr_t)data, .iov_len = size};
}

// One line: what was kept of it, then data. newline: data ends in one; else it is supplied.
static void line(struct batch *batch, bool whole, struct unfinished *kept, const uint8_t *data, size_t size, bool newline)
{
    struct crilog *log = batch->log;
    bool full = log->size_max > 0 && log->size + batch->bytes >= log->size_max;
    if (full || batch->count > PARTS_MAX - PARTS_OF_A_LINE)
        flush(batch);
    if (full)
        rotate(log);
    bool uses_kept = kept->size > 0;
    part(batch, whole ? batch->full : batch->partial, batch->prefix_size);
    part(batch, kept->text, kept->size);
    part(batch, data, size);
    if (!newline)
        part(batch, "\n", 1);
    batch->text += kept->size + size;
    // What is kept will be overwritten, so it has to be out by then.
    if (uses_kept) {
        flush(batch);
        kept->size = 0;
    }
}

static void keep(struct crilog *log, struct unfinished *kept, const uint8_t *data, size_t size)
{
    if (size == 0)
        return;
    if (kept->text == NULL && (kept->text = malloc(LOG_LINE_MAX)) == NULL) {
        log->dropped += size;
        return;
    }
    memcpy(kept->text + kept->size, data, size);
    kept->size += size;
}

void crilog_write(struct crilog *log, struct unfinished *kept, const char *stream, const uint8_t *data, size_t size)
{
    struct batch batch;
    if (log->fd < 0)
        return;
    begin(&batch, log, stream);
    while (size > 0) {
        size_t room = LOG_LINE_MAX - kept->size;
        const uint8_t *newline = memchr(data, '\n', size < room + 1 ? size : room + 1);
        if (newline != NULL) {
            size_t length = (size_t)(newline - data) + 1;
            line(&batch, true, kept, data, length, true);
            data += length;
            size -= length;
        } else if (size > room) {
            line(&batch, false, kept, data, room, false);
            data += room;
            size -= room;
        } else {
            keep(log, kept, data, size);
            size = 0;
        }
    }
    flush(&batch);
}

void crilog_flush(struct crilog *log, struct unfinished *kept, const char *stream)
{
    struct batch batch;
    if (log->fd >= 0 && kept->size > 0) {
        begin(&batch, log, stream);
        line(&batch, true, kept, NULL, 0, false);
    }
    unfinished_free(kept);
}

void unfinished_free(struct unfinished *kept)
{
    free(kept->text);
    *kept = (struct unfinished){0};
}
