"""What linkers say of linker scripts and of memory."""

from __future__ import annotations

import re
from collections.abc import Sequence

from steelmill.hints.facts import Failure
from steelmill.hints.hint import Hint, Study
from steelmill.linker.overflow import measure_overflow


def _overflow(_matches: Sequence[re.Match[str]], failure: Failure) -> Study:
    facts = failure.facts
    overflow = measure_overflow(failure.output, facts.regions, facts.map_text, facts.profile)
    image = failure.step.target_paths[0]
    return Study({"what": overflow.what, "ways": overflow.ways}, (("image", image), *overflow.details))


HINTS = (
    Hint(
        "region-overflow",
        (
            r"region [`'](?P<region>[^']+)' overflowed by \d+ bytes?",
            r"section [`'][^']+' will not fit in region [`'](?P<region>[^']+)'",
        ),
        "{what}",
        "{ways}",
        _overflow,
    ),
)
