package dev.gantry.server.grpc.v1;

import com.google.protobuf.ByteString;
import dev.gantry.engine.Container;
import dev.gantry.engine.ContainerFilter;
import dev.gantry.engine.Engine;
import dev.gantry.imagestore.Image;
import dev.gantry.imagestore.StoredImage;
import dev.gantry.model.Digest;
import dev.gantry.model.Failure;
import dev.gantry.proto.v1.Filter;
import dev.gantry.proto.v1.ImageSummary;
import dev.gantry.proto.v1.InspectImageRequest;
import dev.gantry.proto.v1.InspectImageResponse;
import dev.gantry.proto.v1.ListImagesRequest;
import dev.gantry.proto.v1.ListImagesResponse;
import dev.gantry.server.grpc.Scopes;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What images there are, as people see them. */
final class ImageListing {
    private static final Comparator<Image> NEWEST_FIRST =
            Comparator.comparing(ImageListing::created).reversed();

    private final Engine engine;

    ImageListing(Engine engine) {
        this.engine = engine;
    }

    ListImagesResponse list(ListImagesRequest request) {
        Map<Digest, Integer> used = used();
        Predicate<Image> wanted = filter(request.getFiltersList());
        return ListImagesResponse.newBuilder()
                .addAllImages(
                        engine.images().list().stream()
                                .filter(wanted)
                                .sorted(NEWEST_FIRST)
                                .map(image -> summary(image, used))
                                .toList())
                .build();
    }

    InspectImageResponse inspect(InspectImageRequest request) {
        StoredImage stored = stored(request.getImage());
        return InspectImageResponse.newBuilder()
                .setImage(summary(stored.image(), used()))
                .setConfig(ByteString.copyFrom(stored.config()))
                .setManifest(ByteString.copyFrom(stored.manifest()))
                .setManifestDigest(stored.manifestDigest().toString())
                .setManifestMediaType(StoredJson.mediaType(stored.manifest()))
                .build();
    }

    StoredImage stored(String nameOrId) {
        if (nameOrId.isEmpty()) {
            throw Failure.invalid("image is empty: give a name or an id");
        }
        return engine.images().stored(nameOrId);
    }

    /** How many containers of the caller's scope are of each image. */
    private Map<Digest, Integer> used() {
        return engine.containers(ContainerFilter.all(Scopes.current())).stream()
                .collect(Collectors.toMap(Container::imageId, _ -> 1, Integer::sum));
    }

    private static ImageSummary summary(Image image, Map<Digest, Integer> used) {
        Instant created = created(image);
        return ImageSummary.newBuilder()
                .setId(image.id().toString())
                .addAllTags(image.tags().stream().map(ImageNaming::familiar).toList())
                .addAllDigests(image.repoDigests().stream().map(ImageNaming::familiar).toList())
                .setCreatedAt(created.equals(Instant.EPOCH) ? 0 : Nanos.of(created))
                .setSize(image.size())
                .putAllLabels(image.config().labels())
                .setContainers(used.getOrDefault(image.id(), 0))
                .setPinned(image.pinned())
                .build();
    }

    static Instant created(Image image) {
        return image.config().created().orElse(Instant.EPOCH);
    }

    private Predicate<Image> filter(List<Filter> filters) {
        Map<String, Function<String, Predicate<Image>>> known =
                Map.of(
                        "dangling", ImageListing::dangling,
                        "label", ImageListing::label,
                        "label!", value -> label(value).negate(),
                        "reference", ImageListing::reference,
                        "before", value -> other(value, created -> created::isAfter),
                        "since", value -> other(value, created -> created::isBefore),
                        "until", ImageListing::until);
        return Filters.all(filters, known);
    }

    /** For prunes: those that hold of what is to be removed. */
    static Predicate<Image> pruned(List<Filter> filters) {
        Map<String, Function<String, Predicate<Image>>> known =
                Map.of(
                        "label",
                        ImageListing::label,
                        "label!",
                        value -> label(value).negate(),
                        "dangling",
                        _ -> _ -> true,
                        "until",
                        ImageListing::until);
        return Filters.all(filters, known);
    }

    private static Predicate<Image> dangling(String value) {
        boolean wanted = value.equals("true") || value.equals("1");
        return image -> image.tags().isEmpty() == wanted;
    }

    private static Predicate<Image> label(String value) {
        Predicate<Map<String, String>> labels = Filters.label(value);
        return image -> labels.test(image.config().labels());
    }

    private static Predicate<Image> until(String value) {
        Instant end = Filters.time(value);
        return image -> created(image).isBefore(end);
    }

    private Predicate<Image> other(String value, Function<Instant, Predicate<Instant>> compared) {
        Instant created = created(stored(value).image());
        return image -> compared.apply(created).test(created(image));
    }

    /** A name, with or without a tag, in which * and ? stand for what is between slashes. */
    private static Predicate<Image> reference(String pattern) {
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
        return image ->
                image.tags().stream()
                        .map(ImageNaming::familiar)
                        .anyMatch(
                                name ->
                                        matcher.matches(Path.of(name))
                                                || matcher.matches(Path.of(untagged(name))));
    }

    private static String untagged(String name) {
        int colon = name.lastIndexOf(':');
        return colon > name.lastIndexOf('/') ? name.substring(0, colon) : name;
    }
}
