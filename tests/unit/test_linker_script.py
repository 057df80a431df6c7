"""What linker scripts name, themselves and through INCLUDE."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from steelmill.errors import InputError
from steelmill.linker.script import ScriptScan, scan_script

CORPUS = Path(__file__).resolve().parent.parent / "data" / "linker_scripts"


def read_corpus(path: str) -> str | None:
    file = CORPUS / path
    return file.read_text() if file.is_file() else None


def scan(files: Mapping[str, str] | str, search: tuple[str, ...] = (), **generated: str) -> ScriptScan:
    texts = {"a.ld": files} if isinstance(files, str) else files
    return scan_script(next(iter(texts)), texts.get, search, generated)


def refuse(files: Mapping[str, str] | str, search: tuple[str, ...] = ()) -> str:
    with pytest.raises(InputError) as caught:
        scan(files, search)
    return str(caught.value)


def regions(scanned: ScriptScan) -> dict[str, tuple[int, int]]:
    return {region.name: (region.origin, region.length) for region in scanned.regions}


MEMORY = {
    "cortex_m/link.x": {"FLASH": (0x1000, 1020 << 10), "RAM": (0x20000000, 256 << 10)},
    "stm32_hal/STM32F407VGTx_FLASH.ld": {
        "RAM": (0x20000000, 128 << 10),
        "CCMRAM": (0x10000000, 64 << 10),
        "FLASH": (0x08000000, 1 << 20),
    },
    "linux/vmlinux.lds": {},
    "riscv_virt/virt.ld": {
        "ram": (0x80000000, 128 << 10),
        "mmio": (0x10000000, 128 << 10),
        "tail": (0x80020000, 256 << 10),
    },
    "zephyr/linker.cmd": {
        "FLASH": (0xC000, 976 << 10),
        "RAM": (0x20000000, 256 << 10),
        "IDT_LIST": (0xFFFF7FFF, 32 << 10),
        "SRAM1": (0x20040000, 16 << 10),
    },
    "esp/app.ld": {
        "iram0_0_seg": (0x40080000, 0x20000),
        "dram0_0_seg": (0x3FFB0000, 0x2C200),
        "rtc_slow_seg": (0x50000000, 0x1000 - 24),
    },
}
FILES = {
    "cortex_m/link.x": ["link.x", "memory.x", "device.x"],
    "zephyr/linker.cmd": ["linker.cmd", "snippets text.ld"],
    "esp/app.ld": ["app.ld", "memory.ld", "inc/regions.ld", "sections.ld", "inc/hot.ld", "inc/rom.ld"],
}
ENTRIES = {
    "cortex_m/link.x": "Reset",
    "stm32_hal/STM32F407VGTx_FLASH.ld": "Reset_Handler",
    "linux/vmlinux.lds": "phys_startup_64",
    "riscv_virt/virt.ld": "_start",
    "zephyr/linker.cmd": "__start",
    "esp/app.ld": None,
}


@pytest.mark.parametrize("path", MEMORY)
def test_corpus(path: str) -> None:
    folder, _, name = path.partition("/")
    scanned = scan_script(path, read_corpus, (folder,))
    assert list(scanned.files) == [f"{folder}/{file}" for file in FILES.get(path, [name])]
    assert regions(scanned) == MEMORY[path]
    assert scanned.entry == ENTRIES[path]


@pytest.mark.skipif(shutil.which("arm-none-eabi-ld") is None, reason="install binutils-arm-none-eabi")
@pytest.mark.parametrize("path", [path for path in MEMORY if not path.startswith(("linux", "riscv"))])
def test_ld_sees_the_same_memory(path: str, tmp_path: Path) -> None:
    folder = CORPUS / path.partition("/")[0]
    map_file = tmp_path / "map"
    (tmp_path / "empty.s").touch()
    for name in ("libc.a", "libm.a", "libgcc.a"):
        (tmp_path / name).write_text("!<arch>\n")
    subprocess.run(["arm-none-eabi-as", "empty.s", "-o", "empty.o"], cwd=tmp_path, check=True)
    argv = ["arm-none-eabi-ld", f"-L{folder}", "-T", str(CORPUS / path), "-Map=map", "empty.o", "-o", "elf"]
    # the link itself may fail: there is nothing to link
    subprocess.run(argv, cwd=tmp_path, capture_output=True, check=False)
    table = map_file.read_text().partition("Linker script and memory map")[0]
    rows = re.findall(r"^(\w+) +0x(\w+) +0x(\w+)", table, re.MULTILINE)
    assert {name: (int(origin, 16), int(length, 16)) for name, origin, length in rows} == MEMORY[path]


def test_inputs_search_and_aliases() -> None:
    virt = scan_script("riscv_virt/virt.ld", read_corpus)
    assert virt.inputs == ("crt0.o", "-lgcc", "with blank.o", "libc.a", "-lm", "libboard.a", "libhal.a", "start.o")
    assert virt.search == ("/opt/riscv/lib", "=lib")
    zephyr = scan_script("zephyr/linker.cmd", read_corpus, ("zephyr",))
    assert zephyr.aliases == (("ROMABLE_REGION", "FLASH"), ("RAMABLE_REGION", "RAM"), ("NOINIT_REGION", "RAM"))


def test_symbols_that_are_assigned_and_asked_for() -> None:
    text = """EXTERN(vectors, handler)
    _stack = 0x20004000; PROVIDE(weak_handler = vectors); HIDDEN(secret = 1);
    SECTIONS { .bss : { PROVIDE_HIDDEN(_sbss = .); *(.bss) _ebss = .; . += 8; } }
    EXTERN(late)"""
    found = scan(text)
    assert found.undefined == ("vectors", "handler", "late")
    assert found.symbols == ("_stack", "weak_handler", "secret", "_sbss", "_ebss")


def test_include_lookup_order() -> None:
    texts = {"d/a.ld": "INCLUDE m.x", "m.x": "", "d/m.x": "", "e/m.x": ""}
    assert scan(texts, ("d", "e")).files == ("d/a.ld", "m.x")
    del texts["m.x"]
    assert scan(texts, ("d", "e")).files == ("d/a.ld", "d/m.x")
    del texts["d/m.x"]
    assert scan(texts, ("d", "e")).files == ("d/a.ld", "e/m.x")


def test_search_dir_counts_for_later_includes() -> None:
    texts = {"a.ld": "SEARCH_DIR(lib) INCLUDE m.x", "lib/m.x": "ENTRY(go)"}
    assert scan(texts).files == ("a.ld", "lib/m.x")
    assert "INCLUDE 'm.x' not found" in refuse({"a.ld": "INCLUDE m.x SEARCH_DIR(lib)", "lib/m.x": ""})


@pytest.mark.parametrize(
    "text",
    [
        "INCLUDE m.x",
        "INCLUDE m.x;",
        'INCLUDE "m.x"',
        "INCLUDE /**/m.x",
        "INCLUDE\n# comment\nm.x",
        "MEMORY { INCLUDE m.x }",
        "SECTIONS { INCLUDE m.x }",
        "SECTIONS { .text : { *(.text) INCLUDE m.x } }",
        "SECTIONS { .text : { *(.text) } > R = 0x90 INCLUDE m.x }",
        "SECTIONS { .text : { *(.text) } > R AT>S :text =0x90 .data : { INCLUDE m.x } }",
        "SECTIONS { . = 0x1000/* it's { ( */; .text : { dir/*.o(.text) lib*/x/*.o } INCLUDE m.x }",
        'ASSERT(a /* ( */, "it\'s { ( INCLUDE no") INCLUDE m.x',
        "a -= 1; b+=2; c <<= 3; d = x ? y : z; INCLUDE m.x",
        'PROVIDE(a = . + ALIGN(4)); PROVIDE_HIDDEN(b = SEGMENT_START("text", 0)); INCLUDE m.x',
        'VERSION { V1 { global: a*; extern "C++" { b::*; }; local: *; }; } INCLUDE m.x',
        "PHDRS { INCLUDE PT_LOAD FILEHDR; } INCLUDE m.x",
        "}}} INCLUDE m.x",
        'OUTPUT_FORMAT("a", "b", "c") TARGET(x) EXTERN(a b "c d") INSERT AFTER .text; INCLUDE m.x',
    ],
)
def test_include_is_found_in_any_construct(text: str) -> None:
    assert scan({"a.ld": text, "m.x": ""}).files == ("a.ld", "m.x")


@pytest.mark.parametrize(
    "text",
    [
        "/* INCLUDE m.x */",
        "# INCLUDE m.x",
        'ASSERT(0, "INCLUDE m.x")',
        "SECTIONS { .text : { *(INCLUDE m.x) } }",
        '"INCLUDE" m.x',
    ],
)
def test_what_is_no_include(text: str) -> None:
    assert scan({"a.ld": text, "m.x": ""}).files == ("a.ld",)


def test_a_block_may_end_in_an_included_file() -> None:
    texts = {"a.ld": "MEMORY { INCLUDE m.x ENTRY(go)", "m.x": "R : ORIGIN = 0, LENGTH = 1K }"}
    assert (regions(scan(texts)), scan(texts).entry) == ({"R": (0, 1024)}, "go")


def test_a_file_may_be_included_twice() -> None:
    texts = {"a.ld": "INCLUDE m.x SECTIONS { INCLUDE m.x }", "m.x": ""}
    assert scan(texts).files == ("a.ld", "m.x")


def test_generated_text_counts_before_the_file() -> None:
    texts = {"a.ld": "INCLUDE memory.x", "build/memory.x": "MEMORY { OLD : ORIGIN = 0, LENGTH = 1 }"}
    scanned = scan_script(
        "a.ld", texts.get, ("build",), {"build/./memory.x": "MEMORY { NEW : ORIGIN = 0, LENGTH = 2 }"}
    )
    assert regions(scanned) == {"NEW": (0, 2)}
    assert scanned.files == ("a.ld", "build/memory.x")


def test_regions_carry_their_place_and_attributes() -> None:
    scanned = scan("\n/*\n*/ MEMORY\n{\n  A (!r w) : ORIGIN = 1, LENGTH = 2 }")
    assert [(region.place, region.attributes) for region in scanned.regions] == [("a.ld:5", "!rw")]


@pytest.mark.parametrize(
    "text",
    [
        "LENGTH = k",
        "LENGTH = DEFINED(k) ? k : 4K",
        "LENGTH = SIZEOF(.text)",
        "LENGTH = .",
        "LENGTH = 1 / 0",
        "LENGTH = LENGTH(A)",
        "LENGTH = ORIGIN(NONE)",
        "LENGTH = 4K / ",
        "LENGTH",
        "",
    ],
)
def test_a_region_that_only_the_link_knows_is_left_out(text: str) -> None:
    scanned = scan(f"MEMORY {{ A : ORIGIN = 0, {text} }} MEMORY {{ B : ORIGIN = 0, LENGTH = 1 }} ENTRY(go)")
    assert (regions(scanned), scanned.entry) == ({"B": (0, 1)}, "go")


def test_symbols_in_memory() -> None:
    memory = "MEMORY { A : ORIGIN = 0, LENGTH = k }"
    assert regions(scan(f"k = 2 * j; j = 4; {memory}")) == {"A": (0, 8)}
    # GNU ld takes the last value, LLD the one above
    assert regions(scan(f"k = 1; {memory} k = 2;")) == {}
    assert regions(scan(f"k = 1; {memory} k += 2;")) == {}
    assert regions(scan(f"PROVIDE(k = 1); {memory}")) == {}
    assert regions(scan(f"k = k; {memory}")) == {}
    assert regions(scan(f"SECTIONS {{ .text : {{ k = 1; }} }} {memory}")) == {}


def test_missing_include() -> None:
    files = {"firmware/hello/x86_64.ld": "ENTRY(a)\n\nINCLUDE 'memroy.ld'".replace("'", "")}
    assert refuse(files, ("firmware/hello", "build/x86_64-unknown-none/release")) == (
        "firmware/hello/x86_64.ld:3: INCLUDE 'memroy.ld' not found; "
        "searched firmware/hello, build/x86_64-unknown-none/release\n"
        "  remedy   correct the name, create the file, or add its folder to the search path (-L)"
    )


def test_missing_include_beside_a_generated_file() -> None:
    with pytest.raises(InputError, match=r"searched build; did you mean 'memory\.x'\?"):
        scan_script("a.ld", {"a.ld": "INCLUDE memroy.x"}.get, ("build",), {"build/memory.x": ""})


def test_include_cycle() -> None:
    texts = {"a.ld": "INCLUDE b.ld", "b.ld": "\nSECTIONS { INCLUDE c.ld }", "c.ld": "\n\nINCLUDE b.ld"}
    assert refuse(texts).startswith("c.ld:3: INCLUDE 'b.ld' goes round in a circle: b.ld -> c.ld -> b.ld\n")
    assert refuse("INCLUDE a.ld").startswith("a.ld:1: INCLUDE 'a.ld' goes round in a circle: a.ld -> a.ld\n")


def test_missing_script() -> None:
    with pytest.raises(InputError, match=r"no\.ld: linker script not found") as caught:
        scan_script("no.ld", lambda _path: None)
    assert caught.value.place == "no.ld"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\n\n/* never", "a.ld:3: comment is not closed"),
        ("x = 1; /*/", "a.ld:1: comment is not closed"),
        ('\nINCLUDE "m.x', "a.ld:2: quote is not closed"),
        ('MEMORY {\n "A : ORIGIN = 0 }', "a.ld:2: quote is not closed"),
        ('ASSERT(1,\n\n"never', "a.ld:3: quote is not closed"),
    ],
)
def test_unclosed(text: str, message: str) -> None:
    assert refuse(text).startswith(message + "\n")
