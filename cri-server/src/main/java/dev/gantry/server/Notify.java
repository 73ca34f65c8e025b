package dev.gantry.server;

import dev.gantry.linux.ErrnoException;
import dev.gantry.linux.ipc.NotifySocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells systemd how the daemon is (sd_notify(3)), when it is systemd that started it. */
final class Notify {
    private static final Logger LOG = LoggerFactory.getLogger(Notify.class);

    private Notify() {}

    static void ready() {
        send("READY=1\n");
    }

    static void stopping() {
        send("STOPPING=1\n");
    }

    /** A manager that does not listen is no reason not to run. */
    private static void send(String state) {
        String socket = System.getenv("NOTIFY_SOCKET");
        if (socket == null || socket.isEmpty()) {
            return;
        }
        try {
            NotifySocket.send(socket, state);
        } catch (ErrnoException e) {
            LOG.atWarn()
                    .addKeyValue("error", String.valueOf(e.getMessage()))
                    .log("systemd was not notified");
        }
    }
}
