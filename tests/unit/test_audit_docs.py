"""docs/audit.md against the code: every rule stands there once, in the code's own words."""

from __future__ import annotations

import re
import tomllib

import pytest

from project import CHECKOUT
from steelmill.audit.catalog import ALL_RULES
from steelmill.firmware_toml.parse import parse_firmware_toml

PAGE = (CHECKOUT / "docs/audit.md").read_text(encoding="utf-8")


def test_every_rule_has_its_row() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*?) \| (.*?) \| (.*?) \|$", PAGE, re.MULTILINE)
    assert [(rule, catches) for rule, catches, _, _ in rows] == [(rule.id, rule.catches) for rule in ALL_RULES.values()]
    assert all(why and mends for _, _, why, mends in rows)


@pytest.mark.parametrize("block", re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
def test_examples_are_valid(block: str) -> None:
    assert "audit" in tomllib.loads(block)
    parse_firmware_toml(f'[firmware]\nname = "app"\n{block}', "firmware.toml")
