#include "hello.h"

#include "console.h"

uint32_t hello_sum(const uint32_t *values, size_t count)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum = hello_add(sum, values[i]);

	console_puts("hello from c: rust added up ");
	console_decimal(sum);
	console_puts("\n");
	return sum;
}
