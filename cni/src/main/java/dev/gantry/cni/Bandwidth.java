package dev.gantry.cni;

import dev.gantry.model.Failure;

/**
 * A pod's traffic limits as the {@code bandwidth} capability takes them. Rates are in bits a
 * second, bursts in bits; ingress is towards the pod. 0 is no limit; a rate without a burst gets
 * the largest burst that the plugin takes.
 */
public record Bandwidth(long ingressRate, long ingressBurst, long egressRate, long egressBurst) {
    private static final long LARGEST_BURST = Integer.MAX_VALUE;

    public Bandwidth {
        if (ingressRate < 0 || ingressBurst < 0 || egressRate < 0 || egressBurst < 0) {
            throw Failure.invalid("a bandwidth limit is negative");
        }
        ingressBurst = burst(ingressRate, ingressBurst);
        egressBurst = burst(egressRate, egressBurst);
    }

    private static long burst(long rate, long burst) {
        return rate > 0 && burst == 0 ? LARGEST_BURST : burst;
    }
}
