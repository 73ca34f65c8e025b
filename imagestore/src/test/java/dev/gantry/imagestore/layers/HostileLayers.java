package dev.gantry.imagestore.layers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Layers that try to get out, to exhaust, or to confuse; each with what has to come of it. */
final class HostileLayers {
    /** Small, so that bombs need not be large. */
    static final ApplyLimits LIMITS = new ApplyLimits(64L << 20, 3000, 100, 1L << 20, 1L << 20);

    private HostileLayers() {}

    /** All of them, aimed at a directory beside the target. */
    static List<HostileCases.Case> aimedAt(Path canary) throws IOException {
        List<HostileCases.Case> all = new ArrayList<>(new HostilePaths(canary).cases());
        all.addAll(new HostileHeaders().cases());
        all.addAll(new HostileStreams().cases());
        return all;
    }
}
