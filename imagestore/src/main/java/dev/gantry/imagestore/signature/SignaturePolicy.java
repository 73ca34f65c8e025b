package dev.gantry.imagestore.signature;

import dev.gantry.model.ImageReference;
import java.util.Comparator;
import java.util.List;

/** The rules of one policy file; the one with the longest prefix decides about an image. */
record SignaturePolicy(List<PolicyRule> rules) {
    SignaturePolicy {
        rules =
                rules.stream()
                        .sorted(
                                Comparator.comparingInt((PolicyRule r) -> r.repository().length())
                                        .reversed())
                        .toList();
    }

    /** The rule about an image; there is always the default. */
    PolicyRule rule(ImageReference reference) {
        return rules.stream().filter(rule -> rule.covers(reference)).findFirst().orElseThrow();
    }
}
