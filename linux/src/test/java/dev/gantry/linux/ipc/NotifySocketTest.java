package dev.gantry.linux.ipc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.gantry.linux.ErrnoException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotifySocketTest {
    /** What a service manager calls. */
    private static final class Manager {
        static {
            Native.register("c");
        }

        static native int bind(int fd, Pointer address, int length);
    }

    private static Descriptor bound(byte[] name, int length) throws ErrnoException {
        Descriptor fd = new Descriptor(Sys.check(Sys.socket(1, 2, 0), "socket"));
        try (Memory address = new Memory(110)) {
            address.clear();
            address.setShort(0, (short) 1);
            address.write(2, name, 0, name.length);
            Sys.check(Manager.bind(fd.fd(), address, length), "bind");
        }
        return fd;
    }

    private static String received(Descriptor fd) {
        try (Memory buffer = new Memory(256)) {
            int count = (int) Sys.read(fd.fd(), buffer, 256);
            return new String(buffer.getByteArray(0, count), StandardCharsets.UTF_8);
        }
    }

    @Test
    void aManagerAtAPathHearsOneDatagram(@TempDir Path dir) throws ErrnoException {
        Path socket = dir.resolve("notify");
        byte[] name = socket.toString().getBytes(StandardCharsets.UTF_8);
        try (Descriptor manager = bound(name, 2 + name.length + 1)) {
            NotifySocket.send(socket.toString(), "READY=1\n");
            assertThat(received(manager)).isEqualTo("READY=1\n");
        }
    }

    @Test
    void aManagerAtAnAbstractNameHearsToo() throws ErrnoException {
        String text = "gantry-notify-" + ProcessHandle.current().pid();
        byte[] name = ("\0" + text).getBytes(StandardCharsets.UTF_8);
        try (Descriptor manager = bound(name, 2 + name.length)) {
            NotifySocket.send("@" + text, "STOPPING=1\n");
            assertThat(received(manager)).isEqualTo("STOPPING=1\n");
        }
    }

    @Test
    void nobodyThereIsAnError(@TempDir Path dir) {
        assertThatThrownBy(() -> NotifySocket.send(dir.resolve("none").toString(), "READY=1"))
                .isInstanceOf(ErrnoException.class)
                .hasMessageContaining("none");
    }
}
