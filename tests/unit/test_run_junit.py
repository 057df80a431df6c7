"""JUnit XML: it parses whatever a firmware printed."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from steelmill.run.junit import Result, format_junit
from steelmill.run.verdict import Verdict


def test_the_whole_file() -> None:
    text = format_junit(
        [
            Result("hello", "x86_64-unknown-none", Verdict(True, "as expected", "hi <there>\n", 0.25)),
            Result("hello", "arm", Verdict(False, 'exit code 3; "expected" 0', "\x1b[31mred\x00\n", 1)),
        ]
    )
    assert text == (
        '<testsuites name="steelmill" tests="2" failures="1" errors="0" time="1.250">\n'
        '  <testsuite name="check" tests="2" failures="1" errors="0" skipped="0" time="1.250">\n'
        '    <testcase classname="x86_64-unknown-none" name="hello" time="0.250">\n'
        "      <system-out>hi &lt;there&gt;\n</system-out>\n"
        "    </testcase>\n"
        '    <testcase classname="arm" name="hello" time="1.000">\n'
        '      <failure message="exit code 3; &quot;expected&quot; 0">exit code 3; "expected" 0</failure>\n'
        "      <system-out>\ufffd[31mred\ufffd\n</system-out>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        "</testsuites>\n"
    )


@given(st.text(), st.text(), st.text())
def test_any_output_gives_a_file_that_parses(name: str, reason: str, output: str) -> None:
    text = format_junit([Result(name, name, Verdict(False, reason, output, 0))])
    assert ElementTree.fromstring(text.encode("utf-8")).find(".//failure") is not None
