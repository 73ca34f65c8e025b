package dev.gantry.imagestore.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChallengeTest {
    @Test
    void bearerWithQuotedCommas() {
        assertThat(
                        Challenge.parse(
                                List.of(
                                        "Bearer realm=\"https://auth.example/token\",service=\"reg\","
                                                + "scope=\"repository:a/b:pull,push\"")))
                .containsExactly(
                        new Challenge(
                                "bearer",
                                Map.of(
                                        "realm", "https://auth.example/token",
                                        "service", "reg",
                                        "scope", "repository:a/b:pull,push")));
    }

    @Test
    void severalInOneLineAndInSeveral() {
        assertThat(Challenge.parse(List.of("Negotiate, Basic realm=\"x\"", "BEARER Realm=y")))
                .extracting(Challenge::scheme)
                .containsExactly("negotiate", "basic", "bearer");
        assertThat(Challenge.parse(List.of("BEARER Realm=y")).getFirst().get("realm"))
                .isEqualTo("y");
    }

    @Test
    void escapesInQuotes() {
        assertThat(
                        Challenge.parse(List.of("Basic realm=\"a \\\"b\\\" c\""))
                                .getFirst()
                                .get("realm"))
                .isEqualTo("a \"b\" c");
    }

    @Test
    void aRepeatedParameterDoesNotReplaceTheFirst() {
        assertThat(
                        Challenge.parse(List.of("Bearer realm=\"https://a\",realm=\"https://b\""))
                                .getFirst()
                                .get("realm"))
                .isEqualTo("https://a");
    }

    @Test
    void rubbishEnds() {
        for (String text :
                List.of("", ",,,", "=", "\"", "Bearer =", "Bearer a=\"", "Negotiate a==")) {
            assertThat(Challenge.parse(List.of(text)).size()).as(text).isLessThan(3);
        }
    }
}
