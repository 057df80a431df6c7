"""Allow: findings that the project's people accept, each with the reason why."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from steelmill.audit.finding import Finding
from steelmill.errors import InputError
from steelmill.suggest import did_you_mean

_KEYS = ("rule", "object", "reason")
_EXAMPLE = 'say AUDITALLOW=[{"rule": "fpu", "object": "libphy.a", "reason": "only called where there is an FPU"}]'


class Allow(NamedTuple):
    """One entry of ``[audit] allow``."""

    rule: str
    """The rule's id."""
    object: str
    """A glob: of the path, or of its end behind a ``/``; with or without the archive member and ``: SUBJECT``."""
    reason: str
    """Why it is right here; it stands in the report."""
    place: str = ""
    """``path:line`` of the entry."""

    def covers(self, finding: Finding) -> bool:
        """Tell whether it is about this finding."""
        if finding.rule != self.rule:
            return False
        names = [name for path in (finding.object, finding.path) for name in (path, f"{path}: {finding.subject}")]
        return any(fnmatchcase(name, pattern) for name in names for pattern in (self.object, f"*/{self.object}"))


class Judged(NamedTuple):
    """A finding, and the reason why it is allowed; None where it is not."""

    finding: Finding
    allowed: str | None = None

    @property
    def is_error(self) -> bool:
        """True where it keeps the image from being made."""
        return self.finding.level == "error" and self.allowed is None


def judge(findings: Sequence[Finding], allows: Sequence[Allow]) -> tuple[Judged, ...]:
    """Put to each finding the reason of the first entry that covers it."""
    return tuple(
        Judged(finding, next((allow.reason for allow in allows if allow.covers(finding)), None)) for finding in findings
    )


def unused_allows(findings: Sequence[Finding], allows: Sequence[Allow], rules: Collection[str]) -> tuple[Allow, ...]:
    """Give the entries for ``rules`` that cover nothing: the object was mended, or the glob is wrong."""
    return tuple(allow for allow in allows if allow.rule in rules and not any(map(allow.covers, findings)))


def read_allows(value: object, place: str) -> tuple[Allow, ...]:
    """Read what a SConscript says: a list of mappings with rule, object and reason, or one of them.

    Raise InputError at ``place`` where it is something else.
    """
    if value in ([], (), None):
        return ()
    # only a project that allows something pays for the table of rules
    from steelmill.audit.catalog import ALL_RULES

    entries = [value] if isinstance(value, Mapping) else value
    if not isinstance(entries, list | tuple):
        raise InputError(f"{value!r} is no list", place=place, remedy=_EXAMPLE)
    for entry in entries:
        if not isinstance(entry, Mapping):
            raise InputError(f"{entry!r} is no dictionary", place=place, remedy=_EXAMPLE)
        for key in entry:
            if key not in _KEYS:
                raise InputError(f"unknown key {key!r}{did_you_mean(str(key), _KEYS)}", place=place, remedy=_EXAMPLE)
        for key in _KEYS:
            if not isinstance(entry.get(key), str) or not entry[key].strip():
                raise InputError(f"key {key!r} is missing or empty in {entry!r}", place=place, remedy=_EXAMPLE)
        if entry["rule"] not in ALL_RULES:
            raise InputError(
                f"no rule is called {entry['rule']!r}{did_you_mean(entry['rule'], ALL_RULES)}",
                place=place,
                remedy=f"choose among {', '.join(ALL_RULES)}",
            )
    return tuple(Allow(entry["rule"], entry["object"], entry["reason"], place) for entry in entries)
