package dev.gantry.server.grpc;

import com.google.protobuf.MessageLite;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/**
 * A list sent in parts, so that no message outgrows what a client takes (KEP-5825). A part is as
 * many items as stay below {@value #PART_BYTES} bytes, at least one; an empty list is an empty
 * stream. Items are translated when their part's turn has come, and a part is made only when the
 * client has room for it: a slow reader costs one part of memory and no thread, one that goes away
 * costs nothing.
 *
 * @param <I> what the engine lists
 * @param <M> an item of the answer
 * @param <A> a part of the answer
 */
final class ListStream<I, M extends MessageLite, A> {
    /** Far below any client's limit, and far above the cost of a message. */
    static final int PART_BYTES = 1 << 20;

    /** What a field's tag and length add to an item, at most. */
    private static final int ITEM_OVERHEAD = 8;

    private final ServerCallStreamObserver<A> out;
    private final Iterator<? extends I> items;
    private final Function<? super I, M> item;
    private final Function<List<M>, A> part;

    /** The item that did not fit into the part before. */
    private final List<M> carried = new ArrayList<>(1);

    private boolean ended;

    private ListStream(
            StreamObserver<A> out,
            Iterator<? extends I> items,
            Function<? super I, M> item,
            Function<List<M>, A> part) {
        this.out = (ServerCallStreamObserver<A>) out;
        this.items = items;
        this.item = item;
        this.part = part;
    }

    /**
     * Answers a call with a list, and ends it. To be called by the method that answers the call,
     * before it returns: the parts follow as the client takes them.
     *
     * @param all the whole list, as it is now
     * @param item translates one
     * @param part puts some of them into a message
     */
    static <I, M extends MessageLite, A> void send(
            StreamObserver<A> out,
            Collection<? extends I> all,
            Function<? super I, M> item,
            Function<List<M>, A> part) {
        ListStream<I, M, A> stream = new ListStream<>(out, all.iterator(), item, part);
        stream.out.setOnReadyHandler(stream::pump);
        stream.pump();
    }

    /** Sends what there is room for. gRPC calls it from one thread at a time. */
    private void pump() {
        while (!ended && !out.isCancelled() && out.isReady()) {
            List<M> next = next();
            if (next.isEmpty()) {
                ended = true;
                out.onCompleted();
            } else {
                out.onNext(part.apply(next));
            }
        }
    }

    private List<M> next() {
        List<M> some = new ArrayList<>(carried);
        carried.clear();
        long bytes = some.stream().mapToLong(ListStream::size).sum();
        while (items.hasNext()) {
            M one = item.apply(items.next());
            bytes += size(one);
            if (bytes > PART_BYTES && !some.isEmpty()) {
                carried.add(one);
                break;
            }
            some.add(one);
        }
        return some;
    }

    private static long size(MessageLite message) {
        return message.getSerializedSize() + (long) ITEM_OVERHEAD;
    }
}
