/* What every board gives: one serial port and a way to end the run. Each folder of a processor implements it. */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>
#include <stdnoreturn.h>

/* Bring the serial port up. Call once, before anything is printed. */
void board_init(void);

/* Send one byte; wait while the transmitter is full. */
void board_putc(uint8_t byte);

/* End the run: 0 is success, anything from 1 to 127 a failure. */
noreturn void board_exit(uint32_t code);

#endif
