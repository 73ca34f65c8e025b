package dev.gantry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A web server, an application server and a database on a network of their own. */
@Tag("root")
@Tag("go")
class WebApplicationTest extends WithDaemon {
    private static final List<String> ADDRESSES = List.of("192.0.2.1", "[2001:db8::1]");
    private static String outside;

    @BeforeAll
    static void makeImages() throws Exception {
        Path images = host.work().resolve("application");
        String make = Places.project().resolve("conformance/bin/make-application").toString();
        Command.run(make, images.toString()).orFail();
        imported(images, "web", "CMD [\"serve\"]", "EXPOSE 80");
        imported(images, "app", "CMD [\"httpd\",\"-f\",\"-p\",\"8080\",\"-h\",\"/srv\"]");
        imported(images, "db", "CMD [\"serve\"]", "USER 70:70", "STOPSIGNAL SIGINT");
        outside = host.name() + "-o";
        Command.run(
                        "bash",
                        "-euc",
                        """
                        ip netns add "$1"
                        ip -n "$0" link add out type veth peer name eth0 netns "$1"
                        ip -n "$0" addr add 192.0.2.1/24 dev out
                        ip -n "$0" addr add 2001:db8::1/64 dev out nodad
                        ip -n "$0" link set out up
                        ip -n "$1" addr add 192.0.2.2/24 dev eth0
                        ip -n "$1" addr add 2001:db8::2/64 dev eth0 nodad
                        ip -n "$1" link set eth0 up
                        """,
                        host.name(),
                        outside)
                .orFail();
    }

    @AfterAll
    static void removeOutside() {
        gantry.run("rm", "-f", "web", "app", "db");
        Command.run("ip", "netns", "del", outside);
    }

    private static void imported(Path images, String name, String... changes) throws Exception {
        List<String> command = new ArrayList<>(List.of("import"));
        for (String change : List.of(changes)) {
            command.addAll(List.of("-c", change));
        }
        Path file = images.resolve(name + ".tar");
        command.addAll(List.of(file.toString(), "shop/" + name + ":1"));
        gantry.done(command.toArray(String[]::new));
        Files.delete(file);
    }

    private static Command.Result ask(String address, String question) {
        return Command.run(
                "nsenter",
                "--net=/run/netns/" + outside,
                "curl",
                "-gsS",
                "--fail-with-body",
                "--max-time",
                "10",
                "http://%s:8080/cgi-bin/notes%s".formatted(address, question));
    }

    /** From another machine, on both addresses. */
    private static void awaitNotes(String notes) throws InterruptedException {
        for (String address : ADDRESSES) {
            await(() -> ask(address, "").line().equals(notes), notes + " at " + address);
        }
    }

    /** What needs no name goes on without a daemon; names are the daemon's. */
    private static void passesTraffic() {
        for (String address : ADDRESSES) {
            String url = "http://%s:8080/alive".formatted(address);
            List<String> curl =
                    List.of("nsenter", "--net=/run/netns/" + outside, "curl", "-gsSf", url);
            assertThat(Command.run(curl).orFail().line()).isEqualTo("alive");
        }
    }

    private static String inspect(String container, String field) {
        return gantry.done("inspect", "-f", "{{" + field + "}}", container);
    }

    private static void start() throws InterruptedException {
        gantry.done("network", "create", "--ipv6", "shop");
        gantry.done("volume", "create", "shop-data");
        run(
                "db",
                "-v",
                "shop-data:/data",
                "--health-cmd",
                "pg_isready -h 127.0.0.1 -U postgres",
                "--health-interval",
                "500ms");
        run("app");
        run("web", "-p", "8080:80");
        await(() -> inspect("db", ".State.Health.Status").equals("healthy"), "the database");
    }

