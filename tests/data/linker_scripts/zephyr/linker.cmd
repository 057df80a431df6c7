 OUTPUT_FORMAT("elf32-littlearm", "elf32-bigarm", "elf32-littlearm")
_region_min_align = 4;
MEMORY
    {
    FLASH (rx) : ORIGIN = (0x0 + 0xc000), LENGTH = (((1024 - 48) * 1K) - 0x0 - 0x0)
    RAM (wx) : ORIGIN = 0x20000000, LENGTH = ((256) << 10)
    IDT_LIST (wx) : ORIGIN = 0xFFFF7FFF, LENGTH = 32K
    SRAM1 (rw) : ORIGIN = ORIGIN(RAM) + LENGTH(RAM), LENGTH = MIN(16K, 0x8000)
    }
REGION_ALIAS("ROMABLE_REGION", FLASH)
REGION_ALIAS("RAMABLE_REGION", RAM);
REGION_ALIAS("NOINIT_REGION", RAMABLE_REGION)
ENTRY("__start")
SECTIONS
    {
# 1 "zephyr/include/zephyr/linker/rel-sections.ld" 1
 .rel.plt : ALIGN_WITH_INPUT
 {
 *(.rel.plt)
 PROVIDE_HIDDEN (__rel_iplt_start = .);
 *(.rel.iplt)
 }
 /DISCARD/ : { *(.plt) *(.iplt) }
    __rom_region_start = ORIGIN(ROMABLE_REGION);
    rom_start : SUBALIGN(4)
	{
. += 0x0 - (. - __rom_region_start);
. = ALIGN(1 << LOG2CEIL(4 * 32));
KEEP(*(.exc_vector_table))
	} > ROMABLE_REGION
    text : { *(.text) *(".text.*") INCLUDE "snippets text.ld" } > ROMABLE_REGION
    .noinit (NOLOAD) : { *(.noinit) *(.noinit.*) } > NOINIT_REGION AT > NOINIT_REGION
    _image_ram_end = .; HIDDEN(_end = .);
    }
