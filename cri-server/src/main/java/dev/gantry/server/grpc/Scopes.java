package dev.gantry.server.grpc;

import dev.gantry.model.Failure;
import dev.gantry.model.Scope;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/** Reads whose pods a call is about from its header {@code gantry-scope}; none means CRI's. */
public final class Scopes implements ServerInterceptor {
    static final Metadata.Key<String> HEADER =
            Metadata.Key.of("gantry-scope", Metadata.ASCII_STRING_MARSHALLER);

    private static final Context.Key<Scope> SCOPE = Context.keyWithDefault("scope", Scope.CRI);

    /** The scope of the call that this thread answers. */
    public static Scope current() {
        return SCOPE.get();
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        String header = headers.get(HEADER);
        if (header == null) {
            return next.startCall(call, headers);
        }
        Scope scope;
        try {
            scope = Scope.parse(header);
        } catch (Failure e) {
            call.close(Statuses.of(e), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return Contexts.interceptCall(
                Context.current().withValue(SCOPE, scope), call, headers, next);
    }
}
