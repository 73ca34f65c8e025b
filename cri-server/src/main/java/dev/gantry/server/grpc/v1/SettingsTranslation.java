package dev.gantry.server.grpc.v1;

import dev.gantry.local.ContainerSpec;
import dev.gantry.local.RestartPolicy;
import dev.gantry.model.Failure;
import dev.gantry.model.HealthConfig;
import dev.gantry.proto.v1.CreateRequest;
import dev.gantry.proto.v1.HealthCheck;
import dev.gantry.proto.v1.LogOptions;
import java.time.Duration;
import java.util.Base64;
import java.util.Set;

/** What a container is kept by: its restart policy, its health check, and how it ends. */
final class SettingsTranslation {
    private static final Set<String> DRIVERS = Set.of("", "json-file", "k8s-file", "local", "none");

    private SettingsTranslation() {}

    static ContainerSpec.Settings of(CreateRequest request) {
        return new ContainerSpec.Settings(
                restart(request.getRestartPolicy()),
                request.hasHealthCheck() ? health(request.getHealthCheck()) : HealthConfig.NONE,
                request.getAutoRemove(),
                request.hasStopTimeoutSeconds()
                        ? Math.toIntExact(request.getStopTimeoutSeconds())
                        : ContainerSpec.Settings.DEFAULT.stopTimeoutSeconds(),
                logged(request.getLog()),
                Base64.getEncoder().encodeToString(request.toByteArray()));
    }

    static RestartPolicy restart(dev.gantry.proto.v1.RestartPolicy in) {
        RestartPolicy.Condition condition =
                switch (in.getCondition()) {
                    case CONDITION_UNSPECIFIED, NO -> RestartPolicy.Condition.NO;
                    case ON_FAILURE -> RestartPolicy.Condition.ON_FAILURE;
                    case ALWAYS -> RestartPolicy.Condition.ALWAYS;
                    case UNLESS_STOPPED -> RestartPolicy.Condition.UNLESS_STOPPED;
                    case UNRECOGNIZED ->
                            throw Failure.invalid("the restart policy's condition is not known");
                };
        return new RestartPolicy(condition, in.getMaximumRetries());
    }

    private static HealthConfig health(HealthCheck in) {
        return new HealthConfig(
                in.getTestList(),
                Duration.ofNanos(in.getIntervalNanos()),
                Duration.ofNanos(in.getTimeoutNanos()),
                Duration.ofNanos(in.getStartPeriodNanos()),
                Duration.ofNanos(in.getStartIntervalNanos()),
                in.getRetries());
    }

    private static boolean logged(LogOptions log) {
        if (!DRIVERS.contains(log.getDriver())) {
            throw Failure.invalid(
                    "log driver \"%s\" is none of json-file, k8s-file, local and none"
                            .formatted(log.getDriver()));
        }
        return !log.getDriver().equals("none");
    }
}
