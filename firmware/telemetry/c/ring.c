#include "ring.h"

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

bool ring_init(struct ring *ring, uint8_t *storage, size_t capacity)
{
	if (capacity == 0 || capacity > 1u << 31 || (capacity & (capacity - 1)) != 0)
		return false;
	*ring = (struct ring){
		.storage = storage,
		.mask = (uint32_t)(capacity - 1),
	};
	return true;
}

size_t ring_used(const struct ring *ring)
{
	return (uint32_t)(ring->written - ring->read);
}

size_t ring_push(struct ring *ring, const uint8_t *bytes, size_t count)
{
	const size_t room = (size_t)ring->mask + 1 - ring_used(ring);
	const size_t pushed = smaller(count, room);

	for (size_t i = 0; i < pushed; i++)
		ring->storage[ring->written++ & ring->mask] = bytes[i];
	return pushed;
}

size_t ring_pop(struct ring *ring, uint8_t *bytes, size_t count)
{
	const size_t popped = smaller(count, ring_used(ring));

	for (size_t i = 0; i < popped; i++)
		bytes[i] = ring->storage[ring->read++ & ring->mask];
	return popped;
}
