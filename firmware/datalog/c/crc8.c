#include "crc8.h"

uint8_t crc8(const uint8_t *bytes, uint32_t count)
{
	uint8_t crc = 0;

	for (uint32_t i = 0; i < count; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = (uint8_t)(crc & 0x80 ? crc << 1 ^ 0x07 : crc << 1);
	}
	return crc;
}
