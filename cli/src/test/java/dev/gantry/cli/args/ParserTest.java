package dev.gantry.cli.args;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ParserTest {
    private static final Options OPTIONS =
            Options.of(
                    Option.flag("interactive", 'i', "i"),
                    Option.flag("tty", 't', "t"),
                    Option.flag("rm", "r"),
                    Option.flag("sig-proxy", "s").orElse("true"),
                    Option.text("name", "n"),
                    Option.number("last", 'n', -1, "l"),
                    Option.list("env", 'e', "e"));

    private static Arguments parse(boolean optionsFirst, String... line) {
        return new Parser(OPTIONS, optionsFirst).parse(List.of(line));
    }

    @Test
    void clustersValuesAndLists() {
        Arguments args =
                parse(true, "-it", "--name=web", "-eA=1", "-e", "B=2", "-n5", "img", "ls", "-l");
        assertThat(args.flag("interactive")).isTrue();
        assertThat(args.flag("tty")).isTrue();
        assertThat(args.text("name")).contains("web");
        assertThat(args.list("env")).containsExactly("A=1", "B=2");
        assertThat(args.number("last")).isEqualTo(5);
        assertThat(args.words()).containsExactly("img", "ls", "-l");
    }

    @Test
    void anAliasIsTheOptionItselfAndIsNotShown() {
        Options options = OPTIONS.alias("called", "name").and(Option.flag("quiet", "q"));
        Arguments args = new Parser(options, false).parse(List.of("--called", "web"));
        assertThat(args.text("name")).contains("web");
        assertThat(options.shown()).extracting(Option::name).doesNotContain("called");
        assertThatThrownBy(() -> OPTIONS.alias("rm", "name"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void optionsMayFollowWordsUnlessTheyComeFirst() {
        assertThat(parse(false, "a", "--rm", "b").words()).containsExactly("a", "b");
        assertThat(parse(true, "a", "--rm", "b").words()).containsExactly("a", "--rm", "b");
        assertThat(parse(false, "--", "--rm").words()).containsExactly("--rm");
        assertThat(parse(false, "-").words()).containsExactly("-");
    }

    @Test
    void flagsTakeAValueOnlyAfterEquals() {
        Arguments args = parse(false, "--rm=false", "--sig-proxy=false", "-t=0", "true");
        assertThat(args.flag("rm")).isFalse();
        assertThat(args.given("rm")).isTrue();
        assertThat(args.flag("tty")).isFalse();
        assertThat(args.words()).containsExactly("true");
        assertThat(args.flag("sig-proxy")).isFalse();
        assertThat(parse(false).flag("sig-proxy")).isTrue();
    }

    @Test
    void emptyValuesAreValues() {
        assertThat(parse(false, "--name", "").text("name")).contains("");
        assertThat(parse(false).text("name")).isEmpty();
    }

    @Test
    void whatIsWrongIsSaidInDockersWords() {
        assertThatThrownBy(() -> parse(false, "--nope")).hasMessage("unknown flag: --nope");
        assertThatThrownBy(() -> parse(false, "-ix"))
                .hasMessage("unknown shorthand flag: 'x' in -ix");
        assertThatThrownBy(() -> parse(false, "--name"))
                .hasMessage("flag needs an argument: --name");
        assertThatThrownBy(() -> parse(false, "-n"))
                .hasMessage("flag needs an argument: 'n' in -n");
        assertThatThrownBy(() -> parse(false, "-n", "many"))
                .hasMessage(
                        "invalid argument \"many\" for \"-n, --last\" flag: must be a whole number");
        assertThatThrownBy(() -> parse(false, "--rm=maybe")).isInstanceOf(UsageError.class);
    }
}
