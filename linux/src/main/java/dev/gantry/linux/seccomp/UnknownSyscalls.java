package dev.gantry.linux.seccomp;

import dev.gantry.linux.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Lets calls that are newer than every name in a profile fail with ENOSYS rather than with the
 * profile's errno, so that a C library falls back to the older call. runc does the same; libseccomp
 * does not.
 */
final class UnknownSyscalls {
    private static final int INSTRUCTION = 8;
    private static final short LD_W_ABS = 0x20;
    private static final short JEQ_K = 0x15;
    private static final short JGT_K = 0x25;
    private static final short JGE_K = 0x35;
    private static final short RET_K = 0x06;
    private static final int OFFSET_NR = 0;
    private static final int OFFSET_ARCH = 4;

    /** Numbers from here on are x32's on x86-64 (__X32_SYSCALL_BIT); no other table is as long. */
    private static final int X32 = 0x40000000;

    private UnknownSyscalls() {}

    /** Puts the test in front of the program, for calls of the machine's own architecture. */
    static byte[] refuse(byte[] program, int arch, int largest) {
        ByteBuffer out =
                ByteBuffer.allocate(program.length + 6 * INSTRUCTION)
                        .order(ByteOrder.nativeOrder());
        put(out, LD_W_ABS, 0, 0, OFFSET_ARCH);
        put(out, JEQ_K, 0, 4, arch);
        put(out, LD_W_ABS, 0, 0, OFFSET_NR);
        put(out, JGE_K, 2, 0, X32);
        put(out, JGT_K, 0, 1, largest);
        put(out, RET_K, 0, 0, SeccompAction.errno(Errno.ENOSYS).code());
        return out.put(program).array();
    }

    private static void put(ByteBuffer out, short code, int ifTrue, int ifFalse, int k) {
        out.putShort(code).put((byte) ifTrue).put((byte) ifFalse).putInt(k);
    }
}
