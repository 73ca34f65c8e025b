package dev.gantry.runtime.cgroup;

import dev.gantry.runtime.Pressure;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses {@code cpu.pressure}, {@code memory.pressure} and {@code io.pressure}. */
final class PressureFile {
    private static final Pattern LINE =
            Pattern.compile(
                    "^(some|full) avg10=(\\d{1,3}\\.\\d{1,4}) avg60=(\\d{1,3}\\.\\d{1,4})"
                            + " avg300=(\\d{1,3}\\.\\d{1,4}) total=(\\d{1,15})$",
                    Pattern.MULTILINE);

    private PressureFile() {}

    /** Empty where the kernel was built or started without it. */
    static Optional<Pressure> read(KernelFile file, String path) {
        return file.read(path) ? parse(file.text()) : Optional.empty();
    }

    static Optional<Pressure> parse(String text) {
        Optional<Pressure.Line> some = Optional.empty();
        Optional<Pressure.Line> full = Optional.empty();
        Matcher lines = LINE.matcher(text);
        while (lines.find()) {
            Optional<Pressure.Line> line = Optional.of(line(lines));
            if ("some".equals(lines.group(1))) {
                some = line;
            } else {
                full = line;
            }
        }
        Optional<Pressure.Line> whole = full;
        return some.map(s -> new Pressure(s, whole));
    }

    private static Pressure.Line line(Matcher line) {
        return new Pressure.Line(
                Long.parseLong(line.group(5)) * 1000,
                Double.parseDouble(line.group(2)),
                Double.parseDouble(line.group(3)),
                Double.parseDouble(line.group(4)));
    }
}
