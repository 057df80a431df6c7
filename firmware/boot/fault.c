#include "board.h"
#include "boot.h"
#include "console.h"

noreturn void boot_fault(uintptr_t cause, uintptr_t pc)
{
	/* The fault may have come before or within board_init. */
	board_init();
	console_puts("\nfault: cause ");
	console_hex(cause);
	console_puts(" at ");
	console_hex(pc);
	console_puts("\n");
	board_exit(BOOT_EXIT_FAULT);
}
