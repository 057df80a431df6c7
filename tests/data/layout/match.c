#include "match.h"

const void *const declared[] = {
	(void *)take_plain,  (void *)take_pointers, (void *)take_wrapped, (void *)take_open,   (void *)take_bits,
	(void *)take_nameless, (void *)take_padded, (void *)take_packed,  (void *)take_keyword, (void *)take_camel,
	(void *)take_matrix, (void *)take_triple,   (void *)take_far_apart, (void *)take_spot, (void *)take_either,
	(void *)take_enums,  (void *)take_hidden,   (void *)take_letters, (void *)give_plain,  (void *)stop,
	(void *)take_addresses,
	(void *)old_style,   (void *)nothing,       (void *)truth,        &counter,            buffer,
};

void show_point(struct point *point) { (void)point; }
const void *const *volatile all = declared;

void _start(void)
{
	for (;;)
		all = declared;
}
