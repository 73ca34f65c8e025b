package dev.gantry.networks;

import dev.gantry.model.Failure;

/**
 * A block of addresses that networks are given parts of.
 *
 * @param size length of the prefix of each part
 */
public record Pool(Cidr block, int size) {
    public Pool {
        if (size < block.prefix() || size > block.base().getAddress().length * 8 - 2) {
            throw Failure.invalid(
                    "address pool %s cannot be divided into networks of /%d"
                            .formatted(block, size));
        }
    }

    /** Parses {@code 172.28.0.0/14:20}. */
    public static Pool parse(String text) {
        int colon = text.lastIndexOf(':');
        try {
            if (colon > 0) {
                return new Pool(
                        Cidr.parse(text.substring(0, colon)),
                        Integer.parseInt(text.substring(colon + 1)));
            }
        } catch (NumberFormatException e) {
            throw new Failure(Failure.Code.INVALID_ARGUMENT, notOne(text), e);
        }
        throw Failure.invalid(notOne(text));
    }

    private static String notOne(String text) {
        return "\"%s\" is not an address pool as 172.28.0.0/14:20, a block and the length of the prefix of each network in it"
                .formatted(text);
    }

    /** How many networks there are in it. */
    long parts() {
        return 1L << Math.min(size - block.prefix(), 20);
    }

    @Override
    public String toString() {
        return block + ":" + size;
    }
}
