package dev.gantry.server.grpc.v1;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.imagestore.StoredImage;
import dev.gantry.proto.v1.HistoryResponse;
import dev.gantry.proto.v1.HistoryStep;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The steps that an image was made by. */
final class ImageHistory {
    private ImageHistory() {}

    static HistoryResponse of(StoredImage image) {
        List<HistoryStep.Builder> steps = new ArrayList<>();
        int layer = 0;
        for (JsonNode step : StoredJson.parse(image.config()).path("history")) {
            boolean empty = step.path("empty_layer").asBoolean();
            steps.add(
                    HistoryStep.newBuilder()
                            .setCreatedAt(time(step.path("created").asText("")))
                            .setCreatedBy(step.path("created_by").asText(""))
                            .setComment(step.path("comment").asText(""))
                            .setSize(empty ? 0 : size(image, layer)));
            layer += empty ? 0 : 1;
        }
        // Some builders write no history of layers.
        for (; layer < image.layerBytes().size(); layer++) {
            steps.add(HistoryStep.newBuilder().setSize(size(image, layer)));
        }
        if (!steps.isEmpty()) {
            steps.getLast()
                    .setImageId(image.image().id().toString())
                    .addAllTags(image.image().tags().stream().map(ImageNaming::familiar).toList());
        }
        Collections.reverse(steps);
        HistoryResponse.Builder response = HistoryResponse.newBuilder();
        steps.forEach(response::addSteps);
        return response.build();
    }

    private static long size(StoredImage image, int layer) {
        return layer < image.layerBytes().size() ? image.layerBytes().get(layer) : 0;
    }

    private static long time(String text) {
        if (text.isEmpty()) {
            return 0;
        }
        try {
            Instant at = OffsetDateTime.parse(text).toInstant();
            return at.getEpochSecond() <= 0 ? 0 : Nanos.of(at);
        } catch (DateTimeException _) {
            return 0;
        }
    }
}
