"""The parts of an architecture's table: prefixes, flag rows, macro checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal, NamedTuple, TypeVar

from steelmill.cc.view import CfgView, TargetView
from steelmill.errors import InputError
from steelmill.suggest import did_you_mean

Family = Literal["gcc", "clang"]
Macros = Mapping[str, str]
_T = TypeVar("_T")


class Request(NamedTuple):
    """What flags are derived from."""

    spec: TargetView
    cfg: CfgView | None
    family: Family
    version: tuple[int, int]
    """Of the compiler: major, minor."""

    def feature(self, name: str) -> bool | None:
        """Say whether LLVM feature ``name`` is switched on or off; None where the specification is silent."""
        return next((word[0] == "+" for word in reversed(self.spec.features) if word[1:] == name), None)

    def cfg_values(self, name: str) -> tuple[str, ...]:
        """Give rustc's values of cfg ``name``; none where no cfg is at hand."""
        return tuple(self.cfg.values(name)) if self.cfg is not None else ()

    @property
    def relocation_model(self) -> str:
        """Rustc's relocation model; pic where neither cfg nor specification names one, as in rustc."""
        return next(iter(self.cfg_values("relocation_model")), str(self.spec.get("relocation-model", "pic")))

    def choose(self, key: str, value: object, table: Mapping[str, _T]) -> _T:
        """Look ``value`` of ``key`` up in ``table``; raise InputError where C has nothing that agrees with it."""
        if isinstance(value, str) and value in table:
            return table[value]
        raise InputError(
            f"{key} {value!r} has no {self.family} flag for {self.spec.arch}; known: {', '.join(table)}"
            f"{did_you_mean(str(value), table)}",
            place=self.spec.place,
            remedy=f"choose one of the known values of {key!r}",
        )


class Row(NamedTuple):
    """One key of the specification and the flags it asks for."""

    key: str
    """The key, or words for a constant: ``always``."""
    arguments: Callable[[Request], Iterable[str]]


class Check(NamedTuple):
    """One property that the compiler's predefined macros must agree on with the specification."""

    key: str
    """The key of the specification that decides it."""
    wanted: Callable[[Request], str | None]
    """What the specification says, in words; None where it says nothing."""
    found: Callable[[Macros], str]
    """What the macros say, in the same words."""


class Trait(NamedTuple):
    """One property of C that a user's flag must leave as the target's own flags make it."""

    key: str
    """The key of the specification that those flags come from."""
    found: Callable[[Macros], str]
    """What the macros say, in words."""
    harmless: tuple[str, ...] = ()
    """Words that fit every target."""


class Switch(NamedTuple):
    """One property that no predefined macro shows: the last flag about it decides."""

    key: str
    """The key of the specification that decides it."""
    on: str
    """A regular expression for the whole of a flag that switches it on; likewise ``off``."""
    off: str
    wanted: Callable[[Request], bool | None]
    """Which way the target needs it; None where both will do."""
    words: tuple[str, str]
    """What it means to be off, and on."""
    unless: str = "(?!)"
    """A regular expression for a flag beside which it does no harm."""


def alignment_switch(wanted: Callable[[Request], bool | None]) -> Switch:
    """Make the switch for unaligned accesses, which AArch64 and RISC-V spell alike."""
    return Switch(
        "features",
        on="-mstrict-align|-mno-unaligned-access",
        off="-mno-strict-align|-munaligned-access",
        wanted=wanted,
        words=("unaligned accesses", "aligned accesses only"),
    )


class Arch(NamedTuple):
    """How C is compiled for one ``target_arch``."""

    prefixes: tuple[str, ...]
    """Toolchains to look for, the best first."""
    macro: str
    """The macro by which C knows this architecture."""
    rows: tuple[Row, ...]
    checks: tuple[Check, ...]
    emulations: Mapping[tuple[str, str], str]
    """(``target_arch``, ``target-endian``) -> ld's ``-m``; LLD knows the same names, without big-endian RISC-V."""
    plain_char_unsigned: bool
    """How ``core::ffi::c_char`` is defined."""
    features: Mapping[str, str] = {}
    """Macro -> rustc's ``target_feature`` without which C must not use what it stands for."""
    traits: tuple[Trait, ...] = ()
    switches: tuple[Switch, ...] = ()
