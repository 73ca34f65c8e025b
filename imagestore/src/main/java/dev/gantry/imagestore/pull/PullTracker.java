package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.PullProgress;
import dev.gantry.imagestore.PullProgress.LayerState;
import dev.gantry.imagestore.PullProgress.Phase;
import dev.gantry.model.ImageReference;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** How a pull stands; whoever watches it looks when he likes. */
public final class PullTracker {
    private final ImageReference reference;
    private final RetryLog retries = new RetryLog();
    private volatile @Nullable Layers layers;

    public PullTracker(ImageReference reference) {
        this.reference = reference;
    }

    /** What was found, and what became of each layer so far. */
    private static final class Layers {
        private final PullProgress.Found found;
        private final AtomicReferenceArray<@Nullable LayerMonitor> monitors;

        Layers(PullProgress.Found found) {
            this.found = found;
            this.monitors = new AtomicReferenceArray<>(found.layers().size());
        }
    }

    ImageReference reference() {
        return reference;
    }

    RetryLog retries() {
        return retries;
    }

    void found(PullProgress.Found found) {
        layers = new Layers(found);
    }

    void layer(int index, LayerMonitor monitor) {
        Layers all = layers;
        if (all != null) {
            all.monitors.set(index, monitor);
        }
    }

    Optional<PullProgress.Found> found() {
        Layers all = layers;
        return all == null ? Optional.empty() : Optional.of(all.found);
    }

    /** How every layer stands; none before it is known which there are. */
    List<LayerState> states() {
        Layers all = layers;
        if (all == null) {
            return List.of();
        }
        LayerState[] states = new LayerState[all.found.layers().size()];
        for (int i = 0; i < states.length; i++) {
            LayerMonitor monitor = all.monitors.get(i);
            var digest = all.found.layers().get(i).digest();
            states[i] =
                    monitor == null
                            ? new LayerState(i, digest, Phase.WAITING, 0, 0, 0)
                            : monitor.state(i, digest);
        }
        return Arrays.asList(states);
    }

    /** A layer's retries, or with -1 those of all else, from a number on. */
    List<PullProgress.Retrying> retries(int layer, int from) {
        if (layer < 0) {
            return retries.from(from);
        }
        Layers all = layers;
        LayerMonitor monitor = all == null ? null : all.monitors.get(layer);
        return monitor == null ? List.of() : monitor.retries(from);
    }
}
