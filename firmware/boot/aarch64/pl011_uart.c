/* QEMU's Arm `virt`: a PL011 UART. */
#include "board.h"

/* PrimeCell UART (PL011) Technical Reference Manual, chapter 3. */
#define UART0_REGISTER(offset) (*(volatile uint32_t *)(0x09000000 + (offset)))
#define DATA UART0_REGISTER(0x00)
#define FLAGS UART0_REGISTER(0x18)
#define BAUD_INTEGER UART0_REGISTER(0x24)
#define BAUD_FRACTION UART0_REGISTER(0x28)
#define LINE_CONTROL UART0_REGISTER(0x2c)
#define CONTROL UART0_REGISTER(0x30)
#define FLAG_TRANSMIT_FULL (1u << 5)
#define LINE_8N1_WITH_FIFO 0x70u
#define CONTROL_ENABLE_TRANSMIT 0x101u

void board_init(void)
{
	CONTROL = 0;
	BAUD_INTEGER = 13; /* 115200 baud of the 24 MHz clock */
	BAUD_FRACTION = 1;
	LINE_CONTROL = LINE_8N1_WITH_FIFO;
	CONTROL = CONTROL_ENABLE_TRANSMIT;
}

void board_putc(uint8_t byte)
{
	while ((FLAGS & FLAG_TRANSMIT_FULL) != 0)
		;
	DATA = byte;
}
