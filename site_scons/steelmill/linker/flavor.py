"""Flavor: the command line that a linker speaks, under rustc's names.

Follows ``rustc_target::spec::LinkerFlavorCli``. As in rustc the old names stand for new ones and arguments of the plain
GNU flavor serve LLD too. Unlike rustc, which drops them, arguments that serve no linker in use are an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from steelmill.errors import InputError
from steelmill.suggest import did_you_mean


class Flavor(NamedTuple):
    """One of rustc's flavors for GNU-like ELF linkers."""

    cc: bool
    """The linker is run by a compiler driver."""
    lld: bool
    """It is LLD, with options GNU ld lacks."""

    @property
    def name(self) -> str:
        """Rustc's name: ``gnu``, ``gnu-lld``, ``gnu-cc``, ``gnu-lld-cc``."""
        return f"gnu{'-lld' if self.lld else ''}{'-cc' if self.cc else ''}"


GNU = Flavor(cc=False, lld=False)
GNU_LLD = Flavor(cc=False, lld=True)
GNU_CC = Flavor(cc=True, lld=False)
GNU_LLD_CC = Flavor(cc=True, lld=True)

FLAVORS: Mapping[str, Flavor] = {
    **{flavor.name: flavor for flavor in (GNU, GNU_LLD, GNU_CC, GNU_LLD_CC)},
    "ld": GNU,
    "ld.lld": GNU_LLD,
    "gcc": GNU_CC,
}
"""Names in target specifications, the old ones last."""


def parse_flavor(name: str, key: str = "linker-flavor", place: str | None = None) -> Flavor:
    """Read a flavor's name; raise InputError for one that links no ELF firmware."""
    if name in FLAVORS:
        return FLAVORS[name]
    raise InputError(
        f"{key}: unknown linker flavor {name!r}; expected one of {', '.join(FLAVORS)}{did_you_mean(name, FLAVORS)}",
        place=place,
        remedy="name a flavor for GNU-like ELF linkers: gnu for GNU ld, gnu-lld for LLD",
    )


def spec_link_args(
    args_by_flavor: Mapping[str, Sequence[str]], linker: Flavor, key: str, place: str | None = None
) -> tuple[str, ...]:
    """Give the arguments of ``key`` (``pre-link-args``) that apply to the linker in use, the most specific flavor's.

    Raise InputError for an unknown flavor and where there are arguments but none that apply.
    """
    for name in args_by_flavor:
        parse_flavor(name, key, place)
    given: dict[Flavor, Sequence[str]] = {}
    for name, flavor in FLAVORS.items():
        if args_by_flavor.get(name):
            given.setdefault(flavor, args_by_flavor[name])
    for candidate in (linker, Flavor(cc=linker.cc, lld=False)):
        if candidate in given:
            return tuple(given[candidate])
    if given:
        names = ", ".join(flavor.name for flavor in given)
        raise InputError(
            f"{key}: arguments are for flavor {names}, but the linker in use has flavor {linker.name}",
            place=place,
            remedy=f"give them under {linker.name!r}, or choose a linker of that flavor",
        )
    return ()
