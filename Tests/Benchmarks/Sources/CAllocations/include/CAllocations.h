// Counts what the whole process allocates, the Swift runtime and the C libraries included.
#ifndef NFMON_CALLOCATIONS_H
#define NFMON_CALLOCATIONS_H

#include <stdint.h>

// Calls of malloc, calloc, realloc and their aligned siblings since the process began.
uint64_t allocation_count(void);

// Bytes in use from malloc, its own headers and large mapped blocks included (mallinfo2).
uint64_t allocated_byte_count(void);

// Bytes of memory that the process occupies (/proc/self/statm).
uint64_t resident_byte_count(void);

#endif
