package dev.gantry.cli.http2;

/** One header field; values are Latin-1 as on the wire. */
record Header(String name, String value) {}
