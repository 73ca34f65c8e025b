package dev.gantry.runtime.seccomp;

import dev.gantry.model.Failure;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A kernel's version as profiles compare it: the first two numbers of its release. */
record KernelVersion(int major, int minor) {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,5})\\.([0-9]{1,5})(\\D.*)?");

    private static final KernelVersion RUNNING = parse(System.getProperty("os.version", "0.0"));

    static KernelVersion parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw Failure.invalid("kernel version \"" + text + "\" is not of the form 4.8");
        }
        return new KernelVersion(Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2)));
    }

    /** Whether the running kernel is this one or newer. */
    static boolean atLeast(String least) {
        KernelVersion other = parse(least);
        return RUNNING.major > other.major
                || (RUNNING.major == other.major && RUNNING.minor >= other.minor);
    }
}
