package dev.gantry.engine.spec;

/**
 * The default AppArmor profile: a container may do in its own file systems what its user and
 * capabilities allow, but change neither mounts nor the node through /proc and /sys, and trace and
 * signal only its like.
 */
final class AppArmorProfile {
    static final String NAME = "gantry-default";

    private AppArmorProfile() {}

    static String text() {
        return """
               profile %1$s flags=(attach_disconnected,mediate_deleted) {
                 capability,
                 network,
                 file,
                 umount,
                 deny mount,

                 # The node may signal the container, and its processes each other.
                 signal (receive) peer=unconfined,
                 signal (send, receive) peer=%1$s,
                 ptrace (trace, read, tracedby, readby) peer=%1$s,

                 # Of /proc a process writes to its own files, and to settings of its namespaces.
                 deny /proc/* w,
                 deny /proc/{kcore,kmem,mem,sysrq-trigger} rwklx,
                 deny /proc/{acpi,bus,fs,irq,scsi,tty,driver,asound}/** wklx,
                 deny /proc/sys/[^kfn]** wklx,
                 deny /proc/sys/fs/[^m]** wklx,
                 deny /proc/sys/fs/m[^q]** wklx,
                 deny /proc/sys/kernel/[^sm]** wklx,
                 deny /proc/sys/kernel/m[^s]** wklx,
                 deny /proc/sys/kernel/s[^he]** wklx,

                 # Of /sys it writes to its control groups.
                 deny /sys/[^f]** wklx,
                 deny /sys/f[^s]** wklx,
                 deny /sys/fs/[^c]** wklx,
                 deny /sys/fs/c[^g]** wklx,
                 deny /sys/firmware/** rwklx,
                 deny /sys/kernel/security/** rwklx,
               }
               """
                .formatted(NAME);
    }
}
