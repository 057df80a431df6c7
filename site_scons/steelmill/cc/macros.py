"""Hold the compiler's predefined macros (``cc FLAGS -dM -E``) against the target.

The flags may be right and still not take effect: a user's CCFLAGS come later, a distribution patches its defaults.
Nothing in the linker notices most of these, so they are compared before the first object is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from steelmill.cc.arch.model import Check, Family, Macros, Request
from steelmill.cc.flags import DEFAULT_VERSION, find_arch
from steelmill.cc.view import CfgView, TargetView
from steelmill.errors import InputError


class Finding(NamedTuple):
    """One difference between the specification and the compiler."""

    level: Literal["error", "note"]
    key: str
    """The key of the specification that decides it."""
    wanted: str
    found: str

    def __str__(self) -> str:
        return f"{self.key} means {self.wanted}, the C compiler makes {self.found}"


_BITS = {"__SIZEOF_POINTER__": "pointers", "__SIZEOF_INT__": "int"}


def _bits(macro: str) -> Check:
    key, default = {"__SIZEOF_POINTER__": ("target-pointer-width", ""), "__SIZEOF_INT__": ("target-c-int-width", "32")}[
        macro
    ]
    return Check(
        key,
        lambda request: f"{_BITS[macro]} of {request.spec.get(key, default)} bits",
        lambda macros: f"{_BITS[macro]} of {8 * int(macros.get(macro, '0'))} bits",
    )


def _endian_found(macros: Macros) -> str:
    return "big" if macros.get("__BYTE_ORDER__") in ("__ORDER_BIG_ENDIAN__", "4321") else "little"


_COMMON = (
    _bits("__SIZEOF_POINTER__"),
    _bits("__SIZEOF_INT__"),
    Check("target-endian", lambda request: str(request.spec.get("target-endian", "little")), _endian_found),
    Check(
        "binary-format",
        lambda request: str(request.spec.get("binary-format", "elf")),
        lambda macros: "elf" if "__ELF__" in macros else "another format",
    ),
)


def parse_macros(text: str) -> dict[str, str]:
    """Read ``#define NAME VALUE`` lines; a macro without a value maps to the empty string. Others are passed over."""
    found = {}
    for line in text.splitlines():
        if line.startswith("#define "):
            name, _, value = line[len("#define ") :].partition(" ")
            found[name] = value
    return found


def find_differences(
    spec: TargetView,
    cfg: CfgView | None,
    macros: Mapping[str, str],
    family: Family = "gcc",
    version: tuple[int, int] = DEFAULT_VERSION,
) -> tuple[Finding, ...]:
    """Compare without judging: errors first, then notes."""
    arch = find_arch(spec)
    if arch.macro not in macros:
        return (Finding("error", "arch", spec.arch, f"code for another architecture ({arch.macro} is not defined)"),)
    request = Request(spec, cfg, family, version)
    errors = []
    for check in (*_COMMON, *arch.checks):
        wanted = check.wanted(request)
        found = check.found(macros)
        if wanted is not None and wanted != found:
            errors.append(Finding("error", check.key, wanted, found))
    unsigned = "__CHAR_UNSIGNED__" in macros
    if unsigned != arch.plain_char_unsigned:
        words = ("signed char", "unsigned char")
        errors.append(
            Finding("note", "core::ffi::c_char", words[arch.plain_char_unsigned], f"plain char {words[unsigned]}")
        )
    return tuple(errors)


def check_macros(
    spec: TargetView,
    cfg: CfgView | None,
    macros: Mapping[str, str],
    place: str,
    family: Family = "gcc",
    version: tuple[int, int] = DEFAULT_VERSION,
) -> tuple[Finding, ...]:
    """Raise InputError where the compiler contradicts the specification; give back what is only worth a note.

    ``place`` is where the flags come from, the specification's path as a rule.
    """
    found = find_differences(spec, cfg, macros, family, version)
    errors = [finding for finding in found if finding.level == "error"]
    if not errors:
        return found
    raise InputError(
        f"the C compiler does not fit the target: {errors[0]}",
        place=place,
        details=[(finding.key, f"{finding.wanted}; the C compiler makes {finding.found}") for finding in errors[1:]],
        remedy="take the flag that causes it out of CCFLAGS (verbose=1 shows them all), or change the key",
    )
