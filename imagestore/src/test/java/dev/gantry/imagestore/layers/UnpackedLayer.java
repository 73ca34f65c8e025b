package dev.gantry.imagestore.layers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.imagestore.erofs.ErofsWriter;
import dev.gantry.linux.mount.DetachedMount;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A layer that was unpacked in one of the forms, to be looked at. An image is checked by fsck.erofs
 * and read by the kernel.
 */
final class UnpackedLayer implements AutoCloseable {
    private final LayerForm form;
    private final Path target;
    private final AppliedLayer applied;
    private @Nullable DetachedMount mount;

    private UnpackedLayer(LayerForm form, Path target, AppliedLayer applied) {
        this.form = form;
        this.target = target;
        this.applied = applied;
    }

    static UnpackedLayer of(
            LayerForm form, InputStream blob, String mediaType, Path target, ApplyLimits limits) {
        return new UnpackedLayer(
                form, target, LayerApplier.apply(blob, mediaType, form, target, limits));
    }

    static UnpackedLayer of(LayerForm form, byte[] archive, Path target) {
        return of(
                form, new ByteArrayInputStream(archive), Trees.PLAIN, target, ApplyLimits.DEFAULT);
    }

    AppliedLayer applied() {
        return applied;
    }

    /** To be called before anybody looks. */
    UnpackedLayer inherit(List<Path> lowersTopFirst) {
        assertThat(mount).isNull();
        LayerApplier.inherit(form, target, applied, lowersTopFirst);
        return this;
    }

    /** The root of the layer's files. */
    Path files() throws IOException, InterruptedException {
        if (form == LayerForm.DIRECTORY) {
            return target;
        }
        DetachedMount mounted = mount;
        if (mounted == null) {
            Path anywhere = Path.of("/");
            Trees.sh(anywhere, "fsck.erofs '" + target.toAbsolutePath() + "'");
            Trees.sh(anywhere, "dump.erofs '" + target.toAbsolutePath() + "'");
            mounted = DetachedMount.erofs(target);
            mount = mounted;
        }
        return mounted.path().resolve(ErofsWriter.TOP.toString());
    }

    /** Removes what is at a target, whole or half made. */
    static void delete(Path target) throws IOException {
        if (Files.isDirectory(target)) {
            LayerDirectories.delete(target);
        } else {
            Files.deleteIfExists(target);
        }
    }

    @Override
    public void close() throws IOException {
        if (mount != null) {
            mount.close();
        }
        delete(target);
    }
}
