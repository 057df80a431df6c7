"""A new target: the names that are true, the text of its file, what is left to decide; and differences of targets."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rust_examples import THUMB_KEYS, spec_of
from steelmill.errors import InputError
from steelmill.target_spec.difference import differences, format_difference, like_built_in
from steelmill.target_spec.new_target import (
    decisions,
    format_decisions,
    format_overlay,
    inherits_of,
    near_cpus,
    overlay_for,
    parse_vendor,
)
from steelmill.target_spec.overlay import apply_overlay
from steelmill.target_spec.overlay_toml import parse_overlay

THUMB = spec_of(THUMB_KEYS, "thumbv7em-none-eabihf")
RISCV_KEYS: Mapping[str, Any] = {
    "arch": "riscv32",
    "llvm-target": "riscv32",
    "target-pointer-width": 32,
    "data-layout": "e-m:e-p:32:32-i64:64-n32-S128",
    "features": "+m,+a,+c",
    "cpu": "generic-rv32",
}
X86_KEYS: Mapping[str, Any] = {
    "arch": "x86_64",
    "llvm-target": "x86_64-unknown-none-elf",
    "target-pointer-width": 64,
    "data-layout": "e-m:e",
    "cpu": "x86-64",
    "features": "-mmx,-sse,-sse2,-sse3,-ssse3,-sse4.1,-sse4.2,-avx,-avx2,+soft-float",
}


@pytest.mark.parametrize(
    ("keys", "name", "vendor"),
    [
        (THUMB_KEYS, "thumbv7em-acme-none-eabihf", "acme"),
        (THUMB_KEYS, "thumbv7em-st_32-none-eabihf", "st_32"),
        (THUMB_KEYS, "thumbv7em-unknown-none-eabihf", "unknown"),
        (RISCV_KEYS, "riscv32imac-acme-none-elf", "acme"),
        (X86_KEYS, "x86_64-acme-none", "acme"),
    ],
)
def test_the_vendor_is_taken_out_of_a_true_name(keys: Mapping[str, Any], name: str, vendor: str) -> None:
    assert parse_vendor(name, spec_of(keys)) == vendor


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        (THUMB_KEYS, "board"),
        (THUMB_KEYS, ""),
        (THUMB_KEYS, "thumbv7em-none-eabihf"),
        (THUMB_KEYS, "thumbv7em-none-none-eabihf"),
        (THUMB_KEYS, "thumbv7em-acme-none-eabi"),
        (THUMB_KEYS, "thumbv7em-acme-none"),
        (THUMB_KEYS, "thumbv7em--none-eabihf"),
        (THUMB_KEYS, "thumbv7em-acme-inc-none-eabihf"),
        (THUMB_KEYS, "thumbv7em-Acme-none-eabihf"),
        (THUMB_KEYS, "thumbv7em-../x-none-eabihf"),
        (THUMB_KEYS, "thumbv7m-acme-none-eabihf"),
        (THUMB_KEYS, "thumbv7em-acme-linux-eabihf"),
        (THUMB_KEYS, "thumbv7em-acme-none-eabihf.toml"),
        (RISCV_KEYS, "riscv32imc-acme-none-elf"),
        (X86_KEYS, "x86_64-acme-none-elf"),
        (X86_KEYS, "x86_64-unknown-none-none"),
    ],
)
def test_a_name_that_is_not_true_is_refused(keys: Mapping[str, Any], name: str) -> None:
    with pytest.raises(InputError, match="is no name for a target like") as caught:
        parse_vendor(name, spec_of(keys))
    assert caught.value.place == "name="


def test_the_message_shows_the_form() -> None:
    with pytest.raises(InputError) as caught:
        parse_vendor("board", THUMB)
    assert str(caught.value) == (
        "name=: 'board' is no name for a target like thumbv7em-none-eabihf; expected thumbv7em-VENDOR-none-eabihf\n"
        "  form     ARCH-VENDOR-SYS-ABI, and what is true of the one is true of the other but for the vendor\n"
        "  remedy   say name=thumbv7em-acme-none-eabihf with your own vendor, or take another target for like="
    )


@given(vendor=st.from_regex(r"[a-z0-9_]{1,12}", fullmatch=True))
def test_the_file_that_is_written_is_the_overlay(vendor: str) -> None:
    overlay = overlay_for(THUMB, "thumbv7em-none-eabihf", vendor)
    read = parse_overlay(format_overlay(overlay), "targets/new.toml")
    assert read._replace(lines={}) == overlay
    spec = apply_overlay(THUMB, read, name="new", place="targets/new.toml")
    assert spec.get("vendor", "unknown") == vendor


def test_the_file_has_nothing_that_the_base_says_already() -> None:
    assert tomllib.loads(format_overlay(overlay_for(THUMB, "base", "unknown"))) == {"inherits": "base", "set": {}}
    base = spec_of({**THUMB_KEYS, "vendor": "acme"})
    assert overlay_for(base, "base", "acme").set == {}
    assert overlay_for(base, "base", "unknown").set == {"vendor": "unknown"}


@pytest.mark.parametrize(
    ("like", "place", "inherits"),
    [
        ("thumbv7em-none-eabihf", "rustc thumbv7em-none-eabihf", "thumbv7em-none-eabihf"),
        ("board", "targets/board.toml", "board"),
        ("targets/board.toml", "targets/board.toml", "board.toml"),
        ("boards/one.json", "boards/one.json", "../boards/one.json"),
    ],
)
def test_a_path_is_written_from_the_overlays_folder(like: str, place: str, inherits: str) -> None:
    assert inherits_of(like, place, "targets") == inherits


CPUS = ("arm7tdmi", "cortex-a53", "cortex-m0", "cortex-m4", "cortex-m7", "cortex-r5", "sc000")


@pytest.mark.parametrize(
    ("keys", "cpus", "near"),
    [
        (THUMB_KEYS, CPUS, ["cortex-m0", "cortex-m4", "cortex-m7"]),
        ({**THUMB_KEYS, "cpu": "generic"}, CPUS, ["cortex-m0", "cortex-m4", "cortex-m7"]),
        ({**THUMB_KEYS, "cpu": "cortex-a53"}, CPUS, ["cortex-a53"]),
        ({**THUMB_KEYS, "cpu": "sc000"}, CPUS, ["sc000"]),
        ({**THUMB_KEYS, "llvm-target": "armv7r-none-eabihf"}, CPUS, ["cortex-r5"]),
        ({**THUMB_KEYS, "llvm-target": "armebv7r-none-eabihf"}, CPUS, ["cortex-r5"]),
        ({**THUMB_KEYS, "llvm-target": "armv7a-none-eabihf"}, CPUS, ["cortex-a53"]),
        (RISCV_KEYS, ("generic-rv32", "rocket-rv32", "sifive-e31", "sifive-u54"), ["rocket-rv32", "sifive-e31"]),
        (X86_KEYS, ("athlon", "x86-64", "x86-64-v2"), ["x86-64", "x86-64-v2"]),
        ({**THUMB_KEYS, "llvm-target": "avr-none"}, ("avr1", "avr2"), ["avr1", "avr2"]),
    ],
)
def test_cpus_of_the_same_family_are_near(keys: Mapping[str, Any], cpus: tuple[str, ...], near: list[str]) -> None:
    assert near_cpus(spec_of(keys), cpus) == near


def test_what_is_left_to_decide() -> None:
    spec = spec_of({**THUMB_KEYS, "cpu": "cortex-m4", "max-atomic-width": 32, "panic-strategy": "abort"})
    rows = decisions(spec, CPUS, ("dsp", "fp64", "v7a", "vfp4d16sp"), 64)
    assert format_decisions(rows) == (
        '  cpu               "cortex-m4"   cortex-m0, cortex-m4, cortex-m7 and 4 more\n'
        '  features          "+vfp4d16sp"  dsp, fp64 and 2 more\n'
        '  panic-strategy    "abort"       "abort", for nothing here unwinds\n'
        "  max-atomic-width  32            8, 16, 32, 64, or 0 for none; atomic-cas = false where there is no "
        "compare-and-swap\n"
        '  linker            not set       "rust-lld"; where it is not set, GNU ld of the C toolchain'
    )


def test_a_long_value_stands_on_a_line_of_its_own() -> None:
    lines = format_decisions(decisions(spec_of(X86_KEYS), ("x86-64",), ("cx16", "sse"), 128)).splitlines()
    assert lines[1] == f'  features          "{X86_KEYS["features"]}"'
    assert lines[2] == "                              cx16 and 1 more"
    assert max(map(len, lines)) <= 118


def test_a_target_of_an_unknown_family_lists_what_there_is() -> None:
    spec = spec_of({**THUMB_KEYS, "llvm-target": "avr-none", "features": ""})
    cpu, features, *_ = decisions(spec, [f"avr{n}" for n in range(20)], ("fast", "slow"), 16)
    assert cpu.choice.startswith("avr0, avr1, ")
    assert cpu.choice.endswith(" and 6 more")
    assert features.choice == "2 more"


def test_differences_by_key() -> None:
    base = spec_of({"arch": "arm", "linker": "rust-lld", "n": 1, "metadata": {"tier": 2}}, "base")
    spec = spec_of({"arch": "arm", "cpu": "x", "n": True, "is-builtin": False}, "mine")
    assert [change.sign + change.key for change in differences(base, spec)] == ["+cpu", "-linker", "~n"]
    assert format_difference(base, spec) == (
        "targets/mine.json differs from targets/base.json in\n"
        '  + cpu     "x"\n'
        '  - linker  "rust-lld"\n'
        "  ~ n       1 -> true\n"
    )


def test_no_difference() -> None:
    base = spec_of({**THUMB_KEYS, "metadata": {}}, "base")
    assert format_difference(base, THUMB) == "targets/thumbv7em-none-eabihf.json and targets/base.json say the same\n"


@pytest.mark.parametrize(
    ("name", "built_in", "like"),
    [
        ("thumbv7em-none-eabihf", ["thumbv7em-none-eabihf"], "thumbv7em-none-eabihf"),
        ("board", ["thumbv7em-none-eabihf", "thumbv7em-none-eabi"], "thumbv7em-none-eabihf"),
        ("thumbv7em-none-eabi", ["thumbv7em-none-eabihf", "thumbv7em-none-eabi"], "thumbv7em-none-eabi"),
        ("board", ["thumbv7m-none-eabi"], None),
    ],
)
def test_a_built_in_target_is_like_one_of_its_name_or_contents(
    name: str, built_in: list[str], like: str | None
) -> None:
    assert like_built_in(spec_of(THUMB_KEYS, name), built_in) == like
