"""The audits as tools of Steps: read files, apply the rules, write a report or refuse.

A request is the JSON that ``builders/audit.py`` puts into the Step.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from rust_firmware.facts_cache import FactsCache
from rust_firmware.linked_elf import LinkedElf, read_scripts, scan_scripts
from rust_firmware.tree import Tree
from steelmill.audit.allow import Allow
from steelmill.audit.elf_rules import ELF_RULES, check_executable
from steelmill.audit.executable import read_executable
from steelmill.audit.facts import FileFacts
from steelmill.audit.layout.check import check_layout
from steelmill.audit.layout.pair import TypePair
from steelmill.audit.layout.rules import LAYOUT_RULES
from steelmill.audit.placement import Placement
from steelmill.audit.pull import pull_members
from steelmill.audit.report import AuditReport, check_report, dump_report, make_report
from steelmill.audit.rules import RULES, check_members
from steelmill.audit.target import load_target
from steelmill.cargo.program_link import ProgramScripts
from steelmill.elf.file_kind import is_object
from steelmill.linker.script import ScriptScan, scan_script

Request = Mapping[str, Any]

_EXPORTS = "symbols.o"
"""Where rustc lists what a program exports: an object with names alone, which says nothing of an ABI."""


def audit_objects(request: Request) -> AuditReport:
    """Judge everything that a link takes."""
    known = _known(request)
    scans, flags = _scans(known), known.flags
    entry = _entry(request, known, scans)
    cache = FactsCache()
    named = _read(cache, _named_files(request))
    members = pull_members(
        (*_read(cache, request["objects"]), *(file for file in named if not file.archive)),
        (*_read(cache, request["archives"]), *(file for file in named if file.archive)),
        (
            *request["undefined"],
            *flags.undefined,
            *(name for scan in scans for name in scan.undefined),
            # GNU ld takes the entry from what is linked anyway
            *((entry,) if entry and request["lld"] else ()),
        ),
        "lld" if request["lld"] else "gnu",
    )
    own = (*request["objects"],) if request["listing"] else ()
    members = tuple(member for member in members if member.facts.name != _EXPORTS or member.path not in own)
    provided = {*request["defined"], *flags.defined, *(name for scan in scans for name in scan.symbols)}
    findings = check_members(load_target(request["target"]), members, provided)
    return make_report(request["image"], f"{len(members)} objects", findings, _allows(request), RULES)


def audit_elf(request: Request) -> AuditReport:
    """Judge a linked ELF."""
    known = _known(request)
    scans, elf = _scans(known), request["elf"]
    with open(elf, "rb") as file:
        executable = read_executable(file.read(), elf)
    placement = Placement(
        regions=tuple(region for scan in scans for region in scan.regions),
        entry=_entry(request, known, scans),
        vectors=request["vectors"],
        lenient=request["lenient"],
    )
    findings = check_executable(executable, placement, elf)
    return make_report(request["image"], "the ELF", findings, _allows(request), ELF_RULES)


def audit_layout(request: Request) -> AuditReport:
    """Compare what C and Rust declare of what they share, by the debug information of a linked ELF."""
    elf = request["elf"]
    with open(elf, "rb") as file:
        found = check_layout(file.read(), elf, [TypePair(*row) for row in request["types"]])
    return make_report(request["image"], found.subject, found.findings, _allows(request), LAYOUT_RULES, found.notes)


AUDITS: Mapping[str, Callable[[Request], AuditReport]] = {
    "audit-elf": audit_elf,
    "audit-layout": audit_layout,
    "audit-objects": audit_objects,
}
"""Name of the Step's tool -> what it does."""


def run_audit(tool: str, arguments: Sequence[str]) -> None:
    """Write the report, ``OUTPUT REQUEST``; raise AuditFailed where it has errors."""
    output, request = arguments
    content = json.loads(request)
    report = AUDITS[tool](content)
    check_report(report, content["elf"])
    with open(output, "w", encoding="utf-8") as file:
        file.write(dump_report(report))


def _tree() -> Tree:
    # Steps run in the top folder
    return Tree(os.getcwd())


def _known(request: Request) -> ProgramScripts:
    return read_scripts(_tree(), request["scripts"], request["search"], request["arguments"])


def _scans(known: ProgramScripts) -> list[ScriptScan]:
    return [scan_script(script, _tree().read, known.search) for script in known.scripts]


def _named_files(request: Request) -> Iterable[str]:
    """Give what scripts and options name, scripts among it; where rustc has linked, what the linker read."""
    if request["listing"]:
        return (_tree().read(request["listing"]) or "").splitlines()
    scripts, search, named, arguments = (tuple(request[key]) for key in ("scripts", "search", "named", "arguments"))
    linked = LinkedElf(request["elf"], scripts, search, named, arguments)
    return dict.fromkeys(scan_scripts(_tree(), linked).files)


def _read(cache: FactsCache, paths: Iterable[str]) -> list[FileFacts]:
    """Give the facts of what can be linked; a linker takes other files for scripts."""
    return [cache.read(path) for path in paths if _is_linkable(path)]


def _is_linkable(path: str) -> bool:
    with open(path, "rb") as file:
        return is_object(file.read(8))


def _entry(request: Request, known: ProgramScripts, scans: Iterable[ScriptScan]) -> str | None:
    entry: str | None = request["entry"] or known.flags.entry
    return entry or next((scan.entry for scan in scans if scan.entry), None)


def _allows(request: Request) -> list[Allow]:
    return [Allow(*row) for row in request["allow"]]
