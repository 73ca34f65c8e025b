package dev.gantry.networks;

import dev.gantry.model.Failure;
import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * A block of addresses, {@code 10.89.1.0/24}.
 *
 * @param base its first address
 */
public record Cidr(InetAddress base, int prefix) {
    public Cidr {
        int bits = base.getAddress().length * 8;
        if (prefix < 0 || prefix > bits) {
            throw Failure.invalid(
                    "/%d is no length of a prefix of %s".formatted(prefix, base.getHostAddress()));
        }
        BigInteger size = BigInteger.ONE.shiftLeft(bits - prefix);
        if (number(base).mod(size).signum() != 0) {
            InetAddress first = address(number(base).subtract(number(base).mod(size)), bits / 8);
            throw Failure.invalid(
                    "%s/%d is not a block of addresses; do you mean %s/%d?"
                            .formatted(
                                    base.getHostAddress(), prefix, first.getHostAddress(), prefix));
        }
    }

    /** Parses {@code ADDRESS/LENGTH}; INVALID_ARGUMENT says what is wrong. */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        try {
            if (slash > 0) {
                return new Cidr(
                        InetAddress.ofLiteral(text.substring(0, slash)),
                        Integer.parseInt(text.substring(slash + 1)));
            }
        } catch (IllegalArgumentException e) {
            throw new Failure(Failure.Code.INVALID_ARGUMENT, notOne(text), e);
        }
        throw Failure.invalid(notOne(text));
    }

    private static String notOne(String text) {
        return "\"%s\" is not a subnet as 10.89.1.0/24 or fd00:89::/64".formatted(text);
    }

    static Cidr of(byte[] address, int prefix) {
        return new Cidr(address(new BigInteger(1, address), address.length), prefix);
    }

    /** Parses one address; INVALID_ARGUMENT names it as {@code what}. */
    static InetAddress address(String what, String text) {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            throw new Failure(
                    Failure.Code.INVALID_ARGUMENT,
                    "%s \"%s\" is not an IP address".formatted(what, text),
                    e);
        }
    }

    public boolean ipv4() {
        return base instanceof Inet4Address;
    }

    /** The address at a distance from the first one. */
    public InetAddress nth(long distance) {
        return address(number(base).add(BigInteger.valueOf(distance)), bytes());
    }

    public InetAddress last() {
        return address(number(base).add(size()).subtract(BigInteger.ONE), bytes());
    }

    /** How many addresses there are. */
    BigInteger size() {
        return BigInteger.ONE.shiftLeft(bytes() * 8 - prefix);
    }

    public boolean contains(InetAddress address) {
        return address.getAddress().length == bytes()
                && number(address).shiftRight(bytes() * 8 - prefix).equals(head());
    }

    /** Whether the other block lies in this one. */
    public boolean contains(Cidr other) {
        return other.prefix >= prefix && contains(other.base);
    }

    public boolean overlaps(Cidr other) {
        return contains(other) || other.contains(this);
    }

    /** The block of this length at a position in this one. */
    Cidr part(int length, long position) {
        BigInteger step = BigInteger.ONE.shiftLeft(bytes() * 8 - length);
        return new Cidr(
                address(number(base).add(step.multiply(BigInteger.valueOf(position))), bytes()),
                length);
    }

    /** The text that goes into files: IPv6 is not shortened. */
    @Override
    public String toString() {
        return base.getHostAddress() + "/" + prefix;
    }

    private BigInteger head() {
        return number(base).shiftRight(bytes() * 8 - prefix);
    }

    private int bytes() {
        return base.getAddress().length;
    }

    private static BigInteger number(InetAddress address) {
        return new BigInteger(1, address.getAddress());
    }

    private static InetAddress address(BigInteger number, int length) {
        byte[] digits = number.toByteArray();
        byte[] bytes = new byte[length];
        for (int i = 0; i < Math.min(length, digits.length); i++) {
            bytes[length - 1 - i] = digits[digits.length - 1 - i];
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw Failure.of("make an address of " + length + " bytes", e);
        }
    }
}
