package dev.gantry.cli.verb.container;

import dev.gantry.cli.CliFailure;
import dev.gantry.cli.args.UsageError;
import dev.gantry.cli.run.CreateRequests;
import dev.gantry.cli.run.Reasons;
import dev.gantry.cli.verb.Call;
import dev.gantry.cli.verb.image.Pulling;
import dev.gantry.proto.v1.ContainersGrpc;
import dev.gantry.proto.v1.CreateRequest;
import dev.gantry.proto.v1.CreateResponse;
import dev.gantry.proto.v1.ImagesGrpc;
import dev.gantry.proto.v1.InspectImageRequest;
import dev.gantry.proto.v1.InspectRequest;
import dev.gantry.proto.v1.MountPoint;
import dev.gantry.proto.v1.VolumeMount;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Makes a container from a command line of run or create, and pulls its image when that is wanted.
 */
final class Creating {
    private final Call call;

    Creating(Call call) {
        this.call = call;
    }

    /** The request, with all that the command line says. */
    CreateRequest request() {
        CreateRequests requests =
                new CreateRequests(
                        call.args(),
                        Path.of("").toAbsolutePath(),
                        name -> Optional.ofNullable(System.getenv(name)));
        CreateRequest.Builder request = requests.request().toBuilder();
        call.args().list("volumes-from").forEach(text -> volumesFrom(text, request));
        return request.build();
    }

    /** Makes it, says the warnings, and writes its id where that is wanted. */
    CreateResponse create(CreateRequest request) {
        Optional<Path> cidfile = call.args().text("cidfile").map(Path::of);
        if (cidfile.isPresent() && Files.exists(cidfile.get())) {
            throw new CliFailure(
                    125,
                    "container ID file found, make sure the other container isn't running or delete "
                            + cidfile.get());
        }
        String image = request.getContainer().getImage().getImage();
        String policy = call.args().value("pull");
        if (policy.equals("always")) {
            pull(image);
        }
        CreateResponse created = createOrPull(request, image, policy);
        created.getWarningsList().forEach(warning -> call.out().error("WARNING: " + warning));
        cidfile.ifPresent(file -> write(file, created.getId()));
        return created;
    }

    private CreateResponse createOrPull(CreateRequest request, String image, String policy) {
        switch (policy) {
            case "always", "missing", "never" -> {}
            default ->
                    throw new UsageError(
                            "invalid pull option: '%s': must be one of \"always\", \"missing\" or \"never\""
                                    .formatted(policy));
        }
        var containers = ContainersGrpc.newBlockingStub(call.daemon().channel());
        try {
            return containers.create(request);
        } catch (StatusRuntimeException e) {
            boolean missing =
                    e.getStatus().getCode() == Status.Code.NOT_FOUND && policy.equals("missing");
            if (!missing || here(image)) {
                throw e;
            }
            call.out().error("Unable to find image '" + image + "' locally");
            pull(image);
            return containers.create(request);
        }
    }

    private boolean here(String image) {
        try {
            return !ImagesGrpc.newBlockingStub(call.daemon().channel())
                    .inspect(InspectImageRequest.newBuilder().setImage(image).build())
                    .getImage()
                    .getId()
                    .isEmpty();
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    private void pull(String image) {
        Pulling.pull(call, image, call.args().value("platform"), call.args().flag("quiet"));
    }

    private void volumesFrom(String text, CreateRequest.Builder request) {
        int colon = text.indexOf(':');
        String mode = colon < 0 ? "" : text.substring(colon + 1);
        if (!mode.isEmpty() && !mode.equals("ro") && !mode.equals("rw")) {
            throw new UsageError("--volumes-from: invalid mode: " + mode + "; there are ro and rw");
        }
        InspectRequest inspect =
                InspectRequest.newBuilder()
                        .setContainer(colon < 0 ? text : text.substring(0, colon))
                        .build();
        for (MountPoint mount :
                ContainersGrpc.newBlockingStub(call.daemon().channel())
                        .inspect(inspect)
                        .getContainer()
                        .getMountsList()) {
            boolean volume = mount.getType().equals("volume");
            if (volume || mount.getType().equals("bind")) {
                request.addVolumes(
                        VolumeMount.newBuilder()
                                .setType(volume ? VolumeMount.Type.VOLUME : VolumeMount.Type.BIND)
                                .setSource(volume ? mount.getName() : mount.getSource())
                                .setTarget(mount.getDestination())
                                .setReadonly(mount.getReadonly() || mode.equals("ro"))
                                .setPropagation(volume ? "" : mount.getPropagation()));
            }
        }
    }

    private static void write(Path file, String id) {
        try {
            Files.writeString(file, id, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new CliFailure(
                    125,
                    "failed to write the container ID to the file: " + file + ": " + Reasons.of(e));
        }
    }
}
