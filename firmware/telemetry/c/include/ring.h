/*
 * A ring buffer of bytes between one writer and one reader.
 *
 * The positions run on without being wrapped, so that all of the storage can be used: full and empty differ.
 */
#ifndef RING_H
#define RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ring {
	uint8_t *storage;
	uint32_t mask;    /* the capacity less one */
	uint32_t written; /* bytes ever pushed, modulo 2^32 */
	uint32_t read;    /* bytes ever popped, modulo 2^32 */
};

/* Take the storage, whose capacity in bytes must be a power of two; otherwise return false and leave the ring as it was. */
bool ring_init(struct ring *ring, uint8_t *storage, size_t capacity);

size_t ring_used(const struct ring *ring);

/* Push as many bytes as fit and return how many that were. */
size_t ring_push(struct ring *ring, const uint8_t *bytes, size_t count);

/* Pop as many bytes as there are, at most count, and return how many that were. */
size_t ring_pop(struct ring *ring, uint8_t *bytes, size_t count);

#endif
