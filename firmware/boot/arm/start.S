/*
 * From the vector table of a Cortex-M (Armv7-M Architecture Reference Manual, B1.5) to boot_main, in instructions that
 * Armv6-M has too.
 */

	.syntax	unified
	.thumb

	.equ	CPACR, 0xe000ed88
	.equ	CPACR_FULL_ACCESS_CP10_CP11, 0xf << 20

	.equ	STACKED_PC, 24			/* offset in the exception frame */

/* [c] defines of an image may set another size. */
#ifndef STACK_BYTES
#define STACK_BYTES 8192
#endif

/* The linker script puts __stack_top behind it. */
	.section .stack, "aw", %nobits
	.balign	8
	.skip	STACK_BYTES
	.balign	8

	.section .vectors, "a", %progbits
	.balign	4
	.globl	__vectors
	.type	__vectors, %object
__vectors:
	.word	__stack_top
	.word	Reset
	.rept	14				/* NMI, HardFault, ..., SysTick: none is expected */
	.word	Fault
	.endr
	.size	__vectors, . - __vectors

	.section .text.Reset, "ax", %progbits
	.globl	Reset
	.thumb_func
	.type	Reset, %function
Reset:
#ifdef __ARM_FP
	/* First of all: compiled code may use the FPU's registers anywhere, a memcpy included. */
	ldr	r0, =CPACR
	ldr	r1, [r0]
	ldr	r2, =CPACR_FULL_ACCESS_CP10_CP11
	orrs	r1, r2
	str	r1, [r0]
	dsb
	isb
#endif

	ldr	r0, =__data_start
	ldr	r1, =__data_end
	ldr	r2, =__data_load
	b	.Lcopy_check
.Lcopy:
	ldmia	r2!, {r3}
	stmia	r0!, {r3}
.Lcopy_check:
	cmp	r0, r1
	blo	.Lcopy

	ldr	r0, =__bss_start
	ldr	r1, =__bss_end
	movs	r2, #0
	b	.Lzero_check
.Lzero:
	stmia	r0!, {r2}
.Lzero_check:
	cmp	r0, r1
	blo	.Lzero

	bl	boot_main
	udf	#0
	.size	Reset, . - Reset
	.ltorg

	.section .text.Fault, "ax", %progbits
	.thumb_func
	.type	Fault, %function
Fault:
	mrs	r0, ipsr			/* the exception's number; 3 is HardFault */
	mrs	r1, msp
	ldr	r1, [r1, #STACKED_PC]
	bl	boot_fault
	udf	#0
	.size	Fault, . - Fault

	.section .note.GNU-stack, "", %progbits
