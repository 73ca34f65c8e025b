package dev.gantry.linux.process;

/** Work that gives way to all other work. */
public final class IdlePriority {
    /** ioprio_set(2) has no name in the C library. */
    private static final long IOPRIO_SET = numberOf(System.getProperty("os.arch", ""));

    private static final long WHO_PROCESS = 1;
    private static final long CALLING_THREAD = 0;
    private static final long CLASS_IDLE = 3L << 13;

    private IdlePriority() {}

    private static long numberOf(String architecture) {
        return switch (architecture) {
            case "amd64", "x86_64" -> 251;
            case "aarch64" -> 30;
            default -> -1;
        };
    }

    /**
     * Starts a platform thread whose reads and writes wait until nobody else wants the disk, where
     * the disk's scheduler knows such a class; elsewhere it is like any other.
     */
    public static Thread start(String name, Runnable work) {
        return Thread.ofPlatform()
                .name(name)
                .daemon()
                .start(
                        () -> {
                            if (IOPRIO_SET >= 0) {
                                ProcessCalls.syscall(
                                        IOPRIO_SET, WHO_PROCESS, CALLING_THREAD, CLASS_IDLE);
                            }
                            work.run();
                        });
    }
}
