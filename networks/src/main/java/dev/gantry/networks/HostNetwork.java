package dev.gantry.networks;

import dev.gantry.linux.net.Bridges;
import dev.gantry.model.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The daemon's own network namespace: routes, interfaces, resolvers. */
final class HostNetwork implements Surroundings {
    private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");

    /** What systemd-resolved knows behind its stub on loopback. */
    private static final Path UPLINKS = Path.of("/run/systemd/resolve/resolv.conf");

    private static final String IPV6_LOOPBACK = "lo";
    private static final int LENGTH_OF_LINK_LOCAL = 10;

    @Override
    public List<Route> routes() {
        List<Route> all = new ArrayList<>();
        for (String line : lines(Path.of("/proc/net/route"))) {
            ipv4(fields(line), all);
        }
        for (String line : lines(Path.of("/proc/net/ipv6_route"))) {
            ipv6(fields(line), all);
        }
        return all;
    }

    /** Interface, destination, gateway, flags, …, mask at 7; numbers in the machine's order. */
    private static void ipv4(String[] fields, List<Route> all) {
        if (fields.length < 8 || fields[0].equals("Iface")) {
            return;
        }
        int prefix = Integer.bitCount((int) Long.parseLong(fields[7], 16));
        if (prefix > 0) {
            int destination = (int) Long.parseLong(fields[1], 16);
            ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder());
            bytes.putInt(destination);
            add(bytes.array(), prefix, fields[0], all);
        }
    }

    /** Destination, prefix, source, …, interface last. */
    private static void ipv6(String[] fields, List<Route> all) {
        if (fields.length < 10) {
            return;
        }
        byte[] destination = HexFormat.of().parseHex(fields[0]);
        int prefix = Integer.parseInt(fields[1], 16);
        String link = fields[fields.length - 1];
        boolean linkLocal = (destination[0] & 0xff) == 0xfe || (destination[0] & 0xff) == 0xff;
        if (prefix > 0
                && !link.equals(IPV6_LOOPBACK)
                && !(linkLocal && prefix >= LENGTH_OF_LINK_LOCAL - 2)) {
            add(destination, prefix, link, all);
        }
    }

    private static void add(byte[] destination, int prefix, String link, List<Route> all) {
        try {
            all.add(new Route(new Cidr(InetAddress.getByAddress(destination), prefix), link));
        } catch (UnknownHostException e) {
            throw Failure.of("read the routes of this node", e);
        }
    }

    @Override
    public boolean hasInterface(String name) {
        try {
            return NetworkInterface.getByName(name) != null;
        } catch (IOException e) {
            throw Failure.of("look for interface " + name, e);
        }
    }

    @Override
    public void removeBridge(String name) {
        try {
            Bridges.remove(name);
            IsolationRules.remove(name);
        } catch (IOException e) {
            throw Failure.of("remove bridge " + name, e);
        }
    }

    @Override
    public List<InetAddress> resolvers() {
        List<InetAddress> all = nameservers(RESOLV_CONF);
        boolean stub = !all.isEmpty() && all.stream().allMatch(InetAddress::isLoopbackAddress);
        List<InetAddress> behind = stub ? nameservers(UPLINKS) : List.of();
        return behind.isEmpty() ? all : behind;
    }

    @Override
    public List<String> searches() {
        List<String> last = List.of();
        for (String line : lines(RESOLV_CONF)) {
            List<String> words = List.of(fields(line));
            if (words.size() > 1 && words.getFirst().equals("search")) {
                last = words.subList(1, words.size());
            }
        }
        return last;
    }

    private static List<InetAddress> nameservers(Path file) {
        List<InetAddress> all = new ArrayList<>();
        for (String line : lines(file)) {
            String[] words = fields(line);
            if (words.length > 1 && words[0].equals("nameserver")) {
                try {
                    all.add(InetAddress.ofLiteral(words[1]));
                } catch (IllegalArgumentException e) {
                    // The C library passes over it, too.
                }
            }
        }
        return all;
    }

    private static String[] fields(String line) {
        return line.strip().split("\\s+", -1);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw Failure.of("read " + file, e);
        }
    }
}
