package dev.gantry.networks;

import dev.gantry.model.Failure;
import java.net.InetAddress;
import java.util.Optional;

/**
 * A network's addresses of one family.
 *
 * @param gateway the bridge's own
 * @param range the part that containers get theirs from; empty for all
 */
public record Subnet(Cidr block, InetAddress gateway, Optional<Cidr> range) {
    private static final int FEWEST_BITS = 2;

    public Subnet {
        int bits = gateway.getAddress().length * 8;
        if (!block.contains(gateway)) {
            throw Failure.invalid(
                    "gateway %s is not in subnet %s".formatted(gateway.getHostAddress(), block));
        }
        if (bits - block.prefix() < FEWEST_BITS) {
            throw Failure.invalid(
                    "subnet %s has no room for a gateway and a container: take one of /%d or larger"
                            .formatted(block, bits - FEWEST_BITS));
        }
        if (gateway.equals(block.base()) || (block.ipv4() && gateway.equals(block.last()))) {
            throw Failure.invalid(
                    "%s is an address of subnet %s that nobody can have: take another gateway"
                            .formatted(gateway.getHostAddress(), block));
        }
        if (range.isPresent() && !block.contains(range.get())) {
            throw Failure.invalid("ip range %s is not in subnet %s".formatted(range.get(), block));
        }
    }

    /** With the block's first address as gateway, and all others for containers. */
    static Subnet of(Cidr block) {
        return new Subnet(block, block.nth(1), Optional.empty());
    }
}
