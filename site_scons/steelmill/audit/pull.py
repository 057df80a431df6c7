"""Which archive members a link takes: what the linker will do, told before it runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from steelmill.audit.facts import FileFacts, MemberFacts


class LinkedMember(NamedTuple):
    """An object that takes part in a link."""

    path: str
    """Of the object file or the archive."""
    facts: MemberFacts

    @property
    def place(self) -> str:
        """The path, with the archive member behind it in parentheses."""
        return f"{self.path}({self.facts.name})" if self.facts.name else self.path


def pull_members(
    objects: Sequence[FileFacts],
    archives: Sequence[FileFacts],
    roots: Sequence[str] = (),
    linker: Literal["gnu", "lld"] = "gnu",
) -> tuple[LinkedMember, ...]:
    """Give the objects, then the archive members that define what is still undefined, until nothing changes.

    archives  in the order of the command line, searched as one group (``--start-group``)
    roots     symbols that the command line or script asks for: ENTRY, ``-u``, EXTERN
    linker    which of two archives supplies a symbol that both define: GNU ld stays in the one it searches, LLD
              takes the first of the command line
    """
    raise NotImplementedError
