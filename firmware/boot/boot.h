/* The way from reset to the firmware: <arch>/start.S -> boot_main -> firmware_main. */
#ifndef BOOT_H
#define BOOT_H

#include <stdint.h>
#include <stdnoreturn.h>

/* The exit code of a run that ended in a processor exception; a Rust panic ends with 1. */
#define BOOT_EXIT_FAULT 2u

/* The firmware's own entry point, written in Rust; what it returns is the exit code. */
uint32_t firmware_main(void);

/* Called by start.S with a stack, initialised data and a zeroed .bss. */
noreturn void boot_main(void);

/* Called by start.S on a processor exception: its architectural number, and the instruction it struck. */
noreturn void boot_fault(uintptr_t cause, uintptr_t pc);

#endif
