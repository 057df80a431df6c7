/*
 * From the PVH entry point to boot_main.
 *
 * The loader enters in 32-bit protected mode with flat segments, paging and interrupts off (Xen, "x86/HVM direct boot
 * ABI"). For 64-bit code this maps the first GiB onto itself and switches to long mode; 32-bit code only gets segments
 * whose selectors are known.
 */

	.equ	XEN_ELFNOTE_PHYS32_ENTRY, 18

	.equ	CR0_PG, 1 << 31
	.equ	CR4_PAE, 1 << 5
	.equ	MSR_EFER, 0xc0000080
	.equ	EFER_LME, 1 << 8

	.equ	PAGE_PRESENT_WRITABLE, 0x03
	.equ	PAGE_HUGE, 0x80			/* in a page directory: 2 MiB */

	.equ	CODE_SELECTOR, 0x08
	.equ	DATA_SELECTOR, 0x10

/* [c] defines of an image may set another size. */
#ifndef STACK_BYTES
#define STACK_BYTES 16384
#endif

/* The linker script puts __stack_top behind it. */
	.section .stack, "aw", @nobits
	.balign	16
	.skip	STACK_BYTES
	.balign	16

/* The note's value is 64 bits wide as QEMU reads that many of a 64-bit file; the upper half is zero. */
	.section .note.Xen, "a", @note
	.balign	4
	.long	4				/* bytes of the name */
	.long	8				/* bytes of the value */
	.long	XEN_ELFNOTE_PHYS32_ENTRY
	.asciz	"Xen"
	.long	_start, 0

	.section .text._start, "ax", @progbits
	.code32
	.globl	_start
	.type	_start, @function
_start:
	cli
	cld
	movl	$__stack_top, %esp

	/* Before page tables are written: they live in .bss. */
	movl	$__bss_start, %edi
	movl	$__bss_end, %ecx
	subl	%edi, %ecx
	shrl	$2, %ecx
	xorl	%eax, %eax
	rep stosl

#ifdef __x86_64__
	movl	$page_directory_pointers + PAGE_PRESENT_WRITABLE, page_map
	movl	$page_directory + PAGE_PRESENT_WRITABLE, page_directory_pointers
	movl	$page_directory, %edi
	movl	$PAGE_HUGE | PAGE_PRESENT_WRITABLE, %eax
	movl	$512, %ecx
.Lmap:
	movl	%eax, (%edi)
	addl	$8, %edi
	addl	$0x200000, %eax
	loop	.Lmap

	movl	%cr4, %eax
	orl	$CR4_PAE, %eax
	movl	%eax, %cr4
	movl	$page_map, %eax
	movl	%eax, %cr3
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_LME, %eax
	wrmsr
	movl	%cr0, %eax
	orl	$CR0_PG, %eax
	movl	%eax, %cr0
#endif

	lgdt	gdt_pointer
	ljmp	$CODE_SELECTOR, $.Lown_segments
#ifdef __x86_64__
	.code64
#endif
.Lown_segments:
	movl	$DATA_SELECTOR, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %fs
	movl	%eax, %gs
	movl	%eax, %ss
	/* The System V ABI wants the stack aligned to 16 bytes at the call; the linker script aligns its top. */
	movl	$__stack_top, %esp
	xorl	%ebp, %ebp
	call	boot_main
	ud2
	.size	_start, . - _start

/* The accessed bit is set already, so that the processor never writes to this read-only table. */
	.section .rodata.gdt, "a", @progbits
	.balign	8
gdt:
	.quad	0
#ifdef __x86_64__
	.quad	0x00af9b000000ffff		/* CODE_SELECTOR: 64-bit code */
#else
	.quad	0x00cf9b000000ffff		/* CODE_SELECTOR: 32-bit code */
#endif
	.quad	0x00cf93000000ffff		/* DATA_SELECTOR: data */
gdt_pointer:
	.word	gdt_pointer - gdt - 1
	.long	gdt

#ifdef __x86_64__
	.section .bss.page_tables, "aw", @nobits
	.balign	4096
page_map:
	.skip	4096
page_directory_pointers:
	.skip	4096
page_directory:
	.skip	4096
#endif

	.section .note.GNU-stack, "", @progbits
