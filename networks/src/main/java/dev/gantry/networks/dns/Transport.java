package dev.gantry.networks.dns;

/** How a message came, and goes on. */
enum Transport {
    UDP,
    TCP
}
