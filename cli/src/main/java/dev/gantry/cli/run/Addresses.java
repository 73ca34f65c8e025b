package dev.gantry.cli.run;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;

/** IP addresses as people write them; no name is ever looked up. */
final class Addresses {
    private Addresses() {}

    static boolean is(String text) {
        try {
            return !text.startsWith("[")
                    && !text.isEmpty()
                    && !InetAddress.ofLiteral(text).getHostAddress().isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    static boolean isV4(String text) {
        return is(text) && InetAddress.ofLiteral(text) instanceof Inet4Address;
    }

    static boolean isV6(String text) {
        return is(text) && InetAddress.ofLiteral(text) instanceof Inet6Address;
    }
}
