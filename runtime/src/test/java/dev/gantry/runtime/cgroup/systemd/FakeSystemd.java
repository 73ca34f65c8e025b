package dev.gantry.runtime.cgroup.systemd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.freedesktop.dbus.DBusPath;
import org.freedesktop.dbus.Struct;
import org.freedesktop.dbus.annotations.DBusInterfaceName;
import org.freedesktop.dbus.annotations.Position;
import org.freedesktop.dbus.connections.impl.DBusConnection;
import org.freedesktop.dbus.connections.impl.DBusConnectionBuilder;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.interfaces.DBusInterface;
import org.freedesktop.dbus.types.Variant;
import org.freedesktop.systemd1.NoSuchUnit;
import org.freedesktop.systemd1.UnitExists;

/** systemd's manager as far as scopes need it, on a message bus of its own (a real dbus-daemon). */
final class FakeSystemd implements AutoCloseable {
    /** {@code (sv)}. */
    public static final class Property extends Struct {
        @Position(0)
        public final String name;

        @Position(1)
        public final Variant<?> value;

        public Property(String name, Variant<?> value) {
            this.name = name;
            this.value = value;
        }
    }

    /** {@code (sa(sv))}. */
    public static final class Auxiliary extends Struct {
        @Position(0)
        public final String unit;

        @Position(1)
        public final List<Property> properties;

        public Auxiliary(String unit, List<Property> properties) {
            this.unit = unit;
            this.properties = properties;
        }
    }

    /** The methods, with systemd's names. */
    @DBusInterfaceName("org.freedesktop.systemd1.Manager")
    public interface Manager extends DBusInterface {
        DBusPath StartTransientUnit(
                String name, String mode, List<Property> properties, List<Auxiliary> auxiliary);

        void SetUnitProperties(String name, boolean runtime, List<Property> properties);

        DBusPath StopUnit(String name, String mode);

        void ResetFailedUnit(String name);

        DBusPath GetUnit(String name);
    }

    /** By unit, its properties as {@code signature value}. */
    final Map<String, Map<String, String>> units = new ConcurrentHashMap<>();

    volatile Optional<CountDownLatch> stall = Optional.empty();
    volatile boolean forgetful;

    private final Path directory;
    private Process daemon;
    private DBusConnection connection;

    FakeSystemd(Path directory) throws Exception {
        this.directory = directory;
        Files.writeString(
                directory.resolve("bus.conf"),
                """
                <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
                 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
                <busconfig><type>session</type><listen>%s</listen><auth>EXTERNAL</auth>
                <policy context="default"><allow send_destination="*" eavesdrop="true"/>
                <allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
                """
                        .formatted(address()));
        daemon = startDaemon();
        try {
            connection = appear();
        } catch (DBusException | RuntimeException e) {
            daemon.destroyForcibly();
            throw e;
        }
    }

    String address() {
        return "unix:path=" + directory.resolve("bus");
    }

    private Process startDaemon() throws IOException, InterruptedException {
        Files.deleteIfExists(directory.resolve("bus"));
        Process process =
                new ProcessBuilder(
                                "dbus-daemon",
                                "--nofork",
                                "--config-file=" + directory.resolve("bus.conf"))
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("bus.log").toFile())
                        .start();
        try {
            while (!Files.exists(directory.resolve("bus"))) {
                if (!process.isAlive()) {
                    throw new IOException(Files.readString(directory.resolve("bus.log")));
                }
                Thread.sleep(5);
            }
            return process;
        } catch (IOException | InterruptedException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private DBusConnection appear() throws DBusException {
        DBusConnection made = DBusConnectionBuilder.forAddress(address()).withShared(false).build();
        made.requestBusName("org.freedesktop.systemd1");
        made.exportObject("/org/freedesktop/systemd1", new Methods());
        return made;
    }

    /** Ends the message bus. */
    void endBus() throws IOException {
        daemon.destroy();
        daemon.onExit().join();
        connection.close();
    }

    void restartBus() throws Exception {
        endBus();
        daemon = startDaemon();
        connection = appear();
    }

    @Override
    public void close() throws IOException {
        stall.ifPresent(CountDownLatch::countDown);
        endBus();
    }

    private final class Methods implements Manager {
        @Override
        public String getObjectPath() {
            return "/org/freedesktop/systemd1";
        }

        @Override
        public boolean isRemote() {
            return false;
        }

        @Override
        public DBusPath StartTransientUnit(
                String name, String mode, List<Property> properties, List<Auxiliary> auxiliary) {
            stalled();
            if (!auxiliary.isEmpty() || !mode.equals("fail")) {
                throw new IllegalArgumentException(mode + " " + auxiliary);
            }
            Map<String, String> before = units.putIfAbsent(name, described(properties));
            if (before != null) {
                throw new UnitExists(
                        "Unit " + name + " was already loaded or has a fragment file.");
            }
            if (forgetful) {
                units.remove(name);
            }
            return new DBusPath("/org/freedesktop/systemd1/job/1");
        }

        @Override
        public void SetUnitProperties(String name, boolean runtime, List<Property> properties) {
            known(name).putAll(described(properties));
        }

        @Override
        public DBusPath StopUnit(String name, String mode) {
            known(name);
            units.remove(name);
            return new DBusPath("/org/freedesktop/systemd1/job/2");
        }

        @Override
        public void ResetFailedUnit(String name) {
            known(name);
        }

        @Override
        public DBusPath GetUnit(String name) {
            known(name);
            return new DBusPath("/org/freedesktop/systemd1/unit/x");
        }

        private Map<String, String> known(String name) {
            Map<String, String> unit = units.get(name);
            if (unit == null) {
                throw new NoSuchUnit("Unit " + name + " not loaded.");
            }
            return unit;
        }

        private void stalled() {
            stall.ifPresent(
                    latch -> {
                        try {
                            latch.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    });
        }
    }

    private static Map<String, String> described(List<Property> properties) {
        var all = new TreeMap<String, String>();
        for (Property property : properties) {
            all.put(property.name, property.value.getSig() + " " + property.value.getValue());
        }
        return all;
    }
}
