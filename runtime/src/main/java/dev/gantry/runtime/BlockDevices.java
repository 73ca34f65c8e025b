package dev.gantry.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;

/** The names of block devices. */
public final class BlockDevices {
    /** Numbers come and go with devices: past this many, all are looked up again. */
    private static final int KEPT = 1024;

    private static final ConcurrentHashMap<String, String> NAMES = new ConcurrentHashMap<>();

    private BlockDevices() {}

    /** {@code /dev/sda}; the numbers themselves, {@code 8:0}, where there is no such device. */
    public static String name(int major, int minor) {
        if (NAMES.size() > KEPT) {
            NAMES.clear();
        }
        return NAMES.computeIfAbsent(major + ":" + minor, BlockDevices::read);
    }

    private static String read(String numbers) {
        try {
            Path device = Files.readSymbolicLink(Path.of("/sys/dev/block", numbers));
            return "/dev/" + device.getFileName();
        } catch (IOException _) {
            return numbers;
        }
    }
}
