#include "filter.h"

int16_t filter_update(struct filter *filter, int16_t sample)
{
	filter->average += (sample * 256 - filter->average) / 4;
	return (int16_t)((filter->average + 128) >> 8);
}
