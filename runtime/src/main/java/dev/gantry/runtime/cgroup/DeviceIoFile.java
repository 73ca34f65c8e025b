package dev.gantry.runtime.cgroup;

import dev.gantry.runtime.CgroupDetails.DeviceIo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses {@code io.stat} of version 2, and the two {@code blkio.throttle} files of version 1; lines
 * of another form are passed over.
 */
final class DeviceIoFile {
    /** More devices than these are not told apart. */
    private static final int DEVICES = 256;

    private static final Pattern V2 =
            Pattern.compile("^(\\d{1,6}):(\\d{1,8})((?: [a-z_.]+=\\S+)+)$", Pattern.MULTILINE);
    private static final Pattern PAIR = Pattern.compile(" ([a-z]+)=(\\d{1,18})(?= |$)");
    private static final Pattern V1 =
            Pattern.compile("^(\\d{1,6}):(\\d{1,8}) (Read|Write) (\\d{1,18})$", Pattern.MULTILINE);

    private DeviceIoFile() {}

    /** {@code 8:0 rbytes=1 wbytes=2 rios=3 wios=4 …}. */
    static List<DeviceIo> v2(String text) {
        var all = new ArrayList<DeviceIo>();
        Matcher lines = V2.matcher(text);
        while (lines.find() && all.size() < DEVICES) {
            long[] values = new long[4];
            Matcher pairs = PAIR.matcher(lines.group(3));
            while (pairs.find()) {
                int slot =
                        switch (pairs.group(1)) {
                            case "rbytes" -> 0;
                            case "wbytes" -> 1;
                            case "rios" -> 2;
                            case "wios" -> 3;
                            default -> -1;
                        };
                if (slot >= 0) {
                    values[slot] = Long.parseLong(pairs.group(2));
                }
            }
            all.add(
                    new DeviceIo(
                            Integer.parseInt(lines.group(1)),
                            Integer.parseInt(lines.group(2)),
                            values[0],
                            values[1],
                            values[2],
                            values[3]));
        }
        return all;
    }

    /**
     * {@code 8:0 Read 1}.
     *
     * @param bytes of io_service_bytes_recursive
     * @param requests of io_serviced_recursive
     */
    static List<DeviceIo> v1(String bytes, String requests) {
        record Device(int major, int minor) {}
        Map<Device, long[]> all =
                new TreeMap<>(
                        java.util.Comparator.comparingInt(Device::major)
                                .thenComparingInt(Device::minor));
        for (int file = 0; file < 2; file++) {
            Matcher lines = V1.matcher(file == 0 ? bytes : requests);
            while (lines.find() && all.size() < DEVICES) {
                long[] values =
                        all.computeIfAbsent(
                                new Device(
                                        Integer.parseInt(lines.group(1)),
                                        Integer.parseInt(lines.group(2))),
                                _ -> new long[4]);
                values[2 * file + ("Read".equals(lines.group(3)) ? 0 : 1)] =
                        Long.parseLong(lines.group(4));
            }
        }
        return all.entrySet().stream()
                .map(
                        e ->
                                new DeviceIo(
                                        e.getKey().major(),
                                        e.getKey().minor(),
                                        e.getValue()[0],
                                        e.getValue()[1],
                                        e.getValue()[2],
                                        e.getValue()[3]))
                .toList();
    }
}
