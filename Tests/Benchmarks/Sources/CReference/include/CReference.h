// What others do with the same bytes: libnetfilter_conntrack, which conntrack(8) and ulogd read with, and libnetfilter_log.
//
// Written in C so that the references pay for no call from Swift.
#ifndef NFMON_CREFERENCE_H
#define NFMON_CREFERENCE_H

#include <stddef.h>
#include <stdint.h>

// Decodes each of `count` netlink messages with nfct_nlmsg_parse into one entry that is used again; returns how many were
// understood. The cheapest way to use the library.
size_t reference_parse_conntrack(const uint8_t *const *messages, size_t count);

// The same with nfct_new and nfct_destroy around each message, which is how the library's callbacks are used.
size_t reference_read_conntrack(const uint8_t *const *messages, size_t count);

// Decodes each of `count` NFLOG messages with nflog_nlmsg_parse, which finds the attributes and reads none.
size_t reference_parse_nflog(const uint8_t *const *messages, size_t count);

#endif
