/* One entry per processor exception (Intel SDM volume 3, table 7-1); each ends in boot_fault. */

	.equ	EXCEPTIONS, 32

/* The exceptions that push an error code, one bit each: 8, 10 to 14, 17, 21, 29 and 30. */
	.equ	WITH_ERROR_CODE, 0x60227d00

	.section .text.trap, "ax", @progbits

	.macro	entry vector, has_error_code
.Lentry_\vector:
	.if	\has_error_code == 0
	push	$0				/* stands for the error code: one stack layout for all */
	.endif
	push	$\vector
	jmp	trap
	.endm

	.altmacro
	.set	vector, 0
	.rept	EXCEPTIONS
	entry	%vector, %((WITH_ERROR_CODE >> vector) & 1)
	.set	vector, vector + 1
	.endr

	.type	trap, @function
trap:
	cld
#ifdef __x86_64__
	popq	%rdi				/* the vector */
	popq	%rax				/* the error code */
	popq	%rsi				/* the interrupted instruction */
	andq	$-16, %rsp
#else
	popl	%eax				/* the vector */
	popl	%ecx				/* the error code */
	popl	%edx				/* the interrupted instruction */
	andl	$-16, %esp
	subl	$8, %esp			/* with both arguments on it, the stack is aligned again */
	pushl	%edx
	pushl	%eax
#endif
	call	boot_fault
	ud2
	.size	trap, . - trap

	.macro	address vector
#ifdef __x86_64__
	.quad	.Lentry_\vector
#else
	.long	.Lentry_\vector
#endif
	.endm

	.section .rodata.trap_entries, "a", @progbits
	.balign	8
	.globl	trap_entries
	.type	trap_entries, @object
trap_entries:
	.set	vector, 0
	.rept	EXCEPTIONS
	address	%vector
	.set	vector, vector + 1
	.endr
	.size	trap_entries, . - trap_entries

	.section .note.GNU-stack, "", @progbits
