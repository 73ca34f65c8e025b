// Connections to the shim's socket: bounded frames in, a queue of frames out, never blocking.
#ifndef GANTRY_CLIENT_H
#define GANTRY_CLIENT_H

#include "loop.h"
#include "wire.h"

enum { CLIENT_FDS = 3, CLIENT_QUEUE_MAX = 8 << 20, CLIENTS_MAX = 256 };

struct client {
    struct source source;
    struct client *next;
    uint8_t header[FRAME_HEADER];
    uint8_t *payload;
    size_t have, payload_size; // have counts the header too
    int fds[CLIENT_FDS];       // that came with the present frame; -1 when taken
    unsigned fd_count;
    struct writer out;
    size_t out_sent;
    bool subscribed;
    bool ending; // closes once out is sent; says nothing more and hears nothing more
};

// Listens on DIR/shim.sock.
int clients_listen(int dir);
// Removes the socket and takes no new connections.
void clients_stop_listening(int dir);

// Queues a frame. A peer that lets its queue grow beyond CLIENT_QUEUE_MAX is disconnected. client may be NULL.
void client_send(struct client *client, struct writer *frame);
void client_ok(struct client *client, uint32_t request);
void client_error(struct client *client, uint32_t request, int error, const char *message);
void client_failed(struct client *client, uint32_t request, uint32_t step, uint16_t type, int error,
                   const char *subject, const char *message);
// Disconnects after what is queued.
void client_end(struct client *client);
// To all that subscribed.
void clients_publish(struct writer *frame);
// Gives every peer up to the timeout to take what is queued.
void clients_flush(int timeout_ms);

#endif
