"""The table of all hints; of two that match the same words the first one holds."""

from __future__ import annotations

from steelmill.hints import bindings, cargo, cc, duplicate, link, rustc, script, target, undefined
from steelmill.hints.hint import Hint

HINTS: tuple[Hint, ...] = tuple(
    hint for table in (target, rustc, cargo, cc, undefined, duplicate, link, script, bindings) for hint in table.HINTS
)
