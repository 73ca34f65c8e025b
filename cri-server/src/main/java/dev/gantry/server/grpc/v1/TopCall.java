package dev.gantry.server.grpc.v1;

import dev.gantry.engine.Engine;
import dev.gantry.model.Failure;
import dev.gantry.proto.v1.TopRequest;
import dev.gantry.proto.v1.TopResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The processes of a container, as ps(1) of the node shows them. */
final class TopCall {
    private final Engine engine;
    private final ContainerKeeper keeper;

    TopCall(Engine engine, ContainerKeeper keeper) {
        this.engine = engine;
        this.keeper = keeper;
    }

    TopResponse run(TopRequest request) {
        String id = keeper.id(request.getContainer());
        List<String> arguments =
                request.getPsArgumentsList().isEmpty()
                        ? List.of("-ef")
                        : request.getPsArgumentsList();
        // Read after ps has run too: a process that is gone by then is of no interest.
        Set<Integer> pids = new HashSet<>(engine.processes(id));
        String listing = NodeCommand.run("ps", arguments);
        return table(listing, pids);
    }

    /** Keeps the lines of a listing that are about the processes. */
    static TopResponse table(String listing, Set<Integer> pids) {
        List<String> lines = listing.lines().toList();
        if (lines.isEmpty()) {
            throw Failure.invalid("ps said nothing: its arguments leave no column");
        }
        List<String> titles = words(lines.getFirst(), Integer.MAX_VALUE);
        int pid = titles.indexOf("PID");
        if (pid < 0) {
            throw Failure.invalid(
                    "ps shows no PID column with these arguments: add pid to what -o lists");
        }
        TopResponse.Builder response = TopResponse.newBuilder().addAllTitles(titles);
        for (String line : lines.subList(1, lines.size())) {
            // The last column is the command, which has spaces of its own.
            List<String> fields = words(line, titles.size());
            if (fields.size() == titles.size() && pids.contains(number(fields.get(pid)))) {
                response.addProcessesBuilder().addAllFields(fields);
            }
        }
        return response.build();
    }

    private static List<String> words(String line, int most) {
        String text = line.strip();
        return text.isEmpty()
                ? List.of()
                : new ArrayList<>(
                        Arrays.asList(
                                most == Integer.MAX_VALUE
                                        ? text.split("\\s+")
                                        : text.split("\\s+", most)));
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException _) {
            return -1;
        }
    }
}