    private static void run(String name, String... options) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "run",
                                "-d",
                                "--name",
                                name,
                                "--network",
                                "shop",
                                "--restart",
                                "unless-stopped"));
        command.addAll(List.of(options));
        command.add("shop/" + name + ":1");
        gantry.done(command.toArray(String[]::new));
    }

    /** All that it could leave on this host, a line each. */
    private static List<String> traces() {
        TreeSet<String> all = new TreeSet<>();
        for (String command :
                List.of(
                        "ip -o link | cut -d: -f2",
                        "iptables-save | grep -v '^[:#]'",
                        "ip6tables-save | grep -v '^[:#]'",
                        "ip route; ip -6 route")) {
            String said = Command.run(host.inside("sh", "-c", command)).orFail().stdout();
            said.lines().map(String::strip).forEach(all::add);
        }
        Path root = daemon.folder().resolve("root");
        String find = "find '%1$s/networks' '%1$s/volumes' 2>/dev/null || true".formatted(root);
        Command.run("sh", "-c", find).stdout().lines().forEach(all::add);
        return List.copyOf(all);
    }

    /** The plugins' own chains, which stay for the next one, are there from now on. */
    private static void publishOnce() {
        gantry.done("network", "create", "--ipv6", "first");
        gantry.done(
                "run",
                "-d",
                "--name",
                "first",
                "--network",
                "first",
                "-p",
                "8080:80",
                "shop/web:1");
        gantry.done("rm", "-f", "first");
        gantry.done("network", "rm", "first");
    }

    @Test
    void livesThroughRestartsAndGoesWithoutATrace() throws Exception {
        publishOnce();
        List<String> traces = traces();
        Inventory before = Inventory.of(daemon);
        start();
        assertThat(inspect("app", ".NetworkSettings.Networks.shop.Gateway")).isNotEmpty();
        await(() -> ask(ADDRESSES.getFirst(), "?add=one").exitCode() == 0, "the first note");
        awaitNotes("one");

        for (String container : List.of("db", "app", "web")) {
            gantry.done("restart", container);
            awaitNotes("one");
        }
        theAddressOfTheApplicationChanges();
        anEndedProcessIsStartedAgain();

        daemon.stop();
        passesTraffic();
        daemon.start();
        awaitNotes("one");
        daemon.kill();
        passesTraffic();
        daemon.start();
        awaitNotes("one");
        ask(ADDRESSES.getLast(), "?add=two").orFail();
        gantry.done("restart", "web");
        gantry.done("restart", "db");
        awaitNotes("one two");

        gantry.done("rm", "-f", "web", "app", "db");
        run("db", "-v", "shop-data:/data");
        run("app");
        run("web", "-p", "8080:80");
        awaitNotes("one two");
        gantry.done("rm", "-f", "web", "app", "db");
        gantry.done("network", "rm", "shop");
        gantry.done("volume", "rm", "shop-data");
        assertThat(traces()).isEqualTo(traces);
        assertThat(Inventory.of(daemon).beyond(before)).isEmpty();
        assertThat(gantry.done("ps", "-aq")).isEmpty();
    }

    /** Another takes the address that the application had, and the proxy finds the new one. */
    private static void theAddressOfTheApplicationChanges() throws InterruptedException {
        String address = inspect("app", ".NetworkSettings.Networks.shop.IPAddress");
        gantry.done("stop", "-t", "1", "app");
        gantry.done(
                "run",
                "-d",
                "--name",
                "squatter",
                "--network",
                "shop",
                "--ip",
                address,
                "shop/app:1");
        gantry.done("start", "app");
        assertThat(inspect("app", ".NetworkSettings.Networks.shop.IPAddress"))
                .isNotEmpty()
                .isNotEqualTo(address);
        awaitNotes("one");
        gantry.done("rm", "-f", "squatter");
    }

    private static void anEndedProcessIsStartedAgain() throws Exception {
        String pid = inspect("db", ".State.Pid");
        ProcessHandle.of(Long.parseLong(pid)).orElseThrow().destroyForcibly();
        await(
                () ->
                        inspect("db", ".State.Running").equals("true")
                                && !inspect("db", ".State.Pid").equals(pid),
                "the database's next life");
        awaitNotes("one");
    }
}
