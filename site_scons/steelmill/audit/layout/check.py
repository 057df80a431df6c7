"""The layout audit: what C and Rust declare differently in the debug information of a linked image."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from steelmill.audit.finding import Finding
from steelmill.audit.layout.compare import Comparison, Difference
from steelmill.audit.layout.dwarf import DebugInfo
from steelmill.audit.layout.model import (
    Alias,
    Array,
    Enum,
    Function,
    Member,
    Named,
    Pointer,
    Prototype,
    Record,
    TypeId,
    Variable,
)
from steelmill.audit.layout.names import last_segment, matches_path, plain, same_type_name
from steelmill.audit.layout.pair import TypePair
from steelmill.wording import count

_REMEDIES = {
    "layout-struct": "declare the same members in the same order in both languages; in Rust as #[repr(C)]",
    "layout-enum": "give both the same values; in Rust with #[repr(C)], or the repr of the size that C has",
    "layout-prototype": "declare it in C as Rust defines it, or the other way round",
    "layout-static": "declare it in C as Rust defines it, or the other way round",
}
_BY_NAME = "make both agree; if they have only the name in common, say so with [audit] allow"

_START_OF_PATH = re.compile(r"^(crate|self|super)::(super::)*")
"""How a path begins that is written from a module of the crate."""
_Declaration = TypeVar("_Declaration", Function, Variable)


class LayoutAudit(NamedTuple):
    """What the audit found."""

    subject: str
    """What was compared: ``2 functions, 3 types``."""
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]


def check_layout(content: bytes, path: str, pairs: Sequence[TypePair]) -> LayoutAudit:
    """Compare what C and Rust share in the ELF at ``path``: functions and statics, and ``pairs`` of types.

    Types that only have the name and their members' names in common are compared too, and yield warnings.
    """
    try:
        return _compare(DebugInfo(content), path, pairs)
    except Exception as error:  # noqa: BLE001 - pyelftools fails in many ways over debug information it does not know
        return LayoutAudit("no layout", (), (f"layout not compared: the debug information cannot be read: {error!r}",))


def _compare(info: DebugInfo, path: str, pairs: Sequence[TypePair]) -> LayoutAudit:
    missing = [language for language in ("C", "Rust") if language not in info.languages]
    if missing:
        # in the subject: a note would be worth reading at the end of every build for release
        reason = f"no debug information of {' and '.join(missing)}; profile=dev gives it"
        return LayoutAudit(f"no layout ({reason})", (), ())
    sure = Comparison(info.type)
    functions = _compare_symbols(info, sure)
    notes = _compare_listed(info, sure, pairs)
    guessed = Comparison(info.type)
    listed = {pair.c for pair in pairs}
    _compare_namesakes(info, guessed, listed)
    known = set(sure.differences)
    findings = [_finding(each, path, by_name=False) for each in sure.differences]
    findings += [_finding(each, path, by_name=True) for each in guessed.differences if each not in known]
    types = sure.pairs + guessed.pairs
    subject = f"{count(functions, 'shared function')}, {count(types, 'shared type')}"
    return LayoutAudit(subject, tuple(findings), notes)


def _compare_symbols(info: DebugInfo, comparison: Comparison) -> int:
    """Compare functions and statics that one language defines and the other declares; give how many there are."""
    functions = _shared(info.functions)
    for c_function, rust_function in functions:
        comparison.functions(c_function, rust_function)
    variables = _shared(info.variables)
    for c_variable, rust_variable in variables:
        comparison.variables(c_variable, rust_variable)
    return len({c.symbol for c, _ in functions} | {c.symbol for c, _ in variables})


def _shared(declarations: Sequence[_Declaration]) -> list[tuple[_Declaration, _Declaration]]:
    rust = {each.symbol: each for each in declarations if each.language == "Rust"}
    c = (each for each in declarations if each.language == "C" and each.symbol in rust)
    return [(each, rust[each.symbol]) for each in c if each.defined != rust[each.symbol].defined]


def _compare_listed(info: DebugInfo, comparison: Comparison, pairs: Sequence[TypePair]) -> tuple[str, ...]:
    """Compare the pairs; give a note for each that does not name one type on either side."""
    notes = []
    for pair in pairs:
        c = [each for each in info.named if each.language == "C" and each.title == pair.c]
        path = _START_OF_PATH.sub("", pair.rust)
        rust = [each for each in info.named if each.language == "Rust" and matches_path(each.title, path)]
        titles = sorted({each.title for each in rust})
        if len(titles) > 1:
            notes.append(f"{pair.place}: {pair.rust} may be {' or '.join(titles)}; write more of its path")
            continue
        for language, name, found in (("C", pair.c, c), ("Rust", pair.rust, rust)):
            if not found:
                notes.append(f"{pair.place}: the debug information of {language} has no {name}: misspelt, or not used")
        for one in c:
            for other in rust:
                comparison.types(one, other)
    return tuple(notes)


def _compare_namesakes(info: DebugInfo, comparison: Comparison, listed: set[str]) -> None:
    """Compare types that functions of C show, with the Rust type that has the same name and members."""
    rust: dict[str, dict[str, Named]] = {}
    for each in info.named:
        if each.language == "Rust" and not each.title.startswith(("core::", "alloc::")) and "<" not in each.title:
            rust.setdefault(plain(last_segment(each.title)), {})[each.title] = each
    shown = _shown_by_c(info)
    for each in info.named:
        if each.language != "C" or each.title in listed or each.type not in shown:
            continue
        own = last_segment(each.title)
        found = {**rust.get(plain(own), {}), **rust.get(plain(own.removesuffix("_t")), {})}
        candidates = [other for other in found.values() if _have_same_members(info, each.type, other.type)]
        if len(candidates) == 1 and same_type_name(each.title, candidates[0].title):
            comparison.types(each, candidates[0])


def _shown_by_c(info: DebugInfo) -> set[TypeId]:
    """Give the types that the functions which C defines for others take or give, and what those lead to."""
    todo: list[TypeId | None] = []
    for function in info.functions:
        if function.language == "C" and function.defined:
            todo += [*function.prototype.parameters, function.prototype.result]
    shown: set[TypeId] = set()
    while todo:
        type_id = todo.pop()
        if type_id is None or type_id in shown:
            continue
        shown.add(type_id)
        match info.type(type_id):
            case Alias(_, target) | Pointer(_, _, target):
                todo.append(target)
            case Array(element):
                todo.append(element)
            case Record(members=members):
                todo += [member.type for member in members]
            case Prototype(parameters, result):
                todo += [*parameters, result]
    return shown


def _have_same_members(info: DebugInfo, c: TypeId, rust: TypeId) -> bool:
    """Tell whether two structs or enums share two names or more, and one has no others but those."""
    c_kind, rust_kind = info.type(c), info.type(rust)
    while isinstance(c_kind, Alias) and c_kind.target is not None:
        c_kind = info.type(c_kind.target)
    if isinstance(c_kind, Record) and isinstance(rust_kind, Record):
        mine, other = _names(c_kind.members), _names(rust_kind.members)
    elif isinstance(c_kind, Enum) and isinstance(rust_kind, Enum):
        mine = {plain(name) for name, _ in c_kind.values}
        other = {plain(name) for name, _ in rust_kind.values}
        mine = {next((name for name in other if full.endswith(name)), full) for full in mine}
    else:
        return False
    return len(mine & other) >= 2 and (mine <= other or other <= mine)


def _names(members: Sequence[Member]) -> set[str]:
    return {plain(member.name) for member in members}


def _finding(difference: Difference, path: str, *, by_name: bool) -> Finding:
    return Finding(
        rule=difference.rule,
        level="error" if difference.certain and not by_name else "warning",
        object=path,
        subject=difference.subject,
        found=f"Rust: {difference.rust}",
        wanted=f"C: {difference.c}",
        remedy=_BY_NAME if by_name else _REMEDIES[difference.rule],
    )
