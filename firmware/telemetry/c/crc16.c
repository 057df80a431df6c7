#include "crc16.h"

/* The CRC register after four bits, by the four bits shifted out: 32 bytes of FLASH instead of 512. */
static const uint16_t table[16] = {
	0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50a5, 0x60c6, 0x70e7,
	0x8108, 0x9129, 0xa14a, 0xb16b, 0xc18c, 0xd1ad, 0xe1ce, 0xf1ef,
};

static uint16_t update_nibble(uint16_t crc, uint8_t nibble)
{
	return (uint16_t)(crc << 4) ^ table[(crc >> 12) ^ nibble];
}

uint16_t crc16_update(uint16_t crc, const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		crc = update_nibble(crc, bytes[i] >> 4);
		crc = update_nibble(crc, bytes[i] & 0xf);
	}
	return crc;
}
