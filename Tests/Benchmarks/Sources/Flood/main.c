// Flood: sends small UDP packets of many sessions through an interface, as fast as one core can, past its queue.
//
//   Flood INTERFACE COUNT SESSIONS DESTINATION-MAC
//
// Prints how many packets went out and the seconds that it took. Sessions take turns in an order that looks random, so that no
// reader finds one twice in its cache by luck.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, PAYLOAD = 18, SIZE = ETH_HLEN + 20 + 8 + PAYLOAD };

static void fail(const char *operation) {
    fprintf(stderr, "Flood: %s: %s\n", operation, strerror(errno));
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static uint16_t checksum(const void *header, size_t size) {
    const uint16_t *words = header;
    uint32_t sum = 0;
    for (size_t i = 0; i < size / 2; i++) sum += words[i];
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static void make(unsigned char *frame, const unsigned char *destination, uint32_t number) {
    memcpy(frame, destination, ETH_ALEN);
    memcpy(frame + ETH_ALEN, "\x02\x00\x00\x00\x00\x07", ETH_ALEN);
    *(uint16_t *)(frame + 12) = htons(ETH_P_IP);
    struct iphdr *ip = (struct iphdr *)(frame + ETH_HLEN);
    *ip = (struct iphdr){.version = 4, .ihl = 5, .tot_len = htons(SIZE - ETH_HLEN), .ttl = 64, .protocol = IPPROTO_UDP};
    ip->saddr = htonl(0x0a000000 + (number >> 12) + 1); // 10.0.0.0/8, 4,096 ports of each host
    ip->daddr = htonl(0xc6336409);                      // 198.51.100.9
    ip->check = checksum(ip, sizeof *ip);
    struct udphdr *udp = (struct udphdr *)(ip + 1);
    *udp = (struct udphdr){.source = htons((uint16_t)(2000 + (number & 0xfff))), .dest = htons(9), .len = htons(8 + PAYLOAD)};
}

int main(int count, char **words) {
    unsigned char mac[ETH_ALEN];
    if (count != 5 || sscanf(words[4], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", mac, mac + 1, mac + 2, mac + 3, mac + 4, mac + 5) != 6) {
        fprintf(stderr, "usage: Flood INTERFACE COUNT SESSIONS DESTINATION-MAC\n");
        return 64;
    }
    unsigned long packets = strtoul(words[2], NULL, 10), sessions = strtoul(words[3], NULL, 10);
    if (packets == 0 || sessions == 0 || sessions > 1 << 24) return 64;
    unsigned char *frames = malloc(sessions * SIZE);
    if (!frames) fail("malloc");
    for (unsigned long i = 0; i < sessions; i++) make(frames + i * SIZE, mac, (uint32_t)i);

    int socket_number = socket(AF_PACKET, SOCK_RAW, 0);
    if (socket_number < 0) fail("socket");
    int one = 1;
    if (setsockopt(socket_number, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof one) < 0) fail("PACKET_QDISC_BYPASS");
    struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(words[1])};
    if (bind(socket_number, (struct sockaddr *)&address, sizeof address) < 0) fail("bind");

    struct mmsghdr messages[BATCH];
    struct iovec vectors[BATCH];
    memset(messages, 0, sizeof messages);
    unsigned long sent = 0, place = 0;
    // A step that is prime to the number of sessions visits all of them.
    unsigned long step = 7919 % sessions ? 7919 : 1;
    double begun = now();
    while (sent < packets) {
        unsigned size = packets - sent < BATCH ? (unsigned)(packets - sent) : BATCH;
        for (unsigned i = 0; i < size; i++) {
            vectors[i] = (struct iovec){frames + place * SIZE, SIZE};
            messages[i].msg_hdr.msg_iov = &vectors[i];
            messages[i].msg_hdr.msg_iovlen = 1;
            place = (place + step) % sessions;
        }
        int result = sendmmsg(socket_number, messages, size, 0);
        if (result < 0 && errno != ENOBUFS && errno != EAGAIN) fail("sendmmsg");
        if (result > 0) sent += (unsigned long)result;
    }
    printf("%lu %.6f\n", sent, now() - begun);
    return 0;
}
