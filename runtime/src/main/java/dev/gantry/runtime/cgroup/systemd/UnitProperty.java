package dev.gantry.runtime.cgroup.systemd;

import org.freedesktop.dbus.types.Variant;

/**
 * A property of a unit (org.freedesktop.systemd1(5)).
 *
 * @param type its D-Bus signature, as {@code t}
 */
record UnitProperty(String name, Object value, String type) {
    static UnitProperty number(String name, long value) {
        return new UnitProperty(name, new org.freedesktop.dbus.types.UInt64(value), "t");
    }

    static UnitProperty flag(String name) {
        return new UnitProperty(name, true, "b");
    }

    static UnitProperty text(String name, String value) {
        return new UnitProperty(name, value, "s");
    }

    /** The struct {@code (sv)}. */
    Object[] struct() {
        return new Object[] {name, new Variant<>(value, type)};
    }
}
