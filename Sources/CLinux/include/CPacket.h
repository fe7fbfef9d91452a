// Packet sockets and their rings (packet(7)). In C, as linux/if_packet.h is a kernel header, which Swift's Glibc module does not
// have, and as Swift has no atomic access to memory that the kernel shares. Each function returns -errno on failure.
#ifndef NFMON_CPACKET_H
#define NFMON_CPACKET_H

#include <stdint.h>

// Opens a packet socket that gets nothing yet: protocol 0.
int nfmon_packet_socket(void);

// Has the kernel write each frame's struct virtio_net_hdr in front of it, which tells an aggregate's segments. Before the ring.
int nfmon_packet_tell_segments(int socket);

// Makes a receive ring of the third version. The timeout, in milliseconds, is that of a block that does not fill.
int nfmon_packet_make_ring(int socket, uint32_t block_size, uint32_t block_count, uint32_t timeout);

// The ring's memory, shared with the kernel; NULL on failure, errno says why.
void *nfmon_packet_map_ring(int socket, uint64_t size);
void nfmon_packet_unmap_ring(void *memory, uint64_t size);

// From now on every packet of the interface, or of all for 0.
int nfmon_packet_bind(int socket, uint32_t interface);

// Whether the interface that the socket was bound to has gone, be there one of its number again or not: 1 or 0.
int nfmon_packet_is_cut_off(int socket);

// As long as the socket is open, the interface takes what is addressed to others, too.
int nfmon_packet_be_promiscuous(int socket, uint32_t interface);

// Shares the packets of the interface with other sockets; the first one gets all until a program divides them. A negative group
// makes a new one. Returns the group's number.
int nfmon_packet_share(int socket, int group);

// Divides the packets among the sockets of a group by what a program makes of each (struct sock_filter, linux/filter.h).
int nfmon_packet_divide(int socket, const void *instructions, uint16_t count);

// What came since the last call: packets (dropped ones included), of them dropped, and how often the ring was full.
int nfmon_packet_statistics(int socket, uint32_t counts[3]);

// The socket's pending error, which is taken off it: 0 for none.
int nfmon_socket_error(int socket);

// A block's status word, which the kernel and the reader write in turn: what was read is in memory before it is given back.
uint32_t nfmon_ring_status(const void *word);
void nfmon_ring_set_status(void *word, uint32_t status);

// What kind of hardware an interface is (ARPHRD_ETHER and others), and its flags (IFF_UP and others), by its name.
int nfmon_interface_hardware(const char *name);
int nfmon_interface_flags(const char *name);

#endif
