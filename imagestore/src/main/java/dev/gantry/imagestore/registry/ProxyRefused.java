package dev.gantry.imagestore.registry;

import java.io.IOException;
import java.io.Serial;

/** A proxy answered that it does not connect us with a host. */
final class ProxyRefused extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    private final int status;

    ProxyRefused(int status, String reason) {
        super("the proxy answered %d %s".formatted(status, reason).strip());
        this.status = status;
    }

    int status() {
        return status;
    }
}
