#define _GNU_SOURCE
#include "CTerminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

// Milliseconds for which a terminal that takes nothing is waited for, and a shell that has not noticed the end yet.
enum { LONGEST_LEAVE = 64, PATIENCE = 500, SHELL_TIME = 200 };

static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS, SIGQUIT};
enum { CRASHES = sizeof crashes / sizeof crashes[0] };

static struct termios modes_before, modes_of_screen;
static struct sigaction actions_before[CRASHES];
static char leave_text[LONGEST_LEAVE];
static size_t leave_length;
static int watcher_pipe = -1;
static pid_t watcher = -1;
static volatile sig_atomic_t is_screen;
static volatile sig_atomic_t news_descriptor = -1;
static volatile sig_atomic_t resized, continued, stop_wanted;

// A terminal that takes nothing, as somebody pressed Ctrl-S, must not hold up an end.
static void write_leave_text(void) {
    struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
    if (poll(&output, 1, PATIENCE) > 0) {
        ssize_t written = write(STDOUT_FILENO, leave_text, leave_length);
        (void)written; // who could be told?
    }
}

// Tells the watcher whether there is anything to give back.
static void tell_watcher(char word) {
    ssize_t written = watcher_pipe >= 0 ? write(watcher_pipe, &word, 1) : 0;
    (void)written; // a watcher that is gone watches nothing
}

void nfmon_terminal_leave(void) {
    if (!is_screen) return;
    int saved = errno;
    is_screen = 0;
    write_leave_text();
    tcsetattr(STDIN_FILENO, TCSANOW, &modes_before);
    tell_watcher('-');
    errno = saved;
}

int nfmon_terminal_enter(const char *enter) {
    // Told first: for a moment it then watches a terminal that is none yet, which it sees by the modes.
    tell_watcher('+');
    is_screen = 1;
    if (tcsetattr(STDIN_FILENO, TCSANOW, &modes_of_screen) < 0) {
        int error = errno;
        is_screen = 0;
        tell_watcher('-');
        return -error;
    }
    size_t length = strlen(enter);
    return write(STDOUT_FILENO, enter, length) < 0 ? -errno : 0;
}

static void give_back_and_crash(int signal) {
    nfmon_terminal_leave();
    // What was to happen, happens when this handler returns: the signal is blocked until then.
    for (int i = 0; i < CRASHES; i++)
        if (crashes[i] == signal) sigaction(signal, &actions_before[i], NULL);
    raise(signal);
}

static void note(int signal) {
    int saved = errno;
    if (signal == SIGWINCH) resized = 1;
    if (signal == SIGCONT) continued = 1;
    if (signal == SIGTSTP) stop_wanted = 1;
    uint64_t one = 1;
    ssize_t written = write(news_descriptor, &one, sizeof one);
    (void)written; // a full counter means that the flag is up
    errno = saved;
}

uint32_t nfmon_terminal_news(void) {
    uint32_t news = 0;
    if (resized) news |= NFMON_TERMINAL_RESIZED, resized = 0;
    if (continued) news |= NFMON_TERMINAL_CONTINUED, continued = 0;
    if (stop_wanted) news |= NFMON_TERMINAL_STOP, stop_wanted = 0;
    return news;
}

static int is_in_modes_of_screen(void) {
    struct termios modes;
    return tcgetattr(STDIN_FILENO, &modes) == 0 && modes.c_iflag == modes_of_screen.c_iflag &&
           modes.c_oflag == modes_of_screen.c_oflag && modes.c_lflag == modes_of_screen.c_lflag;
}

// Gives back what a process that is gone had taken: the screen at once, before the shell writes its prompt on it. The modes a
// moment later, as a shell that cares about them sets its own when its job ends, and must not be overruled.
static void give_back(void) {
    int is_first = is_in_modes_of_screen();
    write_leave_text();
    if (!is_first) {
        static const char words[] = "\r\nnfmon: killed; Enter shows the prompt again\r\n";
        ssize_t written = write(STDOUT_FILENO, words, sizeof words - 1);
        (void)written; // a terminal that is gone needs no words
        return;
    }
    for (int waited = 0; waited < SHELL_TIME; waited += 10) {
        poll(NULL, 0, 10);
        if (!is_in_modes_of_screen()) return;
    }
    tcsetattr(STDIN_FILENO, TCSANOW, &modes_before);
}

// The watcher: in a process group of its own, so that nothing meant for nfmon's job ends it, and deaf to every signal but SIGKILL
// (with SIGTTOU blocked it may use the terminal from the background). It ends when the other end of its pipe does.
static void watch(int words) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    prctl(PR_SET_NAME, "nfmon-terminal");
    setpgid(0, 0);
    setpriority(PRIO_PROCESS, 0, -20); // before the shell, if that is allowed
    dup2(words, STDERR_FILENO);
    close_range(STDERR_FILENO + 1, ~0U, 0);
    char word, last = '-';
    for (;;) {
        ssize_t count = read(STDERR_FILENO, &word, 1);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        last = word;
    }
    if (last == '+') give_back();
    _exit(0);
}

static int start_watcher(void) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return -errno;
    watcher = fork();
    if (watcher < 0) {
        int error = errno;
        close(ends[0]);
        close(ends[1]);
        return -error;
    }
    if (watcher == 0) {
        close(ends[1]);
        watch(ends[0]);
    }
    close(ends[0]);
    watcher_pipe = ends[1];
    return 0;
}

static int handle(int signal, void (*handler)(int), struct sigaction *before) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    return sigaction(signal, &action, before) < 0 ? -errno : 0;
}

int nfmon_terminal_open(int descriptor, const char *leave) {
    if (tcgetattr(STDIN_FILENO, &modes_before) < 0) return -errno;
    modes_of_screen = modes_before;
    // Bytes as they are typed; Ctrl-C and its like are keys.
    modes_of_screen.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INLCR | IGNCR | INPCK | ISTRIP | IXON);
    modes_of_screen.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN | ISIG);
    modes_of_screen.c_cc[VMIN] = 1;
    modes_of_screen.c_cc[VTIME] = 0;
    leave_length = strnlen(leave, LONGEST_LEAVE);
    memcpy(leave_text, leave, leave_length);
    news_descriptor = descriptor;
    int result = start_watcher();
    for (int i = 0; i < CRASHES && result == 0; i++) result = handle(crashes[i], give_back_and_crash, &actions_before[i]);
    if (result == 0) result = handle(SIGWINCH, note, NULL);
    if (result == 0) result = handle(SIGCONT, note, NULL);
    if (result == 0) result = handle(SIGTSTP, note, NULL);
    return result;
}

void nfmon_terminal_close(void) {
    nfmon_terminal_leave();
    if (watcher_pipe < 0) return;
    close(watcher_pipe);
    watcher_pipe = -1;
    while (waitpid(watcher, NULL, 0) < 0 && errno == EINTR) {
    }
}
