// A terminal that is a screen for a while, and is given back as it was whatever becomes of the process. In C, as handlers of
// crash signals may call nothing that Swift makes sure of, and Swift cannot fork.
#ifndef NFMON_CTERMINAL_H
#define NFMON_CTERMINAL_H

#include <stdint.h>

// Bits of what nfmon_terminal_news returns.
enum { NFMON_TERMINAL_RESIZED = 1, NFMON_TERMINAL_CONTINUED = 2, NFMON_TERMINAL_STOP = 4 };

// Prepares for a terminal as standard input and output: keeps its modes; makes WINCH, CONT and TSTP add one to `descriptor`
// (an eventfd); makes signals that end a process by a crash give the terminal back first; and starts a process that does so
// when this one is gone without having done it (SIGKILL). `leave` is what makes it a common terminal again, at most 63 bytes.
// Returns 0, or -errno. Once in a process.
int nfmon_terminal_open(int descriptor, const char *leave);

// Makes it a screen: raw modes, then `enter` is written. Returns 0, or -errno. Doing it twice does no harm.
int nfmon_terminal_enter(const char *enter);

// Makes it a common terminal again, with the modes that it had; nothing where it is one.
void nfmon_terminal_leave(void);

// Ends the process that watches.
void nfmon_terminal_close(void);

// What has happened since the last call.
uint32_t nfmon_terminal_news(void);

#endif
