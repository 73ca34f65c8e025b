/*
 * Preloaded into a process under test: sees each call that changes the disk below GANTRY_ROOT or sends to a
 * socket, of all threads and of whatever looks its functions up by dlsym (JNA), writes it to the file
 * GANTRY_LOG, and kills the process at the call GANTRY_KILL, before it is made or, for writes with
 * GANTRY_TORN, half way through it.
 *
 * A call is named by what it is, where, and how many such calls there were: "rename tmp/blob-* content/…#1".
 * With GANTRY_STATES the process goes on, and all below the root is copied before each call to a directory
 * there, which has the number of the call.
 *
 * Random names are shown as "*", so that a call has the same name in each run. Calls are made one at a time,
 * so that the order of the log is that of the disk's changes.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_NAMES = 16384, LINE = 3 * PATH_MAX };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char root[PATH_MAX];
static size_t root_length;
static char victim[LINE];
static bool torn;
static int log_fd = -1;
static const char *states;
static unsigned copies;
static struct {
	char *name;
	unsigned count;
} names[MOST_NAMES];

static long (*real_syscall)(long, ...);
static void *(*real_dlsym)(void *, const char *);

__attribute__((constructor)) static void begin(void)
{
	static const char *const versions[] = {"GLIBC_2.34", "GLIBC_2.17", "GLIBC_2.2.5"};
	for (size_t i = 0; i < sizeof versions / sizeof versions[0] && !real_dlsym; i++) {
		*(void **)&real_dlsym = dlvsym(RTLD_NEXT, "dlsym", versions[i]);
	}
	*(void **)&real_syscall = real_dlsym(RTLD_NEXT, "syscall");
	const char *below = getenv("GANTRY_ROOT");
	const char *to = getenv("GANTRY_LOG");
	const char *at = getenv("GANTRY_KILL");
	if (!below || !to) {
		return;
	}
	snprintf(victim, sizeof victim, "%s", at ? at : "");
	torn = getenv("GANTRY_TORN") != NULL;
	states = getenv("GANTRY_STATES");
	log_fd = (int)real_syscall(SYS_openat, AT_FDCWD, to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	snprintf(root, sizeof root, "%s/", below);
	root_length = strlen(root);
	unsetenv("LD_PRELOAD");
}

/* Whether a path lies below the root; then it is cut to what follows. */
static bool below_root(char path[static PATH_MAX])
{
	if (root_length == 0 || strncmp(path, root, root_length) != 0) {
		return false;
	}
	memmove(path, path + root_length, strlen(path + root_length) + 1);
	return true;
}

static bool link_target(const char *link, char path[static PATH_MAX])
{
	long length = real_syscall(SYS_readlinkat, AT_FDCWD, link, path, (size_t)PATH_MAX - 1);
	if (length <= 0) {
		return false;
	}
	path[length] = 0;
	return true;
}

static bool of_fd(int fd, char path[static PATH_MAX])
{
	char link[64];
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	return root_length && link_target(link, path) && below_root(path);
}

static bool of_path(int directory, const char *name, char path[static PATH_MAX])
{
	if (root_length == 0 || !name) {
		return false;
	}
	if (name[0] == '/') {
		snprintf(path, PATH_MAX, "%s", name);
		return below_root(path);
	}
	char base[PATH_MAX];
	char link[64];
	if (directory == AT_FDCWD) {
		snprintf(link, sizeof link, "/proc/self/cwd");
	} else {
		snprintf(link, sizeof link, "/proc/self/fd/%d", directory);
	}
	if (!link_target(link, base) || snprintf(path, PATH_MAX, "%s/%s", base, name) >= PATH_MAX) {
		return false;
	}
	return below_root(path);
}

