// Load: what the burst benchmarks throw at a firewall, as fast as one core can.
//
//   Load entries COUNT                 creates COUNT conntrack entries by ctnetlink, then deletes them
//   Load fill COUNT                    creates COUNT conntrack entries and leaves them there
//   Load churn SECONDS RATE            creates and deletes entries beside those, so that RATE events a second are told
//   Load connections COUNT FROM TO     sends one UDP datagram for each of COUNT connections from address FROM to address TO
//   Load flows COUNT EACH FROM TO      sends EACH datagrams of each of COUNT connections, 64 of them at a time
//   Load packets COUNT FROM TO         sends COUNT UDP datagrams of one connection
//
// It prints the seconds that each part took, a line each. All addresses are those of the namespaces that the caller made.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, PORTS = 50000, FIRST_PORT = 2000, DISCARD = 9, STEPS_PER_SECOND = 200 };

// The number of the first entry that is beside those that "fill" made: 256 networks of 256 addresses further on.
static const size_t BESIDE = (size_t)PORTS << 16;

static void fail(const char *operation) {
    fprintf(stderr, "Load: %s: %s\n", operation, strerror(errno));
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

// ---- conntrack entries ------------------------------------------------------------------------------------------------

// The tuple of one entry: 200,000 of them differ in the client's port and in the last bytes of its address.
static void set_tuple(struct nf_conntrack *entry, size_t number) {
    uint32_t client = htonl(0x0a010000 + (uint32_t)(number / PORTS));
    uint16_t port = htons((uint16_t)(FIRST_PORT + number % PORTS));
    nfct_set_attr_u8(entry, ATTR_L3PROTO, AF_INET);
    nfct_set_attr_u8(entry, ATTR_L4PROTO, IPPROTO_UDP);
    nfct_set_attr_u32(entry, ATTR_IPV4_SRC, client);
    nfct_set_attr_u32(entry, ATTR_IPV4_DST, htonl(0xc6336409));
    nfct_set_attr_u16(entry, ATTR_PORT_SRC, port);
    nfct_set_attr_u16(entry, ATTR_PORT_DST, htons(53));
}

// Counts the kernel's refusals that are there; nothing else answers, as no acknowledgement is asked for.
static size_t count_refusals(struct mnl_socket *socket) {
    char buffer[1 << 16];
    size_t refusals = 0;
    for (;;) {
        ssize_t length = recv(mnl_socket_get_fd(socket), buffer, sizeof buffer, MSG_DONTWAIT);
        if (length < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return refusals;
        if (length < 0 && errno != ENOBUFS) fail("read ctnetlink's answer");
        refusals++;
    }
}

static void send_entries(struct mnl_socket *socket, size_t start, size_t count, uint16_t type, uint16_t flags) {
    static char buffer[BATCH * 512];
    struct nf_conntrack *entry = nfct_new();
    size_t refusals = 0, end = start + count;
    for (size_t first = start; first < end; first += BATCH) {
        size_t length = 0;
        for (size_t number = first; number < first + BATCH && number < end; number++) {
            struct nlmsghdr *header = mnl_nlmsg_put_header(buffer + length);
            header->nlmsg_type = (NFNL_SUBSYS_CTNETLINK << 8) | type;
            header->nlmsg_flags = NLM_F_REQUEST | flags;
            struct nfgenmsg *family = mnl_nlmsg_put_extra_header(header, sizeof *family);
            family->nfgen_family = AF_INET;
            set_tuple(entry, number);
            if (type == IPCTNL_MSG_CT_NEW) {
                nfct_setobjopt(entry, NFCT_SOPT_SETUP_REPLY);
                nfct_set_attr_u32(entry, ATTR_TIMEOUT, 600);
            }
            if (nfct_nlmsg_build(header, entry) < 0) fail("build an entry");
            length += NLMSG_ALIGN(header->nlmsg_len);
        }
        if (mnl_socket_sendto(socket, buffer, length) < 0) fail("send to ctnetlink");
        refusals += count_refusals(socket);
    }
    nfct_destroy(entry);
    if (refusals > 0) {
        fprintf(stderr, "Load: ctnetlink refused %zu of %zu messages\n", refusals, count);
        exit(1);
    }
}

static void create(struct mnl_socket *socket, size_t start, size_t count) {
    send_entries(socket, start, count, IPCTNL_MSG_CT_NEW, NLM_F_CREATE | NLM_F_EXCL);
}

static void delete(struct mnl_socket *socket, size_t start, size_t count) {
    send_entries(socket, start, count, IPCTNL_MSG_CT_DELETE, 0);
}

static struct mnl_socket *open_socket(void) {
    struct mnl_socket *socket = mnl_socket_open(NETLINK_NETFILTER);
    if (!socket || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0) fail("open a ctnetlink socket");
    return socket;
}

static void entries(size_t count) {
    struct mnl_socket *socket = open_socket();
    double start = now();
    create(socket, BESIDE, count);
    double created = now();
    printf("create %.3f\n", created - start);
    delete(socket, BESIDE, count);
    printf("delete %.3f\n", now() - created);
    mnl_socket_close(socket);
}

static void fill(size_t count) {
    struct mnl_socket *socket = open_socket();
    double start = now();
    create(socket, 0, count);
    printf("create %.3f\n", now() - start);
    mnl_socket_close(socket);
}

// Each entry lives for a second, so that dumps meet it.
static void churn(size_t seconds, size_t rate) {
    struct mnl_socket *socket = open_socket();
    size_t step_count = rate / 2 / STEPS_PER_SECOND, steps = seconds * STEPS_PER_SECOND;
    double start = now();
    for (size_t step = 0; step < steps + STEPS_PER_SECOND; step++) {
        if (step < steps) create(socket, BESIDE + step * step_count, step_count);
        if (step >= STEPS_PER_SECOND) delete(socket, BESIDE + (step - STEPS_PER_SECOND) * step_count, step_count);
        double wait = start + (double)(step + 1) / STEPS_PER_SECOND - now();
        if (wait > 0) usleep((useconds_t)(wait * 1e6));
    }
    printf("events %zu\nchurn %.3f\n", 2 * steps * step_count, now() - start);
    mnl_socket_close(socket);
}

// ---- Packets --------------------------------------------------------------------------------------------------------------

struct packet {
    struct iphdr ip;
    struct udphdr udp;
    char payload[18];  // together 46 bytes, what the smallest Ethernet frame holds
} __attribute__((packed));

static void send_all(int raw, struct mmsghdr *messages, size_t length) {
    for (size_t sent = 0; sent < length;) {
        int result = sendmmsg(raw, messages + sent, (unsigned)(length - sent), 0);
        if (result < 0 && errno != ENOBUFS && errno != EAGAIN) fail("send packets");
        if (result > 0) sent += (size_t)result;
    }
}

// Each connection has a source port of its own, and beyond 50,000 another destination port.
static void packets(size_t count, size_t each, const char *from, const char *to, int is_one_connection) {
    static struct packet packets[BATCH];
    static struct mmsghdr messages[BATCH];
    static struct iovec pieces[BATCH];
    struct sockaddr_in destination = {.sin_family = AF_INET};
    struct in_addr source;
    if (inet_pton(AF_INET, from, &source) != 1 || inet_pton(AF_INET, to, &destination.sin_addr) != 1) {
        errno = EINVAL;
        fail("read an address");
    }
    int raw = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
    if (raw < 0) fail("open a raw socket");
    for (size_t place = 0; place < BATCH; place++) {
        struct packet *packet = &packets[place];
        packet->ip = (struct iphdr){.version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP};
        packet->ip.tot_len = htons(sizeof *packet);
        packet->ip.saddr = source.s_addr;
        packet->ip.daddr = destination.sin_addr.s_addr;
        packet->udp.len = htons(sizeof *packet - sizeof packet->ip);
        pieces[place] = (struct iovec){packet, sizeof *packet};
        messages[place].msg_hdr = (struct msghdr){
            .msg_name = &destination, .msg_namelen = sizeof destination, .msg_iov = &pieces[place], .msg_iovlen = 1};
    }
    double start = now();
    for (size_t first = 0; first < count; first += BATCH) {
        size_t length = count - first < BATCH ? count - first : BATCH;
        for (size_t place = 0; place < length; place++) {
            size_t number = is_one_connection ? 0 : first + place;
            packets[place].udp.source = htons((uint16_t)(FIRST_PORT + number % PORTS));
            packets[place].udp.dest = htons((uint16_t)(DISCARD + number / PORTS));
        }
        for (size_t turn = 0; turn < each; turn++) send_all(raw, messages, length);
    }
    printf("send %.3f\n", now() - start);
}

int main(int argc, char **argv) {
    size_t count = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
    if (argc == 3 && !strcmp(argv[1], "entries")) {
        entries(count);
    } else if (argc == 3 && !strcmp(argv[1], "fill")) {
        fill(count);
    } else if (argc == 4 && !strcmp(argv[1], "churn")) {
        churn(count, strtoul(argv[3], NULL, 10));
    } else if (argc == 5 && !strcmp(argv[1], "connections")) {
        packets(count, 1, argv[3], argv[4], 0);
    } else if (argc == 6 && !strcmp(argv[1], "flows")) {
        packets(count, strtoul(argv[3], NULL, 10), argv[4], argv[5], 0);
    } else if (argc == 5 && !strcmp(argv[1], "packets")) {
        packets(count, 1, argv[3], argv[4], 1);
    } else {
        fputs(
            "usage: Load entries COUNT | fill COUNT | churn SECONDS RATE | connections COUNT FROM TO | "
            "flows COUNT EACH FROM TO | packets COUNT FROM TO\n",
            stderr);
        return 64;
    }
    return 0;
}
