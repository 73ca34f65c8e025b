/**
 * The SQLite file: connections, transactions, migrations. {@link dev.gantry.state.Database} is the
 * door; each room brings its own tables as {@link dev.gantry.state.Migration}s, prefixed by its
 * name, and its own SQL.
 *
 * <p>The file is in WAL mode with {@code synchronous=NORMAL}: a killed daemon loses nothing that a
 * call has returned from; a power loss may take the newest transactions with it, whole ones, which
 * is enough because what runs does not survive a power loss either.
 */
@NullMarked
package dev.gantry.state;

import org.jspecify.annotations.NullMarked;