/* The length of a random name (a UUID, or the number of a spooled file's directory) at a place. */
static size_t random_length(const char *at)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	for (size_t i = 0; form[i]; i++) {
		bool fits = form[i] == '-' ? at[i] == '-' : isxdigit((unsigned char)at[i]) != 0;
		if (!fits) {
			return 0;
		}
	}
	return sizeof form - 1;
}

static void append_shown(char *line, size_t *used, const char *path)
{
	while (*path && *used < LINE - 2) {
		size_t skip = random_length(path);
		line[(*used)++] = skip ? '*' : *path == ' ' || *path == '#' || *path == '\n' ? '?' : *path;
		path += skip ? skip : 1;
	}
	line[*used] = 0;
}

/* Counts a name; the table is open addressing by a simple hash. */
static unsigned counted(const char *name)
{
	uint64_t hash = 1469598103934665603u;
	for (const char *c = name; *c; c++) {
		hash = (hash ^ (unsigned char)*c) * 1099511628211u;
	}
	for (size_t i = 0; i < MOST_NAMES; i++) {
		size_t at = (size_t)((hash + i) % MOST_NAMES);
		if (!names[at].name) {
			names[at].name = strdup(name);
			return names[at].count = 1;
		}
		if (strcmp(names[at].name, name) == 0) {
			return ++names[at].count;
		}
	}
	return 0;
}

static char shown[LINE];

static _Noreturn void die(void)
{
	real_syscall(SYS_kill, getpid(), 9);
	for (;;) {
		pause();
	}
}

static void note(const char *call, const char *path, const char *other, long result)
{
	static char line[2 * LINE];
	int length = snprintf(line, sizeof line, "%s\t%s\t%s\t%s\t%ld\n", shown, call, path, other ? other : "", result);
	real_syscall(SYS_write, log_fd, line, (size_t)length);
}

/* Copies all there is below the root, as a process finds it that starts after this one was killed here. */
static void copy_state(void)
{
	if (!states) {
		return;
	}
	char to[PATH_MAX];
	char from[PATH_MAX];
	snprintf(to, sizeof to, "%s/%u", states, ++copies);
	snprintf(from, sizeof from, "%.*s", (int)root_length - 1, root);
	char cp[] = "cp";
	char option[] = "-a";
	char *const arguments[] = {cp, option, from, to, NULL};
	pid_t child;
	int status = -1;
	if (posix_spawnp(&child, cp, NULL, NULL, arguments, environ) != 0 || waitpid(child, &status, 0) != child || status != 0) {
		abort();
	}
}

/* Names the call; ends the process when it is the one, or answers true when that is to be half way through it. */
static bool comes(const char *call, const char *path, const char *other)
{
	size_t used = (size_t)snprintf(shown, sizeof shown, "%s ", call);
	append_shown(shown, &used, path);
	if (other) {
		shown[used++] = ' ';
		append_shown(shown, &used, other);
	}
	unsigned number = counted(shown);
	snprintf(shown + used, sizeof shown - used, "#%u", number);
	copy_state();
	if (strcmp(shown, victim) != 0) {
		return false;
	}
	if (torn && strcmp(call, "write") == 0) {
		note(call, path, other, 0);
		return true;
	}
	die();
}

