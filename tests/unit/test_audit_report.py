"""Reports: JSON, text and the one message of an image that fails."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelmill.audit.allow import Allow, Judged
from steelmill.audit.catalog import ALL_RULES
from steelmill.audit.finding import Finding
from steelmill.audit.report import (
    AuditFailed,
    AuditReport,
    check_report,
    dump_report,
    dump_reports,
    format_reports,
    load_report,
    make_report,
    summarize,
)
from steelmill.audit.sarif import format_sarif

SCHEMA = Path(__file__).resolve().parent.parent / "data/sarif/sarif-schema-2.1.0.json"
"""The one that OASIS publishes with the standard."""

IMAGE = "app  thumbv7em-none-eabihf"
ELF = "build/app.elf"
FLOAT = Finding(
    "float-abi",
    "error",
    "vendor/libphy.a(phy.o)",
    "Tag_ABI_VFP_args",
    "floats passed in integer registers",
    "floats passed in FPU registers (llvm-floatabi)",
    "compile it with -mfloat-abi=hard",
)
CODE = Finding("lto-opaque", "error", "c/x.o", "", "LLVM bitcode", "machine code", "compile it without -flto")
WIDE = Finding("wchar", "warning", "c/x.o", "Tag", "wchar_t of 2 bytes", "wchar_t of 4 bytes", "compile it again")


def report(*findings: Finding, allows: tuple[Allow, ...] = ()) -> AuditReport:
    return make_report(IMAGE, "12 objects", findings, allows, ALL_RULES)


def failure(*findings: Finding) -> str:
    with pytest.raises(AuditFailed) as caught:
        check_report(report(*findings), ELF)
    return str(caught.value)


def test_an_image_that_fails_is_told_in_one_message() -> None:
    assert (
        failure(FLOAT, WIDE, CODE)
        == """\
build/app.elf: the audit found 2 errors in 12 objects
  float-abi    vendor/libphy.a(phy.o): Tag_ABI_VFP_args
               found   floats passed in integer registers
               target  floats passed in FPU registers (llvm-floatabi)
               mend    compile it with -mfloat-abi=hard
  lto-opaque   c/x.o
               found   LLVM bitcode
               target  machine code
               mend    compile it without -flto
  remedy       mend them; what is right here is allowed with its reason by [audit] allow in firmware.toml, by \
AUDITALLOW in a SConscript"""
    )


def test_what_a_whole_archive_has_is_told_once() -> None:
    members = [FLOAT._replace(object=f"vendor/libphy.a({number}.o)") for number in range(7)]
    lines = failure(*members).splitlines()
    assert lines[0] == "build/app.elf: the audit found 7 errors in 12 objects"
    assert lines[4:6] == [
        "              vendor/libphy.a(3.o): Tag_ABI_VFP_args",
        "              and 3 more; scons audit lists them",
    ]
    assert len(lines) == 10


def test_warnings_and_what_is_allowed_pass() -> None:
    check_report(report(WIDE), ELF)
    check_report(report(FLOAT, allows=(Allow("float-abi", "libphy.a", "never called"),)), ELF)
    check_report(report(), ELF)


def test_the_text_of_an_image_without_findings_is_one_line() -> None:
    elf = make_report(IMAGE, "the ELF", (), (), ALL_RULES)
    assert format_reports([report(), elf]) == "app  thumbv7em-none-eabihf  no finding in 12 objects, the ELF"


def test_the_text_of_an_image_with_findings() -> None:
    allows = (
        Allow("float-abi", "libphy.a", "never called", "firmware.toml:9"),
        Allow("fpu", "libgone.a", "old", "firmware.toml:10"),
    )
    assert (
        format_reports([report(FLOAT, WIDE, CODE, allows=allows)])
        == """\
