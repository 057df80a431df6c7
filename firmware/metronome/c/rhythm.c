#include "rhythm.h"

bool rhythm_is_accent(uint32_t beat, uint32_t accents, uint32_t beats)
{
	/* the line from (0, 0) to (beats, accents), as Bresenham draws it: an accent wherever it steps up */
	return beat * accents % beats < accents;
}