#define NEXT(name) \
	static __typeof__(&name) real; \
	if (!real) { \
		*(void **)&real = real_dlsym(RTLD_NEXT, #name); \
	}

/* What is sent may block, so it is not waited for. */
static void sends(void)
{
	pthread_mutex_lock(&lock);
	comes("send", "socket", NULL);
	note("send", "socket", NULL, 0);
	pthread_mutex_unlock(&lock);
}

/* The call is logged, and made while no other is. */
#define GUARDED(type, seen, call, path, other, made) \
	do { \
		if (!(seen)) { \
			return made; \
		} \
		pthread_mutex_lock(&lock); \
		comes(call, path, other); \
		type result_ = made; \
		int error_ = errno; \
		note(call, path, other, (long)result_); \
		pthread_mutex_unlock(&lock); \
		errno = error_; \
		return result_; \
	} while (0)

#define ON_PATH(type, call, directory, name, made) \
	do { \
		char path_[PATH_MAX]; \
		bool seen_ = of_path(directory, name, path_); \
		GUARDED(type, seen_, call, path_, NULL, made); \
	} while (0)

#define ON_TWO(type, call, from, name, to, other, made) \
	do { \
		char path_[PATH_MAX]; \
		char other_[PATH_MAX]; \
		bool seen_ = of_path(from, name, path_); \
		seen_ = of_path(to, other, other_) && seen_; \
		GUARDED(type, seen_, call, path_, other_, made); \
	} while (0)

#define ON_FD(type, call, fd, made) \
	do { \
		char path_[PATH_MAX]; \
		bool seen_ = of_fd(fd, path_); \
		GUARDED(type, seen_, call, path_, NULL, made); \
	} while (0)

static bool is_socket(int fd)
{
	char link[64];
	char target[PATH_MAX];
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	return root_length && link_target(link, target) && strncmp(target, "socket:", 7) == 0;
}

/* A write may end in its middle, as one does that a signal or the end of the disk interrupts. */
#define WRITES(fd, whole, half) \
	do { \
		char path_[PATH_MAX]; \
		if (!of_fd(fd, path_)) { \
			if (is_socket(fd)) { \
				sends(); \
			} \
			return whole; \
		} \
		pthread_mutex_lock(&lock); \
		if (comes("write", path_, NULL)) { \
			(void)!(half); \
			die(); \
		} \
		ssize_t written_ = whole; \
		int error_ = errno; \
		note("write", path_, NULL, written_); \
		pthread_mutex_unlock(&lock); \
		errno = error_; \
		return written_; \
	} while (0)

ssize_t write(int fd, const void *from, size_t count)
{
	NEXT(write)
	WRITES(fd, real(fd, from, count), real(fd, from, count / 2));
}

ssize_t pwrite(int fd, const void *from, size_t count, off_t at)
{
	NEXT(pwrite)
	WRITES(fd, real(fd, from, count, at), real(fd, from, count / 2, at));
}

ssize_t pwrite64(int fd, const void *from, size_t count, off64_t at)
{
	NEXT(pwrite64)
	WRITES(fd, real(fd, from, count, at), real(fd, from, count / 2, at));
}

ssize_t writev(int fd, const struct iovec *from, int count)
{
	NEXT(writev)
	WRITES(fd, real(fd, from, count), real(fd, from, count / 2));
}

ssize_t pwritev(int fd, const struct iovec *from, int count, off_t at)
{
	NEXT(pwritev)
	WRITES(fd, real(fd, from, count, at), real(fd, from, count / 2, at));
}

ssize_t pwritev64(int fd, const struct iovec *from, int count, off64_t at)
{
	NEXT(pwritev64)
	WRITES(fd, real(fd, from, count, at), real(fd, from, count / 2, at));
}

ssize_t pwritev2(int fd, const struct iovec *from, int count, off_t at, int flags)
{
	NEXT(pwritev2)
	WRITES(fd, real(fd, from, count, at, flags), real(fd, from, count / 2, at, flags));
}

ssize_t sendfile(int to, int from, off_t *at, size_t count);
ssize_t sendfile(int to, int from, off_t *at, size_t count)
{
	NEXT(sendfile)
	WRITES(to, real(to, from, at, count), real(to, from, at, count / 2));
}

ssize_t sendfile64(int to, int from, off64_t *at, size_t count);
ssize_t sendfile64(int to, int from, off64_t *at, size_t count)
{
	NEXT(sendfile64)
	WRITES(to, real(to, from, at, count), real(to, from, at, count / 2));
}

ssize_t copy_file_range(int from, off64_t *in, int to, off64_t *out, size_t count, unsigned flags)
{
	NEXT(copy_file_range)
	WRITES(to, real(from, in, to, out, count, flags), real(from, in, to, out, count / 2, flags));
}

ssize_t splice(int from, off64_t *in, int to, off64_t *out, size_t count, unsigned flags)
{
	NEXT(splice)
	WRITES(to, real(from, in, to, out, count, flags), real(from, in, to, out, count / 2, flags));
}

int fsync(int fd)
{
	NEXT(fsync)
	ON_FD(int, "fsync", fd, real(fd));
}

int fdatasync(int fd)
{
	NEXT(fdatasync)
	ON_FD(int, "fsync", fd, real(fd));
}

int syncfs(int fd)
{
	NEXT(syncfs)
	ON_FD(int, "syncfs", fd, real(fd));
}

int sync_file_range(int fd, off64_t at, off64_t count, unsigned flags)
{
	NEXT(sync_file_range)
	ON_FD(int, "sync_file_range", fd, real(fd, at, count, flags));
}

int ftruncate(int fd, off_t length)
{
	NEXT(ftruncate)
	ON_FD(int, "truncate", fd, real(fd, length));
}

int ftruncate64(int fd, off64_t length)
{
	NEXT(ftruncate64)
	ON_FD(int, "truncate", fd, real(fd, length));
}

int truncate(const char *name, off_t length)
{
	NEXT(truncate)
	ON_PATH(int, "truncate", AT_FDCWD, name, real(name, length));
}

int truncate64(const char *name, off64_t length)
{
	NEXT(truncate64)
	ON_PATH(int, "truncate", AT_FDCWD, name, real(name, length));
}

int fallocate(int fd, int mode, off_t at, off_t length)
{
	NEXT(fallocate)
	ON_FD(int, "fallocate", fd, real(fd, mode, at, length));
}

int fallocate64(int fd, int mode, off64_t at, off64_t length)
{
	NEXT(fallocate64)
	ON_FD(int, "fallocate", fd, real(fd, mode, at, length));
}

int posix_fallocate(int fd, off_t at, off_t length)
{
	NEXT(posix_fallocate)
	ON_FD(int, "fallocate", fd, real(fd, at, length));
}

int posix_fallocate64(int fd, off64_t at, off64_t length)
{
	NEXT(posix_fallocate64)
	ON_FD(int, "fallocate", fd, real(fd, at, length));
}

int rename(const char *from, const char *to)
{
	NEXT(rename)
	ON_TWO(int, "rename", AT_FDCWD, from, AT_FDCWD, to, real(from, to));
}

int renameat(int from, const char *name, int to, const char *other)
{
	NEXT(renameat)
	ON_TWO(int, "rename", from, name, to, other, real(from, name, to, other));
}

int renameat2(int from, const char *name, int to, const char *other, unsigned flags)
{
	NEXT(renameat2)
	ON_TWO(int, flags & RENAME_EXCHANGE ? "exchange" : "rename", from, name, to, other,
	       real(from, name, to, other, flags));
}

int unlink(const char *name)
{
	NEXT(unlink)
	ON_PATH(int, "unlink", AT_FDCWD, name, real(name));
}

int unlinkat(int directory, const char *name, int flags)
{
	NEXT(unlinkat)
	ON_PATH(int, flags & AT_REMOVEDIR ? "rmdir" : "unlink", directory, name, real(directory, name, flags));
}

int rmdir(const char *name)
{
	NEXT(rmdir)
	ON_PATH(int, "rmdir", AT_FDCWD, name, real(name));
}

int mkdir(const char *name, mode_t mode)
{
	NEXT(mkdir)
	ON_PATH(int, "mkdir", AT_FDCWD, name, real(name, mode));
}

int mkdirat(int directory, const char *name, mode_t mode)
{
	NEXT(mkdirat)
	ON_PATH(int, "mkdir", directory, name, real(directory, name, mode));
}

int symlink(const char *target, const char *name)
{
	NEXT(symlink)
	ON_PATH(int, "symlink", AT_FDCWD, name, real(target, name));
}

int symlinkat(const char *target, int directory, const char *name)
{
	NEXT(symlinkat)
	ON_PATH(int, "symlink", directory, name, real(target, directory, name));
}

int link(const char *from, const char *to)
{
	NEXT(link)
	ON_TWO(int, "link", AT_FDCWD, from, AT_FDCWD, to, real(from, to));
}

int linkat(int from, const char *name, int to, const char *other, int flags)
{
	NEXT(linkat)
	ON_TWO(int, "link", from, name, to, other, real(from, name, to, other, flags));
}

int mknodat(int directory, const char *name, mode_t mode, dev_t device)
{
	NEXT(mknodat)
	ON_PATH(int, "mknod", directory, name, real(directory, name, mode, device));
}

int fsetxattr(int fd, const char *name, const void *value, size_t size, int flags);
int fsetxattr(int fd, const char *name, const void *value, size_t size, int flags)
{
	NEXT(fsetxattr)
	ON_FD(int, "setxattr", fd, real(fd, name, value, size, flags));
}

int lsetxattr(const char *path, const char *name, const void *value, size_t size, int flags);
int lsetxattr(const char *path, const char *name, const void *value, size_t size, int flags)
{
	NEXT(lsetxattr)
	ON_PATH(int, "setxattr", AT_FDCWD, path, real(path, name, value, size, flags));
}

int fchown(int fd, uid_t uid, gid_t gid)
{
	NEXT(fchown)
	ON_FD(int, "metadata", fd, real(fd, uid, gid));
}

int fchmod(int fd, mode_t mode)
{
	NEXT(fchmod)
	ON_FD(int, "metadata", fd, real(fd, mode));
}

int chmod(const char *name, mode_t mode)
{
	NEXT(chmod)
	ON_PATH(int, "metadata", AT_FDCWD, name, real(name, mode));
}

int chown(const char *name, uid_t uid, gid_t gid)
{
	NEXT(chown)
	ON_PATH(int, "metadata", AT_FDCWD, name, real(name, uid, gid));
}

int lchown(const char *name, uid_t uid, gid_t gid)
{
	NEXT(lchown)
	ON_PATH(int, "metadata", AT_FDCWD, name, real(name, uid, gid));
}

int fchownat(int directory, const char *name, uid_t uid, gid_t gid, int flags)
{
	NEXT(fchownat)
	ON_PATH(int, "metadata", directory, name, real(directory, name, uid, gid, flags));
}

int fchmodat(int directory, const char *name, mode_t mode, int flags)
{
	NEXT(fchmodat)
	ON_PATH(int, "metadata", directory, name, real(directory, name, mode, flags));
}

int utimensat(int directory, const char *name, const struct timespec times[2], int flags)
{
	NEXT(utimensat)
	ON_PATH(int, "metadata", directory, name, real(directory, name, times, flags));
}

int futimens(int fd, const struct timespec times[2])
{
	NEXT(futimens)
	ON_FD(int, "metadata", fd, real(fd, times));
}

/* Opening makes or empties a file. */
#define OPENS(directory, name, flags, made) \
	do { \
		if (!((flags) & (O_CREAT | O_TRUNC))) { \
			return made; \
		} \
		ON_PATH(int, (flags) & O_CREAT ? "create" : "truncate", directory, name, made); \
	} while (0)

#define MODE(last) \
	va_list more_; \
	va_start(more_, last); \
	mode_t mode = va_arg(more_, mode_t); \
	va_end(more_);

int open(const char *name, int flags, ...)
{
	NEXT(open)
	MODE(flags)
	OPENS(AT_FDCWD, name, flags, real(name, flags, mode));
}

int open64(const char *name, int flags, ...)
{
	NEXT(open64)
	MODE(flags)
	OPENS(AT_FDCWD, name, flags, real(name, flags, mode));
}

int openat(int directory, const char *name, int flags, ...)
{
	NEXT(openat)
	MODE(flags)
	OPENS(directory, name, flags, real(directory, name, flags, mode));
}

int openat64(int directory, const char *name, int flags, ...)
{
	NEXT(openat64)
	MODE(flags)
	OPENS(directory, name, flags, real(directory, name, flags, mode));
}

/* What is called by number: of these the store needs openat2, renameat2 and the mount calls. */
static bool by_number(long number, const long a[static 6], const char **call, char path[static PATH_MAX])
{
	switch (number) {
	case SYS_openat2:
		*call = "create";
		return (*(const uint64_t *)a[2] & (O_CREAT | O_TRUNC)) && of_path((int)a[0], (const char *)a[1], path);
	case SYS_fsopen:
	case SYS_fsconfig:
	case SYS_fsmount:
	case SYS_move_mount:
	case SYS_open_tree:
	case SYS_mount_setattr:
		*call = "mount";
		snprintf(path, PATH_MAX, "%s",
			 number == SYS_fsopen	  ? "fsopen"
			 : number == SYS_fsconfig ? "fsconfig"
			 : number == SYS_fsmount  ? "fsmount"
						  : "other");
		return root_length > 0;
	default:
		return false;
	}
}

long syscall(long number, ...)
{
	va_list more;
	va_start(more, number);
	long a[6];
	for (size_t i = 0; i < 6; i++) {
		a[i] = va_arg(more, long);
	}
	va_end(more);
	char path[PATH_MAX];
	char other[PATH_MAX];
	const char *call;
	if (number == SYS_renameat2 && of_path((int)a[0], (const char *)a[1], path) &&
	    of_path((int)a[2], (const char *)a[3], other)) {
		GUARDED(long, true, a[4] & RENAME_EXCHANGE ? "exchange" : "rename", path, other,
			real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]));
	}
	bool seen = root_length && by_number(number, a, &call, path);
	if (!seen) {
		return real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	}
	GUARDED(long, true, call, path, NULL, real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]));
}

