#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

enum { MAX_BATCH = 64 };

int nfmon_receive_batch(int socket, void *buffers, uint32_t stride, uint32_t count, uint32_t *lengths) {
    struct mmsghdr headers[MAX_BATCH];
    struct iovec vectors[MAX_BATCH];
    if (count > MAX_BATCH) count = MAX_BATCH;
    memset(headers, 0, sizeof(headers[0]) * count);
    for (uint32_t i = 0; i < count; i++) {
        vectors[i].iov_base = (char *)buffers + (size_t)stride * i;
        vectors[i].iov_len = stride;
        headers[i].msg_hdr.msg_iov = &vectors[i];
        headers[i].msg_hdr.msg_iovlen = 1;
    }
    int received;
    do {
        // MSG_TRUNC: the length is the datagram's own, also where the buffer was too short for it.
        received = recvmmsg(socket, headers, count, MSG_DONTWAIT | MSG_TRUNC, NULL);
    } while (received < 0 && errno == EINTR);
    if (received < 0) return -errno;
    for (int i = 0; i < received; i++) lengths[i] = headers[i].msg_len;
    return received;
}

// SO_MEMINFO and its words SK_MEMINFO_RMEM_ALLOC and SK_MEMINFO_DROPS.
enum { MEMINFO = 55, RECEIVE_MEMORY = 0, DROPS = 8 };

static int64_t memory_word(int socket, int word) {
    uint32_t words[DROPS + 1];
    socklen_t length = sizeof words;
    if (getsockopt(socket, SOL_SOCKET, MEMINFO, words, &length) < 0 || length < sizeof words) return -1;
    return words[word];
}

int64_t nfmon_drop_count(int socket) { return memory_word(socket, DROPS); }

int64_t nfmon_receive_memory(int socket) { return memory_word(socket, RECEIVE_MEMORY); }

int nfmon_attach_filter(int socket, const void *instructions, uint16_t count) {
    struct sock_fprog program = {.len = count, .filter = (struct sock_filter *)instructions};
    return setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0 ? -errno : 0;
}

int nfmon_clock_is_synchronised(void) {
    struct timex state = {.modes = 0}; // a look only
    if (adjtimex(&state) < 0) return -1;
    return !(state.status & STA_UNSYNC);
}

int nfmon_unix_datagram_socket(void) {
    int number = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return number < 0 ? -errno : number;
}

int nfmon_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int nfmon_setns_network(int descriptor) { return setns(descriptor, CLONE_NEWNET); }

static int result_of(long result) { return result < 0 ? -errno : 0; }

int nfmon_keep_capabilities_across_setuid(int keep) { return result_of(prctl(PR_SET_KEEPCAPS, keep, 0, 0, 0)); }

int nfmon_set_capabilities(uint64_t set) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
    for (unsigned i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
        data[i].effective = data[i].permitted = data[i].inheritable = (uint32_t)(set >> 32 * i);
    return result_of(syscall(SYS_capset, &header, data));
}

int nfmon_drop_bounding_capability(int capability) { return result_of(prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)); }

int nfmon_clear_ambient_capabilities(void) { return result_of(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)); }

int nfmon_raise_ambient_capability(int capability) {
    return result_of(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0));
}

// The kernel takes what is not inheritable from the ambient set, too.
static int change_inheritable(int capability, int is_inheritable) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
    if (syscall(SYS_capget, &header, data) < 0) return -errno;
    uint32_t bit = 1u << capability % 32, *set = &data[capability / 32].inheritable;
    *set = is_inheritable ? *set | bit : *set & ~bit;
    return result_of(syscall(SYS_capset, &header, data));
}

int nfmon_lend_capability(int capability) {
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, capability, 0, 0) != 0) return 0;
    int result = change_inheritable(capability, 1);
    if (result < 0) return result;
    result = nfmon_raise_ambient_capability(capability);
    if (result == 0) return 1;
    change_inheritable(capability, 0);
    return result;
}

int nfmon_take_back_capability(int capability) { return change_inheritable(capability, 0); }

int nfmon_set_no_new_privileges(void) { return result_of(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)); }

void nfmon_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

// By the signal's number.
static volatile sig_atomic_t signal_descriptors[NSIG];

static void notify(int signal) {
    int saved = errno;
    uint64_t one = 1;
    ssize_t written = write(signal_descriptors[signal], &one, sizeof one);
    (void)written; // nothing can be done about it inside a handler; the counter is then non-zero already
    errno = saved;
}

static int notify_on(int signal, int descriptor) {
    signal_descriptors[signal] = descriptor;
    struct sigaction action = {.sa_handler = notify, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    return sigaction(signal, &action, NULL) < 0 ? -errno : 0;
}

// Whether SIGHUP means to reload.
static int reloads;

int nfmon_stop_on_signals(int descriptor) {
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    for (unsigned i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        if (signals[i] == SIGHUP && reloads) continue;
        int result = notify_on(signals[i], descriptor);
        if (result < 0) return result;
    }
    // A closed pipe is an error of write(2), not the end of the process.
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&ignore.sa_mask);
    return sigaction(SIGPIPE, &ignore, NULL) < 0 ? -errno : 0;
}

int nfmon_reload_on_signal(int descriptor) {
    reloads = 1;
    return notify_on(SIGHUP, descriptor);
}

int nfmon_ask_on_signal(int descriptor) { return notify_on(SIGUSR1, descriptor); }

int nfmon_try_local_socket(const char *path) {
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof(address.sun_path)) return -ENAMETOOLONG;
    strcpy(address.sun_path, path);
    int number = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (number < 0) return -errno;
    int result = connect(number, (const struct sockaddr *)&address, sizeof(address)) == 0 ? 0 : -errno;
    close(number);
    return result;
}
