package dev.gantry.server.grpc;

import dev.gantry.model.Failure;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns what a service throws into the call's status: the one place where a {@link Failure} becomes
 * a gRPC status. Anything that is not a Failure is a fault of ours: it is logged with its frames
 * and answered INTERNAL.
 */
public final class Statuses implements ServerInterceptor {
    /** HTTP/2 peers take 8 KiB of headers; a longer message would lose the whole answer. */
    private static final int MESSAGE_MAX = 4096;

    /** The trailer that tells a client of {@link Failure#commandErrno}, in decimal digits. */
    public static final Metadata.Key<String> COMMAND_ERRNO =
            Metadata.Key.of("gantry-command-errno", Metadata.ASCII_STRING_MARSHALLER);

    private static final Logger LOG = LoggerFactory.getLogger(Statuses.class);

    /** The status of a failure: its code by name, and its words. */
    public static Status of(Failure failure) {
        return code(failure.code()).withDescription(cut(failure.message())).withCause(failure);
    }

    private static Status code(Failure.Code code) {
        return switch (code) {
            case CANCELLED -> Status.CANCELLED;
            case UNKNOWN -> Status.UNKNOWN;
            case INVALID_ARGUMENT -> Status.INVALID_ARGUMENT;
            case DEADLINE_EXCEEDED -> Status.DEADLINE_EXCEEDED;
            case NOT_FOUND -> Status.NOT_FOUND;
            case ALREADY_EXISTS -> Status.ALREADY_EXISTS;
            case PERMISSION_DENIED -> Status.PERMISSION_DENIED;
            case RESOURCE_EXHAUSTED -> Status.RESOURCE_EXHAUSTED;
            case FAILED_PRECONDITION -> Status.FAILED_PRECONDITION;
            case ABORTED -> Status.ABORTED;
            case UNIMPLEMENTED -> Status.UNIMPLEMENTED;
            case INTERNAL -> Status.INTERNAL;
            case UNAVAILABLE -> Status.UNAVAILABLE;
            case DATA_LOSS -> Status.DATA_LOSS;
            case UNAUTHENTICATED -> Status.UNAUTHENTICATED;
        };
    }

    private static String cut(String message) {
        return message.length() > MESSAGE_MAX ? message.substring(0, MESSAGE_MAX) + "…" : message;
    }

    private static Status of(String method, Throwable thrown) {
        return switch (thrown) {
            case Failure failure -> of(failure);
            case StatusRuntimeException e -> e.getStatus();
            case StatusException e -> e.getStatus();
            default -> {
                LOG.atError()
                        .addKeyValue("call", method)
                        .setCause(thrown)
                        .log("a call failed in a way nobody foresaw");
                yield Status.INTERNAL
                        .withDescription(
                                cut(method + ": " + thrown + "; gantryd's log has the frames"))
                        .withCause(thrown);
            }
        };
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        String method = String.valueOf(call.getMethodDescriptor().getBareMethodName());
        return new SimpleForwardingServerCallListener<Q>(
                next.startCall(new Told<>(call), headers)) {
            private boolean closed;

            @Override
            public void onHalfClose() {
                guarded(super::onHalfClose);
            }

            @Override
            public void onMessage(Q message) {
                guarded(() -> super.onMessage(message));
            }

            @Override
            public void onReady() {
                guarded(super::onReady);
            }

            private void guarded(Runnable step) {
                if (closed) {
                    return;
                }
                try {
                    step.run();
                } catch (Error e) {
                    close(e);
                    throw e;
                } catch (RuntimeException e) {
                    close(e);
                }
            }

            private void close(Throwable thrown) {
                closed = true;
                new Told<>(call).close(of(method, thrown), new Metadata());
            }
        };
    }

    /** A call whose end tells, beside the status, what a program can act on. */
    private static final class Told<Q, R> extends SimpleForwardingServerCall<Q, R> {
        Told(ServerCall<Q, R> call) {
            super(call);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            if (status.getCause() instanceof Failure failure && failure.commandErrno() != 0) {
                trailers.put(COMMAND_ERRNO, Integer.toString(failure.commandErrno()));
            }
            super.close(status, trailers);
        }
    }
}
