/** Registry client, content, unpacking, snapshots. */
@NullMarked
package dev.gantry.imagestore;

import org.jspecify.annotations.NullMarked;
