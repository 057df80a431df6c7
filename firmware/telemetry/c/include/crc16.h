/* CRC-16/CCITT: polynomial 0x1021, most significant bit first, as CRC RevEng's catalogue has it under CRC-16/IBM-3740. */
#ifndef CRC16_H
#define CRC16_H

#include <stddef.h>
#include <stdint.h>

/* The register before the first byte. The CRC of "123456789" is 0x29b1. */
#define CRC16_INITIAL 0xffffu

/* Carry a CRC on over more bytes. */
uint16_t crc16_update(uint16_t crc, const uint8_t *bytes, size_t count);

#endif
