package dev.gantry.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.runtime.oci.OciDeviceRule;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeviceFilterTest {
    private static final int MKNOD = 1;
    private static final int READ = 2;
    private static final int WRITE = 4;

    /** What is asked of the program: struct bpf_cgroup_dev_ctx. */
    private record Access(String type, int major, int minor, int rights) {}

    /** Runs a program as the kernel's verifier and interpreter would, as far as it is used here. */
    private static boolean run(byte[] program, Access access) {
        ByteBuffer code = ByteBuffer.wrap(program).order(ByteOrder.nativeOrder());
        long[] r = new long[11];
        int[] context = {
            access.rights() << 16 | (access.type().equals("b") ? 1 : 2),
            access.major(),
            access.minor()
        };
        for (int pc = 0; ; pc++) {
            int op = code.get(pc * 8) & 0xff;
            int registers = code.get(pc * 8 + 1) & 0xff;
            int dst = registers & 15;
            int src = registers >> 4;
            int offset = code.getShort(pc * 8 + 2);
            long value = code.getInt(pc * 8 + 4);
            switch (op) {
                case 0x61 -> {
                    assertThat(src).isEqualTo(1);
                    r[dst] = context[offset / 4] & 0xffffffffL;
                }
                case 0xbf -> r[dst] = r[src];
                case 0xb7 -> r[dst] = value;
                case 0x57 -> r[dst] &= value;
                case 0x77 -> r[dst] >>>= value;
                case 0x15 -> pc += r[dst] == value ? offset : 0;
                case 0x55 -> pc += r[dst] != value ? offset : 0;
                case 0x95 -> {
                    assertThat(r[0]).isBetween(0L, 1L);
                    return r[0] == 1;
                }
                default -> throw new AssertionError("opcode " + Integer.toHexString(op));
            }
        }
    }

    /** The rules as they are meant: right by right, the last one that covers it. */
    private static boolean allowed(List<OciDeviceRule> rules, Access access) {
        for (int right : new int[] {MKNOD, READ, WRITE}) {
            boolean allow = true;
            for (OciDeviceRule rule : rules) {
                boolean all = rule.type().isEmpty() || rule.type().equals("a");
                boolean device =
                        rule.type().equals(access.type())
                                && number(rule.major(), access.major())
                                && number(rule.minor(), access.minor());
                String letter = right == MKNOD ? "m" : right == READ ? "r" : "w";
                boolean covers = rule.access().isEmpty() || rule.access().contains(letter);
                if (all || (device && covers)) {
                    allow = rule.allow();
                }
            }
            if ((access.rights() & right) != 0 && !allow) {
                return false;
            }
        }
        return true;
    }

    private static boolean number(OptionalLong rule, int device) {
        return rule.orElse(-1) < 0 || rule.getAsLong() == device;
    }

    private static OciDeviceRule random(Random random) {
        String[] types = {"a", "b", "c", "b", "c", "c", ""};
        String[] accesses = {"rwm", "r", "w", "m", "rw", "rm", ""};
        long[] numbers = {0, 1, 5, 8, 4095, 4096, 0xffffffffL, -1};
        return new OciDeviceRule(
                random.nextBoolean(),
                types[random.nextInt(random.nextInt(4) == 0 ? 7 : 6)],
                random.nextInt(3) == 0
                        ? OptionalLong.empty()
                        : OptionalLong.of(numbers[random.nextInt(8)]),
                random.nextInt(3) == 0
                        ? OptionalLong.empty()
                        : OptionalLong.of(numbers[random.nextInt(8)]),
                accesses[random.nextInt(7)]);
    }

    @Test
    void theProgramDecidesAsTheRulesSay() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int[] numbers = {0, 1, 5, 8, 4095, 7};
        int refused = 0;
        for (int i = 0; i < 5_000; i++) {
            var rules = new ArrayList<OciDeviceRule>();
            for (int n = random.nextInt(9); n > 0; n--) {
                rules.add(random(random));
            }
            byte[] program = DeviceFilter.compile(rules);
            for (int n = 0; n < 20; n++) {
                Access access =
                        new Access(
                                random.nextBoolean() ? "b" : "c",
                                numbers[random.nextInt(6)],
                                numbers[random.nextInt(6)],
                                1 + random.nextInt(7));
                boolean expected = allowed(rules, access);
                refused += expected ? 0 : 1;
                assertThat(run(program, access))
                        .as("seed %d, %s under %s", seed, access, rules)
                        .isEqualTo(expected);
                if (!expected) {
                    assertThat(DeviceFilter.denies(rules)).isTrue();
                }
            }
        }
        assertThat(refused).isGreaterThan(1_000);
    }

    @Test
    void aPrivilegedContainerNeedsNoProgram() {
        assertThat(DeviceFilter.denies(List.of(OciDeviceRule.all(true)))).isFalse();
        assertThat(DeviceFilter.denies(List.of(OciDeviceRule.all(false), OciDeviceRule.all(true))))
                .isFalse();
        assertThat(DeviceFilter.denies(List.of())).isFalse();
        assertThat(DeviceFilter.denies(List.of(OciDeviceRule.all(false)))).isTrue();
    }

    @Test
    void everyContainerHasItsDefaultDevicesAndNoOther() {
        byte[] program =
                DeviceFilter.compile(
                        DeviceRules.withDefaults(
                                List.of(
                                        OciDeviceRule.all(false),
                                        OciDeviceRule.allow("c", 10, 200, "rw"))));
        assertThat(run(program, new Access("c", 1, 3, READ | WRITE))).isTrue();
        assertThat(run(program, new Access("c", 136, 17, READ | WRITE))).isTrue();
        assertThat(run(program, new Access("b", 8, 0, MKNOD))).isTrue();
        assertThat(run(program, new Access("b", 8, 0, READ))).isFalse();
        assertThat(run(program, new Access("c", 10, 200, READ | WRITE))).isTrue();
        assertThat(run(program, new Access("c", 10, 229, READ))).isFalse();
    }
}
