/* QEMU's RISC-V `virt`: an NS16550 UART and the SiFive test finisher. */
#include "board.h"

#define UART0 ((volatile uint8_t *)0x10000000)
#define UART_DATA 0             /* divisor, low byte, while LCR_DIVISOR is set */
#define UART_INTERRUPT_ENABLE 1 /* divisor, high byte, while LCR_DIVISOR is set */
#define UART_FIFO_CONTROL 2
#define UART_LINE_CONTROL 3
#define UART_LINE_STATUS 5
#define FCR_ENABLE_AND_CLEAR 0x07u
#define LCR_8N1 0x03u
#define LCR_DIVISOR 0x80u
#define LSR_TRANSMITTER_EMPTY 0x20u

#define FINISHER (*(volatile uint32_t *)0x00100000)
#define FINISHER_PASS 0x5555u
#define FINISHER_FAIL 0x3333u /* with the exit code in the upper half */

void board_init(void)
{
	UART0[UART_INTERRUPT_ENABLE] = 0;
	UART0[UART_LINE_CONTROL] = LCR_DIVISOR;
	UART0[UART_DATA] = 2; /* 115200 baud of the 3.6864 MHz clock */
	UART0[UART_INTERRUPT_ENABLE] = 0;
	UART0[UART_LINE_CONTROL] = LCR_8N1;
	UART0[UART_FIFO_CONTROL] = FCR_ENABLE_AND_CLEAR;
}

void board_putc(uint8_t byte)
{
	while ((UART0[UART_LINE_STATUS] & LSR_TRANSMITTER_EMPTY) == 0)
		;
	UART0[UART_DATA] = byte;
}

noreturn void board_exit(uint32_t code)
{
	FINISHER = code == 0 ? FINISHER_PASS : code << 16 | FINISHER_FAIL;
	for (;;)
		__asm__ volatile("wfi");
}
