package dev.gantry.runtime.cgroup.systemd;

/** An error that the other side of the bus answered with. */
final class BusRefusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final String name;

    /**
     * @param name as {@code org.freedesktop.systemd1.NoSuchUnit}
     */
    BusRefusal(String name, String message) {
        super(message);
        this.name = name;
    }

    String name() {
        return name;
    }
}
