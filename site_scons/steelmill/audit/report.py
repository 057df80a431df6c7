"""AuditReport: what one audit of one image found, as JSON and as text."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from steelmill.audit.allow import Allow, Judged, judge, unused_allows
from steelmill.audit.finding import Finding
from steelmill.errors import InputError
from steelmill.wording import count

_SCHEMA = 1
_LISTED = 4
"""How many objects with the same error a message names."""


class AuditReport(NamedTuple):
    """What an audit found in an image; several audits make up what is told of it."""

    image: str
    """As people call it: ``hello  x86_64-unknown-none``."""
    subject: str
    """What was audited, with its number: ``31 objects``."""
    judged: tuple[Judged, ...]
    """In the order found."""
    notes: tuple[str, ...] = ()
    """What else there is to know: an entry of ``allow`` that allows nothing."""

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that keep the image from being made."""
        return tuple(each.finding for each in self.judged if each.is_error)

    @property
    def is_worth_reading(self) -> bool:
        """True where there is more than what was allowed."""
        return bool(self.notes) or any(each.allowed is None for each in self.judged)


def make_report(
    image: str,
    subject: str,
    findings: Sequence[Finding],
    allows: Sequence[Allow],
    rules: Collection[str],
    notes: Sequence[str] = (),
) -> AuditReport:
    """Judge findings by the project's ``allow``; ``rules`` are the ids of the rules that this audit applied."""
    unused = [
        f"{f'{allow.place}: ' if allow.place else ''}allow of {allow.rule} for {allow.object!r} matches nothing"
        for allow in unused_allows(findings, allows, rules)
    ]
    return AuditReport(image, subject, judge(findings, allows), (*notes, *unused))


def check_report(report: AuditReport, place: str) -> None:
    """Raise AuditFailed, one message for all errors, where there is one; ``place`` is the image's path."""
    if report.errors:
        raise AuditFailed(report, place)


class AuditFailed(InputError):
    """An image has findings that nobody allowed."""

    def __init__(self, report: AuditReport, place: str) -> None:
        super().__init__(
            f"the audit found {count(len(report.errors), 'error')} in {report.subject}",
            place=place,
            details=tuple(_error_rows(report.errors)),
            remedy="mend them; what is right here is allowed with its reason by [audit] allow in firmware.toml, "
            "by AUDITALLOW in a SConscript",
        )
        self.report = report


def dump_report(report: AuditReport) -> str:
    """Write JSON, the same text for the same report."""
    return _dump({"schema": _SCHEMA, **_as_json(report)})


def load_report(text: str) -> AuditReport:
    """Read what ``dump_report`` wrote."""
    content = json.loads(text)
    judged = [
        Judged(Finding(**{name: row[name] for name in Finding._fields}), row["allowed"]) for row in content["findings"]
    ]
    return AuditReport(content["image"], content["subject"], tuple(judged), tuple(content["notes"]))


def dump_reports(reports: Sequence[AuditReport], *, complete: bool) -> str:
    """Write JSON for other programs; ``complete`` is false where something could not be built, and so not audited."""
    return _dump({"schema": _SCHEMA, "complete": complete, "reports": [_as_json(report) for report in reports]})


def format_reports(reports: Sequence[AuditReport]) -> str:
    """Tell of one image what its audits found: one line where there is nothing."""
    lines = [f"{reports[0].image}  {summarize(reports)} in {', '.join(report.subject for report in reports)}"]
    for each in (each for report in reports for each in report.judged):
        word = "allowed" if each.allowed is not None else each.finding.level
        lines += [f"  {word:<8} {each.finding.rule}  {_where(each.finding)}"]
        lines += [f"           {text}" for text in _body(each.finding)]
        lines += [f"           reason  {each.allowed}"] if each.allowed is not None else []
    return "\n".join([*lines, *(f"  note     {note}" for report in reports for note in report.notes)])


def summarize(reports: Sequence[AuditReport]) -> str:
    """Count what there is: ``1 error, 2 warnings, 1 allowed``, or ``no finding``; notes behind it."""
    judged = [each for report in reports for each in report.judged]
    errors = sum(each.is_error for each in judged)
    allowed = sum(each.allowed is not None for each in judged)
    warnings = len(judged) - errors - allowed
    notes = sum(len(report.notes) for report in reports)
    words = [
        *([count(errors, "error")] if errors else []),
        *([count(warnings, "warning")] if warnings else []),
        *([f"{allowed} allowed"] if allowed else []),
    ]
    return ", ".join([*(words or ["no finding"]), *([count(notes, "note")] if notes else [])])


def _as_json(report: AuditReport) -> dict[str, object]:
    return {
        "image": report.image,
        "subject": report.subject,
        "findings": [{**each.finding._asdict(), "allowed": each.allowed} for each in report.judged],
        "notes": report.notes,
    }


def _dump(content: dict[str, object]) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _error_rows(errors: Sequence[Finding]) -> Iterator[tuple[str, str]]:
    """Lay out one block for each kind of error: an archive made with a wrong flag has it in every member."""
    kinds: dict[tuple[str, ...], list[str]] = {}
    for finding in errors:
        kinds.setdefault((finding.rule, *_body(finding)), []).append(_where(finding))
    for (rule, *body), places in kinds.items():
        more = [f"and {len(places) - _LISTED} more; scons audit lists them"] if len(places) > _LISTED else []
        first, *others = [*places[:_LISTED], *more, *body]
        yield rule, first
        yield from (("", text) for text in others)


def _where(finding: Finding) -> str:
    return f"{finding.object}{f': {finding.subject}' if finding.subject else ''}"


def _body(finding: Finding) -> list[str]:
    return [f"found   {finding.found}", f"target  {finding.wanted}", f"mend    {finding.remedy}"]
