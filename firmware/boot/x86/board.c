/* A PC, of 32 or 64 bits: COM1, an interrupt table whose entries report faults, QEMU's isa-debug-exit device. */
#include "board.h"

#include <stddef.h>

#define COM1 0x3f8u
#define UART_DATA (COM1 + 0)          /* divisor, low byte, while LCR_DIVISOR is set */
#define UART_INTERRUPT_ENABLE (COM1 + 1) /* divisor, high byte, while LCR_DIVISOR is set */
#define UART_FIFO_CONTROL (COM1 + 2)
#define UART_LINE_CONTROL (COM1 + 3)
#define UART_MODEM_CONTROL (COM1 + 4)
#define UART_LINE_STATUS (COM1 + 5)
#define FCR_ENABLE_AND_CLEAR 0x07u
#define LCR_8N1 0x03u
#define LCR_DIVISOR 0x80u
#define LSR_TRANSMITTER_EMPTY 0x20u
#define MCR_DTR_RTS 0x03u

/* Writing v ends QEMU with the status 2v + 1. */
#define DEBUG_EXIT 0xf4u

#define EXCEPTIONS 32
#define CODE_SELECTOR 0x08
#define GATE_PRESENT_INTERRUPT 0x8e

/* Intel SDM volume 3, section 7.11 and, for 64 bits, 7.14.1. */
struct gate {
	uint16_t offset_low;
	uint16_t selector;
	uint8_t interrupt_stack;
	uint8_t type;
	uint16_t offset_middle;
#if defined(__x86_64__)
	uint32_t offset_high;
	uint32_t reserved;
#endif
};
_Static_assert(sizeof(struct gate) == 2 * sizeof(void *), "the processor's own layout");

struct __attribute__((packed)) table_pointer {
	uint16_t limit;
	uintptr_t base;
};

extern const uintptr_t trap_entries[EXCEPTIONS];

static struct gate interrupt_table[EXCEPTIONS];

static void out8(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static void out32(uint16_t port, uint32_t value)
{
	__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static uint8_t in8(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static void load_interrupt_table(void)
{
	const struct table_pointer pointer = {
		.limit = sizeof(interrupt_table) - 1,
		.base = (uintptr_t)interrupt_table,
	};

	for (size_t vector = 0; vector < EXCEPTIONS; vector++) {
		const uintptr_t entry = trap_entries[vector];

		interrupt_table[vector] = (struct gate){
			.offset_low = (uint16_t)entry,
			.selector = CODE_SELECTOR,
			.type = GATE_PRESENT_INTERRUPT,
			.offset_middle = (uint16_t)(entry >> 16),
#if defined(__x86_64__)
			.offset_high = (uint32_t)(entry >> 32),
#endif
		};
	}
	__asm__ volatile("lidt %0" : : "m"(pointer), "m"(interrupt_table));
}

void board_init(void)
{
	load_interrupt_table();
	out8(UART_INTERRUPT_ENABLE, 0);
	out8(UART_LINE_CONTROL, LCR_DIVISOR);
	out8(UART_DATA, 1); /* 115200 baud */
	out8(UART_INTERRUPT_ENABLE, 0);
	out8(UART_LINE_CONTROL, LCR_8N1);
	out8(UART_FIFO_CONTROL, FCR_ENABLE_AND_CLEAR);
	out8(UART_MODEM_CONTROL, MCR_DTR_RTS);
}

void board_putc(uint8_t byte)
{
	while ((in8(UART_LINE_STATUS) & LSR_TRANSMITTER_EMPTY) == 0)
		;
	out8(UART_DATA, byte);
}

noreturn void board_exit(uint32_t code)
{
	out32(DEBUG_EXIT, code);
	/* There is no such device on real hardware. */
	for (;;)
		__asm__ volatile("cli; hlt");
}
