package dev.gantry.cli.verb.image;

import dev.gantry.cli.format.Times;
import dev.gantry.cli.json.JsonReader;
import dev.gantry.cli.template.Fields;
import dev.gantry.proto.v1.InspectImageResponse;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An image in the shape of docker's inspect. */
public final class ImageJson {
    private ImageJson() {}

    /** The whole of it; the configuration's own members are copied as they are. */
    public static Fields of(InspectImageResponse answer) {
        Map<String, @Nullable Object> config =
                JsonReader.object(JsonReader.read(answer.getConfig().toStringUtf8()));
        Map<String, @Nullable Object> rootfs = JsonReader.object(config.get("rootfs"));
        return new Fields()
                .with("Id", answer.getImage().getId())
                .with("RepoTags", answer.getImage().getTagsList())
                .with("RepoDigests", answer.getImage().getDigestsList())
                .with("Comment", text(config, "comment"))
                .with("Created", Times.rfc3339(answer.getImage().getCreatedAt()))
                .with("Author", text(config, "author"))
                .with("Config", JsonReader.object(config.get("config")))
                .with("Architecture", text(config, "architecture"))
                .with("Variant", text(config, "variant"))
                .with("Os", text(config, "os"))
                .with("Size", answer.getImage().getSize())
                .with(
                        "RootFS",
                        new Fields()
                                .with("Type", rootfs.get("type"))
                                .with("Layers", rootfs.get("diff_ids")))
                .with(
                        "Descriptor",
                        new Fields()
                                .with("mediaType", answer.getManifestMediaType())
                                .with("digest", answer.getManifestDigest())
                                .with("size", answer.getManifest().size()))
                .with("Pinned", answer.getImage().getPinned());
    }

    private static String text(Map<String, @Nullable Object> config, String name) {
        return config.get(name) instanceof String text ? text : "";
    }
}
