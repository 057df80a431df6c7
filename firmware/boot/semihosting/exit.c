/* Arm semihosting ends the run: "Semihosting for AArch32 and AArch64", 5.4 SYS_EXIT_EXTENDED. */
#include <stdbool.h>

#include "board.h"

#define SYS_EXIT_EXTENDED 0x20
#define ADP_STOPPED_APPLICATION_EXIT 0x20026

/* Both arguments are as wide as a register. */
static void semihosting_call(uintptr_t operation, const uintptr_t *parameter)
{
#if defined(__aarch64__)
	register uintptr_t first __asm__("x0") = operation;
	register const uintptr_t *second __asm__("x1") = parameter;

	__asm__ volatile("hlt 0xf000" : "+r"(first) : "r"(second) : "memory");
#else
	register uintptr_t first __asm__("r0") = operation;
	register const uintptr_t *second __asm__("r1") = parameter;

	__asm__ volatile("bkpt 0xab" : "+r"(first) : "r"(second) : "memory");
#endif
}

noreturn void board_exit(uint32_t code)
{
	const uintptr_t block[2] = {ADP_STOPPED_APPLICATION_EXIT, code};

	/* Without a debugger the call faults, and boot_fault comes back here: end there for good. */
	static bool leaving;
	if (!leaving) {
		leaving = true;
		semihosting_call(SYS_EXIT_EXTENDED, block);
	}
	for (;;)
		__asm__ volatile("wfi");
}
