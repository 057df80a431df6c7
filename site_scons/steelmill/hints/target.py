"""What rustc and LLVM say of a target specification."""

from __future__ import annotations

import re
from collections.abc import Sequence

from steelmill.hints.facts import Failure
from steelmill.hints.hint import Hint, Study


def _place(_matches: Sequence[re.Match[str]], failure: Failure) -> Study:
    """Give where the specification is written: ``targets/board.json: ``."""
    place = failure.facts.place
    return Study({"at": f"{place}: " if place else ""})


HINTS = (
    Hint(
        "data-layout",
        (
            r"data-layout for target `[^`]*`, `(?P<given>[^`]*)`, differs from LLVM target's `[^`]*` default layout, "
            r"`(?P<right>[^`]*)`",
        ),
        "{at}data-layout is '{given}'; expected '{right}', which is LLVM's",
        "write the expected value, or correct llvm-target",
        _place,
    ),
    Hint(
        "unknown-feature",
        (r"^'(?P<feature>[^']*)' is not a recognized feature for this target",),
        "{at}features names '{feature}', which LLVM does not know for this target",
        "rustc --print target-features --target TUPLE lists them",
        _place,
    ),
    Hint(
        "unknown-cpu",
        (r"^'(?P<cpu>[^']*)' is not a recognized processor for this target",),
        "{at}cpu names '{cpu}', which LLVM does not know for this target",
        "rustc --print target-cpus --target TUPLE lists them",
        _place,
    ),
    Hint(
        "json-unstable",
        (r"custom targets are unstable and require `-Zunstable-options`",),
        "rustc takes a target JSON only with an unstable option since 1.95",
        "build by Steelmill, or call rustc with -Zunstable-options and RUSTC_BOOTSTRAP=1",
    ),
    Hint(
        "target-unknown",
        (r"could not find specification for target \"(?P<target>[^\"]+)\"",),
        "rustc has no target {target} of its own, and no file of this name is on RUST_TARGET_PATH",
        "correct the name (rustc --print target-list), or give the path of its JSON",
    ),
)
