// What Swift cannot import from the kernel's and the C library's headers. Each line says why it is here.
#ifndef NFMON_CLINUX_H
#define NFMON_CLINUX_H

#include <stdint.h>

#include "CPacket.h"
#include "CTerminal.h"

// SOL_NETLINK and SO_RCVBUFFORCE are behind feature macros that Swift's Glibc module does not set.
enum { NFMON_SOL_NETLINK = 270, NFMON_SO_RCVBUFFORCE = 33 };

// SO_MEMINFO is behind such a macro, too. Returns how many messages the kernel dropped for want of receive buffer
// (SK_MEMINFO_DROPS, wrapping at 2^32), or -1 where it does not say (before Linux 4.12).
int64_t nfmon_drop_count(int socket);

// Bytes of receive buffer that what waits in it takes up, as the kernel accounts for it, or -1 where it does not say.
int64_t nfmon_receive_memory(int socket);

// adjtimex's struct has fields that Swift does not see. Returns whether the kernel takes its clock for synchronised, or -1.
int nfmon_clock_is_synchronised(void);

// struct sock_fprog is a kernel header's, and Swift's Glibc module has no SO_ATTACH_FILTER. Each instruction is a struct
// sock_filter (linux/filter.h). Returns 0, or -errno.
int nfmon_attach_filter(int socket, const void *instructions, uint16_t count);

// struct mmsghdr and recvmmsg are GNU extensions: one call here fills fixed-stride buffers and their lengths.
// Returns the number of datagrams, or -errno. A length above `stride` means that the datagram was cut.
int nfmon_receive_batch(int socket, void *buffers, uint32_t stride, uint32_t count, uint32_t *lengths);

// Swift does not see the members of the anonymous enum that has SOCK_DGRAM. Opens a Unix datagram socket; -errno on failure.
int nfmon_unix_datagram_socket(void);

// eventfd and setns are GNU extensions.
int nfmon_eventfd(void);
int nfmon_setns_network(int descriptor);

// prctl takes a varying number of arguments, and the C library has no header for capset. Each returns 0, or -errno; sets of
// capabilities have bit N for capability N (linux/capability.h).
int nfmon_keep_capabilities_across_setuid(int keep);
int nfmon_set_capabilities(uint64_t set); // permitted, effective and inheritable
int nfmon_drop_bounding_capability(int capability);
int nfmon_clear_ambient_capabilities(void);
int nfmon_raise_ambient_capability(int capability);
// Has programs that the calling thread starts hold a capability of its own: 1 where that is to be taken back, 0 where they do anyway, or
// -errno, and then nothing is to be taken back. Taking it back (0, or -errno) leaves it not inheritable, also where it was before the lending,
// and so may a failure.
int nfmon_lend_capability(int capability);
int nfmon_take_back_capability(int capability);
int nfmon_set_no_new_privileges(void);

// pthread_setname_np is a GNU extension; at most 15 bytes.
void nfmon_name_thread(const char *name);

// sigaction's handler is a union of function pointers, which Swift cannot set: adds one to `descriptor`
// (an eventfd) at each of the signals INT, TERM and HUP.
int nfmon_stop_on_signals(int descriptor);

// The same for HUP alone, which then means something else.
int nfmon_reload_on_signal(int descriptor);

// The same for USR1, which else would end the process.
int nfmon_ask_on_signal(int descriptor);

// The types of sockets (SOCK_STREAM) are not in Swift's Glibc module. Connects to a socket's file without waiting, and closes it
// again: 0 where somebody answers, or -errno. The path has at most 107 bytes.
int nfmon_try_local_socket(const char *path);

#endif
