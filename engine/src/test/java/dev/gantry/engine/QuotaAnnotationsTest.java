package dev.gantry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.engine.config.ContainerConfig;
import dev.gantry.engine.config.PodConfig;
import dev.gantry.imagestore.WritableQuota;
import dev.gantry.model.Failure;
import dev.gantry.model.Scope;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuotaAnnotationsTest {
    private static final String QUOTA = "dev.gantry.writable-quota";

    private static WritableQuota of(PodConfig pod, String container) {
        return QuotaAnnotations.of(pod, ContainerConfig.named(container, "image", "/bin/sh"));
    }

    @Test
    void theNearestCounts() {
        PodConfig pod = House.pod("p");
        assertThat(of(pod, "web")).isEqualTo(new WritableQuota.OfNode());
        PodConfig whole = pod.withAnnotations(Map.of(QUOTA, "2GiB"));
        assertThat(of(whole, "web")).isEqualTo(new WritableQuota.Bytes(2L << 30));
        PodConfig both =
                pod.withAnnotations(Map.of(QUOTA, "2GiB", "writable-quota.dev.gantry/web", "none"));
        assertThat(of(both, "web")).isEqualTo(new WritableQuota.Unlimited());
        assertThat(of(both, "db")).isEqualTo(new WritableQuota.Bytes(2L << 30));
        assertThat(
                        QuotaAnnotations.of(
                                both,
                                ContainerConfig.named("web", "image", "/bin/sh")
                                        .withAnnotations(Map.of(QUOTA, "1048576"))))
                .isEqualTo(new WritableQuota.Bytes(1 << 20));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "10GB", "1023KiB", "much", "99999999999999999999"})
    void aBadValueRefusesTheContainerByItsName(String value) {
        PodConfig pod = House.pod("p").withAnnotations(Map.of(QUOTA, value));
        assertThatThrownBy(() -> of(pod, "web"))
                .isInstanceOfSatisfying(
                        Failure.class,
                        f -> assertThat(f.code()).isEqualTo(Failure.Code.INVALID_ARGUMENT))
                .hasMessageContaining("annotation " + QUOTA)
                .hasMessageContaining("\"" + value + "\"");
    }

    @Test
    void kubeletsContainersAreNotDurableByDefault() {
        assertThat(DurableLayers.LOCAL.covers(Scope.CRI)).isFalse();
        assertThat(DurableLayers.LOCAL.covers(Scope.LOCAL)).isTrue();
        assertThat(DurableLayers.ALL.covers(Scope.CRI)).isTrue();
        assertThat(DurableLayers.NONE.covers(Scope.LOCAL)).isFalse();
    }
}
