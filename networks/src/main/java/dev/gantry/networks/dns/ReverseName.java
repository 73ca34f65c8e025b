package dev.gantry.networks.dns;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** Names that stand for addresses: {@code 5.1.89.10.in-addr.arpa}, nibbles under ip6.arpa. */
final class ReverseName {
    private static final String IPV4 = ".in-addr.arpa";
    private static final String IPV6 = ".ip6.arpa";

    private ReverseName() {}

    /** The address that a lower-case name stands for. */
    static Optional<InetAddress> parse(String name) {
        if (name.endsWith(IPV4)) {
            return bytes(name.substring(0, name.length() - IPV4.length()), 4, 10, 1);
        }
        return name.endsWith(IPV6)
                ? bytes(name.substring(0, name.length() - IPV6.length()), 32, 16, 2)
                : Optional.empty();
    }

    private static Optional<InetAddress> bytes(String text, int count, int radix, int perByte) {
        String[] labels = text.split("\\.", -1);
        if (labels.length != count) {
            return Optional.empty();
        }
        byte[] bytes = new byte[count / perByte];
        int most = perByte == 1 ? 255 : 15;
        try {
            for (int i = 0; i < count; i++) {
                int value = Integer.parseInt(labels[count - 1 - i], radix);
                if (value < 0 || value > most || labels[count - 1 - i].startsWith("+")) {
                    return Optional.empty();
                }
                int place = i / perByte;
                bytes[place] = (byte) (perByte == 1 ? value : bytes[place] << 4 | value);
            }
            return Optional.of(InetAddress.getByAddress(bytes));
        } catch (NumberFormatException | UnknownHostException e) {
            return Optional.empty();
        }
    }
}
