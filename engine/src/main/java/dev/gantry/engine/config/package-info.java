/**
 * What a caller asks for: pods and containers in CRI's terms (PodSandboxConfig, ContainerConfig),
 * in our own types, without protobuf. They are kept as JSON in the state, so a field that is added
 * must have a sensible empty value.
 */
@NullMarked
package dev.gantry.engine.config;

import org.jspecify.annotations.NullMarked;
