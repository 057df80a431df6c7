#include "board.h"
#include "boot.h"

noreturn void boot_main(void)
{
	board_init();
	board_exit(firmware_main());
}
