package dev.gantry.server.badexample.engine;

import dev.gantry.server.badexample.runtime.UsesCni;
import io.grpc.Status;

public record UsesGrpc(UsesCni runtime, Status status) {}