app  thumbv7em-none-eabihf  1 error, 1 warning, 1 allowed, 1 note in 12 objects
  allowed  float-abi  vendor/libphy.a(phy.o): Tag_ABI_VFP_args
           found   floats passed in integer registers
           target  floats passed in FPU registers (llvm-floatabi)
           mend    compile it with -mfloat-abi=hard
           reason  never called
  warning  wchar  c/x.o: Tag
           found   wchar_t of 2 bytes
           target  wchar_t of 4 bytes
           mend    compile it again
  error    lto-opaque  c/x.o
           found   LLVM bitcode
           target  machine code
           mend    compile it without -flto
  note     firmware.toml:10: allow of fpu for 'libgone.a' matches nothing"""
    )


@pytest.mark.parametrize(
    ("findings", "summary"),
    [
        ((), "no finding"),
        ((FLOAT,), "1 error"),
        ((FLOAT, CODE, WIDE), "2 errors, 1 warning"),
    ],
)
def test_summary(findings: tuple[Finding, ...], summary: str) -> None:
    assert summarize([report(*findings)]) == summary
    assert report(*findings).is_worth_reading == bool(findings)


def test_what_is_allowed_is_not_worth_a_line_in_every_build() -> None:
    allowed = report(FLOAT, allows=(Allow("float-abi", "libphy.a", "never called"),))
    assert summarize([allowed]) == "1 allowed"
    assert not allowed.is_worth_reading
    assert report(allows=(Allow("float-abi", "libphy.a", "never called"),)).is_worth_reading


TEXTS = st.text(max_size=12)
REPORTS = st.builds(
    AuditReport,
    TEXTS,
    TEXTS,
    st.lists(
        st.builds(
            Judged,
            st.builds(
                Finding,
                st.sampled_from(list(ALL_RULES)),
                st.sampled_from(["error", "warning"]),
                st.sampled_from(["a.o", "/usr/lib/x.a(y.o)", "ä b.o", "[x]%.o"]),
                TEXTS,
                TEXTS,
                TEXTS,
                TEXTS,
            ),
            st.none() | TEXTS,
        ),
        max_size=3,
    ).map(tuple),
    st.lists(TEXTS, max_size=2).map(tuple),
)


@given(REPORTS)
def test_json_holds_all_of_a_report(any_report: AuditReport) -> None:
    assert load_report(dump_report(any_report)) == any_report


def test_json_for_other_programs() -> None:
    content = json.loads(dump_reports([report(FLOAT)], complete=False))
    assert content["complete"] is False
    assert content["reports"][0]["findings"] == [{**FLOAT._asdict(), "allowed": None}]


@pytest.fixture(scope="module")
def sarif_validator() -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(
        json.loads(SCHEMA.read_text(encoding="utf-8")), format_checker=jsonschema.FormatChecker()
    )


def sarif(*reports: AuditReport) -> dict[str, object]:
    rules = {rule.id: rule.catches for rule in ALL_RULES.values()}
    content: dict[str, object] = json.loads(format_sarif(reports, rules, "1.2.3", complete=True))
    return content


def test_sarif_is_valid_whatever_is_found(sarif_validator: jsonschema.Draft7Validator) -> None:
    @given(st.lists(REPORTS, max_size=2))
    def check(reports: list[AuditReport]) -> None:
        sarif_validator.validate(sarif(*reports))

    check()


def test_sarif_says_where_what_and_why_it_is_allowed() -> None:
    allows = (Allow("float-abi", "libphy.a", "never called"),)
    runs: object = sarif(report(FLOAT._replace(object="vendor/my phy.a(phy.o)"), CODE), report(FLOAT, allows=allows))
    assert isinstance(runs, dict)
    (run,) = runs["runs"]
    member, plain, allowed = run["results"]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == ["float-abi", "lto-opaque", "float-abi"]
    assert member["locations"] == [
        {
            "physicalLocation": {"artifactLocation": {"uri": "vendor/my%20phy.a"}},
            "logicalLocations": [
                {"fullyQualifiedName": "vendor/my phy.a(phy.o)", "kind": "module"},
                {"fullyQualifiedName": "Tag_ABI_VFP_args", "kind": "member"},
            ],
        }
    ]
    assert member["message"]["text"] == (
        "Tag_ABI_VFP_args: floats passed in integer registers; the target: floats passed in FPU registers "
        "(llvm-floatabi). To mend it: compile it with -mfloat-abi=hard. Image: app for thumbv7em-none-eabihf."
    )
    assert plain["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": "c/x.o"}}}]
    assert [result["suppressions"] for result in (member, allowed)] == [
        [],
        [{"kind": "external", "status": "accepted", "justification": "never called"}],
    ]
