package dev.gantry.runtime.cgroup;

import dev.gantry.model.Failure;
import java.util.BitSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lists of processors and of memory nodes as cpuset(7) has them: {@code 0-3,8,10-11}. */
public final class CpuList {
    /** More than any machine has; what is beyond is a mistake, or worse. */
    private static final int MAX = 8192;

    private static final int MAX_LENGTH = 4096;
    private static final Pattern RANGE = Pattern.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?");

    private CpuList() {}

    /** The numbers; INVALID_ARGUMENT when it is no list. */
    public static BitSet parse(String list) {
        if (list.length() > MAX_LENGTH) {
            throw Failure.invalid("a list of processors has more than 4096 characters");
        }
        var numbers = new BitSet();
        for (String part : list.strip().split(",", -1)) {
            Matcher range = RANGE.matcher(part);
            if (!range.matches()) {
                throw wrong(list);
            }
            int from = Integer.parseInt(range.group(1));
            int to = range.group(2) == null ? from : Integer.parseInt(range.group(2));
            if (to < from || to >= MAX) {
                throw wrong(list);
            }
            numbers.set(from, to + 1);
        }
        return numbers;
    }

    private static Failure wrong(String list) {
        return Failure.invalid(
                "\"%s\" is not a list of processors or memory nodes such as 0-3,8".formatted(list));
    }

    /** The numbers as bits, the lowest byte first, as systemd takes them. */
    public static byte[] mask(String list) {
        return parse(list).toByteArray();
    }
}
