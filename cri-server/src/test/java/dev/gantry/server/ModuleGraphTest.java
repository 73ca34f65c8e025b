package dev.gantry.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the graph of the rooms, in the classes and in the poms. */
class ModuleGraphTest {
    private static final Pattern DEPENDENCY =
            Pattern.compile(
                    "<dependency><groupId>dev\\.gantry</groupId><artifactId>([a-z-]+)</artifactId>"
                            + "(?!.*<scope>test</scope>)");

    private static JavaClasses classes(String root) {
        return new ClassFileImporter().importPackages(root);
    }

    @Test
    void everyRoomKnowsOnlyWhomItMay() {
        JavaClasses classes =
                new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("dev.gantry");
        for (String room : ModuleGraph.MAY_KNOW.keySet()) {
            assertThat(classes.stream().anyMatch(c -> c.getPackageName().contains("." + room)))
                    .as("classes of room " + room)
                    .isTrue();
        }
        assertThat(new ModuleGraph("dev.gantry").violations(classes)).isEmpty();
    }

    /** The rules find each of the wrongs that the bad example does. */
    @Test
    void theRulesCanFail() {
        String root = "dev.gantry.server.badexample";
        String found = String.join("\n", new ModuleGraph(root).violations(classes(root)));
        assertThat(found)
                .contains("badexample.runtime.UsesCni")
                .contains("badexample.engine.UsesGrpc")
                .contains("badexample.imagestore.UsesJna")
                .contains("badexample.model.UsesEngine")
                .contains("Cycle detected");
        assertThat(found).doesNotContain("badexample.linux.MayUseJna");
    }

    @Test
    void thePomsSayTheSame() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (var rule : ModuleGraph.MAY_KNOW.entrySet()) {
            String room = rule.getKey();
            Path pom = Path.of("..", room.equals("server") ? "cri-server" : room, "pom.xml");
            if (Files.exists(pom)) {
                Matcher dependency = DEPENDENCY.matcher(Files.readString(pom));
                while (dependency.find()) {
                    if (!rule.getValue().contains(dependency.group(1))) {
                        wrong.add(room + " depends on " + dependency.group(1));
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
    }
}
