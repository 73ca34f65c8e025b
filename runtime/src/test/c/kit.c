// The harness, the client, the builder.
#include "kit.h"

#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

enum { TESTS_MAX = 200, SECONDS_MAX = 120, SKIPPED = 77 };

static struct {
    const char *name;
    void (*run)(void);
} tests[TESTS_MAX];
static int test_count;
char scratch[64];

void register_test(const char *name, void (*run)(void))
{
    tests[test_count].name = name;
    tests[test_count++].run = run;
}

void failed_check(const char *file, int line, const char *what)
{
    fprintf(stderr, "    %s:%d: %s\n", file, line, what);
    _exit(1);
}

void skip_test(const char *reason)
{
    printf("       skipped: %s\n", reason);
    fflush(stdout);
    _exit(SKIPPED);
}

void check_int(const char *file, int line, const char *what, long long actual, long long expected)
{
    char text[256];
    snprintf(text, sizeof text, "%.150s is %lld, not %lld", what, actual, expected);
    if (actual != expected)
        failed_check(file, line, text);
}

void check_text(const char *file, int line, const char *what, const char *actual, const char *expected)
{
    char text[1024];
    snprintf(text, sizeof text, "%.100s is \"%.400s\", not \"%.400s\"", what, actual, expected);
    if (strcmp(actual, expected) != 0)
        failed_check(file, line, text);
}

void check_contains(const char *file, int line, const char *what, const char *actual, const char *expected)
{
    char text[2048];
    snprintf(text, sizeof text, "%.100s is \"%.1200s\", which lacks \"%.400s\"", what, actual, expected);
    if (strstr(actual, expected) == NULL)
        failed_check(file, line, text);
}

const char *in_scratch(const char *format, ...)
{
    static char paths[16][512];
    static unsigned next;
    char *path = paths[next++ % 16];
    int n = snprintf(path, sizeof paths[0], "%s/", scratch);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(path + n, sizeof paths[0] - (size_t)n, format, arguments);
    va_end(arguments);
    return path;
}

const char *content(const char *path)
{
    static char text[4 << 20];
    if (read_file_at(AT_FDCWD, path, text, sizeof text) < 0)
        return "";
    return text;
}

void put_content(const char *path, const char *text)
{
    auto_fd fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    CHECK(fd >= 0 && write_all(fd, text, strlen(text)) == 0);
}

bool exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

