"""firmware.toml: what is accepted, what it means for a target and profile, what is refused and how."""

from __future__ import annotations

from pathlib import Path

import pytest

from rust_examples import ask_rustc
from steelmill.errors import InputError
from steelmill.firmware_toml.model import Firmware, MemoryRegion, RunPart
from steelmill.firmware_toml.parse import parse_firmware_toml
from steelmill.firmware_toml.raw import RawFirmware
from steelmill.firmware_toml.resolve import resolve_firmware
from steelmill.rustc.cfg import Cfg, parse_cfg

CHECKOUT = Path(__file__).resolve().parents[2]
CORPUS = sorted((CHECKOUT / "tests/data/firmware_toml").glob("invalid_*.toml"))
ARM = "thumbv7em-none-eabihf"
ARM_CFG = parse_cfg('target_arch="arm"\ntarget_os="none"\npanic="abort"')
MACHINES = {
    "x86_64-unknown-none": "q35",
    "i686-unknown-none": "q35",
    "thumbv6m-none-eabi": "microbit",
    "thumbv7m-none-eabi": "mps2-an385",
    "thumbv7em-none-eabihf": "mps2-an386",
    "thumbv8m.main-none-eabihf": "mps2-an505",
    "aarch64-unknown-none": "virt",
    "riscv32imac-unknown-none-elf": "virt",
    "riscv64gc-unknown-none-elf": "virt",
}
HEAD = '[firmware]\nname = "hello"\n'


def resolve(text: str, target: str = ARM, cfg: Cfg = ARM_CFG, profile: str = "release") -> Firmware:
    return resolve_firmware(parse_firmware_toml(text, "fw/firmware.toml"), target, cfg, profile)


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.stem.removeprefix("invalid_"))
def test_an_invalid_file_is_refused_in_these_words(file: Path) -> None:
    with pytest.raises(InputError) as caught:
        resolve_firmware(parse_firmware_toml(file.read_text(), "firmware.toml"), ARM, ARM_CFG, "release")
    assert f"{caught.value}\n" == file.with_suffix(".txt").read_text()


def test_the_corpus_is_there() -> None:
    assert len(CORPUS) >= 35


@pytest.mark.parametrize("name", ["hello", "telemetry"])
def test_a_shipped_firmware_names_a_board_for_each_of_its_targets(name: str) -> None:
    folder = CHECKOUT / "firmware" / name
    raw = parse_firmware_toml((folder / "firmware.toml").read_text(), f"firmware/{name}/firmware.toml")
    machines = {}
    for target in raw.targets or ():
        cfg = ask_rustc("-Zunstable-options", "--print", "cfg", "--target", str(CHECKOUT / f"targets/{target}.json"))
        fw = resolve_firmware(raw, target, parse_cfg(cfg), "release")
        assert fw.c
        assert fw.run
        assert fw.link.script
        assert (folder / fw.link.script).is_file()
        assert all(list(folder.glob(pattern)) for pattern in fw.c.sources), fw.c.sources
        assert "RAM" in [region.name for region in fw.memory]
        machines[target] = fw.run.machine
    expected = MACHINES if name == "hello" else {key: MACHINES[key] for key in MACHINES if MACHINES[key] != "microbit"}
    assert machines == expected


def test_a_raw_firmware_survives_json_and_takes_the_place_it_is_read_from() -> None:
    raw = parse_firmware_toml(
        f"""{HEAD}
[run]
timeout = 1.5
expect = ["é", "\\u0007"]
[target.'cfg(all())'.memory]
RAM = {{ origin = 0x1_0000_0000_0000, length = "1K" }}
""",
        "a/firmware.toml",
    )
    assert RawFirmware.from_json(raw.to_json(), "a/firmware.toml") == raw
    assert RawFirmware.from_json(raw.to_json(), "b/firmware.toml").place_of("run", "expect", 1) == "b/firmware.toml:6"


