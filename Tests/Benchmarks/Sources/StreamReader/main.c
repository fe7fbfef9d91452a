// StreamReader: reads a monitor's event stream and holds it to its word: every number in its turn, or a loss that tells how many.
//
//   StreamReader SOCKET TARGET       until SIGTERM, or until the monitor closes
//
// It looks for little in a line, so that many of them leave the processor to the monitor. It prints, a line each: events, starts,
// ends, the first and the last number, events that the stream says this reader was too slow for, losses of sources, and breaks:
// numbers out of turn.

#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { BUFFER = 4 << 20 };

static volatile sig_atomic_t is_over;
static unsigned long long events, starts, ends, first, last, lost, source_losses, breaks;

static void stop(int number) {
    (void)number;
    is_over = 1;
}

static void fail(const char *operation) {
    fprintf(stderr, "StreamReader: %s: %s\n", operation, strerror(errno));
    exit(1);
}

// The number behind a name, or -1.
static long long number_of(const char *line, size_t length, const char *name) {
    const char *place = memmem(line, length, name, strlen(name));
    return place ? strtoll(place + strlen(name), NULL, 10) : -1;
}

static int has(const char *line, size_t length, const char *text) { return memmem(line, length, text, strlen(text)) != NULL; }

static void take_line(const char *line, size_t length) {
    size_t head = length < 200 ? length : 200;  // what tells the kind of an event
    if (has(line, head, "\"action\":\"heartbeat\"")) return;
    long long sequence = number_of(line, head, "\"sequence\":");
    if (sequence < 0) {
        breaks++;
        return;
    }
    unsigned long long step = 1;
    if (has(line, head, "\"action\":\"loss\"")) {
        long long count = number_of(line, length, "\"lost\":");
        if (has(line, length, "\"source\":\"output\"")) {
            step = count > 0 ? (unsigned long long)count : 0;
            lost += step;
        } else {
            source_losses++;
        }
    } else if (has(line, head, "\"action\":\"session-start\"")) {
        starts++;
    } else if (has(line, head, "\"action\":\"session-end\"")) {
        ends++;
    }
    if (events == 0) first = (unsigned long long)sequence;
    else if ((unsigned long long)sequence != last + step) breaks++;
    last = (unsigned long long)sequence;
    events++;
}

int main(int argc, char **argv) {
    if (argc != 3 || strlen(argv[1]) >= sizeof(((struct sockaddr_un *)0)->sun_path)) {
        fputs("usage: StreamReader SOCKET TARGET\n", stderr);
        return 64;
    }
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGTERM, &action, NULL);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, argv[1]);
    int number = socket(AF_UNIX, SOCK_STREAM, 0);
    if (number < 0 || connect(number, (struct sockaddr *)&address, sizeof address) < 0) fail("connect");
    if (dprintf(number, "GET %s HTTP/1.1\r\nhost: nfmon\r\n\r\n", argv[2]) < 0) fail("ask");

    static char raw[BUFFER], text[2 * BUFFER];
    size_t text_length = 0, chunk_left = 0;
    enum { HEAD, SIZE, DATA, GAP } state = HEAD;
    char window[4] = {0}, digits[20];
    size_t digit_count = 0, gap_left = 0;
    while (!is_over) {
        ssize_t length = read(number, raw, sizeof raw);
        if (length < 0 && errno == EINTR) continue;
        if (length <= 0) break;
        for (ssize_t place = 0; place < length;) {
            char byte = raw[place];
            switch (state) {
            case HEAD:
                memmove(window, window + 1, 3);
                window[3] = byte;
                if (!memcmp(window, "\r\n\r\n", 4)) {
                    state = SIZE;
                    puts("reading");
                    fflush(stdout);
                }
                place++;
                break;
            case SIZE:
                place++;
                if (byte == '\n') {
                    digits[digit_count] = 0;
                    chunk_left = strtoul(digits, NULL, 16);
                    digit_count = 0;
                    state = DATA;
                    if (chunk_left == 0) is_over = 1;
                } else if (digit_count < sizeof digits - 1) {
                    digits[digit_count++] = byte;
                }
                break;
            case DATA: {
                size_t count = (size_t)(length - place) < chunk_left ? (size_t)(length - place) : chunk_left;
                if (text_length + count > sizeof text) {
                    fputs("StreamReader: a line without end\n", stderr);
                    return 1;
                }
                memcpy(text + text_length, raw + place, count);
                text_length += count;
                place += (ssize_t)count;
                chunk_left -= count;
                if (chunk_left == 0) {
                    state = GAP;
                    gap_left = 2;
                }
                char *line = text, *end;
                while ((end = memchr(line, '\n', text_length - (size_t)(line - text)))) {
                    take_line(line, (size_t)(end - line));
                    line = end + 1;
                }
                text_length -= (size_t)(line - text);
                memmove(text, line, text_length);
                break;
            }
            case GAP:
                place++;
                if (--gap_left == 0) state = SIZE;
                break;
            }
        }
    }
    printf(
        "events %llu\nstarts %llu\nends %llu\nfirst %llu\nlast %llu\nlost %llu\nsource_losses %llu\nbreaks %llu\n", events, starts,
        ends, first, last, lost, source_losses, breaks);
    return 0;
}