int sh(const char *format, ...)
{
    char command[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    return system(command);
}

static void put_list(struct writer *w, const char *const *list)
{
    uint32_t count = 0;
    while (list[count] != NULL)
        count++;
    put_u32(w, count);
    for (; *list != NULL; list++)
        put_string(w, *list);
}

static void put_numbers(struct writer *w, va_list *arguments, uint32_t width)
{
    uint32_t count = va_arg(*arguments, uint32_t);
    const uint32_t *numbers = va_arg(*arguments, const uint32_t *);
    put_u32(w, count);
    for (uint32_t i = 0; i < count * width; i++)
        put_u32(w, numbers[i]);
}

void add(struct plan *plan, int type, const char *shape, ...)
{
    struct writer w = {0};
    va_list arguments;
    va_start(arguments, shape);
    for (; *shape != '\0'; shape++) {
        const void *data;
        switch (*shape) {
        case 's':
            put_string(&w, va_arg(arguments, const char *));
            break;
        case 'S':
            put_list(&w, va_arg(arguments, const char *const *));
            break;
        case 'u':
            put_u32(&w, va_arg(arguments, unsigned));
            break;
        case 'q':
            put_u64(&w, va_arg(arguments, unsigned long long));
            break;
        case 'c':
            put_u8(&w, (uint8_t)va_arg(arguments, int));
            break;
        case 'h':
            put_u16(&w, (uint16_t)va_arg(arguments, int));
            break;
        case 'b':
            data = va_arg(arguments, const void *);
            size_t size = va_arg(arguments, size_t);
            put_u32(&w, (uint32_t)size);
            put_raw(&w, data, size);
            break;
        default:
            put_numbers(&w, &arguments, *shape == 'M' ? 3 : 1);
            break;
        }
    }
    va_end(arguments);
    put_u16(&plan->steps, (uint16_t)type);
    put_u16(&plan->steps, 0);
    put_u32(&plan->steps, (uint32_t)w.size);
    put_raw(&plan->steps, w.data, w.size);
    plan->count++;
    writer_free(&w);
}

static void put_plan(struct writer *w, const struct plan *plan)
{
    put_u32(w, plan == NULL ? 0 : plan->count);
    if (plan != NULL)
        put_raw(w, plan->steps.data, plan->steps.size);
}

const char *shim_program(void)
{
    const char *program = getenv("SHIM");
    CHECK(program != NULL);
    return program;
}

const char *shim_start(const char *name)
{
    const char *dir = strdup(in_scratch("%s", name));
    CHECK(mkdir(dir, 0700) == 0 || errno == EEXIST);
    CHECK_INT(sh("%s --dir %s --id %s", shim_program(), dir, name), 0);
    return dir;
}

int shim_connect(const char *dir)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    CHECK((size_t)snprintf(address.sun_path, sizeof address.sun_path, "%s/shim.sock", dir) < sizeof address.sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
    return fd;
}

void shim_stop(const char *dir)
{
    int pid = atoi(content(in_scratch("%s/shim.pid", strrchr(dir, '/') + 1)));
    CHECK(pid > 1);
    int pidfd = sys_pidfd_open(pid);
    int fd = shim_connect(dir);
    send_frame(fd, FRAME_SHUTDOWN, 99, NULL, NULL, 0);
    check_ok(receive(fd));
    struct pollfd gone = {.fd = pidfd, .events = POLLIN};
    CHECK_INT(poll(&gone, 1, 20000), 1);
    CHECK(!exists(in_scratch("%s/shim.sock", strrchr(dir, '/') + 1)));
    close(pidfd);
    close(fd);
}

void send_frame(int fd, int type, uint32_t request, const struct writer *payload, const int *fds, int count)
{
    struct writer w = {0};
    size_t frame = frame_begin(&w, (uint16_t)type, request);
    if (payload != NULL)
        put_raw(&w, payload->data, payload->size);
    frame_end(&w, frame);
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(16 * sizeof(int))] = {0};
    struct iovec part = {.iov_base = w.data, .iov_len = w.size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (count > 0) {
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
        struct cmsghdr *c = CMSG_FIRSTHDR(&message);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
        memcpy(CMSG_DATA(c), fds, (size_t)count * sizeof(int));
    }
    ssize_t n = sendmsg(fd, &message, MSG_NOSIGNAL);
    CHECK(n > 0);
    CHECK(write_all(fd, w.data + n, w.size - (size_t)n) == 0);
    writer_free(&w);
}

static void read_exactly(int fd, void *to, size_t size)
{
    while (size > 0) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        CHECK(poll(&wait, 1, 30000) == 1);
        ssize_t n = read(fd, to, size);
        CHECK(n > 0);
        to = (char *)to + n;
        size -= (size_t)n;
    }
}

struct reply receive(int fd)
{
    uint8_t header[FRAME_HEADER];
    struct reply reply;
    read_exactly(fd, header, sizeof header);
    struct reader r = reader_of(header, sizeof header);
    size_t size = take_u32(&r) - (FRAME_HEADER - 4);
    reply.type = take_u16(&r);
    take_u16(&r);
    reply.request = take_u32(&r);
    reply.data = malloc(size + 1);
    read_exactly(fd, reply.data, size);
    reply.r = reader_of(reply.data, size);
    return reply;
}

bool at_end(int fd)
{
    char byte;
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    return poll(&wait, 1, 20000) == 1 && read(fd, &byte, 1) <= 0;
}

void send_start(int fd, uint32_t request, const struct start *s)
{
    struct writer w = {0};
    put_string(&w, s->id);
    put_u32(&w, s->flags);
    put_string(&w, s->log == NULL ? "" : s->log);
    put_string(&w, s->oom == NULL ? "" : s->oom);
    put_string(&w, s->pid_file == NULL ? "" : s->pid_file);
    put_string(&w, s->stderr_file == NULL ? "" : s->stderr_file);
    put_plan(&w, s->plan);
    put_plan(&w, s->after);
    send_frame(fd, FRAME_START, request, &w, NULL, 0);
    writer_free(&w);
}

static void explain(struct reply *reply)
{
    if (reply->type == FRAME_FAILED) {
        unsigned step = take_u32(&reply->r), type = take_u16(&reply->r);
        int error = take_i32(&reply->r);
        const char *subject = take_string(&reply->r), *message = take_string(&reply->r);
        fprintf(stderr, "    FAILED step %u type %u: %s: %s: %s\n", step, type, subject, message, strerror(error));
    } else if (reply->type == FRAME_ERROR) {
        int error = take_i32(&reply->r);
        fprintf(stderr, "    ERROR %s: %s\n", strerror(error), take_string(&reply->r));
    }
}

