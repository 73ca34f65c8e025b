package dev.gantry.linux.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.linux.Errno;
import dev.gantry.linux.seccomp.SeccompFilter.Comparison;
import dev.gantry.linux.seccomp.SeccompFilter.Rule;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a compiled program does with every call, by an interpreter of classic BPF (bpf(4)). */
class SeccompProgramTest {
    private static final List<String> ALLOWED =
            List.of(
                    "read",
                    "write",
                    "close",
                    "mmap",
                    "openat",
                    "openat2",
                    "clone3",
                    "futex",
                    "getpid",
                    "exit_group",
                    "execve",
                    "statx",
                    "getrandom",
                    "rt_sigaction",
                    "prlimit64",
                    "pidfd_open",
                    "epoll_pwait2",
                    "newfstatat",
                    "fcntl",
                    "lseek");

    private static final int ALLOW = SeccompAction.ALLOW.code();
    private static final int EPERM = SeccompAction.errno(1).code();
    private static final int ENOSYS = SeccompAction.errno(Errno.ENOSYS).code();
    private static final int LAST = 600;

    private final int host = LibSeccomp.seccomp_arch_native();

    private static byte[] program(Rule... more) {
        var rules = new ArrayList<Rule>();
        ALLOWED.forEach(name -> rules.add(new Rule(name, SeccompAction.ALLOW, List.of())));
        rules.addAll(List.of(more));
        return SeccompCompiler.compile(
                new SeccompFilter(SeccompAction.errno(1), List.of("x86", "x86_64"), rules));
    }

    private static Set<Integer> numbers(int arch) {
        return ALLOWED.stream()
                .map(name -> LibSeccomp.seccomp_syscall_resolve_name_arch(arch, name))
                .filter(number -> number >= 0)
                .collect(Collectors.toSet());
    }

    @Test
    void everyCallOfTheMachine() {
        byte[] program = program();
        Set<Integer> allowed = numbers(host);
        int largest = allowed.stream().mapToInt(Integer::intValue).max().orElseThrow();
        for (int number = 0; number < LAST; number++) {
            int expected = allowed.contains(number) ? ALLOW : number > largest ? ENOSYS : EPERM;
            assertThat(run(program, host, number, 0)).as("call %d", number).isEqualTo(expected);
        }
    }

    @Test
    void everyCallOfAnotherArchitecture() {
        byte[] program = program();
        int x86 = LibSeccomp.seccomp_arch_resolve_name("x86");
        Set<Integer> allowed = numbers(x86);
        for (int number = 0; number < LAST; number++) {
            assertThat(run(program, x86, number, 0))
                    .as("call %d", number)
                    .isEqualTo(allowed.contains(number) ? ALLOW : EPERM);
        }
        int arm = LibSeccomp.seccomp_arch_resolve_name("arm");
        assertThat(run(program, arm, 3, 0)).isNotEqualTo(ALLOW);
    }

    @Test
    void argumentsAreTested() {
        List<SeccompFilter.Test> eight = List.of(new SeccompFilter.Test(0, Comparison.EQ, 8, 0));
        List<SeccompFilter.Test> masked =
                List.of(new SeccompFilter.Test(0, Comparison.MASKED_EQ, 0x7E020000L, 0));
        byte[] program =
                program(
                        new Rule("personality", SeccompAction.ALLOW, eight),
                        new Rule("clone", SeccompAction.ALLOW, masked));
        int personality = LibSeccomp.seccomp_syscall_resolve_name_arch(host, "personality");
        assertThat(run(program, host, personality, 8)).isEqualTo(ALLOW);
        assertThat(run(program, host, personality, 9)).isEqualTo(EPERM);
        assertThat(run(program, host, personality, 8 | 1L << 40)).isEqualTo(EPERM);
        int clone = LibSeccomp.seccomp_syscall_resolve_name_arch(host, "clone");
        assertThat(run(program, host, clone, 0x11)).isEqualTo(ALLOW);
        assertThat(run(program, host, clone, 0x10000000)).isEqualTo(EPERM);
    }

    /** Runs a program on struct seccomp_data: i32 nr, u32 arch, u64 ip, u64 args[6]. */
    private static int run(byte[] program, int arch, int number, long argument) {
        ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.nativeOrder());
        data.putInt(0, number).putInt(4, arch).putLong(16, argument);
        ByteBuffer code = ByteBuffer.wrap(program).order(ByteOrder.nativeOrder());
        int a = 0;
        for (int at = 0; ; at++) {
            int op = code.getShort(at * 8) & 0xffff;
            int ifTrue = code.get(at * 8 + 2) & 0xff;
            int ifFalse = code.get(at * 8 + 3) & 0xff;
            int k = code.getInt(at * 8 + 4);
            switch (op) {
                case 0x20 -> a = data.getInt(k);
                case 0x54 -> a &= k;
                case 0x05 -> at += k;
                case 0x15 -> at += a == k ? ifTrue : ifFalse;
                case 0x25 -> at += Integer.compareUnsigned(a, k) > 0 ? ifTrue : ifFalse;
                case 0x35 -> at += Integer.compareUnsigned(a, k) >= 0 ? ifTrue : ifFalse;
                case 0x45 -> at += (a & k) != 0 ? ifTrue : ifFalse;
                case 0x06 -> {
                    return k;
                }
                default -> throw new AssertionError("instruction " + op + " at " + at);
            }
        }
    }
}
