/* The BBC micro:bit: the UART of its nRF51822, whose sending pin leads to the USB interface. */
#include "board.h"

/* nRF51 Series Reference Manual, chapter 28. */
#define UART_REGISTER(offset) (*(volatile uint32_t *)(0x40002000 + (offset)))
#define TASK_START_TRANSMITTER UART_REGISTER(0x008)
#define EVENT_TRANSMITTED UART_REGISTER(0x11c)
#define ENABLE UART_REGISTER(0x500)
#define PIN_TRANSMIT UART_REGISTER(0x50c)
#define TRANSMIT_DATA UART_REGISTER(0x51c)
#define BAUD_RATE UART_REGISTER(0x524)
#define ENABLE_UART 4u
#define USB_PIN 24u
#define BAUD_115200 0x01d7e000u

void board_init(void)
{
	PIN_TRANSMIT = USB_PIN;
	BAUD_RATE = BAUD_115200;
	ENABLE = ENABLE_UART;
	TASK_START_TRANSMITTER = 1;
}

void board_putc(uint8_t byte)
{
	EVENT_TRANSMITTED = 0;
	TRANSMIT_DATA = byte;
	while (EVENT_TRANSMITTED == 0)
		;
}
