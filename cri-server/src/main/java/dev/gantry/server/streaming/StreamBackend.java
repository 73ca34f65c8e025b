package dev.gantry.server.streaming;

import dev.gantry.engine.Engine;
import dev.gantry.runtime.ProcessStreams;
import dev.gantry.runtime.StreamOptions;
import java.nio.channels.SocketChannel;
import java.util.List;

/** What stands behind the streams. Calls block, and fail with a {@code Failure}. */
public interface StreamBackend {
    ProcessStreams exec(String container, List<String> command, StreamOptions options);

    ProcessStreams attach(String container, StreamOptions options);

    SocketChannel connect(String pod, int port);

    /** The pods and containers of an engine. */
    static StreamBackend of(Engine engine) {
        return new StreamBackend() {
            @Override
            public ProcessStreams exec(
                    String container, List<String> command, StreamOptions options) {
                return engine.exec(container, command, options);
            }

            @Override
            public ProcessStreams attach(String container, StreamOptions options) {
                return engine.attach(container, options);
            }

            @Override
            public SocketChannel connect(String pod, int port) {
                return engine.connect(pod, port);
            }
        };
    }
}
