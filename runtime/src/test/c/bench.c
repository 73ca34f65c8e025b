// Figures of the release build: START to STARTED, log throughput, private memory. bench SHIM-BINARY
#include "../../main/c/wire.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static char dir[] = "/tmp/gantry-shim-bench-XXXXXX";

static int shim_pid;

static void give_up(void) __attribute__((noreturn));

static void give_up(void)
{
    if (shim_pid > 1)
        kill(shim_pid, SIGKILL);
    exit(1);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void put_step(struct writer *plan, uint16_t type, struct writer *payload)
{
    put_u16(plan, type);
    put_u16(plan, 0);
    put_u32(plan, (uint32_t)payload->size);
    put_raw(plan, payload->data, payload->size);
    writer_free(payload);
}

static void put_shell(struct writer *plan, const char *script)
{
    struct writer w = {0};
    put_u32(&w, 1);
    put_string(&w, "/bin/sh");
    put_u32(&w, 3);
    put_string(&w, "sh");
    put_string(&w, "-c");
    put_string(&w, script);
    put_u32(&w, 1);
    put_string(&w, "PATH=/bin:/usr/bin");
    put_step(plan, 31, &w);
}

// Namespaces of its own, an overlay over busybox, pivoted to, /proc, /dev, /sys: what a small container needs.
static uint32_t put_container(struct writer *plan)
{
    struct writer w = {0};
    put_u32(&w, CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC);
    put_step(plan, 4, &w);
    put_step(plan, 5, &w);
    put_string(&w, "/");
    put_u64(&w, MS_REC | MS_PRIVATE);
    put_step(plan, 7, &w);
    char path[4][96];
    const char *names[] = {"root", "upper", "work", "merged"};
    for (int i = 0; i < 4; i++)
        snprintf(path[i], sizeof path[i], "%s/%s", dir, names[i]);
    put_u32(&w, 1);
    for (int i = 0; i < 4; i++)
        put_string(&w, path[i]);
    put_u64(&w, 0);
    put_string(&w, "");
    put_step(plan, 8, &w);
    put_string(&w, path[3]);
    put_u64(&w, 0);
    put_step(plan, 9, &w);
    const char *mounts[][3] = {{"proc", "/proc", ""}, {"tmpfs", "/dev", "mode=755"}, {"sysfs", "/sys", ""}};
    for (int i = 0; i < 3; i++) {
        put_string(&w, mounts[i][0]);
        put_string(&w, mounts[i][0]);
        put_string(&w, mounts[i][1]);
        put_u64(&w, 0);
        put_string(&w, mounts[i][2]);
        put_u8(&w, 0);
        put_step(plan, 10, &w);
    }
    put_step(plan, 17, &w);
    return 9 + 1; // with the exec that the caller adds
}

static void transfer(int fd, int type, const struct writer *payload)
{
    struct writer w = {0};
    size_t frame = frame_begin(&w, (uint16_t)type, 1);
    put_raw(&w, payload->data, payload->size);
    frame_end(&w, frame);
    if (send(fd, w.data, w.size, 0) != (ssize_t)w.size)
        give_up();
    writer_free(&w);
}

static uint16_t hear(int fd)
{
    static uint8_t data[65536];
    if (recv(fd, data, 12, MSG_WAITALL) != 12)
        give_up();
    struct reader r = reader_of(data, 12);
    size_t size = take_u32(&r) - 8;
    uint16_t type = take_u16(&r);
    if (size > 0 && recv(fd, data, size, MSG_WAITALL) != (ssize_t)size)
        give_up();
    if (type == FRAME_FAILED || type == FRAME_ERROR) {
        fwrite(data, 1, size, stderr);
        give_up();
    }
    return type;
}

static void put_start(struct writer *w, const char *id, const char *log, const struct writer *plan, uint32_t count)
{
    put_string(w, id);
    put_u32(w, 0);
    put_string(w, log);
    for (int i = 0; i < 3; i++)
        put_string(w, "");
    put_u32(w, count);
    put_raw(w, plan->data, plan->size);
    put_u32(w, 0);
}

static long memory(int pid, const char *field)
{
    char path[64], line[256];
    long total = 0, kib;
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", pid);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, field, strlen(field)) == 0 && sscanf(strchr(line, ':') + 1, "%ld", &kib) == 1)
            total += kib;
    if (file != NULL)
        fclose(file);
    return total;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void simple(int fd, int type, const char *id)
{
    struct writer w = {0};
    if (id != NULL)
        put_string(&w, id);
    transfer(fd, type, &w);
    writer_free(&w);
    hear(fd);
}

static void measure_starts(int fd, int events)
{
    enum { ROUNDS = 200 };
    double took[ROUNDS], whole[ROUNDS];
    struct writer plan = {0};
    uint32_t count = put_container(&plan);
    put_shell(&plan, "exit 0");
    for (int i = 0; i < ROUNDS; i++) {
        struct writer w = {0};
        put_start(&w, "c", "", &plan, count);
        double from = now();
        transfer(fd, FRAME_START, &w);
        hear(fd);
        took[i] = now() - from;
        hear(events);
        whole[i] = now() - from;
        simple(fd, FRAME_DELETE, "c");
        writer_free(&w);
    }
    qsort(took, ROUNDS, sizeof *took, compare);
    qsort(whole, ROUNDS, sizeof *whole, compare);
    printf("START to STARTED: median %.2f ms, 90 %% %.2f ms; START to EXITED: median %.2f ms\n", took[ROUNDS / 2] * 1e3,
           took[ROUNDS * 9 / 10] * 1e3, whole[ROUNDS / 2] * 1e3);
}

static void measure_log(int fd, int events, const char *what, const char *script, double megabytes)
{
    char log[128];
    snprintf(log, sizeof log, "%s/log", dir);
    struct writer plan = {0}, w = {0};
    put_shell(&plan, script);
    put_start(&w, "c", log, &plan, 1);
    double from = now();
    transfer(fd, FRAME_START, &w);
    hear(fd);
    hear(events);
    printf("log, %s: %.0f MB/s\n", what, megabytes / (now() - from));
    simple(fd, FRAME_DELETE, "c");
    unlink(log);
    writer_free(&w);
    writer_free(&plan);
}

int main(int count, char **arguments)
{
    char command[512];
    if (count != 2 || mkdtemp(dir) == NULL)
        return 2;
    char shim[64];
    snprintf(shim, sizeof shim, "%s/pod", dir);
    mkdir(shim, 0700);
    snprintf(command, sizeof command, "%s --dir %s --id pod", arguments[1], shim);
    if (system(command) != 0)
        return 1;
    snprintf(command, sizeof command,
             "set -e; cd %s; mkdir upper work merged root; cd root; mkdir -p bin lib64 lib/x86_64-linux-gnu proc dev sys; "
             "cp /usr/bin/busybox bin/sh; ln -s sh bin/sleep; ldd /usr/bin/busybox | grep -o '/lib[^ ]*' | "
             "while read f; do cp -L $f .$f; done",
             dir);
    if (system(command) != 0)
        return 1;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/shim.sock", shim);
    int fds[2];
    for (int i = 0; i < 2; i++) {
        fds[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connect(fds[i], (struct sockaddr *)&address, sizeof address) < 0)
            return 1;
    }
    snprintf(command, sizeof command, "%s/shim.pid", shim);
    FILE *file = fopen(command, "r");
    int pid = 0; // of the shim
    if (file == NULL || fscanf(file, "%d", &pid) != 1)
        return 1;
    fclose(file);
    shim_pid = pid;
    simple(fds[1], FRAME_SUBSCRIBE, NULL);
    struct writer plan = {0}, w = {0};
    uint32_t steps = put_container(&plan);
    put_shell(&plan, "while :; do echo line; sleep 100; done");
    snprintf(command, sizeof command, "%s/idle.log", dir);
    put_start(&w, "idle", command, &plan, steps);
    transfer(fds[0], FRAME_START, &w);
    hear(fds[0]);
    usleep(100000);
    printf("private memory with one container: %ld KiB dirty, %ld KiB clean, PSS %ld KiB\n", memory(pid, "Private_Dirty"),
           memory(pid, "Private_Clean"), memory(pid, "Pss:"));
    measure_starts(fds[0], fds[1]);
    measure_log(fds[0], fds[1], "writes of 64 KiB, lines of 100 bytes",
                "yes "
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
                " | head -c 1000000000", 1000);
    measure_log(fds[0], fds[1], "writes of 64 KiB, lines of 1000 bytes", "yes $(printf '%0999d' 7) | head -c 1000000000", 1000);
    measure_log(fds[0], fds[1], "short lines (16 bytes)", "yes 123456789012345 | head -c 300000000", 300);
    measure_log(fds[0], fds[1], "no newline at all", "head -c 1000000000 /dev/zero", 1000);
    printf("private memory after the logs: %ld KiB dirty\n", memory(pid, "Private_Dirty"));
    transfer(fds[0], FRAME_SHUTDOWN, &(struct writer){0});
    hear(fds[0]);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    return system(command);
}