int start(int fd, const struct start *s)
{
    send_start(fd, 7, s);
    struct reply reply = receive(fd);
    if (reply.type != FRAME_STARTED)
        explain(&reply);
    CHECK_INT(reply.type, FRAME_STARTED);
    CHECK_INT(reply.request, 7);
    int pid = take_i32(&reply.r);
    free(reply.data);
    return pid;
}

void check_failed(struct reply reply, int type, int error, const char *subject)
{
    CHECK_INT(reply.type, FRAME_FAILED);
    take_u32(&reply.r);
    int got_type = take_u16(&reply.r), got_error = take_i32(&reply.r);
    const char *got_subject = take_string(&reply.r), *message = take_string(&reply.r);
    CHECK(reader_done(&reply.r));
    if (got_type != type || got_error != error)
        fprintf(stderr, "    FAILED step type %d: %s: %s: %s\n", got_type, got_subject, message, strerror(got_error));
    CHECK_INT(got_type, type);
    CHECK_INT(got_error, error);
    if (subject != NULL)
        CHECK_TEXT(got_subject, subject);
    CHECK(*message != '\0');
    free(reply.data);
}

void check_error(struct reply reply, int error)
{
    CHECK_INT(reply.type, FRAME_ERROR);
    CHECK_INT(take_i32(&reply.r), error);
    free(reply.data);
}

void check_ok(struct reply reply)
{
    if (reply.type != FRAME_OK)
        explain(&reply);
    CHECK_INT(reply.type, FRAME_OK);
    free(reply.data);
}

struct exited take_exited(struct reply reply)
{
    struct exited e;
    if (reply.type != FRAME_EXITED)
        explain(&reply);
    CHECK_INT(reply.type, FRAME_EXITED);
    snprintf(e.id, sizeof e.id, "%s", take_string(&reply.r));
    e.pid = take_i32(&reply.r);
    e.code = take_i32(&reply.r);
    e.signal = take_i32(&reply.r);
    e.oom = take_u8(&reply.r);
    e.started = take_u64(&reply.r);
    e.finished = take_u64(&reply.r);
    CHECK(reader_done(&reply.r));
    free(reply.data);
    return e;
}

void send_exec(int fd, uint32_t request, const char *id, uint32_t flags, const struct plan *plan, const int *fds, int count)
{
    struct writer w = {0};
    put_string(&w, id);
    put_u32(&w, flags);
    put_string(&w, "");
    put_u16(&w, 24);
    put_u16(&w, 80);
    put_plan(&w, plan);
    send_frame(fd, FRAME_EXEC, request, &w, fds, count);
    writer_free(&w);
}

void request_text(int fd, int type, uint32_t request, const char *id)
{
    struct writer w = {0};
    put_string(&w, id);
    send_frame(fd, type, request, &w, NULL, 0);
    writer_free(&w);
}

struct reply ask_text(int fd, int type, const char *id)
{
    request_text(fd, type, 5, id);
    return receive(fd);
}

struct exited wait_exit(int fd, const char *id)
{
    for (;;) {
        struct exited e = take_exited(receive(fd));
        if (strcmp(e.id, id) == 0)
            return e;
    }
}

int subscribe(const char *dir)
{
    int fd = shim_connect(dir);
    send_frame(fd, FRAME_SUBSCRIBE, 3, NULL, NULL, 0);
    check_ok(receive(fd));
    return fd;
}

void setup(int fd, const struct plan *plan)
{
    struct writer w = {0};
    put_plan(&w, plan);
    send_frame(fd, FRAME_SETUP, 4, &w, NULL, 0);
    writer_free(&w);
    check_ok(receive(fd));
}

const char *make_rootfs(const char *name)
{
    const char *root = strdup(in_scratch("%s", name));
    CHECK_INT(sh("set -e; mkdir -p %s; cd %s; mkdir bin lib64 proc dev etc tmp sys; cp /usr/bin/busybox bin/; "
                 "cp -L /lib64/ld-linux-x86-64.so.2 lib64/; mkdir -p lib/x86_64-linux-gnu; "
                 "cp -L /lib/x86_64-linux-gnu/libc.so.6 /lib/x86_64-linux-gnu/libresolv.so.2 lib/x86_64-linux-gnu/; "
                 "for i in touch grep sh cat echo ls sleep id mount kill mkdir readlink stty tty hostname dd seq head ps df stat; "
                 "do ln -s busybox bin/$i; done",
                 root, root),
              0);
    return root;
}

