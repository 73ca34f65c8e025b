package dev.gantry.engine;

import dev.gantry.cni.PodNetworks;
import dev.gantry.imagestore.ArchiveFormat;
import dev.gantry.imagestore.CheckEvent;
import dev.gantry.imagestore.CheckResult;
import dev.gantry.imagestore.DiskUsage;
import dev.gantry.imagestore.Image;
import dev.gantry.imagestore.ImageReferrer;
import dev.gantry.imagestore.ImageRequest;
import dev.gantry.imagestore.ImageStore;
import dev.gantry.imagestore.ImageUsage;
import dev.gantry.imagestore.LoadedImage;
import dev.gantry.imagestore.PullProgress;
import dev.gantry.imagestore.PushProgress;
import dev.gantry.imagestore.RegistryCredentials;
import dev.gantry.imagestore.StoredImage;
import dev.gantry.imagestore.WritableRequest;
import dev.gantry.model.Digest;
import dev.gantry.model.IdMappings;
import dev.gantry.model.ImageReference;
import dev.gantry.model.Layers;
import dev.gantry.model.Rootfs;
import dev.gantry.runtime.CgroupDriver;
import dev.gantry.runtime.ExitRecord;
import dev.gantry.runtime.HandlerFeatures;
import dev.gantry.runtime.PodHandle;
import dev.gantry.runtime.PodRuntime;
import dev.gantry.runtime.PodSpec;
import dev.gantry.state.Database;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The rooms below the engine. */
public record Rooms(
        Database database, ImageRoom images, NetworkRoom networks, RuntimeRoom runtime) {

    /** The real image store, as the engine sees it. */
    public static ImageRoom images(ImageStore store) {
        return new Images(store);
    }

    /** The real network room, as the engine sees it. */
    public static NetworkRoom networks(PodNetworks networks) {
        return new CniNetworks(networks);
    }

    /** The real runtime, as the engine sees it. */
    public static RuntimeRoom runtime(PodRuntime runtime) {
        return new Pods(runtime);
    }

    private record Images(ImageStore store) implements ImageRoom {
        @Override
        public Image pull(
                ImageReference reference,
                Optional<RegistryCredentials> credentials,
                boolean referrers,
                Consumer<PullProgress> listener) {
            return store.pull(reference, credentials, referrers, listener);
        }

        @Override
        public Digest push(
                ImageReference reference,
                Optional<RegistryCredentials> credentials,
                boolean referrers,
                Consumer<PushProgress> listener) {
            return store.push(reference, credentials, referrers, listener);
        }

        @Override
        public List<ImageReferrer> referrers(String nameOrId) {
            return store.referrers(nameOrId);
        }

        @Override
        public CheckResult check(boolean repair, Consumer<CheckEvent> listener) {
            return store.check(repair, listener);
        }

        @Override
        public List<LoadedImage> load(InputStream archive) {
            return store.load(archive);
        }

        @Override
        public void save(List<String> namesOrIds, ArchiveFormat format, OutputStream to) {
            store.save(namesOrIds, format, to);
        }

        @Override
        public void tag(String nameOrId, ImageReference tag) {
            store.tag(nameOrId, tag);
        }

        @Override
        public void pin(String nameOrId, boolean pinned) {
            store.pin(nameOrId, pinned);
        }

        @Override
        public void keep(String nameOrId) {
            store.keep(nameOrId);
        }

        @Override
        public Set<Digest> kept() {
            return store.kept();
        }

        @Override
        public List<ImageUsage> imagesUsage() {
            return store.imagesUsage();
        }

        @Override
        public ImageUsage usage(String nameOrId) {
            return store.usage(nameOrId);
        }

        @Override
        public void login(String registry, RegistryCredentials credentials) {
            store.login(registry, credentials);
        }

        @Override
        public StoredImage stored(String nameOrId) {
            return store.stored(nameOrId);
        }

        @Override
        public Image commit(String containerId, Digest below, ImageRequest request) {
            return store.commit(containerId, below, request);
        }

        @Override
        public Image importLayer(InputStream archive, ImageRequest request) {
            return store.importLayer(archive, request);
        }

        @Override
        public Optional<Image> find(String nameOrId) {
            return store.find(nameOrId);
        }

        @Override
        public List<Image> list() {
            return store.list();
        }

        @Override
        public void remove(String nameOrId) {
            store.remove(nameOrId);
        }

        @Override
        public DiskUsage usage() {
            return store.usage();
        }

        @Override
        public Rootfs prepare(
                String containerId,
                Digest imageId,
                Optional<IdMappings> users,
                WritableRequest request) {
            return store.containers().prepare(containerId, imageId, users, request);
        }

        @Override
        public void mounting(String containerId) {
            store.containers().mounting(containerId);
        }

        @Override
        public Optional<Rootfs> rootfs(String containerId) {
            return store.containers().rootfs(containerId);
        }

        @Override
        public void discard(String containerId) {
            store.containers().discard(containerId);
        }

        @Override
        public void hold(String containerId, String name, Digest imageId) {
            store.containers().hold(containerId, name, imageId);
        }

        @Override
        public Optional<Layers> held(String containerId, String name) {
            return store.containers().held(containerId, name);
        }

        @Override
        public Optional<byte[]> readFile(Digest imageId, String path, int limit) {
            return store.readFile(imageId, path, limit);
        }

        @Override
        public void export(String containerId, OutputStream to) {
            store.containers().export(containerId, to);
        }

        @Override
        public void fill(String containerId, InputStream archive) {
            store.containers().fill(containerId, archive);
        }

        @Override
        public List<Path> layers(Digest imageId) {
            return store.layers(imageId);
        }

        @Override
        public DiskUsage.Entry writableUsage(String containerId) {
            return store.containers().usage(containerId);
        }
    }

    private record Pods(PodRuntime runtime) implements RuntimeRoom {
        @Override
        public PodHandle start(PodSpec spec) {
            return runtime.start(spec);
        }

        @Override
        public Optional<PodHandle> find(String podId) {
            return runtime.find(podId);
        }

        @Override
        public void purge(String podId, String cgroup) {
            runtime.purge(podId, cgroup);
        }

        @Override
        public void removeIfEmpty(String cgroup) {
            runtime.removeIfEmpty(cgroup);
        }

        @Override
        public List<ExitRecord> exitRecords(String podId) {
            return runtime.exitRecords(podId);
        }

        @Override
        public Set<String> handlers() {
            return runtime.settings().handlers().keySet();
        }

        @Override
        public CgroupDriver cgroupDriver() {
            return runtime.settings().cgroupDriver();
        }

        @Override
        public HandlerFeatures features(String handler) {
            return runtime.features(handler);
        }

        @Override
        public Path shimBinary() {
            return runtime.settings().shimBinary();
        }
    }
}
