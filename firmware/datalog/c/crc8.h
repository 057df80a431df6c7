/* CRC-8 with the polynomial x^8 + x^2 + x + 1, as SMBus checks its packets. */
#ifndef CRC8_H
#define CRC8_H

#include <stdint.h>

uint8_t crc8(const uint8_t *bytes, uint32_t count);

#endif
