package dev.gantry.server.grpc;

import io.grpc.stub.StreamObserver;

/** Answers a unary call. What a service throws before it answers is {@link Statuses}' business. */
final class Reply {
    private Reply() {}

    static <T> void with(StreamObserver<T> observer, T answer) {
        observer.onNext(answer);
        observer.onCompleted();
    }
}
