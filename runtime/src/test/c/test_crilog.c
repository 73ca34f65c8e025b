// The CRI log: splitting, tags, partial lines, reopening, a full disk.
#include "kit.h"

#include "../../main/c/crilog.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

// The text of the log without times: one entry a line, `tag text`.
static const char *entries(const char *path)
{
    static char result[1 << 20];
    size_t at = 0;
    const char *next;
    for (const char *line = content(path); *line != '\0'; line = next + 1) {
        next = strchr(line, '\n');
        CHECK(next != NULL);
        CHECK(next - line >= 40 && line[4] == '-' && line[10] == 'T' && line[29] == 'Z');
        at += (size_t)snprintf(result + at, sizeof result - at, "%.*s\n", (int)(next - line - 31), line + 31);
    }
    result[at] = '\0';
    return result;
}

static void write_text(struct crilog *log, struct unfinished *u, const char *text)
{
    crilog_write(log, u, "stdout", (const uint8_t *)text, strlen(text));
}

static struct crilog open_log(const char *name)
{
    struct crilog log = {.fd = crilog_open(in_scratch("%s", name))};
    CHECK(log.fd >= 0);
    return log;
}

TEST(crilog_formats_time)
{
    char text[31];
    crilog_time(1767323045123456789U, text);
    CHECK_TEXT(text, "2026-01-02T03:04:05.123456789Z");
    crilog_time(0, text);
    CHECK_TEXT(text, "1970-01-01T00:00:00.000000000Z");
    crilog_time(1709164800000000001U, text);
    CHECK_TEXT(text, "2024-02-29T00:00:00.000000001Z");
    crilog_time(4107542399999999999U, text);
    CHECK_TEXT(text, "2100-02-28T23:59:59.999999999Z");
    crilog_time(4107542400000000000U, text);
    CHECK_TEXT(text, "2100-03-01T00:00:00.000000000Z");
}

TEST(crilog_splits_lines)
{
    struct crilog log = open_log("log");
    struct unfinished u = {0};
    write_text(&log, &u, "one\ntwo\n\nthr");
    CHECK_TEXT(entries(in_scratch("log")), "stdout F one\nstdout F two\nstdout F \n");
    write_text(&log, &u, "ee");
    write_text(&log, &u, "!\nfour\nfi");
    CHECK_TEXT(entries(in_scratch("log")),
               "stdout F one\nstdout F two\nstdout F \nstdout F three!\nstdout F four\n");
    crilog_flush(&log, &u, "stdout");
    CHECK_CONTAINS(entries(in_scratch("log")), "stdout F four\nstdout F fi\n");
    CHECK_INT(log.dropped, 0);
}

static void check_long(size_t length, size_t chunk, bool newline, const char *name)
{
    struct crilog log = open_log(name);
    struct unfinished u = {0};
    char *text = malloc(length + 1);
    memset(text, 'x', length);
    for (size_t i = 0; i < length; i += 1000)
        text[i] = (char)('a' + i / 1000 % 26);
    text[length] = '\n';
    size_t all = length + newline;
    for (size_t at = 0; at < all; at += chunk)
        crilog_write(&log, &u, "stdout", (uint8_t *)text + at, all - at < chunk ? all - at : chunk);
    crilog_flush(&log, &u, "stdout");
    const char *line = content(in_scratch("%s", name));
    size_t seen = 0, parts = 0;
    for (; *line != '\0'; parts++) {
        const char *end = strchr(line, '\n');
        CHECK(end != NULL);
        size_t size = (size_t)(end - line) - 40;
        bool last = seen + size == length;
        CHECK(last ? size <= LOG_LINE_MAX : size == LOG_LINE_MAX);
        CHECK_INT(line[38], last ? 'F' : 'P');
        CHECK(memcmp(line + 40, text + seen, size) == 0);
        seen += size;
        line = end + 1;
    }
    CHECK_INT(seen, length);
    CHECK_INT(parts, length == 0 ? newline : (length + LOG_LINE_MAX - 1) / LOG_LINE_MAX);
    free(text);
    close(log.fd);
}

TEST(crilog_splits_long_lines_in_parts)
{
    static const size_t lengths[] = {0, 1, LOG_LINE_MAX - 1, LOG_LINE_MAX, LOG_LINE_MAX + 1, 2 * LOG_LINE_MAX,
                                     2 * LOG_LINE_MAX + 1, 100000};
    static const size_t chunks[] = {1, 7, 1000, 16383, 16384, 16385, 65536};
    int name = 0;
    for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++)
        for (size_t c = 0; c < sizeof chunks / sizeof *chunks; c++)
            for (int newline = 0; newline < 2; newline++) {
                char file[16];
                snprintf(file, sizeof file, "log%d", name++);
                check_long(lengths[l], chunks[c], newline != 0, file);
            }
}

TEST(crilog_writes_more_lines_than_one_call_takes)
{
    struct crilog log = open_log("log");
    struct unfinished u = {0};
    char text[60000];
    size_t size = 0;
    for (int i = 0; i < 10000; i++)
        size += (size_t)snprintf(text + size, sizeof text - size, "%d\n", i);
    crilog_write(&log, &u, "stderr", (uint8_t *)text, size);
    const char *at = entries(in_scratch("log"));
    for (int i = 0; i < 10000; i++) {
        char expected[32];
        int n = snprintf(expected, sizeof expected, "stderr F %d\n", i);
        CHECK(strncmp(at, expected, (size_t)n) == 0);
        at += n;
    }
    CHECK(*at == '\0');
}

