// BareLoop: receives conntrack's NEW and DESTROY events, has libnetfilter_conntrack parse each, and does nothing else.
//
// The reference for what a whole monitor costs. At SIGINT it prints how many events it parsed and how many the kernel dropped.
//
// "BareLoop dump" asks for a dump of conntrack's table and throws it away: the kernel's own part of what reading it costs.

#include <errno.h>
#include <libmnl/libmnl.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { RECEIVE_BUFFER = 64 << 20, SO_MEMINFO_OPTION = 55, DROPS_WORD = 8 };

static volatile sig_atomic_t is_over;

static void end(int number) {
    (void)number;
    is_over = 1;
}

static void fail(const char *operation) {
    perror(operation);
    exit(1);
}

static void dump(void) {
    static char buffer[1 << 16];
    struct mnl_socket *socket = mnl_socket_open(NETLINK_NETFILTER);
    if (!socket || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0) fail("open a netlink socket");
    struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
    request->nlmsg_type = (NFNL_SUBSYS_CTNETLINK << 8) | IPCTNL_MSG_CT_GET;
    request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    mnl_nlmsg_put_extra_header(request, sizeof(struct nfgenmsg));
    if (mnl_socket_sendto(socket, request, request->nlmsg_len) < 0) fail("ask for a dump");
    size_t datagrams = 0;
    for (struct nlmsghdr *first = request;; datagrams++) {
        if (mnl_socket_recvfrom(socket, buffer, sizeof buffer) < 0) fail("receive a dump");
        // The end comes in a datagram of its own, or is the only message of an empty dump.
        if (first->nlmsg_type == NLMSG_ERROR) fail("dump");
        if (first->nlmsg_type == NLMSG_DONE) break;
    }
    printf("datagrams %zu\n", datagrams);
}

static void events(void) {
    static char buffer[1 << 16];
    struct sigaction action = {.sa_handler = end};  // no SA_RESTART: it must end the waiting
    sigaction(SIGINT, &action, NULL);
    struct mnl_socket *socket = mnl_socket_open(NETLINK_NETFILTER);
    if (!socket) fail("open a netlink socket");
    int number = mnl_socket_get_fd(socket), size = RECEIVE_BUFFER, one = 1;
    if (setsockopt(number, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0) fail("raise the receive buffer");
    setsockopt(number, SOL_NETLINK, NETLINK_NO_ENOBUFS, &one, sizeof one);
    if (mnl_socket_bind(socket, NF_NETLINK_CONNTRACK_NEW | NF_NETLINK_CONNTRACK_DESTROY, MNL_SOCKET_AUTOPID) < 0)
        fail("subscribe to conntrack events");

    struct nf_conntrack *entry = nfct_new();
    size_t parsed = 0;
    while (!is_over) {
        ssize_t received = recv(number, buffer, sizeof buffer, 0);
        if (received < 0) {
            if (errno == EINTR) continue;
            fail("receive events");
        }
        int left = (int)received;
        for (struct nlmsghdr *message = (struct nlmsghdr *)buffer; mnl_nlmsg_ok(message, left);
             message = mnl_nlmsg_next(message, &left))
            parsed += nfct_nlmsg_parse(message, entry) == 0;
    }
    unsigned words[16] = {0};
    socklen_t length = sizeof words;
    getsockopt(number, SOL_SOCKET, SO_MEMINFO_OPTION, words, &length);
    printf("parsed %zu\ndropped %u\n", parsed, words[DROPS_WORD]);
}

int main(int argc, char **argv) {
    if (argc == 1) {
        events();
    } else if (argc == 2 && !strcmp(argv[1], "dump")) {
        dump();
    } else {
        fputs("usage: BareLoop [dump]\n", stderr);
        return 64;
    }
    return 0;
}
