/* Atomic accesses for one core without compare-and-swap, by masking interrupts: Arm M profile, RISC-V in machine mode.
 *
 * __sync_*: what Rust calls where the target has atomics-32 or forced-atomics.
 * __atomic_*: what gcc calls for <stdatomic.h>; its loads, stores and fences are instructions.
 *
 * Not for several cores, and not for accesses that race with a handler that cannot be masked (NMI, HardFault). */
#include <stdbool.h>
#include <stdint.h>

#if defined(__arm__)
typedef uint32_t interrupts;

static inline interrupts mask(void)
{
	interrupts before;
	__asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(before) : : "memory");
	return before;
}

static inline void restore(interrupts before)
{
	__asm__ volatile("msr primask, %0" : : "r"(before) : "memory");
}
#elif defined(__riscv)
typedef unsigned long interrupts;

static inline interrupts mask(void)
{
	interrupts before;
	__asm__ volatile("csrrci %0, mstatus, 8" : "=r"(before) : : "memory");
	return before & 8;
}

static inline void restore(interrupts before)
{
	__asm__ volatile("csrs mstatus, %0" : : "r"(before) : "memory");
}
#else
#error "say here how interrupts are masked"
#endif

/* The names are gcc's own, which it would replace by calls of themselves: they are given as labels. What gcc passes behind
 * the operands (the memory order, whether a failure may be spurious) changes nothing here and is not declared. LLVM does not
 * extend small operands as the ABI of C wants it: they are taken as whole registers, of which the low part counts. It takes
 * every result for unsigned. */
#define LABEL(family, operation, size) __asm__("__" #family "_" #operation "_" #size)

#define FETCH(family, operation, size, type, result)                                                       \
	type family##_##operation##_##size(volatile type *at, uintptr_t given)                             \
		LABEL(family, operation, size);                                                            \
	type family##_##operation##_##size(volatile type *at, uintptr_t given)                             \
	{                                                                                                  \
		type value = (type)given;                                                                  \
		interrupts before = mask();                                                                \
		type old = *at;                                                                            \
		*at = (type)(result);                                                                      \
		restore(before);                                                                           \
		return old;                                                                                \
	}

#define COMPARE_AND_SWAP(size, type)                                                                       \
	type sync_compare_##size(volatile type *at, uintptr_t expected, uintptr_t value)                   \
		LABEL(sync, val_compare_and_swap, size);                                                   \
	type sync_compare_##size(volatile type *at, uintptr_t expected, uintptr_t value)                   \
	{                                                                                                  \
		interrupts before = mask();                                                                \
		type old = *at;                                                                            \
		if (old == (type)expected)                                                                 \
			*at = (type)value;                                                                 \
		restore(before);                                                                           \
		return old;                                                                                \
	}

#define COMPARE_EXCHANGE(size, type)                                                                       \
	bool atomic_compare_##size(volatile type *at, type *expected, uintptr_t value)                     \
		LABEL(atomic, compare_exchange, size);                                                     \
	bool atomic_compare_##size(volatile type *at, type *expected, uintptr_t value)                     \
	{                                                                                                  \
		type wanted = *expected;                                                                   \
		*expected = sync_compare_##size(at, wanted, value);                                        \
		return *expected == wanted;                                                                \
	}

#define ALL(size, type, signed_type)                                                                       \
	COMPARE_AND_SWAP(size, type)                                                                       \
	FETCH(sync, lock_test_and_set, size, type, value)                                                  \
	FETCH(sync, fetch_and_add, size, type, old + value)                                                \
	FETCH(sync, fetch_and_sub, size, type, old - value)                                                \
	FETCH(sync, fetch_and_and, size, type, old & value)                                                \
	FETCH(sync, fetch_and_or, size, type, old | value)                                                 \
	FETCH(sync, fetch_and_xor, size, type, old ^ value)                                                \
	FETCH(sync, fetch_and_nand, size, type, ~(old & value))                                            \
	FETCH(sync, fetch_and_max, size, type, (signed_type)old > (signed_type)value ? old : value)        \
	FETCH(sync, fetch_and_min, size, type, (signed_type)old < (signed_type)value ? old : value)        \
	FETCH(sync, fetch_and_umax, size, type, old > value ? old : value)                                 \
	FETCH(sync, fetch_and_umin, size, type, old < value ? old : value)                                 \
	COMPARE_EXCHANGE(size, type)                                                                       \
	FETCH(atomic, exchange, size, type, value)                                                         \
	FETCH(atomic, fetch_add, size, type, old + value)                                                  \
	FETCH(atomic, fetch_sub, size, type, old - value)                                                  \
	FETCH(atomic, fetch_and, size, type, old & value)                                                  \
	FETCH(atomic, fetch_or, size, type, old | value)                                                   \
	FETCH(atomic, fetch_xor, size, type, old ^ value)                                                  \
	FETCH(atomic, fetch_nand, size, type, ~(old & value))

ALL(1, uint8_t, int8_t)
ALL(2, uint16_t, int16_t)
ALL(4, uint32_t, int32_t)
#if UINTPTR_MAX > UINT32_MAX
ALL(8, uint64_t, int64_t)
#endif
