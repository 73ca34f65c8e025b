package dev.gantry.runtime.plan;

import dev.gantry.runtime.oci.OciNamespace;

/** The bits of namespaces (sched.h, CLONE_NEW*). */
public final class Clone {
    public static final int NEWNS = 0x00020000;
    public static final int NEWCGROUP = 0x02000000;
    public static final int NEWUTS = 0x04000000;
    public static final int NEWIPC = 0x08000000;
    public static final int NEWUSER = 0x10000000;
    public static final int NEWPID = 0x20000000;
    public static final int NEWNET = 0x40000000;

    private Clone() {}

    public static int bit(OciNamespace.Type type) {
        return switch (type) {
            case MOUNT -> NEWNS;
            case CGROUP -> NEWCGROUP;
            case UTS -> NEWUTS;
            case IPC -> NEWIPC;
            case USER -> NEWUSER;
            case PID -> NEWPID;
            case NETWORK -> NEWNET;
        };
    }
}
