"""JUnit XML, as CI servers read it.

Follows the form that Jenkins and GitLab take, https://github.com/testmoapp/junitxml. There is no time stamp and no host
name in it: equal runs differ in their seconds alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from steelmill.run.verdict import Verdict

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What is no Char of XML 1.0, section 2.2."""


class Result(NamedTuple):
    """One firmware on one target, or one test of a crate."""

    firmware: str
    target: str
    """The target, or the crate."""
    verdict: Verdict


def format_junit(results: Sequence[Result], suite_name: str = "check") -> str:
    """Write the results as one test suite: a firmware is a case, its target the class; output is always kept."""
    from xml.etree import ElementTree

    failures = sum(not result.verdict.passed for result in results)
    counts = {"tests": str(len(results)), "failures": str(failures), "errors": "0"}
    seconds = {"time": f"{sum(result.verdict.seconds for result in results):.3f}"}
    suites = ElementTree.Element("testsuites", {"name": "steelmill", **counts, **seconds})
    suite = ElementTree.SubElement(suites, "testsuite", {"name": suite_name, **counts, "skipped": "0", **seconds})
    for firmware, target, verdict in results:
        case = ElementTree.SubElement(
            suite,
            "testcase",
            {"classname": _clean(target), "name": _clean(firmware), "time": f"{verdict.seconds:.3f}"},
        )
        if not verdict.passed:
            failure = ElementTree.SubElement(case, "failure", {"message": _clean(verdict.reason)})
            failure.text = _clean(verdict.reason)
        ElementTree.SubElement(case, "system-out").text = _clean(verdict.output)
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=False) + "\n"


def _clean(text: str) -> str:
    """Replace what XML cannot hold, terminal escapes for instance."""
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
