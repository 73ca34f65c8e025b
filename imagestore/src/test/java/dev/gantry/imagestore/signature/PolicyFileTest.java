package dev.gantry.imagestore.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gantry.model.Failure;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mistakes in a policy file name the file, the line and what is expected. */
final class PolicyFileTest {
    private static final String RULE = "[[rule]]\nrepository = \"r.io\"\n";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | \"default\" is missing",
                "default = 1 | line 1: \"default\" is not text",
                "default = \"maybe\" | line 1: \"default\" is neither",
                "default = \"accept\"\\nrules = 1 | line 2: unknown key \"rules\"",
                "default = \"accept\"\\nrule = 1 | line 2: \"rule\" is not written as [[rule]]",
                "default = \"accept\"\\n[[rule]]\\naction = \"accept\" | is not a registry",
                "default = \"accept\"\\nRULEaction = \"allow\" | line 4: \"action\" is none of",
                "default = \"accept\"\\nRULEaction = \"require-signature\" | line 4: \"require-signature\" needs \"keys\"",
                "default = \"accept\"\\nRULEaction = \"accept\"\\nkeys = [\"k\"] | line 4: \"keys\" are for",
                "default = \"accept\"\\nRULEaction = \"accept\"\\nkeys = \"k\" | line 5: \"keys\" is not an array",
                "default = \"accept\"\\nRULEaction = \"accept\"\\nkeys = [1] | line 5: \"keys\" holds what is no file",
                "default = \"accept\"\\nRULEaction = \"accept\"\\nidentity = \"all\" | line 5: \"identity\" is neither",
                "default = \"accept\"\\nRULEaction = \"accept\"\\nkey = [] | line 5: unknown key \"key\"",
                "default = \"accept\"\\nRULEaction = \"accept\"\\nRULEaction = \"accept\" | line 6: a second rule for \"r.io\"",
                "default = | line 1",
            })
    void mistakesAreNamed(String text, String expected) {
        String file = text.replace("\\n", "\n").replace("RULE", RULE);
        Failure failure =
                assertThrows(
                        Failure.class, () -> PolicyFile.parse(Path.of("/etc/policy.toml"), file));
        assertEquals(Failure.Code.FAILED_PRECONDITION, failure.code(), failure.message());
        assertTrue(
                failure.message().startsWith("image policy /etc/policy.toml")
                        && failure.message().contains(expected),
                failure.message());
    }
}
