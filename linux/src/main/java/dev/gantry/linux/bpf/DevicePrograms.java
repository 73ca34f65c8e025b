package dev.gantry.linux.bpf;

import com.sun.jna.Memory;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Programs of type BPF_PROG_TYPE_CGROUP_DEVICE on control groups of version 2. The kernel runs them
 * when a process of the group, or of one below it, opens or makes a device; all must agree. They go
 * with the group.
 */
public final class DevicePrograms {
    /** By it a program of ours is told from those of others, as systemd's. */
    private static final String NAME = "gantry_devices";

    private static final int TYPE_CGROUP_DEVICE = 15;
    private static final int ATTACH_CGROUP_DEVICE = 6;
    private static final int ALLOW_MULTI = 2;
    private static final int REPLACE = 4;
    private static final int MOST = 64;
    private static final int INSTRUCTION = 8;
    private static final int NAME_AT = 64;
    private static final int INFO = 128;

    private DevicePrograms() {}

    /**
     * Puts a program on a group, in the place of the one that was put there before: at every moment
     * one of the two holds. Processes that are in the group are held to it from their next open.
     *
     * @param instructions struct bpf_insn, eight bytes each
     */
    public static void attach(Path cgroup, byte[] instructions) throws ErrnoException {
        int group = Bpf.directory(cgroup);
        try {
            int program = load(instructions);
            try {
                List<Integer> before = ours(group);
                try {
                    replace(group, program, before, cgroup);
                } finally {
                    before.forEach(Bpf::close);
                }
            } finally {
                Bpf.close(program);
            }
        } finally {
            Bpf.close(group);
        }
    }

    /** How many programs of ours are on a group itself. */
    public static int count(Path cgroup) throws ErrnoException {
        int group = Bpf.directory(cgroup);
        try {
            List<Integer> programs = ours(group);
            programs.forEach(Bpf::close);
            return programs.size();
        } finally {
            Bpf.close(group);
        }
    }

    private static int load(byte[] instructions) throws ErrnoException {
        try (Memory code = new Memory(instructions.length);
                Memory license = new Memory(16);
                Memory attributes = Bpf.attributes()) {
            code.write(0, instructions, 0, instructions.length);
            license.setString(0, "Apache-2.0", "US-ASCII");
            attributes.setInt(0, TYPE_CGROUP_DEVICE);
            attributes.setInt(4, instructions.length / INSTRUCTION);
            attributes.setPointer(8, code);
            attributes.setPointer(16, license);
            byte[] name = NAME.getBytes(StandardCharsets.US_ASCII);
            attributes.write(48, name, 0, name.length);
            return Bpf.call(Bpf.PROG_LOAD, attributes, "load a program of device rules");
        }
    }

    private static void replace(int group, int program, List<Integer> before, Path cgroup)
            throws ErrnoException {
        String what = "attach a program of device rules to " + cgroup;
        if (before.isEmpty()) {
            attach(group, program, ALLOW_MULTI, 0, what);
            return;
        }
        List<Integer> surplus = before.subList(1, before.size());
        try {
            attach(group, program, ALLOW_MULTI | REPLACE, before.getFirst(), what);
        } catch (ErrnoException e) {
            if (!Bpf.unknown(e)) {
                throw e;
            }
            // Before Linux 5.6: both hold for a moment, and what both allow is allowed.
            attach(group, program, ALLOW_MULTI, 0, what);
            surplus = before;
        }
        for (int old : surplus) {
            detach(group, old, cgroup);
        }
    }

    private static void attach(int group, int program, int flags, int replaced, String what)
            throws ErrnoException {
        try (Memory attributes = Bpf.attributes()) {
            attributes.setInt(0, group);
            attributes.setInt(4, program);
            attributes.setInt(8, ATTACH_CGROUP_DEVICE);
            attributes.setInt(12, flags);
            attributes.setInt(16, replaced);
            Bpf.call(Bpf.PROG_ATTACH, attributes, what);
        }
    }

    private static void detach(int group, int program, Path cgroup) throws ErrnoException {
        try (Memory attributes = Bpf.attributes()) {
            attributes.setInt(0, group);
            attributes.setInt(4, program);
            attributes.setInt(8, ATTACH_CGROUP_DEVICE);
            Bpf.call(Bpf.PROG_DETACH, attributes, "detach device rules from " + cgroup);
        }
    }

    /** Descriptors of our programs on a group, to be closed. */
    private static List<Integer> ours(int group) throws ErrnoException {
        var found = new ArrayList<Integer>();
        for (int id : ids(group)) {
            int program;
            try (Memory attributes = Bpf.attributes()) {
                attributes.setInt(0, id);
                program = Bpf.call(Bpf.PROG_GET_FD_BY_ID, attributes, "open program " + id);
            } catch (ErrnoException e) {
                if (e.errno() == Errno.ENOENT) {
                    continue;
                }
                found.forEach(Bpf::close);
                throw e;
            }
            if (name(program).equals(NAME)) {
                found.add(program);
            } else {
                Bpf.close(program);
            }
        }
        return found;
    }

    private static int[] ids(int group) throws ErrnoException {
        try (Memory ids = new Memory(4L * MOST);
                Memory attributes = Bpf.attributes()) {
            attributes.setInt(0, group);
            attributes.setInt(4, ATTACH_CGROUP_DEVICE);
            attributes.setPointer(16, ids);
            attributes.setInt(24, MOST);
            Bpf.call(Bpf.PROG_QUERY, attributes, "list the programs of a control group");
            return ids.getIntArray(0, attributes.getInt(24));
        }
    }

    private static String name(int program) throws ErrnoException {
        try (Memory info = new Memory(INFO);
                Memory attributes = Bpf.attributes()) {
            info.clear();
            attributes.setInt(0, program);
            attributes.setInt(4, INFO);
            attributes.setPointer(8, info);
            Bpf.call(Bpf.OBJ_GET_INFO_BY_FD, attributes, "read a program's name");
            return info.getString(NAME_AT, "US-ASCII");
        }
    }
}
