/* ARM MPS2 with a Cortex-M4F (AN386): CMSDK APB UART 0, Arm semihosting to end the run. */
#include "board.h"

#include <stdbool.h>

/* Cortex-M System Design Kit Technical Reference Manual, section 4.3. */
struct cmsdk_uart {
	uint32_t data;
	uint32_t state;
	uint32_t control;
	uint32_t interrupt;
	uint32_t baud_divisor;
};
#define UART0 ((volatile struct cmsdk_uart *)0x40004000)
#define STATE_TRANSMIT_FULL (1u << 0)
#define CONTROL_TRANSMIT_ENABLE (1u << 0)
#define PERIPHERAL_CLOCK_HZ 25000000u
#define BAUD 115200u

/* "Semihosting for AArch32 and AArch64", 5.4 SYS_EXIT_EXTENDED. */
#define SYS_EXIT_EXTENDED 0x20u
#define ADP_STOPPED_APPLICATION_EXIT 0x20026u

void board_init(void)
{
	UART0->baud_divisor = PERIPHERAL_CLOCK_HZ / BAUD;
	UART0->control = CONTROL_TRANSMIT_ENABLE;
}

void board_putc(uint8_t byte)
{
	while ((UART0->state & STATE_TRANSMIT_FULL) != 0)
		;
	UART0->data = byte;
}

noreturn void board_exit(uint32_t code)
{
	const uint32_t block[2] = {ADP_STOPPED_APPLICATION_EXIT, code};
	register uint32_t operation __asm__("r0") = SYS_EXIT_EXTENDED;
	register const uint32_t *parameter __asm__("r1") = block;

	/* Without a debugger the breakpoint faults, and boot_fault comes back here: end there for good. */
	static bool leaving;
	if (!leaving) {
		leaving = true;
		__asm__ volatile("bkpt 0xab" : "+r"(operation) : "r"(parameter) : "memory");
	}
	for (;;)
		__asm__ volatile("wfi");
}
