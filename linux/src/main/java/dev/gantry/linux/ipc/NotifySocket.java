package dev.gantry.linux.ipc;

import com.sun.jna.Memory;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import java.nio.charset.StandardCharsets;

/** The datagram socket on which a service manager hears of its services (sd_notify(3)). */
public final class NotifySocket {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 02000000;
    private static final int SUN_PATH = 108;
    private static final int FAMILY_BYTES = 2;

    private NotifySocket() {}

    /**
     * Sends one datagram.
     *
     * @param socket a path, or {@code @name} for Linux' abstract names: {@code NOTIFY_SOCKET}
     * @param state lines such as {@code READY=1}
     */
    public static void send(String socket, String state) throws ErrnoException {
        byte[] name = socket.getBytes(StandardCharsets.UTF_8);
        if (name.length >= SUN_PATH) {
            throw new ErrnoException("connect " + socket, Errno.ENAMETOOLONG);
        }
        if (name.length > 0 && name[0] == '@') {
            name[0] = 0;
        }
        byte[] text = state.getBytes(StandardCharsets.UTF_8);
        try (Descriptor descriptor =
                        new Descriptor(
                                Sys.check(
                                        Sys.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0),
                                        "socket"));
                Memory address = new Memory(FAMILY_BYTES + SUN_PATH);
                Memory data = new Memory(Math.max(1, text.length))) {
            address.clear();
            address.setShort(0, (short) AF_UNIX);
            address.write(FAMILY_BYTES, name, 0, name.length);
            data.write(0, text, 0, text.length);
            // An abstract name is as long as the address says.
            int length = FAMILY_BYTES + name.length + (name.length > 0 && name[0] == 0 ? 0 : 1);
            Sys.check(Sys.connect(descriptor.fd(), address, length), "connect " + socket);
            Sys.check((int) Sys.write(descriptor.fd(), data, text.length), "write to " + socket);
        }
    }
}
