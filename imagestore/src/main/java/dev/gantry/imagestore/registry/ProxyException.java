package dev.gantry.imagestore.registry;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One entry of {@code NO_PROXY}: {@code *}, an address, a network in CIDR form, or a domain, which
 * covers its subdomains too; {@code .domain} covers them alone. All but networks may have a port.
 */
sealed interface ProxyException {
    /** Whether no proxy is used for a host (lower case, a literal IPv6 address in brackets). */
    boolean covers(String host, int port);

    /** Everything. */
    record All() implements ProxyException {
        @Override
        public boolean covers(String host, int port) {
            return true;
        }
    }

    /** An address; {@code onPort} is 0 for every port. */
    record Address(InetAddress address, int onPort) implements ProxyException {
        @Override
        public boolean covers(String host, int port) {
            return (onPort == 0 || onPort == port)
                    && literal(host).filter(address::equals).isPresent();
        }
    }

    /**
     * A network; only hosts that are given as addresses are compared, as names may lead anywhere.
     */
    record Network(InetAddress base, int prefix) implements ProxyException {
        @Override
        public boolean covers(String host, int port) {
            return literal(host).filter(this::contains).isPresent();
        }

        private boolean contains(InetAddress address) {
            byte[] own = base.getAddress();
            byte[] other = address.getAddress();
            int rest = own.length * 8 - prefix;
            return own.length == other.length
                    && new BigInteger(1, own)
                            .shiftRight(rest)
                            .equals(new BigInteger(1, other).shiftRight(rest));
        }
    }

    /** A domain, {@code suffix} with a dot in front; {@code itself} when it is covered, too. */
    record Domain(String suffix, boolean itself, int onPort) implements ProxyException {
        @Override
        public boolean covers(String host, int port) {
            return (onPort == 0 || onPort == port)
                    && (host.endsWith(suffix) || (itself && host.equals(suffix.substring(1))));
        }
    }

    /** Reads the variable; an entry that means nothing is passed over, as Go does. */
    static List<ProxyException> parse(String text) {
        List<ProxyException> all = new ArrayList<>();
        for (String part : text.split("[,\\s]+", -1)) {
            String entry = part.strip().toLowerCase(Locale.ROOT);
            if (entry.equals("*")) {
                return List.of(new All());
            }
            if (!entry.isEmpty()) {
                entry(entry).ifPresent(all::add);
            }
        }
        return List.copyOf(all);
    }

    private static Optional<ProxyException> entry(String entry) {
        int slash = entry.indexOf('/');
        if (slash >= 0) {
            return network(entry.substring(0, slash), entry.substring(slash + 1));
        }
        Optional<InetAddress> whole = literal(entry);
        if (whole.isPresent()) {
            return Optional.of(new Address(whole.get(), 0));
        }
        int colon = entry.lastIndexOf(':');
        boolean ported = colon > 0 && entry.substring(colon + 1).matches("[0-9]{1,5}");
        int port = ported ? Integer.parseInt(entry.substring(colon + 1)) : 0;
        String host = ported ? entry.substring(0, colon) : entry;
        Optional<InetAddress> address = literal(host);
        if (address.isPresent()) {
            return Optional.of(new Address(address.get(), port));
        }
        String name = host.startsWith("*.") ? host.substring(1) : host;
        return name.isEmpty() || name.equals(".")
                ? Optional.empty()
                : Optional.of(
                        name.startsWith(".")
                                ? new Domain(name, false, port)
                                : new Domain("." + name, true, port));
    }

    private static Optional<ProxyException> network(String base, String prefix) {
        Optional<InetAddress> address = literal(base);
        if (address.isEmpty() || !prefix.matches("[0-9]{1,3}")) {
            return Optional.empty();
        }
        int bits = Integer.parseInt(prefix);
        return bits > address.get().getAddress().length * 8
                ? Optional.empty()
                : Optional.of(new Network(address.get(), bits));
    }

    /** An address as it is written; asks no resolver. */
    private static Optional<InetAddress> literal(String host) {
        String bare =
                host.startsWith("[") && host.endsWith("]")
                        ? host.substring(1, host.length() - 1)
                        : host;
        boolean v4 = bare.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
        if (!v4 && !bare.matches("[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*")) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(bare));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }
}
