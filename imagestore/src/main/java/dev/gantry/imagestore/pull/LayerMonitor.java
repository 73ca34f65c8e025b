package dev.gantry.imagestore.pull;

import dev.gantry.imagestore.PullProgress.LayerState;
import dev.gantry.imagestore.PullProgress.Phase;
import dev.gantry.imagestore.PullProgress.Retrying;
import dev.gantry.model.Digest;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** How one layer comes along, for all pulls that want it. */
final class LayerMonitor {
    private final AtomicLong unpacked = new AtomicLong();
    private volatile @Nullable BlobDownload download;
    private volatile @Nullable Phase end;

    /** The layer was here before. */
    static LayerMonitor present() {
        LayerMonitor monitor = new LayerMonitor();
        monitor.ended(Phase.PRESENT);
        return monitor;
    }

    void downloading(BlobDownload begun) {
        download = begun;
    }

    /** Unpacking begins, maybe not for the first time. */
    void unpacking() {
        unpacked.set(0);
    }

    void unpacked(long bytes) {
        unpacked.addAndGet(bytes);
    }

    void ended(Phase how) {
        end = how;
    }

    LayerState state(int index, Digest digest) {
        BlobDownload blob = download;
        return new LayerState(
                index,
                digest,
                phase(blob),
                blob == null ? 0 : blob.downloaded(),
                blob == null ? 0 : blob.resumed(),
                unpacked.get());
    }

    private Phase phase(@Nullable BlobDownload blob) {
        Phase last = end;
        if (last != null) {
            return last;
        }
        if (blob == null || !blob.begun()) {
            return Phase.WAITING;
        }
        return blob.complete() ? Phase.UNPACKING : Phase.DOWNLOADING;
    }

    /** What was tried again, from a number on. */
    List<Retrying> retries(int from) {
        BlobDownload blob = download;
        return blob == null ? List.of() : blob.retries().from(from);
    }
}
