package dev.gantry.runtime.cgroup;

import dev.gantry.runtime.oci.OciDeviceRule;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Device rules as a program for the kernel (BPF_PROG_TYPE_CGROUP_DEVICE). For each of the rights
 * that are asked for (read, write, mknod) the last rule that covers the device and the right
 * decides; what no rule covers is allowed, as in a new group of version 1. The program asks the
 * rules from the last one up, and is through once every right is decided.
 *
 * <p>Registers: r2 the rights that are still undecided, r3 the type, r4 major, r5 minor.
 */
final class DeviceFilter {
    private static final int MKNOD = 1;
    private static final int READ = 2;
    private static final int WRITE = 4;
    private static final int ALL = MKNOD | READ | WRITE;
    private static final int BLOCK = 1;
    private static final int CHARACTER = 2;

    /** Beyond these there is no device (linux/kdev_t.h): 12 and 20 bits. */
    private static final long MAX_MAJOR = 4095;

    private static final long MAX_MINOR = (1 << 20) - 1;

    private static final int LDX_W = 0x61;
    private static final int MOV_REG = 0xbf;
    private static final int MOV = 0xb7;
    private static final int AND = 0x57;
    private static final int RSH = 0x77;
    private static final int JEQ = 0x15;
    private static final int JNE = 0x55;
    private static final int EXIT = 0x95;

    private record Instruction(int code, int dst, int src, int offset, int value) {}

    private final List<Instruction> program = new ArrayList<>();

    private DeviceFilter() {}

    /** Whether the rules refuse anything at all; without, no program is needed. */
    static boolean denies(List<OciDeviceRule> rules) {
        return rules.stream()
                .reduce(
                        false,
                        (denied, r) -> !r.allow() || (denied && !DeviceRules.isAll(r)),
                        (a, b) -> b);
    }

    /** The program: struct bpf_insn, in the machine's byte order. */
    static byte[] compile(List<OciDeviceRule> rules) {
        DeviceFilter filter = new DeviceFilter();
        filter.add(LDX_W, 2, 1, 0, 0);
        filter.add(MOV_REG, 3, 2, 0, 0);
        filter.add(AND, 3, 0, 0, 0xffff);
        filter.add(RSH, 2, 0, 0, 16);
        filter.add(LDX_W, 4, 1, 4, 0);
        filter.add(LDX_W, 5, 1, 8, 0);
        boolean decided = false;
        for (OciDeviceRule rule : rules.reversed()) {
            decided = filter.rule(rule);
            if (decided) {
                break;
            }
        }
        if (!decided) {
            filter.answer(true);
        }
        return filter.bytes();
    }

    /** Adds a rule; true when nothing can come after it. */
    private boolean rule(OciDeviceRule rule) {
        if (DeviceRules.isAll(rule)) {
            answer(rule.allow());
            return true;
        }
        long major = rule.major().orElse(-1);
        long minor = rule.minor().orElse(-1);
        int rights = rights(rule.access());
        if (major > MAX_MAJOR || minor > MAX_MINOR || rights == 0) {
            return false;
        }
        int first = program.size();
        skipUnless(3, rule.type().equals("b") ? BLOCK : CHARACTER);
        if (major >= 0) {
            skipUnless(4, (int) major);
        }
        if (minor >= 0) {
            skipUnless(5, (int) minor);
        }
        decide(rule.allow(), rights);
        land(first);
        return false;
    }

    private void decide(boolean allow, int rights) {
        if (rights == ALL) {
            answer(allow);
        } else if (allow) {
            add(AND, 2, 0, 0, ~rights);
            add(JNE, 2, 0, 2, 0);
            answer(true);
        } else {
            add(MOV_REG, 6, 2, 0, 0);
            add(AND, 6, 0, 0, rights);
            add(JEQ, 6, 0, 2, 0);
            answer(false);
        }
    }

    private static int rights(String access) {
        if (access.isEmpty()) {
            return ALL;
        }
        return (access.contains("m") ? MKNOD : 0)
                | (access.contains("r") ? READ : 0)
                | (access.contains("w") ? WRITE : 0);
    }

    /** A jump past the rule, whose length is not known yet. */
    private void skipUnless(int register, int value) {
        add(JNE, register, 0, -1, value);
    }

    private void land(int first) {
        for (int i = first; i < program.size(); i++) {
            Instruction in = program.get(i);
            if (in.code() == JNE && in.offset() == -1) {
                program.set(
                        i, new Instruction(JNE, in.dst(), 0, program.size() - i - 1, in.value()));
            }
        }
    }

    private void answer(boolean allow) {
        add(MOV, 0, 0, 0, allow ? 1 : 0);
        add(EXIT, 0, 0, 0, 0);
    }

    private void add(int code, int dst, int src, int offset, int value) {
        program.add(new Instruction(code, dst, src, offset, value));
    }

    private byte[] bytes() {
        boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        ByteBuffer out = ByteBuffer.allocate(program.size() * 8).order(ByteOrder.nativeOrder());
        for (Instruction in : program) {
            out.put((byte) in.code());
            out.put((byte) (little ? in.src() << 4 | in.dst() : in.dst() << 4 | in.src()));
            out.putShort((short) in.offset());
            out.putInt(in.value());
        }
        return out.array();
    }
}
