"""Hint: a message of a tool, by its pattern, with what it means and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from steelmill.hints.facts import Failure

QUOTE = "[`'\u2018\u2019]"
"""What stands around names in messages of GNU tools: by the locale they take straight marks or curved ones."""


class Study(NamedTuple):
    """What a closer look at a failure adds to what the row says."""

    fields: Mapping[str, str] = {}
    """For the templates, beside the pattern's own groups."""
    details: tuple[tuple[str, str], ...] = ()
    """Rows (label, text) between cause and remedy."""


Look = Callable[[Sequence[re.Match[str]], Failure], Study]
"""Takes a closer look: at all that the row's patterns found in one output."""


class Hint(NamedTuple):
    """One row of a table. Of two rows that match the same words, the first holds."""

    anchor: str
    """The section of docs/errors.md, and the row's name."""
    patterns: tuple[str, ...]
    """Regular expressions, one for each wording; ``^`` and ``$`` match at lines. Groups have the same names in all."""
    cause: str
    """A sentence without a full stop; ``{group}`` stands for what a group matched, or for a field of the study."""
    remedy: str
    """What to do about it, in the imperative; a template as well."""
    look: Look | None = None
    """The fields and details that no pattern can give."""


class Explanation(NamedTuple):
    """A hint applied to an output."""

    anchor: str
    cause: str
    details: tuple[tuple[str, str], ...]
    remedy: str
