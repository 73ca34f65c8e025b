package dev.gantry.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SignalMasksTest {
    private static List<String> status(String state, String pids, String blocked, String caught) {
        return List.of(
                "Name:\tx",
                "State:\t" + state,
                "NSpid:\t" + pids,
                "SigBlk:\t" + blocked,
                "SigCgt:\t" + caught);
    }

    private static boolean admits(String pids, String blocked, String caught) {
        return SignalMasks.parse(status("S (sleeping)", pids, blocked, caught))
                .orElseThrow()
                .admit(15);
    }

    @Test
    void initOfANamespaceIsSparedWhatItDoesNotHandle() {
        assertThat(admits("4711\t1", "0000000000000000", "0000000000000000")).isFalse();
        assertThat(admits("4711\t1", "0000000000000000", "0000000000004000")).isTrue();
        assertThat(admits("4711\t1", "0000000000004000", "0000000000000000")).isTrue();
        assertThat(admits("4711\t1", "ffffffffffff8fff", "ffffffffffffbfff")).isFalse();
        assertThat(admits("4711\t9\t1", "0000000000000000", "0000000000000000")).isFalse();
    }

    @Test
    void anyOtherProcessIsSparedNothing() {
        assertThat(admits("4711", "0000000000000000", "0000000000000000")).isTrue();
        assertThat(admits("1", "0000000000000000", "0000000000000000")).isTrue();
        assertThat(admits("4711\t21", "0000000000000000", "0000000000000000")).isTrue();
    }

    @Test
    void deadProcessHasNoMasks() {
        assertThat(SignalMasks.parse(status("Z (zombie)", "4711\t1", "0", "0"))).isEmpty();
        assertThat(SignalMasks.of(Integer.MAX_VALUE)).isEmpty();
    }

    @Test
    void ownProcessIsRead() {
        SignalMasks own = SignalMasks.of((int) ProcessHandle.current().pid()).orElseThrow();
        assertThat(own.caught()).as("a JVM handles SIGSEGV").matches(c -> (c >>> 10 & 1) == 1);
    }
}
