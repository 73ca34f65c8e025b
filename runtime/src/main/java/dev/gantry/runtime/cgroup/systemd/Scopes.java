package dev.gantry.runtime.cgroup.systemd;

import dev.gantry.model.Failure;
import dev.gantry.runtime.oci.OciResources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Transient scopes of systemd, one a pod. A scope begins with a process, the pod's shim, and its
 * subtree is delegated: systemd stays out of what is made below. Safe for use from many threads.
 */
public final class Scopes implements AutoCloseable {
    /** Where the system's message bus listens. */
    public static final String SYSTEM_BUS = "unix:path=/run/dbus/system_bus_socket";

    private static final String PATH = "/org/freedesktop/systemd1";
    private static final String MANAGER = "org.freedesktop.systemd1.Manager";
    private static final String NO_SUCH_UNIT = "org.freedesktop.systemd1.NoSuchUnit";
    private static final String UNIT_EXISTS = "org.freedesktop.systemd1.UnitExists";
    private static final Duration ASK_AFTER = Duration.ofMillis(250);

    private final Bus bus;
    private final boolean v2;
    private final Duration deadline;

    /**
     * @param address of the message bus
     * @param v2 whether the machine has control groups of version 2
     * @param deadline of each call, and of what it sets off
     */
    public Scopes(String address, boolean v2, Duration deadline) {
        this.bus = new Bus(address, deadline);
        this.v2 = v2;
        this.deadline = deadline;
    }

    /** FAILED_PRECONDITION when the machine was not booted with systemd. */
    public static void mustBeThere() {
        if (!Files.isDirectory(Path.of("/run/systemd/system"))) {
            throw Failure.precondition(
                    "runtime.cgroup-driver is systemd, but systemd is not this machine's init (there is no /run/systemd/system): set it to cgroupfs, and cgroupDriver in kubelet's configuration too");
        }
    }

    /**
     * Starts a scope with a process in it and waits until the process is there.
     *
     * @param arrived whether the process is in the scope's group
     */
    public void start(Scope scope, OciResources resources, int pid, BooleanSupplier arrived) {
        List<Object[]> properties =
                Stream.concat(
                                ScopeProperties.unit(scope.slice(), scope.podId(), pid).stream(),
                                ScopeProperties.limits(resources, v2).stream())
                        .map(UnitProperty::struct)
                        .toList();
        try {
            call(
                    "StartTransientUnit",
                    "ssa(sv)a(sa(sv))",
                    scope.unit(),
                    "fail",
                    properties,
                    List.of());
        } catch (BusRefusal e) {
            // A call that was repeated after a lost connection finds what the first one made.
            if (!e.name().equals(UNIT_EXISTS)) {
                throw refused("start", scope, e);
            }
        }
        await(scope, arrived);
    }

    private void await(Scope scope, BooleanSupplier arrived) {
        long began = System.nanoTime();
        long asked = began;
        for (long pause = 300_000;
                !arrived.getAsBoolean();
                pause = Math.min(pause * 2, 20_000_000)) {
            LockSupport.parkNanos(pause);
            long now = System.nanoTime();
            if (now - asked > ASK_AFTER.toNanos()) {
                asked = now;
                if (!exists(scope) && !arrived.getAsBoolean()) {
                    throw Failure.precondition(
                            "systemd did not start %s in %s: journalctl -u %s says why"
                                    .formatted(scope.unit(), scope.slice(), scope.unit()));
                }
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new Failure(Failure.Code.CANCELLED, "interrupted");
            }
            if (now - began > deadline.toNanos()) {
                throw new Failure(
                        Failure.Code.DEADLINE_EXCEEDED,
                        "systemd did not start %s within %d s"
                                .formatted(scope.unit(), deadline.toSeconds()));
            }
        }
    }

    private boolean exists(Scope scope) {
        try {
            call("GetUnit", "s", scope.unit());
            return true;
        } catch (BusRefusal e) {
            if (e.name().equals(NO_SUCH_UNIT)) {
                return false;
            }
            throw refused("find", scope, e);
        }
    }

    /** Changes the limits that are given, until the scope's end. */
    public void update(Scope scope, OciResources resources) {
        List<Object[]> properties =
                ScopeProperties.limits(resources, v2).stream().map(UnitProperty::struct).toList();
        if (properties.isEmpty()) {
            return;
        }
        try {
            call("SetUnitProperties", "sba(sv)", scope.unit(), true, properties);
        } catch (BusRefusal e) {
            throw refused("change the limits of", scope, e);
        }
    }

    /** Has systemd forget a scope whose processes have ended. Idempotent. */
    public void stop(Scope scope) {
        stopUnit(scope.unit());
        try {
            call("ResetFailedUnit", "s", scope.unit());
        } catch (BusRefusal e) {
            if (!e.name().equals(NO_SUCH_UNIT)) {
                throw refused("forget", scope, e);
            }
        }
    }

    /** Stops a unit, a scope or an empty slice. Idempotent. */
    public void stopUnit(String unit) {
        try {
            call("StopUnit", "ss", unit, "replace");
        } catch (BusRefusal e) {
            if (!e.name().equals(NO_SUCH_UNIT)) {
                throw new Failure(
                        Failure.Code.FAILED_PRECONDITION,
                        "stop %s: systemd says: %s".formatted(unit, e.getMessage()),
                        e);
            }
        }
    }

    private Object[] call(String method, String signature, Object... arguments) throws BusRefusal {
        return bus.call(PATH, MANAGER, method, signature, arguments);
    }

    private static Failure refused(String what, Scope scope, BusRefusal e) {
        return new Failure(
                Failure.Code.FAILED_PRECONDITION,
                "%s %s in %s: systemd says: %s (%s)"
                        .formatted(what, scope.unit(), scope.slice(), e.getMessage(), e.name()),
                e);
    }

    @Override
    public void close() {
        bus.close();
    }
}
