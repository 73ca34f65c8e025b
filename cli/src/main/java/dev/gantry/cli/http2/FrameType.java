package dev.gantry.cli.http2;

/** Numbers of HTTP/2 (RFC 9113, sections 6 and 7) that are used here. */
final class FrameType {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;
    static final int PADDED = 8;
    static final int PRIORITY = 0x20;

    static final int SETTING_TABLE_SIZE = 1;
    static final int SETTING_PUSH = 2;
    static final int SETTING_WINDOW = 4;
    static final int SETTING_FRAME_SIZE = 5;

    static final int CANCEL = 8;

    private FrameType() {}
}
