package dev.gantry.runtime.cgroup.systemd;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.freedesktop.dbus.connections.impl.DBusConnection;
import org.freedesktop.dbus.connections.impl.DBusConnectionBuilder;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.exceptions.DBusExecutionException;
import org.freedesktop.dbus.messages.Error;
import org.freedesktop.dbus.messages.Message;
import org.freedesktop.dbus.messages.MethodCall;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls to systemd over a message bus. The connection is made at the first call and anew after it
 * was lost, as when the bus was restarted; each call has a deadline.
 */
final class Bus implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Bus.class);
    private static final String SYSTEMD = "org.freedesktop.systemd1";

    /** Errors that speak of the connection or of who is at its end; some are the library's own. */
    private static final Pattern LOST =
            Pattern.compile(
                    "org\\.freedesktop\\.(dbus|DBus\\.Local)\\..*"
                            + "|org\\.freedesktop\\.DBus\\.Error\\."
                            + "(ServiceUnknown|NameHasNoOwner|NoReply|Disconnected)");

    private final String address;
    private final Duration deadline;
    private final ReentrantLock lock = new ReentrantLock();
    private Optional<DBusConnection> connection = Optional.empty();

    /**
     * @param address as {@code unix:path=/run/dbus/system_bus_socket}
     */
    Bus(String address, Duration deadline) {
        this.address = address;
        this.deadline = deadline;
    }

    /**
     * Calls a method of systemd's and waits for its answer. A call that was lost with its
     * connection is repeated once, so it must bear that.
     *
     * @param signature of the arguments, as {@code ssa(sv)}
     */
    Object[] call(
            String path, String contract, String method, String signature, Object... arguments)
            throws BusRefusal {
        try {
            return once(path, contract, method, signature, arguments);
        } catch (Lost e) {
            LOG.atInfo()
                    .addKeyValue("error", String.valueOf(e.getMessage()))
                    .log("the connection to systemd was lost and is made anew");
        }
        try {
            return once(path, contract, method, signature, arguments);
        } catch (Lost e) {
            throw new Failure(
                    Failure.Code.UNAVAILABLE,
                    "systemd at %s: %s; is the message bus running (systemctl status dbus)?"
                            .formatted(address, e.getMessage()),
                    e);
        }
    }

    private Object[] once(
            String path, String contract, String method, String signature, Object... arguments)
            throws BusRefusal, Lost {
        DBusConnection to = connected();
        try {
            MethodCall call =
                    to.getMessageFactory()
                            .createMethodCall(
                                    SYSTEMD, path, contract, method, (byte) 0, signature,
                                    arguments);
            to.sendMessage(call);
            Message answer = call.getReply(deadline.toMillis());
            if (answer == null) {
                boolean gone = !to.isConnected();
                drop(to);
                if (gone) {
                    throw new Lost("the connection ended during " + method, null);
                }
                throw new Failure(
                        Failure.Code.DEADLINE_EXCEEDED,
                        "systemd did not answer %s within %d s"
                                .formatted(method, deadline.toSeconds()));
            }
            return answered(to, answer);
        } catch (DBusException | DBusExecutionException e) {
            drop(to);
            throw new Lost(method + ": " + e.getMessage(), e);
        } catch (
                RejectedExecutionException
                        e) { // The library's threads have ended before it says so.
            drop(to);
            throw new Lost("the connection ended before " + method, e);
        }
    }

    private Object[] answered(DBusConnection from, Message answer)
            throws BusRefusal, DBusException, Lost {
        Object[] values = answer.getParameters();
        if (!(answer instanceof Error)) {
            return values == null ? new Object[0] : values;
        }
        String name = answer.getName();
        String text = values != null && values.length > 0 ? String.valueOf(values[0]) : name;
        if (!name.startsWith(SYSTEMD) && (!from.isConnected() || LOST.matcher(name).matches())) {
            drop(from);
            throw new Lost(text, null);
        }
        throw new BusRefusal(name, text);
    }

    private DBusConnection connected() throws Lost {
        lock.lock();
        try {
            if (connection.isPresent() && connection.get().isConnected()) {
                return connection.get();
            }
            // What the library says to the bus itself, as its greeting.
            MethodCall.setDefaultTimeout(deadline.toMillis());
            DBusConnection made =
                    DBusConnectionBuilder.forAddress(address)
                            .withShared(false)
                            .transportConfig()
                            .withTimeout(Math.toIntExact(deadline.toMillis()))
                            .back()
                            .build();
            connection = Optional.of(made);
            return made;
        } catch (DBusException | DBusExecutionException e) {
            throw new Lost("connect: " + e.getMessage(), e);
        } catch (RejectedExecutionException e) {
            throw new Lost("connect: the connection ended at once", e);
        } finally {
            lock.unlock();
        }
    }

    private void drop(DBusConnection lost) {
        lock.lock();
        try {
            if (connection.filter(c -> c == lost).isPresent()) {
                connection = Optional.empty();
            }
        } finally {
            lock.unlock();
        }
        shut(lost);
    }

    private static void shut(DBusConnection one) {
        try {
            one.close();
        } catch (IOException | RuntimeException e) {
            LOG.atDebug().setCause(e).log("the connection to systemd did not end well");
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            connection.ifPresent(Bus::shut);
            connection = Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** The connection was lost, or could not be made. */
    private static final class Lost extends Exception {
        private static final long serialVersionUID = 1L;

        Lost(String message, @org.jspecify.annotations.Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
