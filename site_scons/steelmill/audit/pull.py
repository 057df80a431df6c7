"""Which archive members a link takes: what the linker will do, told before it runs.

Follows GNU ld (``bfd/elflink.c``, ``elf_link_add_archive_symbols``) and LLD (``Symbols.cpp``, ``Symbol::resolve``).
"""

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

    objects   taken whole, an archive among them too
    archives  in the order of the command line, searched as one group (``--start-group``). Weak references take nothing
    roots     symbols that are asked for besides: ``-u``, EXTERN, and LLD's entry
    linker    decides which archive supplies what two of them define: GNU ld stays in the one that it searches until
              nothing there is of use, LLD takes the first of the command line
    """
    taken = [LinkedMember(file.path, member) for file in objects for member in file.members]
    link = _Link(roots)
    for member in taken:
        link.take(member.facts)
    found = _pull_gnu(link, archives) if linker == "gnu" else _pull_lld(link, archives)
    return (*taken, *found)


class _Link:
    """What is defined and what is asked for."""

    def __init__(self, roots: Sequence[str]) -> None:
        self.defined: set[str] = set()
        self.common: set[str] = set()
        self.undefined = set(roots)

    def take(self, facts: MemberFacts) -> None:
        self.defined.update(facts.defined)
        self.common.update(facts.common)
        self.undefined.update(facts.undefined)
        self.undefined -= self.defined
        self.undefined -= self.common
        self.common -= self.defined

    def wants(self, facts: MemberFacts) -> bool:
        return not self.undefined.isdisjoint(facts.defined) or not self.undefined.isdisjoint(facts.common)


def _pull_gnu(link: _Link, archives: Sequence[FileFacts]) -> list[LinkedMember]:
    waiting = [[LinkedMember(file.path, member) for member in file.members] for file in archives]
    found: list[LinkedMember] = []
    before = -1
    while before != len(found):
        before = len(found)
        for members in waiting:
            _search(link, members, found)
    return found


def _search(link: _Link, members: list[LinkedMember], found: list[LinkedMember]) -> None:
    """Take from one archive until nothing in it is of use; what is taken leaves ``members``."""
    before = -1
    while before != len(found):
        before = len(found)
        for member in tuple(members):
            # A definition with a value takes the place of a common one.
            if link.wants(member.facts) or not link.common.isdisjoint(member.facts.defined):
                link.take(member.facts)
                found.append(member)
                members.remove(member)


def _pull_lld(link: _Link, archives: Sequence[FileFacts]) -> list[LinkedMember]:
    offered: dict[str, LinkedMember] = {}
    found: list[LinkedMember] = []
    for file in archives:
        for facts in file.members:
            member = LinkedMember(file.path, facts)
            if link.wants(facts):
                _extract(link, member, offered, found)
            else:
                for name in (*facts.defined, *facts.common):
                    offered.setdefault(name, member)
    return found


def _extract(link: _Link, member: LinkedMember, offered: dict[str, LinkedMember], found: list[LinkedMember]) -> None:
    """Take a member, and at once those already seen that define what it asks for."""
    pending = []
    while True:
        link.take(member.facts)
        found.append(member)
        pending += [name for name in reversed(member.facts.undefined) if name in offered]
        while pending and pending[-1] not in link.undefined:
            pending.pop()
        if not pending:
            return
        member = offered[pending.pop()]
