/* An exponential moving average in fixed point: each sample moves it by a quarter of the difference. */
#ifndef FILTER_H
#define FILTER_H

#include <stdint.h>

struct filter {
	int32_t average; /* in 1/256 of a sample's unit */
};

/* Take one sample; give the average, rounded to the nearest. */
int16_t filter_update(struct filter *filter, int16_t sample);

#endif
