/**
 * The OCI runtime specification (config.json) as records, its JSON, and the defaults of the field.
 */
@NullMarked
package dev.gantry.runtime.oci;

import org.jspecify.annotations.NullMarked;
