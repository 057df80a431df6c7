"""The table of all hints; of two that match the same words the first one holds."""

from __future__ import annotations

from steelmill.hints import script, target
from steelmill.hints.hint import Hint

HINTS: tuple[Hint, ...] = (*target.HINTS, *script.HINTS)
