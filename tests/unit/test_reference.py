"""docs/reference.md against the code: every option stands there, nothing else does, and its examples are valid."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from project import CHECKOUT
from rust_firmware.construct import METHODS
from rust_firmware.construction_variables import DEFAULTS
from rust_firmware.variables import VARIABLES
from rust_firmware.verbs import VERBS
from steelmill.firmware_toml.parse import parse_firmware_toml
from steelmill.firmware_toml.schema import SCHEMA
from steelmill.rustc.codegen import PROFILES

REFERENCE = (CHECKOUT / "docs/reference.md").read_text(encoding="utf-8")
COLUMNS = ["values", "default", "what it does", "example"]

SECTIONS = {
    "[firmware]": SCHEMA["properties"]["firmware"],
    "[rust]": SCHEMA["properties"]["rust"],
    "[rust.crates.NAME]": SCHEMA["properties"]["rust"]["properties"]["crates"]["additionalProperties"],
    "[rust.packages.NAME]": SCHEMA["properties"]["rust"]["properties"]["packages"]["additionalProperties"],
    "[c]": SCHEMA["properties"]["c"],
    "[[bindgen]]": SCHEMA["properties"]["bindgen"]["items"],
    "[[cbindgen]]": SCHEMA["properties"]["cbindgen"]["items"],
    "[link]": SCHEMA["properties"]["link"],
    "[memory.NAME]": SCHEMA["properties"]["memory"]["additionalProperties"],
    "[image]": SCHEMA["properties"]["image"],
    "[audit]": SCHEMA["properties"]["audit"],
    "[[audit.layout]]": SCHEMA["properties"]["audit"]["properties"]["layout"]["items"],
    "[run]": SCHEMA["properties"]["run"],
}
NEEDED = {
    "[rust]": 'crate = "src/lib.rs"',
    "[rust.crates.NAME]": 'crate = "src/lib.rs"',
    "[memory.NAME]": "",
    "[[bindgen]]": 'header = "c/driver.h"',
    "[[cbindgen]]": 'header = "app.h"',
}
"""What a section must hold besides the key that is tried."""


def table(heading: str) -> tuple[list[str], dict[str, list[str]]]:
    """Give the header and, by first column, the rows of the table under a heading."""
    match = re.search(rf"^### {re.escape(heading)}\n(.*?)(?=^##|\Z)", REFERENCE, re.MULTILINE | re.DOTALL)
    assert match, f"docs/reference.md has no heading {heading}"
    lines = [line for line in match[1].splitlines() if line.startswith("|")]
    head, _, *rows = ([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines)
    return head, {row[0].strip("`"): row for row in rows}


def code(cell: str) -> str:
    """Give the text of a cell without the marks of code."""
    return cell.strip("`").replace("\\|", "|")


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_of_firmware_toml_has_its_row(section: str) -> None:
    head, rows = table(section)
    assert head == ["key", *COLUMNS]
    assert set(rows) == set(SECTIONS[section]["properties"])
    assert all(all(row) for row in rows.values()), "an empty cell"


@pytest.mark.parametrize("section", SECTIONS)
def test_listed_values_are_all_named(section: str) -> None:
    _, rows = table(section)
    for key, schema in SECTIONS[section]["properties"].items():
        for value in schema.get("enum", schema.get("items", {}).get("enum", ())):
            text = f'"{value}"' if isinstance(value, str) else str(value).lower()
            assert f"`{text}`" in rows[key][1], f"{section} {key} takes {text}"


@pytest.mark.parametrize("section", SECTIONS)
def test_required_keys_and_only_those_are_called_required(section: str) -> None:
    _, rows = table(section)
    required = {key for key, row in rows.items() if row[2] == "required"}
    assert required >= set(SECTIONS[section]["required"])
    # what may stand under a condition is asked for after the merge: steelmill/firmware_toml/resolve.py
    late = {
        "[rust]": {"crate"},
        "[rust.crates.NAME]": {"crate"},
        "[rust.packages.NAME]": {"package"},
        "[memory.NAME]": {"origin", "length"},
    }
    assert required == {*SECTIONS[section]["required"], *late.get(section, set())}


@pytest.mark.parametrize(("section", "key"), [(section, key) for section in SECTIONS for key in table(section)[1]])
def test_examples_are_valid(section: str, key: str) -> None:
    example = code(table(section)[1][key][4])
    parse_firmware_toml(_file_with(section, key, example), "firmware.toml")


def _file_with(section: str, key: str, example: str) -> str:
    head = "" if section == "[firmware]" and key == "name" else 'name = "app"\n'
    if section == "[firmware]":
        return f"[firmware]\n{head}{example}\n"
    if example.startswith("["):
        needed = "package = 'Cargo.toml'" if "packages" in example else "crate = 'src/lib.rs'"
        return f"[firmware]\n{head}{example}\n{needed}\n"
    more = NEEDED.get(section, "")
    more = "" if more.startswith(f"{key} ") else more
    return f"[firmware]\n{head}{section.replace('NAME', 'other')}\n{more}\n{example}\n"


def test_every_variable_has_its_row() -> None:
    head, rows = table("Variables")
    assert head == ["variable", *COLUMNS]
    assert list(rows) == [variable.name for variable in VARIABLES]
    for variable in VARIABLES:
        row = rows[variable.name]
        assert code(row[4]).startswith(f"{variable.name}=")
        assert all(f"`{value}`" in row[1] or value in code(row[1]).split("|") for value in variable.allowed)


def test_every_profile_and_every_verb_has_its_row() -> None:
    assert list(table("Profiles")[1]) == list(PROFILES)
    assert {name: row[1] for name, row in table("Verbs")[1].items()} == dict(VERBS)


def test_every_builder_and_construction_variable_has_its_row() -> None:
    assert list(table("Builders")[1]) == list(METHODS)
    head, rows = table("Construction variables")
    assert head == ["variable", *COLUMNS]
    assert list(rows) == list(DEFAULTS)
    for name, default in DEFAULTS.items():
        told = rows[name][2].partition(":")[0]
        assert told == f"`{_python(default)}`"
        assert code(rows[name][4]).startswith(f"{name}=")


def _python(value: Any) -> str:
    """Write a Python value with double quotes, as the project does."""
    return repr(value).replace("'", '"')


def test_blocks_of_toml_are_toml() -> None:
    for block in re.findall(r"^```toml\n(.*?)^```", REFERENCE, re.MULTILINE | re.DOTALL):
        tomllib.loads(block)
