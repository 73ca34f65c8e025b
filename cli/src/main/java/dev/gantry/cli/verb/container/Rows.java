package dev.gantry.cli.verb.container;

import dev.gantry.cli.format.Sizes;
import dev.gantry.cli.format.Times;
import dev.gantry.cli.template.Fields;
import dev.gantry.proto.v1.Container;
import dev.gantry.proto.v1.Health;
import dev.gantry.proto.v1.MountPoint;
import dev.gantry.proto.v1.Port;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A container as a row of {@code ps}, with docker's fields. */
public final class Rows {
    private static final int SHORT_ID = 12;
    private static final int SHORT_COMMAND = 20;

    private Rows() {}

    static Fields of(Container c, boolean whole) {
        return new Fields()
                .with("ID", whole ? c.getId() : shortId(c.getId()))
                .with("Image", image(c, whole))
                .with("Command", command(c.getCommandList(), whole))
                .with("RunningFor", Times.ago(c.getCreatedAt()))
                .with("CreatedAt", Times.created(c.getCreatedAt()))
                .with("Status", status(c))
                .with("State", c.getState().name().toLowerCase(Locale.ROOT))
                .with("Ports", ports(c.getPortsList()))
                .with("Names", c.getName())
                .with("Labels", labels(c.getLabelsMap()))
                .with("Mounts", mounts(c.getMountsList(), whole))
                .with("LocalVolumes", Long.toString(volumes(c)))
                .with("Networks", c.getNetwork())
                .with("Size", size(c))
                .with("Scope", c.getScope())
                .with("Pod", whole ? c.getPodId() : shortId(c.getPodId()));
    }

    /** The first twelve characters, without an algorithm's name. */
    public static String shortId(String id) {
        String bare = id.substring(id.indexOf(':') + 1);
        return bare.substring(0, Math.min(SHORT_ID, bare.length()));
    }

    private static String image(Container c, boolean whole) {
        String image = c.getImage();
        return whole || !image.startsWith("sha256:") ? image : shortId(image);
    }

    private static String command(List<String> command, boolean whole) {
        String text = String.join(" ", command);
        if (!whole && text.length() > SHORT_COMMAND) {
            text = text.substring(0, SHORT_COMMAND - 1) + "…";
        }
        return "\"" + text + "\"";
    }

    static String status(Container c) {
        return switch (c.getState()) {
            case CREATED -> "Created";
            case RUNNING -> "Up " + Times.since(c.getStartedAt()) + health(c.getHealth());
            case PAUSED -> "Up " + Times.since(c.getStartedAt()) + " (Paused)";
            case RESTARTING ->
                    "Restarting (%d) %s".formatted(c.getExitCode(), Times.ago(c.getFinishedAt()));
            case EXITED ->
                    "Exited (%d) %s".formatted(c.getExitCode(), Times.ago(c.getFinishedAt()));
            case REMOVING -> "Removal In Progress";
            case DEAD -> "Dead";
            case CONTAINER_STATE_UNSPECIFIED, UNRECOGNIZED -> "Unknown";
        };
    }

    private static String health(Health health) {
        return switch (health) {
            case STARTING -> " (health: starting)";
            case HEALTHY -> " (healthy)";
            case UNHEALTHY -> " (unhealthy)";
            case HEALTH_UNSPECIFIED, UNRECOGNIZED -> "";
        };
    }

    static String ports(List<Port> ports) {
        List<String> shown = new ArrayList<>();
        for (Port port : ports) {
            String inside = port.getContainerPort() + "/" + port.getProtocol();
            if (port.getHostPort() == 0) {
                shown.add(inside);
            } else {
                for (String address : addresses(port)) {
                    shown.add(address + ":" + port.getHostPort() + "->" + inside);
                }
            }
        }
        return String.join(", ", shown);
    }

    /** Where a port is published; every address is written as docker does. */
    static List<String> addresses(Port port) {
        String ip = port.getHostIp();
        if (ip.isEmpty()) {
            return List.of("0.0.0.0", "[::]");
        }
        return List.of(ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip);
    }

    /** {@code a=b,c=d}. */
    public static String labels(Map<String, String> labels) {
        return labels.entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .sorted()
                .collect(Collectors.joining(","));
    }

    private static String mounts(List<MountPoint> mounts, boolean whole) {
        return mounts.stream()
                .map(mount -> mount.getName().isEmpty() ? mount.getSource() : mount.getName())
                .map(name -> whole || name.length() <= 15 ? name : name.substring(0, 14) + "…")
                .collect(Collectors.joining(","));
    }

    private static long volumes(Container c) {
        return c.getMountsList().stream().filter(mount -> mount.getType().equals("volume")).count();
    }

    private static String size(Container c) {
        return "%s (virtual %s)"
                .formatted(Sizes.decimal(c.getWritableBytes()), Sizes.decimal(c.getRootBytes()));
    }
}
