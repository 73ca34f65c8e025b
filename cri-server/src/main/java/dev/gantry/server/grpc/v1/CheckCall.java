package dev.gantry.server.grpc.v1;

import dev.gantry.engine.ImageShelf;
import dev.gantry.imagestore.CheckResult;
import dev.gantry.model.Digest;
import dev.gantry.proto.v1.CheckDone;
import dev.gantry.proto.v1.CheckEvent;
import dev.gantry.proto.v1.CheckProgress;
import dev.gantry.proto.v1.CheckRequest;
import dev.gantry.proto.v1.Finding;

/** A check of the whole store, with what it finds as it finds it. */
final class CheckCall {
    private final ImageShelf images;

    CheckCall(ImageShelf images) {
        this.images = images;
    }

    void run(CheckRequest request, AnswerStream<CheckEvent> answer) throws InterruptedException {
        CheckResult result =
                Reported.<dev.gantry.imagestore.CheckEvent, CheckResult>run(
                        "check",
                        CheckCall::about,
                        listener -> images.check(request.getRepair(), listener),
                        word -> answer.send(event(word)));
        answer.send(
                CheckEvent.newBuilder()
                        .setDone(
                                CheckDone.newBuilder()
                                        .setBlobs(result.blobs())
                                        .setLayers(result.layers())
                                        .setFindings(result.findings()))
                        .build());
    }

    /** Only how far it is may be left out; every finding counts. */
    private static Object about(dev.gantry.imagestore.CheckEvent word) {
        return word instanceof dev.gantry.imagestore.CheckEvent.Progress ? word.getClass() : word;
    }

    private static CheckEvent event(dev.gantry.imagestore.CheckEvent word) {
        CheckEvent.Builder event = CheckEvent.newBuilder();
        switch (word) {
            case dev.gantry.imagestore.CheckEvent.Progress progress ->
                    event.setProgress(
                            CheckProgress.newBuilder()
                                    .setCheckedBytes(progress.checked())
                                    .setTotalBytes(progress.total()));
            case dev.gantry.imagestore.CheckEvent.Finding finding ->
                    event.setFinding(
                            Finding.newBuilder()
                                    .setObject(finding.object().toString())
                                    .setProblem(finding.problem())
                                    .addAllImageIds(
                                            finding.images().stream()
                                                    .map(Digest::toString)
                                                    .toList())
                                    .setRepaired(finding.repaired()));
        }
        return event.build();
    }
}
