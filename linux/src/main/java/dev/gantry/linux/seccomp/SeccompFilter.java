package dev.gantry.linux.seccomp;

import java.util.List;

/**
 * A system call filter before it is compiled. Architectures as libseccomp names them ({@code
 * x86_64}, {@code x86}, {@code x32}, {@code aarch64}); the machine's own is always among them.
 */
public record SeccompFilter(
        SeccompAction defaultAction, List<String> architectures, List<Rule> rules) {
    public SeccompFilter {
        architectures = List.copyOf(architectures);
        rules = List.copyOf(rules);
    }

    /** What happens to one system call when all tests hold. */
    public record Rule(String syscall, SeccompAction action, List<Test> tests) {
        public Rule {
            tests = List.copyOf(tests);
        }
    }

    /**
     * A test of an argument, 0 to 5. For MASKED_EQ {@code a} is the mask and {@code b} the value.
     */
    public record Test(int index, Comparison comparison, long a, long b) {}

    /** libseccomp's comparisons with their numbers (seccomp.h, scmp_compare). */
    public enum Comparison {
        NE(1),
        LT(2),
        LE(3),
        EQ(4),
        GE(5),
        GT(6),
        MASKED_EQ(7);

        private final int number;

        Comparison(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }
}
