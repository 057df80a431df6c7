"""Functions that stand in for atomic instructions: all of them, or code that comes later does not link."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from steelmill.audit.finding import Finding
from steelmill.audit.pull import LinkedMember
from steelmill.audit.target import AuditTarget

_SHOWN = 4
"""How many names one finding holds."""
_REMEDY = "define the whole set, as docs/atomics.md does in C and in Rust, or set atomic-cas to false"


def check_atomics(target: AuditTarget, members: Sequence[LinkedMember], defined: Collection[str]) -> Iterator[Finding]:
    """Look for functions of the set that nothing defines: called ones, and the rest in an image that defines some."""
    wanted = f"all {len(target.atomic_calls)} functions __sync_* (max-atomic-width, atomic-cas)"
    missing = [name for name in target.atomic_calls if name not in defined]
    called = [member for member in members if not set(missing).isdisjoint(member.facts.undefined)]
    for member in called:
        names = [name for name in missing if name in member.facts.undefined]
        found = "atomic accesses are calls here, and nothing defines these functions"
        yield Finding("atomics", "error", member.place, _list(names), found, wanted, _REMEDY)
    if called or not missing:
        return
    for member in members:
        if set(target.atomic_calls).intersection(member.facts.defined):
            found = f"{len(missing)} of the set are defined nowhere"
            yield Finding("atomics", "warning", member.place, _list(missing), found, wanted, _REMEDY)
            return


def _list(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
