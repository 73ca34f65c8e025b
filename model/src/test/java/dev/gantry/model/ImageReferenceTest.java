package dev.gantry.model;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageReferenceTest {
    @ParameterizedTest
    @CsvSource({
        "bad:::name, bad::, repository",
        "UPPER, UPPER, repository",
        "nginx:-1, -1, tag",
        "host.example:port/app, host.example:port, registry"
    })
    void whatIsWrongIsQuotedAsItWasTyped(String text, String part, String what) {
        assertThatThrownBy(() -> ImageReference.parse(text))
                .hasMessage(
                        "\"%s\": \"%s\" is not a valid %s of an image reference"
                                .formatted(text, part, what));
    }
}
