"""The findings as SARIF, which code review and continuous integration show.

Follows "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", OASIS Standard, 2020,
https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from steelmill.audit.allow import Judged
from steelmill.audit.report import AuditReport

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def format_sarif(reports: Sequence[AuditReport], rules: Mapping[str, str], version: str, *, complete: bool) -> str:
    """Write one run with all findings; what is allowed is suppressed, with its reason.

    rules    id -> what the rule catches, one sentence without a full stop
    version  of Steelmill
    complete false where something could not be built, and so not audited
    """
    indexes = {name: index for index, name in enumerate(rules)}
    driver = {
        "name": "Steelmill audit",
        "version": version,
        "rules": [{"id": name, "shortDescription": {"text": f"{what}."}} for name, what in rules.items()],
    }
    results = [_result(report, each, indexes) for report in reports for each in report.judged]
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": complete}],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1, ensure_ascii=False) + "\n"


def _result(report: AuditReport, judged: Judged, indexes: Mapping[str, int]) -> dict[str, Any]:
    finding = judged.finding
    member = finding.object if finding.object != finding.path else ""
    logical = [
        {"fullyQualifiedName": name, "kind": kind}
        for name, kind in ((member, "module"), (finding.subject, "member"))
        if name
    ]
    subject = f"{finding.subject}: " if finding.subject else ""
    return {
        "ruleId": finding.rule,
        "ruleIndex": indexes[finding.rule],
        "level": finding.level,
        "message": {
            "text": f"{subject}{finding.found}; the target: {finding.wanted}. To mend it: {finding.remedy}. "
            f"Image: {report.image.replace('  ', ' for ')}."
        },
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": _uri(finding.path)}},
                **({"logicalLocations": logical} if logical else {}),
            }
        ],
        "suppressions": []
        if judged.allowed is None
        else [{"kind": "external", "status": "accepted", "justification": judged.allowed}],
        "properties": {"image": report.image},
    }


def _uri(path: str) -> str:
    return f"{'file://' if path.startswith('/') else ''}{quote(path)}"
