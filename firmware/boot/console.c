#include "console.h"

#include <stddef.h>

#include "board.h"

void console_puts(const char *text)
{
	while (*text != '\0')
		board_putc((uint8_t)*text++);
}

void console_hex(uintptr_t value)
{
	static const char digits[] = "0123456789abcdef";

	console_puts("0x");
	for (size_t nibble = 2 * sizeof(value); nibble-- > 0;)
		board_putc((uint8_t)digits[(value >> (4 * nibble)) & 0xf]);
}

void console_decimal(uint32_t value)
{
	char text[11]; /* 4294967295 and the final NUL */
	char *first = &text[sizeof(text) - 1];

	*first = '\0';
	do {
		*--first = (char)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	console_puts(first);
}