/* JNA looks functions up in libc itself, past this library, unless it is told of these. */
static const struct {
	const char *name;
	void *function;
} ours[] = {
#define OURS(name) {#name, (void *)name}
	OURS(write),	OURS(pwrite),	 OURS(pwrite64),  OURS(writev),	   OURS(pwritev),     OURS(pwritev64),
	OURS(pwritev2), OURS(sendfile),	 OURS(sendfile64), OURS(splice),   OURS(copy_file_range),
	OURS(fsync),	OURS(fdatasync), OURS(syncfs),	  OURS(sync_file_range),
	OURS(ftruncate), OURS(ftruncate64), OURS(truncate), OURS(truncate64),
	OURS(fallocate), OURS(fallocate64), OURS(posix_fallocate), OURS(posix_fallocate64),
	OURS(rename),	OURS(renameat),	 OURS(renameat2), OURS(unlink),	   OURS(unlinkat),    OURS(rmdir),
	OURS(mkdir),	OURS(mkdirat),	 OURS(symlink),	  OURS(symlinkat), OURS(link),	      OURS(linkat),
	OURS(mknodat),	OURS(fsetxattr), OURS(lsetxattr), OURS(fchown),	   OURS(fchmod),      OURS(chmod),
	OURS(chown),	OURS(lchown),	 OURS(fchownat),  OURS(fchmodat),  OURS(utimensat),   OURS(futimens),
	OURS(open),	OURS(open64),	 OURS(openat),	  OURS(openat64),  OURS(syscall),
};

void *dlsym(void *handle, const char *name)
{
	void *found = real_dlsym(handle, name);
	if (found && handle != RTLD_NEXT) {
		for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
			if (strcmp(ours[i].name, name) == 0) {
				return ours[i].function;
			}
		}
	}
	return found;
}
