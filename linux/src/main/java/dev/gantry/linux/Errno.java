package dev.gantry.linux;

import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * Error numbers of Linux (errno-base.h, errno.h; the same on x86-64 and arm64) and the words for
 * those that operators meet.
 */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int ENOEXEC = 8;
    public static final int EBADF = 9;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int ECHILD = 10;
    public static final int EACCES = 13;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int EXDEV = 18;
    public static final int ENODEV = 19;
    public static final int ENOTDIR = 20;
    public static final int EISDIR = 21;
    public static final int EINVAL = 22;
    public static final int ENFILE = 23;
    public static final int EMFILE = 24;
    public static final int ETXTBSY = 26;
    public static final int EFBIG = 27;
    public static final int ENOSPC = 28;
    public static final int EROFS = 30;
    public static final int EMLINK = 31;
    public static final int EPIPE = 32;
    public static final int ERANGE = 34;
    public static final int ENAMETOOLONG = 36;
    public static final int ENOSYS = 38;
    public static final int ENOTEMPTY = 39;
    public static final int ELOOP = 40;
    public static final int ENODATA = 61;
    public static final int EOPNOTSUPP = 95;
    public static final int EADDRINUSE = 98;
    public static final int EADDRNOTAVAIL = 99;
    public static final int ENOBUFS = 105;
    public static final int ECONNREFUSED = 111;
    public static final int ESTALE = 116;
    public static final int EDQUOT = 122;

    private static final Map<Integer, String> WORDS =
            Map.ofEntries(
                    Map.entry(EPERM, "operation not permitted (EPERM)"),
                    Map.entry(ENOENT, "no such file or directory (ENOENT)"),
                    Map.entry(ESRCH, "no such process (ESRCH)"),
                    Map.entry(EINTR, "interrupted (EINTR)"),
                    Map.entry(EIO, "input/output error (EIO)"),
                    Map.entry(ENXIO, "no such device or address (ENXIO)"),
                    Map.entry(ENOEXEC, "exec format error (ENOEXEC)"),
                    Map.entry(EBADF, "bad file descriptor (EBADF)"),
                    Map.entry(EAGAIN, "resource temporarily unavailable (EAGAIN)"),
                    Map.entry(ENOMEM, "out of memory (ENOMEM)"),
                    Map.entry(EACCES, "permission denied (EACCES)"),
                    Map.entry(EBUSY, "device or resource busy (EBUSY)"),
                    Map.entry(EEXIST, "already exists (EEXIST)"),
                    Map.entry(EXDEV, "crosses a mount or the root (EXDEV)"),
                    Map.entry(ENODEV, "no such device (ENODEV)"),
                    Map.entry(ENOTDIR, "not a directory (ENOTDIR)"),
                    Map.entry(EISDIR, "is a directory (EISDIR)"),
                    Map.entry(EINVAL, "invalid argument (EINVAL)"),
                    Map.entry(ECHILD, "no child processes (ECHILD)"),
                    Map.entry(ENFILE, "too many open files on the machine (ENFILE)"),
                    Map.entry(EMFILE, "too many open files (EMFILE)"),
                    Map.entry(ETXTBSY, "text file busy (ETXTBSY)"),
                    Map.entry(EFBIG, "file too large (EFBIG)"),
                    Map.entry(EADDRINUSE, "address already in use (EADDRINUSE)"),
                    Map.entry(EADDRNOTAVAIL, "cannot assign requested address (EADDRNOTAVAIL)"),
                    Map.entry(EDQUOT, "disk quota exceeded (EDQUOT)"),
                    Map.entry(ENOSPC, "no space left on device (ENOSPC)"),
                    Map.entry(EROFS, "read-only file system (EROFS)"),
                    Map.entry(EMLINK, "too many links to one file (EMLINK)"),
                    Map.entry(EPIPE, "broken pipe (EPIPE)"),
                    Map.entry(ERANGE, "out of range (ERANGE)"),
                    Map.entry(ENAMETOOLONG, "file name too long (ENAMETOOLONG)"),
                    Map.entry(ENOSYS, "not implemented by this kernel (ENOSYS)"),
                    Map.entry(ENOTEMPTY, "directory not empty (ENOTEMPTY)"),
                    Map.entry(ELOOP, "too many symbolic links (ELOOP)"),
                    Map.entry(ENODATA, "no data available (ENODATA)"),
                    Map.entry(EOPNOTSUPP, "operation not supported (EOPNOTSUPP)"),
                    Map.entry(ENOBUFS, "no buffer space available (ENOBUFS)"),
                    Map.entry(ECONNREFUSED, "connection refused (ECONNREFUSED)"),
                    Map.entry(ESTALE, "stale file handle (ESTALE)"));

    private static final Map<String, Integer> NUMBERS =
            WORDS.entrySet().stream()
                    .collect(Collectors.toMap(e -> symbol(e.getValue()), Map.Entry::getKey));

    private Errno() {}

    private static String symbol(String words) {
        return words.substring(words.lastIndexOf('(') + 1, words.length() - 1);
    }

    /** The symbol, e.g. {@code ENOENT}; empty for a number that has no words here. */
    public static String symbol(int errno) {
        String words = WORDS.get(errno);
        return words == null ? "" : symbol(words);
    }

    /** The number of a symbol that has words here. */
    public static OptionalInt number(String symbol) {
        Integer number = NUMBERS.get(symbol);
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    /**
     * The error in words with its symbol, e.g. {@code no such file or directory (ENOENT)}; unknown
     * numbers as {@code errno 77}.
     */
    public static String describe(int errno) {
        return WORDS.getOrDefault(errno, "errno " + errno);
    }
}
