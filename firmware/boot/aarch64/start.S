/*
 * From reset at exception level 1, where a loader leaves the first processor, to boot_main (Arm Architecture Reference
 * Manual for A-profile, D1.3 "Exceptions").
 *
 * The MMU stays off. All memory then counts as device memory, in which only aligned accesses work: the target
 * specification says +strict-align.
 */

	.equ	CPACR_NO_TRAP_OF_FLOATS, 3 << 20

/* [c] defines of an image may set another size. */
#ifndef STACK_BYTES
#define STACK_BYTES 16384
#endif

/* The linker script puts __stack_top behind it. */
	.section .stack, "aw", %nobits
	.balign	16
	.skip	STACK_BYTES
	.balign	16

	.section .text._start, "ax", %progbits
	.globl	_start
	.type	_start, %function
_start:
#ifdef __ARM_FP
	/* First of all: compiled code may use the vector registers anywhere, a memcpy included. */
	mrs	x0, cpacr_el1
	orr	x0, x0, #CPACR_NO_TRAP_OF_FLOATS
	msr	cpacr_el1, x0
#endif
	adrp	x0, trap_vectors
	add	x0, x0, :lo12:trap_vectors
	msr	vbar_el1, x0
	isb
	adrp	x0, __stack_top
	add	x0, x0, :lo12:__stack_top
	mov	sp, x0

	adrp	x0, __bss_start
	add	x0, x0, :lo12:__bss_start
	adrp	x1, __bss_end
	add	x1, x1, :lo12:__bss_end
	b	.Lzero_check
.Lzero:
	stp	xzr, xzr, [x0], #16
.Lzero_check:
	cmp	x0, x1
	b.lo	.Lzero

	/* Everything else is in RAM already: the image is loaded where it runs. */
	bl	boot_main
	udf	#0
	.size	_start, . - _start

/* Four kinds of exceptions from each of four origins; none is expected. */
	.section .text.trap_vectors, "ax", %progbits
	.balign	2048
	.type	trap_vectors, %function
trap_vectors:
	.rept	16
	b	trap
	.balign	128
	.endr
	.size	trap_vectors, . - trap_vectors

	.section .text.trap, "ax", %progbits
	.type	trap, %function
trap:
	adrp	x0, __stack_top			/* the old stack may be what broke, and nobody returns to it */
	add	x0, x0, :lo12:__stack_top
	mov	sp, x0
	mrs	x0, esr_el1			/* the syndrome: its class is in bits 31 to 26 */
	mrs	x1, elr_el1
	bl	boot_fault
	udf	#0
	.size	trap, . - trap

	.section .note.GNU-stack, "", %progbits