def test_defaults() -> None:
    fw = resolve(f'{HEAD}[rust]\ncrate = "src/lib.rs"\n')
    assert fw.rust is not None
    assert (fw.rust.name, fw.rust.edition, fw.rust.build_std, fw.rust.mem) == ("hello", "2024", None, "auto")
    assert (fw.rust.panic, fw.rust.opt_level, fw.rust.debug, fw.rust.debug_assertions) == (None,) * 4
    assert fw.c is None
    assert fw.run is None
    assert fw.targets is None
    assert fw.memory == ()
    assert fw.link.gc_sections is True
    assert fw.link.place == "fw/firmware.toml"
    assert (fw.image.formats, fw.image.fill) == ((), 0)


def test_run_defaults() -> None:
    fw = resolve(f"{HEAD}[c]\n[run]\n")
    assert fw.run == RunPart(place="fw/firmware.toml:4")


def test_numbers_and_flags_become_the_words_of_the_tools() -> None:
    fw = resolve(
        f'{HEAD}[rust]\ncrate = "a.rs"\nopt-level = 3\ndebug = true\nmem = false\n[c]\nopt-level = "g"\ndebug = 1\n'
    )
    assert fw.rust is not None
    assert fw.c is not None
    assert (fw.rust.opt_level, fw.rust.debug, fw.rust.mem) == ("3", "2", "off")
    assert (fw.c.opt_level, fw.c.debug) == ("g", "1")


def test_features_of_the_library_have_one_order() -> None:
    features = '["debug_refcell", "optimize_for_size"]'
    fw = resolve(f'{HEAD}[rust]\ncrate = "a.rs"\nbuild-std-features = {features}\n')
    assert fw.rust is not None
    assert fw.rust.build_std_features == ("optimize_for_size", "debug_refcell")


def test_build_std_has_core_and_one_order() -> None:
    fw = resolve(f'{HEAD}[rust]\ncrate = "a.rs"\nbuild-std = ["alloc", "compiler_builtins", "alloc"]\n')
    assert fw.rust is not None
    assert fw.rust.build_std == ("core", "compiler_builtins", "alloc")


def test_a_hyphen_in_the_firmware_is_an_underscore_in_the_crate() -> None:
    fw = resolve('[firmware]\nname = "my-board-2"\n[rust]\ncrate = "a.rs"\n')
    assert fw.rust is not None
    assert fw.rust.name == "my_board_2"


@pytest.mark.parametrize(
    ("written", "length", "budget", "expected"),
    [
        ('"256K"', '"80%"', 209715, 262144),
        ("4096", "1024", 1024, 4096),
        ('"1M"', '"512K"', 524288, 1048576),
        ('"128K - 4"', '"100%"', 131068, 131068),
        ("1000", '"0.1%"', 1, 1000),
    ],
)
def test_sizes_are_bytes(written: str, length: str, budget: int, expected: int) -> None:
    fw = resolve(f"{HEAD}[c]\n[memory]\nRAM = {{ origin = 0x2000_0000, length = {written}, budget = {length} }}\n")
    assert fw.memory == (MemoryRegion("RAM", 0x2000_0000, expected, "", budget, "fw/firmware.toml:5"),)


