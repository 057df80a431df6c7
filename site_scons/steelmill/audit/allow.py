"""Allow: findings that the project's people accept, each with the reason why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from steelmill.audit.finding import Finding


class Allow(NamedTuple):
    """One entry of ``[audit] allow``."""

    rule: str
    """The rule's id."""
    object: str
    """A glob: of the path, or of its end behind a ``/``; with or without the archive member."""
    reason: str
    """Why it is right here; it stands in the report."""
    place: str = ""
    """``path:line`` of the entry."""

    def covers(self, finding: Finding) -> bool:
        """Tell whether it is about this finding."""
        if finding.rule != self.rule:
            return False
        names = (finding.object, finding.path)
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
