"""Finding: one thing that does not fit, found by a rule."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

_MEMBER = re.compile(r"\([^()]*\)$")


class Finding(NamedTuple):
    """What a rule found in an object, an archive member or the linked ELF."""

    rule: str
    """The rule's stable id: ``float-abi``."""
    level: Literal["error", "warning"]
    object: str
    """The path; a member stands behind it in parentheses: ``vendor/libphy.a(phy.o)``."""
    subject: str
    """The function, tag, section or symbol; empty where it is the whole object."""
    found: str
    """What is there: ``code for soft-float calls``."""
    wanted: str
    """What the target says: ``hard-float calls (llvm-floatabi)``."""
    remedy: str
    """What mends it, in the imperative: ``compile it with -mfloat-abi=hard``."""

    @property
    def path(self) -> str:
        """The file, without the archive member."""
        return _MEMBER.sub("", self.object)
