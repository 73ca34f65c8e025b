package dev.gantry.cli.verb.image;

import dev.gantry.cli.args.Completes;
import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.format.Listing;
import dev.gantry.cli.format.Sizes;
import dev.gantry.cli.format.Times;
import dev.gantry.cli.template.Fields;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Declaration;
import dev.gantry.cli.verb.Filters;
import dev.gantry.cli.verb.container.Rows;
import dev.gantry.proto.v1.Filter;
import dev.gantry.proto.v1.ImageSummary;
import dev.gantry.proto.v1.ImagesGrpc;
import dev.gantry.proto.v1.ListImagesRequest;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code gantry images}. */
public final class Images extends Declaration.Declared {
    private static final String NONE = "<none>";
    private static final Map<String, String> TITLES =
            Map.of(
                    "ID", "IMAGE ID",
                    "CreatedSince", "CREATED",
                    "CreatedAt", "CREATED AT");

    /** The verb. */
    public Images() {
        super(
                new Declaration("image ls", "List images")
                        .aliases("image list", "images")
                        .words(Arity.between(0, 1), "[REPOSITORY[:TAG]]", Completes.IMAGES)
                        .options(
                                Options.of(
                                        Option.flag(
                                                "all",
                                                'a',
                                                "Show all images (default hides intermediate images)"),
                                        Option.flag("digests", "Show digests"),
                                        Filters.OPTION,
                                        Listing.FORMAT,
                                        Option.flag("no-trunc", "Don't truncate output"),
                                        Option.flag("quiet", 'q', "Only show image IDs")))
                        .example("All images", "gantry images")
                        .example("Those of one repository", "gantry images nginx")
                        .example("What has lost its name", "gantry images -f dangling=true"));
    }

    @Override
    public int run(Call call) {
        ListImagesRequest.Builder request =
                ListImagesRequest.newBuilder()
                        .setAll(call.args().flag("all"))
                        .addAllFilters(Filters.of(call));
        call.args()
                .words()
                .forEach(
                        word ->
                                request.addFilters(
                                        Filter.newBuilder().setKey("reference").addValues(word)));
        List<ImageSummary> images =
                ImagesGrpc.newBlockingStub(call.daemon().channel())
                        .list(request.build())
                        .getImagesList();
        boolean whole = call.args().flag("no-trunc");
        String format = call.args().value("format");
        if (call.args().flag("quiet") && format.isEmpty()) {
            Set<String> ids = new LinkedHashSet<>();
            images.forEach(image -> ids.add(id(image, whole)));
            ids.forEach(call.out()::line);
            return 0;
        }
        List<String> columns =
                call.args().flag("digests")
                        ? List.of("Repository", "Tag", "Digest", "ID", "CreatedSince", "Size")
                        : List.of("Repository", "Tag", "ID", "CreatedSince", "Size");
        Listing listing = new Listing(columns, TITLES);
        images.forEach(image -> rows(image, whole, listing));
        listing.print(format, call.out());
        return 0;
    }

    private static String id(ImageSummary image, boolean whole) {
        return whole ? image.getId() : Rows.shortId(image.getId());
    }

    /** One row for each name. */
    private static void rows(ImageSummary image, boolean whole, Listing listing) {
        if (image.getTagsCount() == 0) {
            String repository =
                    image.getDigestsCount() == 0 ? NONE : before(image.getDigests(0), '@');
            listing.row(row(image, repository, NONE, whole));
        }
        for (String name : image.getTagsList()) {
            int colon = name.lastIndexOf(':');
            boolean tagged = colon > name.lastIndexOf('/');
            listing.row(
                    row(
                            image,
                            tagged ? name.substring(0, colon) : name,
                            tagged ? name.substring(colon + 1) : NONE,
                            whole));
        }
    }

    private static String before(String text, char mark) {
        int at = text.indexOf(mark);
        return at < 0 ? text : text.substring(0, at);
    }

    private static Fields row(ImageSummary image, String repository, String tag, boolean whole) {
        String digest =
                image.getDigestsList().stream()
                        .filter(d -> before(d, '@').equals(repository))
                        .map(d -> d.substring(d.indexOf('@') + 1))
                        .findFirst()
                        .orElse(NONE);
        return new Fields()
                .with("ID", id(image, whole))
                .with("Repository", repository)
                .with("Tag", tag)
                .with("Digest", digest)
                .with("CreatedSince", Times.ago(image.getCreatedAt()))
                .with("CreatedAt", Times.created(image.getCreatedAt()))
                .with("Size", Sizes.decimal(image.getSize()))
                .with("Containers", Integer.toString(image.getContainers()))
                .with("Labels", Rows.labels(image.getLabelsMap()))
                .with("Pinned", Boolean.toString(image.getPinned()));
    }
}
