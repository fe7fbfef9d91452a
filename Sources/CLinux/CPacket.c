#define _GNU_SOURCE
#include "CPacket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static int result_of(int result) { return result < 0 ? -errno : result; }

int nfmon_packet_socket(void) { return result_of(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)); }

int nfmon_packet_tell_segments(int socket) {
    int one = 1;
    return result_of(setsockopt(socket, SOL_PACKET, PACKET_VNET_HDR, &one, sizeof one));
}

int nfmon_packet_make_ring(int socket, uint32_t block_size, uint32_t block_count, uint32_t timeout) {
    int version = TPACKET_V3;
    if (setsockopt(socket, SOL_PACKET, PACKET_VERSION, &version, sizeof version) < 0) return -errno;
    // The third version's frames are as long as they are; the size has to fit all the same.
    uint32_t frame_size = 2048;
    struct tpacket_req3 request = {
        .tp_block_size = block_size,
        .tp_block_nr = block_count,
        .tp_frame_size = frame_size,
        .tp_frame_nr = block_size / frame_size * block_count,
        .tp_retire_blk_tov = timeout,
    };
    return result_of(setsockopt(socket, SOL_PACKET, PACKET_RX_RING, &request, sizeof request));
}

void *nfmon_packet_map_ring(int socket, uint64_t size) {
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, socket, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void nfmon_packet_unmap_ring(void *memory, uint64_t size) { munmap(memory, size); }

int nfmon_packet_bind(int socket, uint32_t interface) {
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = (int)interface};
    return result_of(bind(socket, (const struct sockaddr *)&address, sizeof address));
}

int nfmon_packet_is_cut_off(int socket) {
    struct sockaddr_ll address = {0};
    socklen_t length = sizeof address;
    if (getsockname(socket, (struct sockaddr *)&address, &length) < 0) return -errno;
    return address.sll_ifindex < 0;
}

int nfmon_packet_be_promiscuous(int socket, uint32_t interface) {
    struct packet_mreq request = {.mr_ifindex = (int)interface, .mr_type = PACKET_MR_PROMISC};
    return result_of(setsockopt(socket, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &request, sizeof request));
}

int nfmon_packet_share(int socket, int group) {
    uint32_t type = PACKET_FANOUT_CBPF;
    if (group < 0) type |= PACKET_FANOUT_FLAG_UNIQUEID;
    uint32_t option = type << 16 | (group < 0 ? 0 : (uint32_t)group & 0xffff);
    if (setsockopt(socket, SOL_PACKET, PACKET_FANOUT, &option, sizeof option) < 0) return -errno;
    socklen_t length = sizeof option;
    if (getsockopt(socket, SOL_PACKET, PACKET_FANOUT, &option, &length) < 0) return -errno;
    return (int)(option & 0xffff);
}

int nfmon_packet_divide(int socket, const void *instructions, uint16_t count) {
    struct sock_fprog program = {.len = count, .filter = (struct sock_filter *)instructions};
    return result_of(setsockopt(socket, SOL_PACKET, PACKET_FANOUT_DATA, &program, sizeof program));
}

int nfmon_packet_statistics(int socket, uint32_t counts[3]) {
    struct tpacket_stats_v3 statistics;
    socklen_t length = sizeof statistics;
    if (getsockopt(socket, SOL_PACKET, PACKET_STATISTICS, &statistics, &length) < 0) return -errno;
    counts[0] = statistics.tp_packets;
    counts[1] = statistics.tp_drops;
    counts[2] = statistics.tp_freeze_q_cnt;
    return 0;
}

int nfmon_socket_error(int socket) {
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length) < 0) return -errno;
    return error;
}

uint32_t nfmon_ring_status(const void *word) { return __atomic_load_n((const uint32_t *)word, __ATOMIC_ACQUIRE); }

void nfmon_ring_set_status(void *word, uint32_t status) {
    __atomic_store_n((uint32_t *)word, status, __ATOMIC_RELEASE);
}

static int ask_interface(const char *name, unsigned long request, struct ifreq *answer) {
    memset(answer, 0, sizeof *answer);
    if (strlen(name) >= sizeof answer->ifr_name) return -ENODEV;
    strcpy(answer->ifr_name, name);
    int number = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (number < 0) number = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0); // a kernel without IPv4
    if (number < 0) return -errno;
    int result = result_of(ioctl(number, request, answer));
    close(number);
    return result;
}

int nfmon_interface_hardware(const char *name) {
    struct ifreq answer;
    int result = ask_interface(name, SIOCGIFHWADDR, &answer);
    return result < 0 ? result : answer.ifr_hwaddr.sa_family;
}

int nfmon_interface_flags(const char *name) {
    struct ifreq answer;
    int result = ask_interface(name, SIOCGIFFLAGS, &answer);
    return result < 0 ? result : (unsigned short)answer.ifr_flags;
}
