#include "CReference.h"

#include <libmnl/libmnl.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>
#include <libnetfilter_log/libnetfilter_log.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <string.h>

size_t reference_parse_conntrack(const uint8_t *const *messages, size_t count) {
    static struct nf_conntrack *entry;
    size_t understood = 0;
    if (!entry) entry = nfct_new();
    for (size_t i = 0; i < count; i++)
        understood += nfct_nlmsg_parse((const struct nlmsghdr *)messages[i], entry) == 0;
    return understood;
}

size_t reference_read_conntrack(const uint8_t *const *messages, size_t count) {
    size_t understood = 0;
    for (size_t i = 0; i < count; i++) {
        struct nf_conntrack *entry = nfct_new();
        understood += nfct_nlmsg_parse((const struct nlmsghdr *)messages[i], entry) == 0;
        nfct_destroy(entry);
    }
    return understood;
}

size_t reference_parse_nflog(const uint8_t *const *messages, size_t count) {
    struct nlattr *attributes[256];
    size_t understood = 0;
    for (size_t i = 0; i < count; i++) {
        memset(attributes, 0, sizeof(attributes[0]) * (NFULA_MAX + 1));
        understood += nflog_nlmsg_parse((const struct nlmsghdr *)messages[i], attributes) >= 0;
    }
    return understood;
}
