import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntUnaryOperator;

/** Durations of calls, in milliseconds, by call and then by who answered. Safe for use from many threads. */
final class Times {
    private final Map<String, Map<String, ConcurrentLinkedQueue<Double>>> calls = Collections.synchronizedMap(new LinkedHashMap<>());
    private final Set<String> missing = ConcurrentHashMap.newKeySet();

    /** Does the work and keeps how long it took; a call that the peer does not have is kept as that, and answers null. */
    <T> T time(String call, Peer peer, Callable<T> work) throws Exception {
        long start = System.nanoTime();
        try {
            T result = work.call();
            of(call, peer.name()).add((System.nanoTime() - start) / 1e6);
            return result;
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Status.Code.UNIMPLEMENTED) {
                throw new IllegalStateException(call + " of " + peer.name() + ": " + e.getStatus(), e);
            }
            of(call, peer.name());
            missing.add(peer.name() + " " + call);
            return null;
        }
    }

    private ConcurrentLinkedQueue<Double> of(String call, String peer) {
        synchronized (calls) {
            return calls.computeIfAbsent(call, _ -> new LinkedHashMap<>()).computeIfAbsent(peer, _ -> new ConcurrentLinkedQueue<>());
        }
    }

    void clear() {
        calls.clear();
    }

    /** Medians side by side, and their ratio where there are two. */
    void printMedians(List<Peer> peers) {
        StringBuilder head = new StringBuilder("%-28s".formatted("call"));
        peers.forEach(peer -> head.append("%14s".formatted(peer.name())));
        IO.println(head + (peers.size() == 2 ? "%10s".formatted("ratio") : ""));
        for (String call : List.copyOf(calls.keySet())) {
            StringBuilder line = new StringBuilder("%-28s".formatted(call));
            for (Peer peer : peers) {
                line.append(has(call, peer) ? "%14.2f".formatted(at(call, peer, n -> n / 2)) : "%14s".formatted("-"));
            }
            if (peers.size() == 2 && has(call, peers.get(0)) && has(call, peers.get(1))) {
                line.append("%10.2f".formatted(at(call, peers.get(0), n -> n / 2) / at(call, peers.get(1), n -> n / 2)));
            }
            IO.println(line);
        }
        missing.stream().sorted().forEach(m -> IO.println("not there: " + m));
    }

    /** Count, median, 99th percentile and maximum of each call. */
    void printTails(Peer peer) {
        IO.println("%-28s%8s%12s%12s%12s".formatted("call", "count", "median", "p99", "max"));
        for (String call : List.copyOf(calls.keySet())) {
            if (has(call, peer)) {
                IO.println(
                        "%-28s%8d%12.2f%12.2f%12.2f"
                                .formatted(
                                        call,
                                        of(call, peer.name()).size(),
                                        at(call, peer, n -> n / 2),
                                        at(call, peer, n -> Math.min(n - 1, (int) Math.ceil(n * 0.99) - 1)),
                                        at(call, peer, n -> n - 1)));
            }
        }
    }

    private boolean has(String call, Peer peer) {
        return !of(call, peer.name()).isEmpty();
    }

    private double at(String call, Peer peer, IntUnaryOperator index) {
        List<Double> sorted = of(call, peer.name()).stream().sorted().toList();
        return sorted.get(index.applyAsInt(sorted.size()));
    }
}
