package dev.gantry.imagestore.rootfs;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LayerLimitTest {
    @Test
    void olderKernelsHaveOnePageForAll() {
        assertThatCode(() -> LayerLimit.check(200, "6.1.0-28-amd64")).doesNotThrowAnyException();
        assertThatCode(() -> LayerLimit.check(500, "6.5.0")).doesNotThrowAnyException();
        assertThatCode(() -> LayerLimit.check(500, "10.0")).doesNotThrowAnyException();
        assertThatCode(() -> LayerLimit.check(300, "unknown")).doesNotThrowAnyException();
        assertThatThrownBy(() -> LayerLimit.check(201, "6.1.0-28-amd64"))
                .hasMessageContaining("has 201 layers")
                .hasMessageContaining("6.5 or later");
        assertThatThrownBy(() -> LayerLimit.check(201, "5.15.0")).hasMessageContaining("200");
        assertThatThrownBy(() -> LayerLimit.check(501, "6.18.44-x"))
                .hasMessageContaining("500 at most: build the image with fewer");
    }
}
