"""The ABI audit on real objects: each that does not fit is found, and nothing is found where all fits."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from audit_corpus import CORPUS, Case
from audit_targets import read_target, rustc
from conftest import need_tool
from steelmill.audit.facts import dump_facts, load_facts, read_facts
from steelmill.audit.finding import Finding
from steelmill.audit.pull import LinkedMember
from steelmill.audit.rules import RULES, check_members
from steelmill.audit.target import AuditTarget, dump_target, load_target

CASES = [pytest.param(target, case, id=f"{target}-{case.id}") for target, cases in CORPUS.items() for case in cases]


def compile_case(case: Case, folder: Path) -> Path:
    source = folder / f"source{case.suffix}"
    source.write_text(case.source)
    output = folder / "object.o"
    compiler, _, tuple_ = case.compiler.partition(" ")
    if compiler == "rustc":
        rustc(str(source), "--emit=obj", "--target", tuple_, "-Cpanic=abort", *case.flags.split(), "-o", str(output))
    else:
        need_tool(compiler)
        argv = [compiler, *case.flags.split(), "-c", str(source), "-o", str(output)]
        subprocess.run(argv, check=True, stdin=subprocess.DEVNULL)
    return output


def audit(target: AuditTarget, *files: Path) -> tuple[Finding, ...]:
    """Judge all members of the files, by facts that went through their file."""
    facts = [load_facts(dump_facts(read_facts(file.read_bytes(), str(file))), file.name) for file in files]
    members = [LinkedMember(file.path, member) for file in facts for member in file.members]
    return check_members(load_target(dump_target(target)), members)


def short(finding: Finding) -> str:
    return f"{'?' * (finding.level == 'warning')}{finding.rule} {finding.subject}"


@pytest.mark.parametrize(("target", "case"), CASES)
def test_what_does_not_fit_is_found(target: str, case: Case, tmp_path: Path) -> None:
    judge, _ = read_target(target, tmp_path, case.keys)
    found = audit(judge, compile_case(case, tmp_path))
    assert tuple(map(short, found)) == case.expected
    for finding in found:
        assert finding.rule in RULES
        assert finding.object == "object.o"
        assert all((finding.found, finding.wanted, finding.remedy))


def test_the_corpus_covers_every_rule() -> None:
    expected = {words.split(" ")[0] for cases in CORPUS.values() for case in cases for words in case.expected}
    assert {rule.removeprefix("?") for rule in expected} == set(RULES)
