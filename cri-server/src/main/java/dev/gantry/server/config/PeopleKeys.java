package dev.gantry.server.config;

import dev.gantry.model.LogLimits;
import java.util.List;

/** The keys of people's containers, of the scope local. */
final class PeopleKeys {
    private static final int LARGEST = 1 << 30;

    static final Key<Integer> LOG_MAX_SIZE =
            new Key<>(
                    "local.log-max-size",
                    Types.size(0, LARGEST),
                    0,
                    "At which size the log of a person's container is moved away and a new file begun,"
                            + " when the container was made without --log-opt max-size; 0B: never."
                            + " Logs of kubelet's containers are kubelet's to move.");
    static final Key<Integer> LOG_MAX_FILES =
            new Key<>(
                    "local.log-max-files",
                    Types.number(1, 1000),
                    1,
                    "How many files of such a log are kept, with the one that is written, when the"
                            + " container was made without --log-opt max-file.");

    static final List<Key<?>> ALL = List.of(LOG_MAX_SIZE, LOG_MAX_FILES);

    private PeopleKeys() {}

    static LogLimits logs(Values values) {
        return new LogLimits(values.get(LOG_MAX_SIZE), values.get(LOG_MAX_FILES));
    }
}
