"""The rules of the layout audit."""

from __future__ import annotations

from collections.abc import Mapping

from steelmill.audit.rules import Rule

LAYOUT_RULES: Mapping[str, Rule] = {
    rule.id: rule
    for rule in (
        Rule(
            "layout-struct",
            "a struct or union that C and Rust lay out differently, or whose members are of different kinds",
        ),
        Rule("layout-enum", "an enum of which C and Rust disagree on size or values"),
        Rule("layout-prototype", "a function that C declares otherwise than Rust defines it"),
        Rule("layout-static", "a static that C declares otherwise than Rust defines it"),
    )
}
