"""A user's flags against the target: which of them make C that does not fit, told before anything is compiled.

The compiler itself is asked (``cc FLAGS -dM -E``) for what macros show; switches.py knows the rest. The culprit is
found by leaving out one flag at a time.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

from steelmill.cc.arch.model import Family, Macros
from steelmill.cc.macros import Finding, find_differences
from steelmill.cc.search_flags import group_options
from steelmill.cc.switches import find_switched
from steelmill.cc.view import CfgView, TargetView
from steelmill.errors import InputError


class Given(NamedTuple):
    """One flag of a user."""

    words: tuple[str, ...]
    """With the argument that stands apart: ``-Xclang X``."""
    place: str
    """Where it is written: ``firmware.toml:12``."""

    def __str__(self) -> str:
        return " ".join(self.words)


class Predefined(NamedTuple):
    """What a compiler says under some flags."""

    macros: Macros
    error: str = ""
    """Why it refuses them; empty where it takes them."""


class Compiler(NamedTuple):
    """The compiler and the target it is to fit."""

    name: str
    family: Family
    version: tuple[int, int]
    spec: TargetView
    cfg: CfgView | None
    target_flags: tuple[str, ...]
    ask: Callable[[tuple[str, ...]], Predefined]
    """Gives the macros under flags, which stand in this order behind the program."""


_DECIDING = re.compile(r"-m|-f|--target=|-target$|-Xclang$")
"""Flags that can change how code fits together."""

_OTHERS = re.compile(
    r"-f(plugin|pass-plugin|profile|auto-profile|branch-prob|dump|save-|callgraph|stack-usage|test-coverage|module|"
    r"crash|time-|mem-report|syntax-only|diagnostics|message|random-seed|lto|use-ld|opt-info|"
    r"\w+-prefix-map|\w+-compilation-dir)"
)
"""Flags out of these that cannot, and name or write files."""


def deciding_flags(
    words: Sequence[str], place_of: Callable[[int], str], read: Callable[[str], str | None]
) -> tuple[Given, ...]:
    """Pick the flags that can change how code fits together; those in argument files (``@file``) too.

    ``place_of`` tells where the word of an index is written; ``read`` gives a file's text, None where there is none.
    """
    found: list[Given] = []
    index = 0
    for group in group_options(words):
        place = place_of(index)
        index += len(group)
        if group[0].startswith("@"):
            found += _flags_of_file(group[0][1:], read)
        elif _DECIDING.match(group[0]) and not _OTHERS.match(group[0]):
            found.append(Given(group, place))
    return tuple(found)


def _flags_of_file(path: str, read: Callable[[str], str | None]) -> tuple[Given, ...]:
    try:
        words = shlex.split(read(path) or "")
    except ValueError:
        return ()  # a quotation mark without its other: the compiler says so itself
    return deciding_flags([word for word in words if word != f"@{path}"], lambda _: path, read)


def target_notes(cc: Compiler) -> tuple[Finding, ...]:
    """List in what C and Rust differ under the target's own flags, without harm by itself."""
    return find_differences(cc.spec, cc.cfg, cc.ask(cc.target_flags).macros, cc.family, cc.version)


def check_user_flags(cc: Compiler, flags: Sequence[Given]) -> tuple[Finding, ...]:
    """Hold flags that come behind the target's against it; give back what is only worth a note.

    Raise InputError for flags that the compiler refuses and for those that contradict the target.
    """
    if not flags:
        return ()
    base = cc.ask(cc.target_flags).macros
    findings = _judge(cc, base, flags)
    errors = [finding for finding in findings if finding.level == "error"]
    if not errors:
        return findings
    blamed = [(_culprits(finding, flags, partial(_judge, cc, base)), finding) for finding in errors]
    (first, *_), finding = blamed[0]
    names = _names(blamed[0][0])
    if finding.key == _REFUSED:
        raise InputError(f"{cc.name} refuses '{first}': {finding.found}", place=first.place, remedy="correct the flag")
    spec = cc.spec
    raise InputError(
        f"{' and '.join(names)} {'do' if len(names) > 1 else 'does'} not fit the target: {finding}",
        place=first.place,
        details=[*((" ".join(_names(culprits)), str(other)) for culprits, other in blamed[1:]), ("target", spec.place)],
        remedy="take the flag out" + (f", or change {finding.key} of the target" if finding.key in _CHOICES else ""),
    )


def check_whole_command(cc: Compiler, flags: Sequence[Given], place: str) -> None:
    """Raise InputError where a command that was written without the target's flags makes C that does not fit.

    ``flags`` are all that can change it. What the compiler refuses is left to it to say.
    """
    words = tuple(word for flag in flags for word in flag.words)
    answer = cc.ask(words)
    if answer.error:
        return
    base = cc.ask(cc.target_flags).macros
    found = (
        *find_differences(cc.spec, cc.cfg, answer.macros, cc.family, cc.version, base),
        *find_switched(cc.spec, cc.cfg, words, cc.family, cc.version),
    )
    errors = [finding for finding in dict.fromkeys(found) if finding.level == "error"]
    if errors:
        raise InputError(
            f"the flags of {cc.name} do not fit the target: {errors[0]}",
            place=place,
            details=[*(("also", str(finding)) for finding in errors[1:]), ("target", cc.spec.place)],
            remedy=f"compile it with {' '.join(cc.target_flags)}",
        )


_REFUSED = "the compiler"

_CHOICES = (
    "abi-return-struct-as-int",
    "c-enum-min-bits",
    "code-model",
    "cpu",
    "disable-redzone",
    "features",
    "has-thread-local",
    "llvm-abiname",
    "llvm-floatabi",
)
"""Keys whose value a product may choose; the others follow from the machine."""


def _judge(cc: Compiler, base: Macros, flags: Iterable[Given]) -> tuple[Finding, ...]:
    words = (*cc.target_flags, *(word for flag in flags for word in flag.words))
    answer = cc.ask(words)
    if answer.error:
        return (Finding("error", _REFUSED, "flags that it knows", answer.error),)
    found = (
        *find_differences(cc.spec, cc.cfg, answer.macros, cc.family, cc.version, base),
        *find_switched(cc.spec, cc.cfg, words, cc.family, cc.version),
    )
    return tuple(dict.fromkeys(found))


def _culprits(
    finding: Finding, flags: Sequence[Given], judge: Callable[[Iterable[Given]], tuple[Finding, ...]]
) -> Sequence[Given]:
    """Give the flags that cause a finding: those without which it is gone, else those that cause it alone, else all."""

    def is_found(some: Iterable[Given]) -> bool:
        return any((each.key, each.wanted) == (finding.key, finding.wanted) for each in judge(some))

    needed = [flag for flag in flags if not is_found([other for other in flags if other is not flag])]
    return needed or [flag for flag in flags if is_found([flag])] or flags


def _names(flags: Iterable[Given]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"'{flag}'" for flag in flags))
