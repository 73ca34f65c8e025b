package dev.gantry.server.grpc.v1;

import dev.gantry.engine.Container;
import dev.gantry.engine.ContainerFilter;
import dev.gantry.engine.ContainerState;
import dev.gantry.engine.Engine;
import dev.gantry.imagestore.Image;
import dev.gantry.model.Failure;
import dev.gantry.model.ImageReference;
import dev.gantry.model.Scope;
import dev.gantry.proto.v1.PruneImagesRequest;
import dev.gantry.proto.v1.PruneImagesResponse;
import dev.gantry.proto.v1.RemoveImageRequest;
import dev.gantry.proto.v1.RemoveImageResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Removes images by docker's rules. */
final class ImageRemoval {
    private final Engine engine;

    ImageRemoval(Engine engine) {
        this.engine = engine;
    }

    RemoveImageResponse remove(RemoveImageRequest request) {
        String asked = request.getImage();
        if (asked.isEmpty()) {
            throw Failure.invalid("image is empty: give a name or an id");
        }
        Image image =
                engine.images()
                        .find(asked)
                        .orElseThrow(
                                () -> Failure.notFound("image " + asked + " is not on this node"));
        boolean byName = isName(image, asked);
        if (!byName && !request.getForce() && repositories(image).size() > 1) {
            throw Failure.precondition(
                    "image %s has names in several repositories: remove them one by one, or by force"
                            .formatted(asked));
        }
        if (!byName || isLastName(image, asked)) {
            mustBeUnused(image, request.getForce());
        }
        return removed(image, byName ? asked : image.id().toString());
    }

    /** Removes and tells what became of the image. */
    private RemoveImageResponse removed(Image before, String what) {
        engine.images().remove(what);
        Optional<Image> after = engine.images().find(before.id().toString());
        RemoveImageResponse.Builder response = RemoveImageResponse.newBuilder();
        Set<String> left = after.map(ImageRemoval::names).map(Set::copyOf).orElseGet(Set::of);
        names(before).stream().filter(name -> !left.contains(name)).forEach(response::addUntagged);
        if (after.isEmpty()) {
            response.addDeleted(before.id().toString());
        }
        return response.build();
    }

    private static List<String> names(Image image) {
        List<String> names = new ArrayList<>();
        image.tags().forEach(tag -> names.add(ImageNaming.familiar(tag)));
        image.repoDigests().forEach(digest -> names.add(ImageNaming.familiar(digest)));
        return names;
    }

    private static boolean isName(Image image, String asked) {
        try {
            ImageReference reference = ImageReference.parse(asked);
            String digest = reference.digest().map(reference::withDigest).orElse("");
            return image.tags().contains(reference) || image.repoDigests().contains(digest);
        } catch (Failure _) {
            return false;
        }
    }

    private static Set<String> repositories(Image image) {
        return image.tags().stream().map(ImageReference::name).collect(Collectors.toSet());
    }

    /** Whether nothing else keeps the image: a repository's digests go with its last tag. */
    private static boolean isLastName(Image image, String asked) {
        String repository = ImageReference.parse(asked).name();
        boolean digest = ImageReference.parse(asked).digest().isPresent();
        boolean elsewhere =
                image.repoDigests().stream().anyMatch(name -> !name.startsWith(repository + "@"));
        return !elsewhere && image.tags().size() <= (digest ? 0 : 1);
    }

    private void mustBeUnused(Image image, boolean force) {
        for (Container container : containers()) {
            if (!container.imageId().equals(image.id())) {
                continue;
            }
            boolean runs = container.state() instanceof ContainerState.Running;
            if (runs || !force) {
                throw Failure.precondition(
                        "image %s is used by the %s container %s (scope %s)"
                                .formatted(
                                        image.id(),
                                        runs ? "running" : "stopped",
                                        container.id(),
                                        container.scope()));
            }
        }
    }

    private List<Container> containers() {
        return Arrays.stream(Scope.values())
                .flatMap(scope -> engine.containers(ContainerFilter.all(scope)).stream())
                .toList();
    }

    PruneImagesResponse prune(PruneImagesRequest request) {
        Predicate<Image> wanted = ImageListing.pruned(request.getFiltersList());
        Set<dev.gantry.model.Digest> used =
                containers().stream().map(Container::imageId).collect(Collectors.toSet());
        long before = engine.images().usage().images().bytes();
        PruneImagesResponse.Builder response = PruneImagesResponse.newBuilder();
        for (Image image : engine.images().list()) {
            boolean candidate = request.getAll() || image.tags().isEmpty();
            if (candidate && !image.pinned() && !used.contains(image.id()) && wanted.test(image)) {
                RemoveImageResponse removed = removed(image, image.id().toString());
                response.addAllUntagged(removed.getUntaggedList());
                response.addAllDeleted(removed.getDeletedList());
            }
        }
        long after = engine.images().usage().images().bytes();
        return response.setReclaimedBytes(Math.max(0, before - after)).build();
    }
}
