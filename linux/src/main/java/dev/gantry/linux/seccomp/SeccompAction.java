package dev.gantry.linux.seccomp;

/**
 * What the kernel does with a filtered call (linux/seccomp.h, SECCOMP_RET_*).
 *
 * @param data the errno of ERRNO, the message of TRACE, else 0
 */
public record SeccompAction(Kind kind, int data) {
    /** The kinds with their bits. */
    public enum Kind {
        KILL_PROCESS(0x80000000),
        KILL_THREAD(0),
        TRAP(0x00030000),
        ERRNO(0x00050000),
        TRACE(0x7ff00000),
        LOG(0x7ffc0000),
        ALLOW(0x7fff0000);

        private final int bits;

        Kind(int bits) {
            this.bits = bits;
        }
    }

    public static final SeccompAction ALLOW = new SeccompAction(Kind.ALLOW, 0);

    public static SeccompAction errno(int errno) {
        return new SeccompAction(Kind.ERRNO, errno);
    }

    int code() {
        return kind.bits | (data & 0xffff);
    }
}
