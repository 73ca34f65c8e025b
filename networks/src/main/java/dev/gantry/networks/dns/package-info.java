/** The DNS server of one network: names of its containers, and all others from the resolvers. */
@NullMarked
package dev.gantry.networks.dns;

import org.jspecify.annotations.NullMarked;
