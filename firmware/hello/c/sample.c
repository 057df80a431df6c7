#include "hello.h"

void hello_reverse(struct sample *samples, size_t count)
{
	for (size_t low = 0, high = count; low + 1 < high; low++) {
		const struct sample first = samples[low];

		high--;
		samples[low] = samples[high];
		samples[high] = first;
	}
}

void hello_sample_layout(struct sample_layout *layout)
{
	*layout = (struct sample_layout){
		.size = sizeof(struct sample),
		.unit_size = sizeof(enum unit),
		.value_offset = offsetof(struct sample, value),
		.channel_offset = offsetof(struct sample, channel),
	};
}

#if !defined(__x86_64__) && !defined(__i386__)
float hello_mean(float a, float b)
{
	return (a + b) / 2;
}
#endif
