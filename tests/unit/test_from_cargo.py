"""docs/from-cargo.md names only verbs, variables and sections that there are."""

from __future__ import annotations

import re

from project import CHECKOUT
from rust_firmware.variables import VARIABLES
from rust_firmware.verbs import VERBS
from steelmill.firmware_toml.schema import SCHEMA

PAGE = (CHECKOUT / "docs/from-cargo.md").read_text(encoding="utf-8")


def test_verbs_and_variables_are_there() -> None:
    words = {word for span in re.findall(r"`scons ([^`]+)`", PAGE) for word in span.split()}
    assert {word for word in words if "=" not in word and not word.startswith("-")} <= set(VERBS)
    names = set(re.findall(r"`([a-z]+)=(?:[^`\"]*)`", PAGE)) | {word.partition("=")[0] for word in words if "=" in word}
    assert len(names) > 6
    assert names <= {variable.name for variable in VARIABLES}


def test_keys_are_there() -> None:
    keys = re.findall(r"`\[(rust|c|link|image|run|firmware)\] ([a-z-]+)", PAGE)
    assert len(keys) > 8
    for section, key in keys:
        assert key in SCHEMA["properties"][section]["properties"], (section, key)


def test_sections_that_it_refers_to_are_there() -> None:
    for path, anchor in re.findall(r"\]\(([^)#]*)#([^)]+)\)", PAGE):
        text = (CHECKOUT / "docs" / path).read_text(encoding="utf-8") if path else PAGE
        heads = {
            re.sub(r"[^a-z0-9 -]", "", head.lower()).replace(" ", "-") for head in re.findall(r"^#+ (.*)$", text, re.M)
        }
        anchors = {re.sub(r"[^a-z0-9 -]", "", head.lower()).replace(" ", "-") for head in heads}
        assert anchor in anchors, (path, anchor)
