#include "mismatch.h"

const void *const declared[] = {
	(void *)take_short,    (void *)take_swapped,   (void *)take_packed,   (void *)take_unsigned, (void *)take_number,
	(void *)take_address,  (void *)take_row,       (void *)take_outer,    (void *)take_either,   (void *)take_longer,
	(void *)take_aligned,  (void *)take_flags,     (void *)take_letter,   (void *)take_callback, (void *)take_tail,
	(void *)take_twice,    (void *)take_spot,      (void *)take_wide,     (void *)take_level,    (void *)take_state,
	(void *)few_arguments, (void *)many_arguments, (void *)int_for_float, (void *)narrow,        (void *)slice,
	(void *)truth,         (void *)further,        (void *)words,         (void *)deep,          (void *)by_value,
	(void *)returns_nothing, (void *)returns_a_word, (void *)returns_double, &shared_word, shared_row,
};

void show_gauge(const struct gauge *gauge) { (void)gauge; }
void show_listed(const struct listed_in_c *listed) { (void)listed; }
const void *const *volatile all = declared;

void _start(void)
{
	for (;;)
		all = declared;
}
