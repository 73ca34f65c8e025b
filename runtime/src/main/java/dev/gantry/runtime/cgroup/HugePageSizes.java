package dev.gantry.runtime.cgroup;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The sizes of huge pages that the machine has, as control groups name them. */
final class HugePageSizes {
    private static final Pattern DIRECTORY = Pattern.compile("hugepages-(\\d{1,12})kB");
    static final List<String> OF_THIS_MACHINE = read(Path.of("/sys/kernel/mm/hugepages"));

    private HugePageSizes() {}

    static List<String> read(Path directory) {
        var kilobytes = new TreeSet<Long>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                Matcher name = DIRECTORY.matcher(String.valueOf(entry.getFileName()));
                if (name.matches()) {
                    kilobytes.add(Long.parseLong(name.group(1)));
                }
            }
        } catch (IOException _) {
            // Built without them.
        }
        return kilobytes.stream().map(HugePageSizes::name).toList();
    }

    private static String name(long kilobytes) {
        if (kilobytes % (1 << 20) == 0) {
            return (kilobytes >> 20) + "GB";
        }
        return kilobytes % 1024 == 0 ? (kilobytes >> 10) + "MB" : kilobytes + "KB";
    }
}
