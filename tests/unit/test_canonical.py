from __future__ import annotations

import json
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rust_examples import THUMB_KEYS, ask_rustc, built_in_spec, spec_of
from steelmill.linker.flavor import FLAVORS
from steelmill.target_spec.canonical import canonical_text, target_tuple
from steelmill.target_spec.parse import parse_target_spec

TARGETS = Path(__file__).parent.parent.parent / "targets"
SHIPPED = sorted(file.stem for file in TARGETS.glob("*.json"))


def canonical(text: str, name: str = "board") -> tuple[str, str]:
    spec = parse_target_spec(text, name=name, place=f"{name}.json")
    return canonical_text(spec), target_tuple(spec)


def shipped_text(name: str) -> str:
    return (TARGETS / f"{name}.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("indent", [None, 0, 2, "\t"])
def test_indentation_and_order_do_not_matter(name: str, indent: int | str | None) -> None:
    text = shipped_text(name)
    keys = json.loads(text)
    backwards = dict(reversed(keys.items()))
    assert canonical(json.dumps(backwards, indent=indent)) == canonical(text)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_file_name_does_not_matter(name: str) -> None:
    assert canonical(shipped_text(name), "board") == canonical(shipped_text(name), name)


@pytest.mark.parametrize("name", SHIPPED)
def test_what_only_describes_does_not_matter(name: str) -> None:
    keys = json.loads(shipped_text(name))
    described = {"metadata": {"description": "the board on my desk", "tier": 3}, "is-builtin": False, **keys}
    assert canonical(json.dumps(described)) == canonical(shipped_text(name))


@pytest.mark.parametrize("name", SHIPPED)
def test_how_it_is_linked_does_not_matter(name: str) -> None:
    keys = json.loads(shipped_text(name))
    linked = {"linker": "ld", "link-script": "SECTIONS {}", "pre-link-args": {"gnu": ["-Tx.ld"]}, "exe-suffix": ".elf"}
    linked["crt-objects-fallback"] = "false"
    for flavor in FLAVORS:
        assert canonical(json.dumps({**keys, **linked, "linker-flavor": flavor})) == canonical(shipped_text(name))
    keys.pop("linker-flavor")
    assert canonical(json.dumps(keys)) == canonical(shipped_text(name))


@pytest.mark.parametrize("flavor", ["wasm-lld", "msvc-lld", "em-cc"])
def test_a_flavor_for_another_format_stays(flavor: str) -> None:
    # rustc refuses a target for WebAssembly, say, whose flavor is none for it
    text, _ = canonical(json.dumps({**THUMB_KEYS, "linker-flavor": flavor}))
    assert json.loads(text)["linker-flavor"] == flavor


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_target_is_called_as_its_file_is(name: str) -> None:
    assert canonical(shipped_text(name))[1] == name


@pytest.mark.parametrize(
    "change",
    [
        {"features": "+vfp4"},
        {"cpu": "cortex-m7"},
        {"max-atomic-width": 0},
        {"llvm-floatabi": "soft"},
        {"disable-redzone": True},
    ],
)
def test_what_changes_code_changes_the_text(change: dict[str, Any]) -> None:
    assert canonical(json.dumps({**THUMB_KEYS, **change}))[0] != canonical(json.dumps(THUMB_KEYS))[0]


def test_the_text_has_one_key_a_line_and_ends_the_last() -> None:
    text = canonical_text(spec_of({"vendor": "b\u00e4r", "arch": "arm"}))
    assert text == '{\n "arch": "arm",\n "vendor": "b\\u00e4r"\n}\n'


def test_the_canonical_form_of_the_canonical_form_is_itself() -> None:
    for name in SHIPPED:
        text, tuple_ = canonical(shipped_text(name))
        assert canonical(text) == (text, tuple_)


@st.composite
def spellings(draw: st.DrawFn) -> str:
    """Spell THUMB_KEYS with any order of keys, any white space and any escapes."""
    space = st.text(alphabet=" \t\n\r", max_size=3)

    def string_literal(text: str) -> str:
        escaped = draw(st.sets(st.sampled_from(sorted(set(text)) or [""])))
        return '"' + "".join(f"\\u{ord(letter):04X}" if letter in escaped else letter for letter in text) + '"'

    def value_literal(value: Any) -> str:
        return string_literal(value) if isinstance(value, str) else json.dumps(value)

    keys = draw(st.permutations(sorted(THUMB_KEYS)))
    items = [
        f"{draw(space)}{string_literal(key)}{draw(space)}:{draw(space)}{value_literal(THUMB_KEYS[key])}{draw(space)}"
        for key in keys
    ]
    return f"{draw(space)}{{{','.join(items)}}}{draw(space)}"


@given(spellings(), st.text(alphabet=string.ascii_lowercase + "-.", min_size=1))
@settings(max_examples=60)
def test_every_spelling_has_one_canonical_form(text: str, name: str) -> None:
    assert canonical(text, name) == canonical(json.dumps(THUMB_KEYS))


@pytest.mark.parametrize(
    ("features", "letters"),
    [
        ("", "i"),
        ("+c,+a,+m", "imac"),
        ("+m,+a,+c,-a", "imac"),
        ("-m,+c", "ic"),
        ("+e,+c", "ec"),
        ("+m,+a,+f,+c", "imafc"),
        ("+m,+a,+f,+d,+c,+zicsr,+zifencei", "gc"),
        ("+m,+zba,+zbb,+unaligned-scalar-mem", "im"),
    ],
)
def test_a_riscv_tuple_names_the_extensions(features: str, letters: str) -> None:
    spec = spec_of({"arch": "riscv32", "llvm-target": "riscv32", "features": features})
    assert target_tuple(spec) == f"riscv32{letters}-unknown-none-elf"


def test_vendor_system_and_environment_are_part_of_the_tuple() -> None:
    keys = {"arch": "xtensa", "llvm-target": "xtensa-none-elf", "vendor": "espressif", "os": "espidf", "env": "newlib"}
    assert target_tuple(spec_of(keys)) == "xtensa-espressif-espidf-newlib"


def bare_metal_names() -> list[str]:
    return [name for name in ask_rustc("--print", "target-list").split() if "-none" in name]


def test_built_in_targets_of_the_supported_families_keep_their_names() -> None:
    families = ("thumb", "riscv", "x86_64-unknown-none", "arm", "loongarch", "aarch64-unknown-none")
    names = [name for name in bare_metal_names() if name.startswith(families)]
    assert len(names) > 30
    assert {name: target_tuple(built_in_spec(name)) for name in names} == {name: name for name in names}


def test_every_built_in_target_gets_a_tuple_that_can_be_a_file_name() -> None:
    for name in bare_metal_names():
        stem = target_tuple(built_in_spec(name))
        assert stem.split("-")[0].startswith(name.split("-")[0][:3]), name
        assert not set(stem) & set("/ \n"), name