// What cannot be written is counted, and what was written is whole lines.
TEST(crilog_survives_a_full_disk)
{
    CHECK_INT(sh("mkdir %s/disk && mount -t tmpfs -o size=64k tmpfs %s/disk", scratch, scratch), 0);
    struct crilog log = open_log("disk/log");
    struct unfinished u = {0};
    char text[30001];
    for (int round = 0; round < 8; round++) {
        for (int i = 0; i < 300; i++)
            snprintf(text + i * 100, 101, "%04d-%094d\n", round * 300 + i, 7);
        crilog_write(&log, &u, "stdout", (uint8_t *)text, 30000);
    }
    CHECK(log.dropped > 0);
    long lines = 0;
    for (const char *line = entries(in_scratch("disk/log")); *line != '\0'; line = strchr(line, '\n') + 1, lines++)
        CHECK_INT(strchr(line, '\n') - line, 9 + 99);
    CHECK_INT(log.dropped + (uint64_t)lines * 100, 8 * 30000);
    // Room again: whole lines follow whole lines.
    CHECK_INT(sh("mount -o remount,size=1m %s/disk", scratch), 0);
    write_text(&log, &u, "after\n");
    CHECK_CONTAINS(entries(in_scratch("disk/log")), "\nstdout F after\n");
    close(log.fd);
    CHECK_INT(sh("umount %s/disk", scratch), 0);
}

TEST(crilog_opens_only_regular_files)
{
    CHECK_INT(sh("cd %s; mkfifo fifo; ln -s /etc/passwd link; mkdir dir", scratch), 0);
    CHECK_INT(crilog_open(in_scratch("fifo")), -ENXIO);
    CHECK_INT(crilog_open(in_scratch("link")), -ELOOP);
    CHECK_INT(crilog_open(in_scratch("dir")), -EISDIR);
    CHECK_INT(crilog_open(in_scratch("none/log")), -ENOENT);
    CHECK_INT(crilog_open("/dev/null"), -EINVAL);
}

// A container writes numbered lines while its log is rotated again and again: each number is there once, in order.
TEST(rotation_loses_and_doubles_nothing)
{
    const char *dir = shim_start("pod"), *log = strdup(in_scratch("log"));
    int events = subscribe(dir), fd = shim_connect(dir);
    char script[256];
    snprintf(script, sizeof script, "i=0; while [ ! -e %s/stop ]; do echo line $i; i=$((i+1)); done", scratch);
    struct plan p = host_shell(script);
    start(fd, &(struct start){.id = "c1", .log = log, .plan = &p});
    for (int i = 0; i < 30; i++) {
        usleep(2000);
        CHECK_INT(rename(log, in_scratch("log.%02d", i)), 0);
        check_ok(ask_text(fd, FRAME_REOPEN_LOG, "c1"));
    }
    put_content(in_scratch("stop"), "");
    CHECK_INT(wait_exit(events, "c1").code, 0);
    CHECK_INT(sh("cd %s; mv log log.99; cat log.* | cut -d' ' -f2- > all; "
                 "[ $(wc -l < all) -gt 100 ]; seq 0 $(($(wc -l < all) - 1)) | sed 's/^/stdout F line /' | cmp - all", scratch), 0);
    // The log has ended: nothing to reopen, and no error.
    check_ok(ask_text(fd, FRAME_REOPEN_LOG, "c1"));
    check_error(ask_text(fd, FRAME_REOPEN_LOG, "nobody"), ENOENT);
    shim_stop(dir);
}

// Every file but the present one is full, none of them much more; the oldest are gone and no line of the others is.
TEST(crilog_rotates_by_itself)
{
    struct crilog log = open_log("log");
    struct unfinished u = {0};
    log.path = strdup(in_scratch("log"));
    log.size_max = 2000;
    log.files_max = 3;
    char text[4001];
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < 100; i++)
            snprintf(text + i * 40, 41, "%039d\n", round * 100 + i);
        crilog_write(&log, &u, "stdout", (uint8_t *)text, 4000);
    }
    CHECK_INT(log.dropped, 0);
    CHECK_INT(sh("cd %s; [ \"$(ls log* | wc -l)\" = 3 ] && for f in log.0*; do s=$(stat -c %%s $f); "
                 "[ $s -ge 2000 ] && [ $s -lt 2100 ] || exit 1; done; cat log.0* log | cut -d' ' -f4 > all; "
                 "n=$(wc -l < all); [ $n -gt 40 ]; seq -f %%039.0f $((1000 - n)) 999 | cmp - all",
                 scratch),
              0);
    // A directory that takes no more files keeps what comes in the one that there is.
    CHECK_INT(sh("cd %s; mkdir full; mv log full/", scratch), 0);
    close(log.fd);
    struct crilog stuck = {.path = in_scratch("gone/log"), .size_max = 100, .files_max = 2};
    crilog_take(&stuck, crilog_open(in_scratch("full/log")));
    CHECK(stuck.fd >= 0);
    write_text(&stuck, &u, "one\ntwo\nthree\nfour\nfive\nsix\nseven\n");
    CHECK_CONTAINS(entries(in_scratch("full/log")),
                   "stdout F one\nstdout F two\nstdout F three\nstdout F four\nstdout F five\nstdout F six\nstdout F seven\n");
    close(stuck.fd);
    free((void *)(uintptr_t)log.path);
}
