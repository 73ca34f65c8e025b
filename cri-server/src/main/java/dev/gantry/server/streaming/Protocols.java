package dev.gantry.server.streaming;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The names under which clients and we agree on how streams are spoken. */
final class Protocols {
    /** Headers of a SPDY stream, in lower case as SPDY has them. */
    static final String STREAM_TYPE = "streamtype";

    static final String PORT = "port";
    static final String REQUEST_ID = "requestid";

    static final String PORT_FORWARD = "portforward.k8s.io";

    /** A SPDY session for port forwarding, carried in WebSocket messages (KEP-4006). */
    static final String TUNNEL = "SPDY/3.1+" + PORT_FORWARD;

    /** What a version of remotecommand over SPDY has; {@code json} tells v4's status. */
    record Command(String name, boolean resizes, boolean json) {}

    /** Numbered channels over WebSocket. */
    record Channels(String name, MessageForm form, boolean json, boolean halfClose) {}

    static final Map<String, Command> COMMANDS =
            byName(
                    List.of(
                            new Command("v4.channel.k8s.io", true, true),
                            new Command("v3.channel.k8s.io", true, false),
                            new Command("v2.channel.k8s.io", false, false),
                            new Command("channel.k8s.io", false, false)),
                    Command::name);

    /** A WebSocket client that names no protocol speaks the first version. */
    static final Channels UNNAMED = new Channels("", MessageForm.BINARY, false, false);

    static final Map<String, Channels> COMMAND_CHANNELS =
            byName(
                    List.of(
                            new Channels("v5.channel.k8s.io", MessageForm.BINARY, true, true),
                            new Channels("v4.channel.k8s.io", MessageForm.BINARY, true, false),
                            new Channels(
                                    "v4.base64.channel.k8s.io", MessageForm.BASE64, true, false),
                            new Channels("v3.channel.k8s.io", MessageForm.BINARY, false, false),
                            new Channels("v2.channel.k8s.io", MessageForm.BINARY, false, false),
                            new Channels("channel.k8s.io", MessageForm.BINARY, false, false),
                            new Channels(
                                    "base64.channel.k8s.io", MessageForm.BASE64, false, false)),
                    Channels::name);

    static final Map<String, Channels> PORT_CHANNELS =
            byName(
                    List.of(
                            new Channels("v4.channel.k8s.io", MessageForm.BINARY, false, false),
                            new Channels(
                                    "v4.base64.channel.k8s.io", MessageForm.BASE64, false, false)),
                    Channels::name);

    private Protocols() {}

    private static <T> Map<String, T> byName(List<T> all, Function<T, String> name) {
        return all.stream().collect(Collectors.toUnmodifiableMap(name, x -> x));
    }

    /** The names in headers that may be repeated and hold several, separated by commas. */
    static List<String> names(List<String> headers) {
        List<String> names = new ArrayList<>();
        for (String header : headers) {
            Arrays.stream(header.split(",", -1))
                    .map(String::strip)
                    .filter(name -> !name.isEmpty())
                    .forEach(names::add);
        }
        return names;
    }

    /** The first that the client names and we know. */
    static <T> Optional<T> agree(List<String> wanted, Map<String, T> known) {
        for (String name : wanted) {
            T protocol = known.get(name);
            if (protocol != null) {
                return Optional.of(protocol);
            }
        }
        return Optional.empty();
    }
}
