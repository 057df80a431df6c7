/* What hello's two languages say to each other. src/ffi.rs is the Rust side, declaration for declaration. */
#ifndef HELLO_H
#define HELLO_H

#include <stddef.h>
#include <stdint.h>

enum unit {
	UNIT_NONE,
	UNIT_VOLT,
	UNIT_KELVIN,
};

/* Its layout depends on how wide an enum is and how a double is aligned: both differ between targets. */
struct sample {
	enum unit unit;
	double value;
	uint16_t channel;
};

struct sample_layout {
	size_t size;
	size_t unit_size;
	size_t value_offset;
	size_t channel_offset;
};

/* Written in C. */

/* Add up the values, every addition done by Rust, print the sum and return it. */
uint32_t hello_sum(const uint32_t *values, size_t count);

/* Put the last sample first. */
void hello_reverse(struct sample *samples, size_t count);

/* Tell how C lays a sample out. */
void hello_sample_layout(struct sample_layout *layout);

#if !defined(__x86_64__) && !defined(__i386__)
/*
 * Floats by value. Not on x86: there Rust is soft-float and passes them in integer registers, while C has no way to
 * pass or return them without SSE or x87.
 */
float hello_mean(float a, float b);
#endif

/* Written in Rust. */

uint32_t hello_add(uint32_t a, uint32_t b);

#endif
