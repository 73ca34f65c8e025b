package dev.gantry.linux.ipc;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import dev.gantry.linux.Errno;
import dev.gantry.linux.ErrnoException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A connected AF_UNIX stream socket that can pass descriptors (SCM_RIGHTS, unix(7)). It blocks: use
 * it from a platform thread, and {@link Poll} before reading.
 */
public final class UnixStream implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_CLOEXEC = 02000000;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int SO_PEERCRED = 17;
    private static final int SO_SNDTIMEO = 21;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int SUN_PATH = 108;

    private final Descriptor socket;

    private UnixStream(Descriptor socket) {
        this.socket = socket;
    }

    /**
     * Connects to the socket at a path of at most 107 bytes.
     *
     * @param patience after it a connect or a write that still waits for the other side fails with
     *     EAGAIN
     */
    public static UnixStream connect(Path path, Duration patience) throws ErrnoException {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        if (name.length >= SUN_PATH) {
            throw new ErrnoException("connect " + path, Errno.ENAMETOOLONG);
        }
        Descriptor socket =
                new Descriptor(
                        Sys.check(Sys.socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
        try (Memory address = new Memory(2L + SUN_PATH)) {
            address.clear();
            address.setShort(0, (short) AF_UNIX);
            address.write(2, name, 0, name.length);
            limitSending(socket, patience);
            Sys.check(Sys.connect(socket.fd(), address, (int) address.size()), "connect " + path);
            return new UnixStream(socket);
        } catch (ErrnoException e) {
            socket.close();
            throw e;
        }
    }

    private static void limitSending(Descriptor socket, Duration patience) throws ErrnoException {
        try (Memory time = new Memory(16)) {
            time.setLong(0, patience.toSeconds());
            time.setLong(8, patience.toNanosPart() / 1000);
            Sys.check(
                    Sys.setsockopt(socket.fd(), SOL_SOCKET, SO_SNDTIMEO, time, (int) time.size()),
                    "setsockopt SO_SNDTIMEO");
        }
    }

    /** For {@link Poll} and for reading; owned by this stream. */
    public Descriptor descriptor() {
        return socket;
    }

    /** The process at the other end, as it was when it began to listen (SO_PEERCRED). */
    public int peerPid() throws ErrnoException {
        try (Memory credentials = new Memory(12);
                Memory length = new Memory(4)) {
            length.setInt(0, 12);
            Sys.check(
                    Sys.getsockopt(socket.fd(), SOL_SOCKET, SO_PEERCRED, credentials, length),
                    "getsockopt SO_PEERCRED");
            return credentials.getInt(0);
        }
    }

    /** Sends all bytes, the descriptors beside the first one. */
    public void send(byte[] bytes, List<Descriptor> descriptors) throws ErrnoException {
        try (Memory data = new Memory(Math.max(1, bytes.length))) {
            data.write(0, bytes, 0, bytes.length);
            long sent = descriptors.isEmpty() ? 0 : sendFirst(data, descriptors);
            while (sent < bytes.length) {
                long count = Sys.write(socket.fd(), data.share(sent), bytes.length - sent);
                sent += written(count, "write to the socket");
            }
        }
    }

    // struct msghdr and cmsghdr of 64-bit Linux: every pointer and size_t is 8 bytes.
    private long sendFirst(Memory data, List<Descriptor> descriptors) throws ErrnoException {
        long rights = 16L + 4L * descriptors.size();
        try (Memory control = new Memory((rights + 7) & ~7L);
                Memory vector = new Memory(16);
                Memory message = new Memory(56)) {
            control.clear();
            control.setLong(0, rights);
            control.setInt(8, SOL_SOCKET);
            control.setInt(12, SCM_RIGHTS);
            for (int i = 0; i < descriptors.size(); i++) {
                control.setInt(16L + 4L * i, descriptors.get(i).fd());
            }
            vector.setPointer(0, data);
            vector.setLong(8, data.size());
            message.clear();
            message.setPointer(16, vector);
            message.setLong(24, 1);
            message.setPointer(32, control);
            message.setLong(40, control.size());
            long sent = 0;
            while (sent == 0) {
                sent = written(Sys.sendmsg(socket.fd(), message, MSG_NOSIGNAL), "sendmsg");
            }
            return sent;
        }
    }

    private static long written(long count, String call) throws ErrnoException {
        if (count >= 0) {
            return count;
        }
        int errno = Native.getLastError();
        if (errno == Errno.EINTR) {
            return 0;
        }
        throw new ErrnoException(call, errno);
    }

    @Override
    public void close() {
        socket.close();
    }
}
