/*
 * From reset in machine mode to boot_main (RISC-V Privileged Architecture, 3.4 "Reset", 3.1.6 "mstatus" and 3.1.7
 * "mtvec"), on 32 and on 64 bits.
 */

	/* The control registers are an extension of their own (Zicsr) that the C code does not need. */
	.option	arch, +zicsr

	.equ	MSTATUS_FS_INITIAL, 1 << 13

/* [c] defines of an image may set another size. */
#ifndef STACK_BYTES
#define STACK_BYTES 16384
#endif

/* The linker script puts __stack_top behind it. */
	.section .stack, "aw", @nobits
	.balign	16
	.skip	STACK_BYTES
	.balign	16

	.section .text._start, "ax", @progbits
	.globl	_start
	.type	_start, @function
_start:
	csrr	t0, mhartid
	bnez	t0, .Lpark

#ifdef __riscv_flen
	/* First of all: compiled code may use the FPU's registers anywhere. */
	li	t0, MSTATUS_FS_INITIAL
	csrs	mstatus, t0
#endif

	/* gp must be loaded without the help of gp. */
	.option	push
	.option	norelax
	la	gp, __global_pointer$
	.option	pop
	la	sp, __stack_top
	la	t0, trap
	csrw	mtvec, t0

	la	t0, __bss_start
	la	t1, __bss_end
	j	.Lzero_check
.Lzero:
	sw	zero, 0(t0)
	addi	t0, t0, 4
.Lzero_check:
	bltu	t0, t1, .Lzero

	/* Everything else is in RAM already: the image is loaded where it runs. */
	call	boot_main
	unimp

.Lpark:
	wfi
	j	.Lpark
	.size	_start, . - _start

	.section .text.trap, "ax", @progbits
	.balign	4				/* mtvec's lowest two bits select the mode: 0 is direct */
	.type	trap, @function
trap:
	la	sp, __stack_top			/* the old stack may be what broke, and nobody returns to it */
	csrr	a0, mcause
	csrr	a1, mepc
	call	boot_fault
	unimp
	.size	trap, . - trap

	.section .note.GNU-stack, "", @progbits
