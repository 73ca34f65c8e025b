/** Handlers of containers: the native launcher and OCI runtimes such as runc. */
@NullMarked
package dev.gantry.runtime.handler;

import org.jspecify.annotations.NullMarked;
