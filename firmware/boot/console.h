/* Text on the serial port, for C code. Rust has board::println!. */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdint.h>

void console_puts(const char *text);

/* Print as 0x and eight digits, or sixteen where addresses are that wide. */
void console_hex(uintptr_t value);

void console_decimal(uint32_t value);

#endif