void add_container(struct plan *p, const char *rootfs)
{
    add(p, 4, "u", (unsigned)(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC));
    add(p, 5, "");
    add(p, 7, "sq", "/", (unsigned long long)(MS_REC | MS_SLAVE));
    add(p, 9, "sq", rootfs, 0ULL);
    add(p, 10, "sssqsc", "proc", "proc", "/proc", (unsigned long long)(MS_NOSUID | MS_NODEV | MS_NOEXEC), "", 1);
    add(p, 10, "sssqsc", "tmpfs", "tmpfs", "/dev", (unsigned long long)MS_NOSUID, "mode=755,size=64k", 1);
    add(p, 10, "sssqsc", "devpts", "devpts", "/dev/pts", 0ULL, "newinstance,ptmxmode=0666,mode=0620", 1);
    add(p, 14, "ss", "pts/ptmx", "/dev/ptmx");
    add(p, 13, "scuuuuu", "/dev/null", 'c', 1U, 3U, 0666U, 0U, 0U);
    add(p, 13, "scuuuuu", "/dev/zero", 'c', 1U, 5U, 0666U, 0U, 0U);
}

void add_shell(struct plan *p, const char *script)
{
    add(p, 31, "SSS", LIST("/bin/sh"), LIST("sh", "-c", script), LIST("PATH=/bin:/usr/bin"));
}

struct plan host_shell(const char *script)
{
    struct plan p = {0};
    add_shell(&p, script);
    return p;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    remove(path);
    return 0;
}

// What a failed test left: its shims, their pods' inits, its mounts.
static void clean_up(void)
{
    sh("for d in %s/*/shim.pid; do [ -e $d ] && kill -9 $(cat $d); done 2>/dev/null; cat %s/asan* 2>/dev/null | head -60",
       scratch, scratch);
    sh("for p in $(grep -lsa -- '--dir.%s' /proc/[0-9]*/cmdline | cut -d/ -f3); do kill -9 $p; done 2>/dev/null", scratch);
    sh("grep %s /proc/self/mountinfo | cut -d' ' -f5 | xargs -r umount -l", scratch);
}

// Returns the exit code: 0, SKIPPED, or another for a failure.
static int run_test(int index)
{
    strcpy(scratch, "/tmp/gantry-shim-test-XXXXXX");
    if (mkdtemp(scratch) == NULL)
        return 1;
    pid_t pid = fork();
    if (pid == 0) {
        char options[256];
        snprintf(options, sizeof options, "log_path=%s/asan:detect_leaks=1:abort_on_error=0", scratch);
        setenv("ASAN_OPTIONS", options, 1);
        snprintf(options, sizeof options, "log_path=%s/asan:print_stacktrace=1", scratch);
        setenv("UBSAN_OPTIONS", options, 1);
        alarm(SECONDS_MAX);
        tests[index].run();
        _exit(0);
    }
    int status = -1;
    waitpid(pid, &status, 0);
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
    // A complaint of a sanitizer fails the test, also one from a process that nobody waits for.
    if (sh("ls %s/asan* >/dev/null 2>&1", scratch) == 0)
        code = 1;
    if (code != 0)
        clean_up();
    nftw(scratch, remove_one, 32, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    return code;
}

int main(int count, char **arguments)
{
    int passed = 0, failed = 0, skipped = 0;
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    for (int i = 0; i < test_count; i++) {
        if (count > 1 && strstr(tests[i].name, arguments[1]) == NULL)
            continue;
        int code = run_test(i);
        printf("%s %s\n", code == 0 ? "ok    " : code == SKIPPED ? "skip  " : "FAILED", tests[i].name);
        fflush(stdout);
        passed += code == 0;
        skipped += code == SKIPPED;
        failed += code != 0 && code != SKIPPED;
        while (waitpid(-1, NULL, WNOHANG) > 0)
            continue;
    }
    printf("launcher: %d passed, %d failed, %d skipped\n", passed, failed, skipped);
    return failed > 0 || passed == 0;
}
