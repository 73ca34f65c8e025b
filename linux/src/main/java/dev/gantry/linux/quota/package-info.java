/** Project quotas of file systems: quotactl_fd(2), and the project that a directory belongs to. */
@NullMarked
package dev.gantry.linux.quota;

import org.jspecify.annotations.NullMarked;
