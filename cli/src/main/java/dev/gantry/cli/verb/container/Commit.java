package dev.gantry.cli.verb.container;

import dev.gantry.cli.args.Option;
import dev.gantry.cli.args.Options;
import dev.gantry.cli.verb.Arity;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.Example;
import dev.gantry.proto.v1.CommitRequest;

/** {@code gantry commit}. */
public final class Commit extends ContainerVerb {
    /** The verb. */
    public Commit() {
        super(
                "commit",
                "Create an image from a container's changes",
                "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
                new Example(
                        "An image that runs sh", "gantry commit -c 'CMD [\"sh\"]' web web:fixed"));
    }

    @Override
    public Arity arity() {
        return Arity.between(1, 2);
    }

    @Override
    public Options options() {
        return Options.of(
                Option.text("author", 'a', "Author: \"Jane <jane@example.org>\""),
                Option.list("change", 'c', "Apply an instruction of a Dockerfile to the image"),
                Option.text("message", 'm', "Commit message"),
                Option.flag("pause", 'p', "Pause the container meanwhile").orElse("true"));
    }

    @Override
    public int run(Call call) {
        CommitRequest request =
                CommitRequest.newBuilder()
                        .setContainer(call.args().word(0))
                        .setReference(call.args().words().size() > 1 ? call.args().word(1) : "")
                        .setAuthor(call.args().value("author"))
                        .setComment(call.args().value("message"))
                        .addAllChanges(call.args().list("change"))
                        .setPause(call.args().flag("pause"))
                        .build();
        call.out().line(containers(call).commit(request).getImageId());
        return 0;
    }
}
