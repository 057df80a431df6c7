"""Region usage from sections, the table, budgets; real ELFs are measured in tests/images."""

from __future__ import annotations

import pytest

from steelmill.errors import InputError
from steelmill.image import size
from steelmill.image.sections import ElfImage, Section
from steelmill.image.size import Usage, check_budget, format_table, region_usage
from steelmill.linker.region import Region

FLASH = Region("FLASH", 0x0800_0000, 1 << 18, "rx", "fw.toml:3")
RAM = Region("RAM", 0x2000_0000, 1 << 16, "rwx", "fw.toml:4")


def usage(monkeypatch: pytest.MonkeyPatch, *sections: Section) -> list[Usage]:
    monkeypatch.setattr(size, "read_elf", lambda elf, place: ElfImage(sections, None))
    return list(region_usage(b"", (FLASH, RAM)))


def test_data_counts_where_it_runs_and_where_it_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    flash, ram = usage(
        monkeypatch,
        Section(".text", 0x0800_0000, 0x0800_0000, 100, 4, bytes(100)),
        Section(".data", 0x2000_0000, 0x0800_0064, 20, 4, bytes(20)),
        Section(".bss", 0x2000_0014, 0x0800_0078, 1000, 4, None),
    )
    assert (flash.used, flash.sections) == (120, ((".text", 100), (".data", 20)))
    assert (ram.used, ram.sections) == (1020, ((".bss", 1000), (".data", 20)))
    assert ram.percent == pytest.approx(1.5564, rel=1e-3)


def test_padding_of_alignment_counts_and_a_hole_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    flash, _ = usage(
        monkeypatch,
        Section(".text", 0x0800_0000, 0x0800_0000, 101, 4, bytes(101)),
        Section(".rodata", 0x0800_0080, 0x0800_0080, 8, 64, bytes(8)),
        Section(".late", 0x0800_1000, 0x0800_1000, 8, 4, bytes(8)),
    )
    assert flash.used == 101 + 27 + 8 + 8


def test_overlays_share_their_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    flash, ram = usage(
        monkeypatch,
        Section(".one", 0x2000_0000, 0x0800_0000, 100, 1, bytes(100)),
        Section(".two", 0x2000_0000, 0x0800_0064, 60, 1, bytes(60)),
    )
    assert (flash.used, ram.used) == (160, 100)


def test_the_table_is_aligned() -> None:
    assert format_table([Usage(FLASH, 60112, ()), Usage(RAM, 0, ())]) == (
        "region  origin                  used                size  percent\n"
        "FLASH   0x08000000  60112 (58.7 KiB)  262144 (256.0 KiB)    22.9%\n"
        "RAM     0x20000000       0 (0.0 KiB)    65536 (64.0 KiB)     0.0%"
    )


def test_a_budget_is_kept_to_the_byte() -> None:
    usages = [Usage(FLASH, 1000, ((".text", 900), (".rodata", 100))), Usage(RAM, 5, ())]
    check_budget(usages, {"FLASH": 1000}, "hello.elf")
    with pytest.raises(InputError) as caught:
        check_budget(usages, {"RAM": 5, "FLASH": 999}, "hello.elf")
    assert str(caught.value) == (
        "fw.toml:3: region FLASH is over its budget by 1 bytes\n"
        "  image     hello.elf\n"
        "  used      1000 of 262144 bytes, 0.4%\n"
        "  budget    999 bytes, 0.4%\n"
        "  largest   .text 900   .rodata 100\n"
        "  remedy    shrink the image, or raise [memory].FLASH.budget"
    )
