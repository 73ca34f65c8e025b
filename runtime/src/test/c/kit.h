// What the launcher's tests share: a small harness, a client of the protocol, a builder of plans.
#ifndef GANTRY_KIT_H
#define GANTRY_KIT_H

#include "../../main/c/base.h"
#include "../../main/c/wire.h"

#include <stdbool.h>
#include <stdint.h>

// A test runs in a process of its own; a CHECK that fails ends it.
#define TEST(name)                                                                                                     \
    static void test_##name(void);                                                                                     \
    __attribute__((constructor)) static void register_##name(void)                                                     \
    {                                                                                                                  \
        register_test(#name, test_##name);                                                                             \
    }                                                                                                                  \
    static void test_##name(void)
void register_test(const char *name, void (*run)(void));
#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            failed_check(__FILE__, __LINE__, #condition);                                                              \
    } while (0)
#define CHECK_INT(actual, expected) check_int(__FILE__, __LINE__, #actual, (long long)(actual), (long long)(expected))
#define CHECK_TEXT(actual, expected) check_text(__FILE__, __LINE__, #actual, actual, expected)
#define CHECK_CONTAINS(actual, expected) check_contains(__FILE__, __LINE__, #actual, actual, expected)
// For what this machine cannot do; counted and said at the end.
#define SKIP(reason) skip_test(reason)
void skip_test(const char *reason) __attribute__((noreturn));
void failed_check(const char *file, int line, const char *what) __attribute__((noreturn));
void check_int(const char *file, int line, const char *what, long long actual, long long expected);
void check_text(const char *file, int line, const char *what, const char *actual, const char *expected);
void check_contains(const char *file, int line, const char *what, const char *actual, const char *expected);

// A directory of the test's own, removed when it ends.
extern char scratch[64];
// A path in it, good until 16 more have been asked for.
const char *in_scratch(const char *format, ...) __attribute__((format(printf, 1, 2)));
// The whole of a file, in static memory; "" when there is none.
const char *content(const char *path);
void put_content(const char *path, const char *text);
bool exists(const char *path);
// Runs a shell command on the machine; returns its status.
int sh(const char *format, ...) __attribute__((format(printf, 1, 2)));
// Asks again every few milliseconds, up to 20 seconds.
#define EVENTUALLY(condition)                                                                                          \
    do {                                                                                                               \
        for (int tries_ = 0; !(condition); tries_++) {                                                                 \
            if (tries_ > 4000)                                                                                         \
                failed_check(__FILE__, __LINE__, "eventually: " #condition);                                           \
            usleep(5000);                                                                                              \
        }                                                                                                              \
    } while (0)

// Arguments follow a shape as in wire_matches: s const char *, S const char *const * ended by NULL, u unsigned,
// q unsigned long long, c and h int, U and M count (int) and const uint32_t *, b const void * and size_t.
struct plan {
    struct writer steps;
    uint32_t count;
};
void add(struct plan *, int type, const char *shape, ...);
#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

// The program under test; from the environment variable SHIM.
const char *shim_program(void);
// Starts a shim on scratch/DIR and returns its directory.
const char *shim_start(const char *dir);
int shim_connect(const char *dir);
// SHUTDOWN, and waiting until the process has gone.
void shim_stop(const char *dir);

struct reply {
    uint16_t type;
    uint32_t request;
    uint8_t *data;
    struct reader r;
};
void send_frame(int fd, int type, uint32_t request, const struct writer *payload, const int *fds, int count);
struct reply receive(int fd);
// Whether the peer has closed.
bool at_end(int fd);

struct start {
    const char *id, *log, *oom, *pid_file, *stderr_file;
    uint32_t flags;
    const struct plan *plan, *after;
};
void send_start(int fd, uint32_t request, const struct start *);
// Returns the pid, after checking that it was STARTED.
int start(int fd, const struct start *);
// Checks for FAILED of that step type and errno; subject NULL: any.
void check_failed(struct reply, int type, int error, const char *subject);
void check_error(struct reply, int error);
void check_ok(struct reply);
struct exited {
    char id[160];
    int pid, code, signal, oom;
    uint64_t started, finished;
};
struct exited take_exited(struct reply);
void send_exec(int fd, uint32_t request, const char *id, uint32_t flags, const struct plan *, const int *fds, int count);
void request_text(int fd, int type, uint32_t request, const char *id);
struct reply ask_text(int fd, int type, const char *id);
struct exited wait_exit(int fd, const char *id); // fd has subscribed
int subscribe(const char *dir);
void setup(int fd, const struct plan *);

// A root file system with the machine's busybox at scratch/NAME.
const char *make_rootfs(const char *name);
// Steps up to Pivot, for a container of its own in that rootfs with /proc and a /dev.
void add_container(struct plan *, const char *rootfs);
void add_shell(struct plan *, const char *script);
// A plan that executes a shell on the host.
struct plan host_shell(const char *script);

#endif
