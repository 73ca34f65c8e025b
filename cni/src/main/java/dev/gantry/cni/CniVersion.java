package dev.gantry.cni;

import dev.gantry.model.Failure;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The versions of the specification that we speak, oldest first, and what each brought. */
enum CniVersion {
    V0_3_0("0.3.0"),
    V0_3_1("0.3.1"),
    /** CHECK, and the previous result for DEL. */
    V0_4_0("0.4.0"),
    /** Addresses no longer say their family. */
    V1_0_0("1.0.0"),
    /** STATUS and GC. */
    V1_1_0("1.1.0");

    private final String text;

    CniVersion(String text) {
        this.text = text;
    }

    static CniVersion parse(String text) {
        for (CniVersion version : values()) {
            if (version.text.equals(text)) {
                return version;
            }
        }
        throw Failure.invalid(
                "cniVersion \"%s\" is none of %s"
                        .formatted(
                                text,
                                Arrays.stream(values())
                                        .map(CniVersion::toString)
                                        .collect(Collectors.joining(", "))));
    }

    static boolean known(String text) {
        return Arrays.stream(values()).anyMatch(version -> version.text.equals(text));
    }

    boolean atLeast(CniVersion other) {
        return compareTo(other) >= 0;
    }

    @Override
    public String toString() {
        return text;
    }
}
