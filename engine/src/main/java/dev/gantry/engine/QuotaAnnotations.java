package dev.gantry.engine;

import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.imagestore.WritableQuota;
import dev.gantry.model.ByteSize;
import dev.gantry.model.Failure;
import java.util.Map;
import java.util.Optional;

/**
 * The limit of a container's writable layer from annotations, as {@code 10GiB} or {@code none}. The
 * first that is there counts: {@code dev.gantry.writable-quota} of the container, which kubelet
 * gives none; {@code writable-quota.dev.gantry/CONTAINER} of its pod; {@code
 * dev.gantry.writable-quota} of its pod. (The CRI itself has no such field: kubelet measures, and
 * evicts.)
 */
final class QuotaAnnotations {
    private static final String QUOTA = "dev.gantry.writable-quota";
    private static final String OF_CONTAINER = "writable-quota.dev.gantry/";

    private QuotaAnnotations() {}

    /** INVALID_ARGUMENT names the annotation whose value is none. */
    static WritableQuota of(PodConfig pod, ContainerConfig container) {
        return quota(container.annotations(), QUOTA)
                .or(() -> quota(pod.annotations(), OF_CONTAINER + container.name()))
                .or(() -> quota(pod.annotations(), QUOTA))
                .orElse(new WritableQuota.OfNode());
    }

    private static Optional<WritableQuota> quota(Map<String, String> annotations, String name) {
        return Optional.ofNullable(annotations.get(name)).map(text -> quota(name, text));
    }

    private static WritableQuota quota(String name, String text) {
        if (text.equals("none")) {
            return new WritableQuota.Unlimited();
        }
        return ByteSize.parse(text)
                .filter(bytes -> bytes >= WritableQuota.Bytes.LEAST)
                .map(WritableQuota.Bytes::new)
                .orElseThrow(
                        () ->
                                Failure.invalid(
                                        "annotation %s: \"%s\" is not a size such as 10GiB, 1MiB at least, or none"
                                                .formatted(name, text)));
    }
}
