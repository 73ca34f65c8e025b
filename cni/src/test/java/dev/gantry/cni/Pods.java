package dev.gantry.cni;

import dev.gantry.model.DnsConfig;
import dev.gantry.model.PortMapping;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Attachments for tests. */
final class Pods {
    private Pods() {}

    static String id(int n) {
        return "%064x".formatted(n);
    }

    static Attachment pod(int n, Path netns, PortMapping... ports) {
        return new Attachment(
                id(n),
                "web-" + n,
                "shop",
                "uid-" + n,
                netns,
                List.of(ports),
                Optional.empty(),
                DnsConfig.EMPTY,
                Map.of());
    }
}