class TestMerge:
    TEXT = f"""{HEAD}
[c]
sources = ["base.c"]
defines = ["A=1", "B"]
opt-level = 1
[rust]
crate = "a.rs"
env = {{ ONE = "1", TWO = "2" }}
[memory]
RAM = {{ origin = 0, length = 10 }}
[target.{ARM}.c]
sources = [
    "named.c",
]
opt-level = "s"
[target.'cfg(target_arch = "arm")'.c]
sources = ["arm.c"]
defines = {{ A = 2, B = false, C = true }}
opt-level = 2
[target.'cfg(target_arch = "arm")'.rust.env]
TWO = "zwei"
[target.'cfg(target_arch = "x86_64")'.c]
sources = ["x86.c"]
[target.'cfg(target_os = "none")'.memory]
RAM = {{ length = "1K" }}
FLASH = {{ origin = 4096, length = 10 }}
[profile.dev.c]
opt-level = 0
sources = ["dev.c"]
"""

    def test_arrays_append_and_the_name_comes_after_conditions(self) -> None:
        fw = resolve(self.TEXT, profile="dev")
        assert fw.c is not None
        assert fw.c.sources == ("base.c", "arm.c", "named.c", "dev.c")
        assert fw.c.opt_level == "0"

    def test_a_profile_that_is_not_chosen_says_nothing(self) -> None:
        fw = resolve(self.TEXT)
        assert fw.c is not None
        assert fw.c.opt_level == "s"

    def test_another_target_gets_none_of_it(self) -> None:
        fw = resolve(self.TEXT, target="x86_64-unknown-none", cfg=parse_cfg('target_arch="x86_64"'))
        assert fw.c is not None
        assert fw.c.sources == ("base.c", "x86.c")
        assert [region.name for region in fw.memory] == ["RAM"]

    def test_tables_merge(self) -> None:
        fw = resolve(self.TEXT)
        assert fw.rust is not None
        assert fw.rust.env == (("ONE", "1"), ("TWO", "zwei"))
        assert [(region.name, region.origin, region.length) for region in fw.memory] == [
            ("RAM", 0, 1024),
            ("FLASH", 4096, 10),
        ]

    def test_the_last_value_of_a_macro_holds_and_a_list_meets_a_table(self) -> None:
        fw = resolve(self.TEXT)
        assert fw.c is not None
        assert fw.c.defines == ("A=2", "C")

    def test_a_place_is_where_it_was_written_last(self) -> None:
        fw = resolve(self.TEXT)
        text = self.TEXT.splitlines()
        for item, source in (("c/sources/0", "base.c"), ("c/sources/1", "arm.c"), ("c/sources/2", "named.c")):
            path = [int(part) if part.isdigit() else part for part in item.split("/")]
            line = int(fw.place_of(*path).rpartition(":")[2])
            assert source in text[line - 1]
        assert "1K" in text[int(fw.memory[0].place.rpartition(":")[2]) - 1]

    def test_merging_leaves_the_raw_firmware_as_it_was(self) -> None:
        raw = parse_firmware_toml(self.TEXT, "f")
        before = raw.to_json()
        resolve_firmware(raw, ARM, ARM_CFG, "dev")
        assert raw.to_json() == before


class TestCrates:
    def test_each_comes_after_what_it_needs_and_unused_ones_not_at_all(self) -> None:
        fw = resolve(
            f"""{HEAD}[rust]
crate = "a.rs"
dependencies = ["top", "my-hal"]
[rust.crates]
unused = {{ crate = "u.rs" }}
top = {{ crate = "t.rs", dependencies = ["my_hal", "low"], edition = "2021" }}
my-hal = {{ crate = "h.rs", dependencies = ["low"] }}
low = {{ crate = "l.rs" }}
"""
        )
        assert fw.rust is not None
        assert [crate.name for crate in fw.rust.crates] == ["low", "my_hal", "top"]
        assert fw.rust.crates[-1].edition == "2021"
        assert fw.rust.dependencies == ("top", "my_hal")

    def test_a_crate_may_be_completed_for_a_target(self) -> None:
        fw = resolve(
            f"""{HEAD}[rust]
crate = "a.rs"
dependencies = ["hal"]
[target.'cfg(target_arch = "arm")'.rust.crates.hal]
crate = "arm.rs"
"""
        )
        assert fw.rust is not None
        assert fw.rust.crates[0].crate == "arm.rs"


def test_bindings_have_defaults_and_are_appended_under_conditions() -> None:
    fw = resolve(
        f"""{HEAD}[rust]
crate = "a.rs"
[[bindgen]]
header = "c/hal-uart.h"
[[cbindgen]]
header = "sub/app.h"
[[target.'cfg(target_arch = "arm")'.bindgen]]
header = "c/nvic.h"
name = "irq"
allowlist = ["NVIC_.*"]
flags = ["--with-derive-default"]
"""
    )
    assert [part[:4] for part in fw.bindgen] == [
        ("c/hal-uart.h", "hal-uart", (), ()),
        ("c/nvic.h", "irq", ("NVIC_.*",), ("--with-derive-default",)),
    ]
    assert [part.place for part in fw.bindgen] == ["fw/firmware.toml:6", "fw/firmware.toml:10"]
    assert [part[:3] for part in fw.cbindgen] == [("sub/app.h", None, None)]
