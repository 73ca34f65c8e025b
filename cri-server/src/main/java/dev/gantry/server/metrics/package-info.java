/** What Prometheus scrapes: the registry, the endpoint, and what is counted of each gRPC call. */
@NullMarked
package dev.gantry.server.metrics;

import org.jspecify.annotations.NullMarked;
