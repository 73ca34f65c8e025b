package dev.gantry.linux.process;

import java.util.concurrent.atomic.AtomicBoolean;

/** Which programs the kernel runs beside those of its own word length. */
public final class Personality {
    /** linux/personality.h, PER_LINUX32. */
    private static final long LINUX32 = 8;

    /** personality(2) of arm64; elsewhere the kernel never refuses it. */
    private static final long PERSONALITY = 92;

    private Personality() {}

    /**
     * Whether an arm64 kernel and its processors run 32-bit programs: if not, the kernel refuses
     * their personality. Asked on a thread that ends with the question, since the answer changes
     * it.
     */
    public static boolean arm64Runs32Bit() {
        AtomicBoolean runs = new AtomicBoolean();
        Thread thread =
                Thread.ofPlatform()
                        .daemon()
                        .name("personality")
                        .start(
                                () ->
                                        runs.set(
                                                ProcessCalls.syscall(PERSONALITY, LINUX32, 0, 0)
                                                        >= 0));
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return runs.get();
    }
}
