/** SHA-2 by OpenSSL's libcrypto where it is installed, by the JDK elsewhere. */
@NullMarked
package dev.gantry.linux.hash;

import org.jspecify.annotations.NullMarked;
