package dev.gantry.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.model.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConflistDirectoryTest {
    @TempDir Path directory;

    @Test
    void theFirstValidListInLexicalOrderIsTheNetwork() throws IOException {
        write("30-c.conflist", list("c"));
        write("20-b.conflist", list("b"));
        write("00-readme.txt", "not a configuration");

        assertThat(lists().require().name()).isEqualTo("b");
        assertThat(lists().choice().problems()).isEmpty();
    }

    @Test
    void aBrokenFileIsPassedOverAndReported() throws IOException {
        write("10-a.conflist", "{\"cniVersion\": \"1.0.0\",\n \"name\" \"x\"}");
        write("20-b.conflist", list("b"));

        ConflistDirectory.Choice choice = lists().choice();

        assertThat(choice.conflist().orElseThrow().name()).isEqualTo("b");
        assertThat(choice.problems())
                .singleElement()
                .asString()
                .contains("10-a.conflist", "line 2");
    }

    @Test
    void aSinglePluginIsWrappedIntoAList() throws IOException {
        write(
                "10-a.conf",
                "{\"cniVersion\":\"0.4.0\",\"name\":\"one\",\"type\":\"bridge\",\"mtu\":9}");

        Conflist conflist = lists().require();

        assertThat(conflist.name()).isEqualTo("one");
        assertThat(conflist.version()).isEqualTo(CniVersion.V0_4_0);
        assertThat(conflist.plugins())
                .singleElement()
                .extracting(p -> p.json().path("mtu").asInt())
                .isEqualTo(9);
    }

    @Test
    void aChangeIsSeenAtTheNextUse() throws IOException {
        ConflistDirectory lists = lists();
        assertThatThrownBy(lists::require)
                .isInstanceOf(Failure.class)
                .hasMessageContaining("no CNI network is configured: " + directory);

        write("20-b.conflist", list("b"));
        assertThat(lists.require().name()).isEqualTo("b");
        Conflist same = lists.require();
        assertThat(lists.require()).as("not read again").isSameAs(same);

        write("10-a.conflist", list("a"));
        assertThat(lists.require().name()).isEqualTo("a");
        write("10-a.conflist", list("renamed"));
        assertThat(lists.require().name()).isEqualTo("renamed");
        Files.delete(directory.resolve("10-a.conflist"));
        assertThat(lists.require().name()).isEqualTo("b");
    }

    @Test
    void aMissingDirectoryIsAnEmptyOne() {
        ConflistDirectory lists = new ConflistDirectory(directory.resolve("later"));
        assertThatThrownBy(lists::require).hasMessageContaining("later has no .conflist");
    }

    @Test
    void whatIsWrongIsNamed() throws IOException {
        assertProblem("{\"cniVersion\":\"1.0.0\",\"name\":\"a\"}", "\"plugins\" is not a list");
        assertProblem("{\"cniVersion\":\"1.0.0\",\"name\":\"a\",\"plugins\":[]}", "\"plugins\"");
        assertProblem("{\"cniVersion\":\"1.0.0\",\"name\":\"a\",\"plugins\":[{}]}", "no \"type\"");
        assertProblem(
                "{\"cniVersion\":\"1.0.0\",\"name\":\"a\",\"plugins\":[{\"type\":\"../sh\"}]}",
                "\"../sh\" is not the name of a program");
        assertProblem(
                "{\"cniVersion\":\"1.0.0\",\"name\":\"../a\",\"plugins\":[{\"type\":\"x\"}]}",
                "\"name\" is \"../a\"");
        assertProblem(
                "{\"cniVersion\":\"9.0.0\",\"name\":\"a\",\"plugins\":[{\"type\":\"x\"}]}",
                "cniVersion \"9.0.0\" is none of 0.3.0, 0.3.1, 0.4.0, 1.0.0, 1.1.0");
        assertProblem("[1]", "not a JSON object");
        assertProblem(" ".repeat((1 << 20) + 1), "larger than");
    }

    @Test
    void theNewestOfSeveralVersionsThatWeSpeakIsTaken() throws IOException {
        write(
                "a.conflist",
                "{\"cniVersion\":\"0.4.0\",\"cniVersions\":[\"1.0.0\",\"0.3.1\",\"7.0.0\"],"
                        + "\"name\":\"a\",\"plugins\":[{\"type\":\"x\"}]}");
        assertThat(lists().require().version()).isEqualTo(CniVersion.V1_0_0);
    }

    private void assertProblem(String text, String expected) throws IOException {
        write("a.conflist", text);
        assertThat(lists().choice().problems())
                .singleElement()
                .asString()
                .contains("a.conflist: ", expected);
    }

    private ConflistDirectory lists() {
        return new ConflistDirectory(directory);
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(directory.resolve(name), text);
    }

    private static String list(String name) {
        return "{\"cniVersion\":\"1.0.0\",\"name\":\"%s\",\"plugins\":[{\"type\":\"bridge\"}]}"
                .formatted(name);
    }
}
