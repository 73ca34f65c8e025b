package dev.gantry.linux;

import java.io.IOException;

/** A system call that the kernel refused: which call, on what, and the errno(3) number. */
public final class ErrnoException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final int errno;

    /**
     * @param call the call and what it was about, e.g. {@code openat2 /etc/passwd}
     * @param errno the error number, positive
     */
    public ErrnoException(String call, int errno) {
        super(call + ": " + Errno.describe(errno));
        this.call = call;
        this.errno = errno;
    }

    public String call() {
        return call;
    }

    public int errno() {
        return errno;
    }
}
