package dev.gantry.runtime.shim;

import dev.gantry.runtime.plan.WireWriter;

/** A message of the protocol: its type, the id of the request it belongs to, and the payload. */
@SuppressWarnings("ArrayRecordComponent") // a message in flight: never compared, not copied
record Frame(int type, int id, byte[] payload) {
    static final int PING = 1;
    static final int SETUP = 2;
    static final int START = 3;
    static final int EXEC = 4;
    static final int SIGNAL = 5;
    static final int LIST = 6;
    static final int SUBSCRIBE = 7;
    static final int REOPEN_LOG = 8;
    static final int RESIZE = 9;
    static final int ATTACH = 11;
    static final int DELETE = 12;
    static final int SHUTDOWN = 13;
    static final int OK = 100;
    static final int PONG = 101;
    static final int STARTED = 102;
    static final int FAILED = 103;
    static final int EXITED = 104;
    static final int ERROR = 105;
    static final int LISTING = 106;

    /** Bytes before the payload, without the leading length. */
    static final int HEADER = 8;

    /** What follows the length may be this long. */
    static final int LIMIT = 16 << 20;

    byte[] encode() {
        return new WireWriter()
                .u32(HEADER + payload.length)
                .u16(type)
                .u16(0)
                .u32(id)
                .raw(payload)
                .toBytes();
    }
}
