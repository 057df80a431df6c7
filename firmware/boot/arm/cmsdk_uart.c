/* Arm's MPS2 boards: the first CMSDK APB UART. */
#include "board.h"

/* [c] defines of an image may say that it lies elsewhere. */
#ifndef UART0_BASE
#define UART0_BASE 0x40004000
#endif

/* Cortex-M System Design Kit Technical Reference Manual, section 4.3. */
struct cmsdk_uart {
	uint32_t data;
	uint32_t state;
	uint32_t control;
	uint32_t interrupt;
	uint32_t baud_divisor;
};
#define UART0 ((volatile struct cmsdk_uart *)UART0_BASE)
#define STATE_TRANSMIT_FULL (1u << 0)
#define CONTROL_TRANSMIT_ENABLE (1u << 0)
#define PERIPHERAL_CLOCK_HZ 25000000u
#define BAUD 115200u

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
