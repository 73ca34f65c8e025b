/** What systemd answers with, where the names matter. */
@NullMarked
package org.freedesktop.systemd1;

import org.jspecify.annotations.NullMarked;
