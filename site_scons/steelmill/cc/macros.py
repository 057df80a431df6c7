"""Hold the compiler's predefined macros (``cc FLAGS -dM -E``) against the target.

The flags may be right and still not take effect: a wrapper adds its own, a distribution patches its defaults, a user's
flags come later. Nothing in the linker notices most of these, so they are compared before the first object is made.
What no macro shows stands in switches.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from steelmill.cc.arch.model import Arch, Check, Family, Macros, Request
from steelmill.cc.flags import DEFAULT_VERSION, find_arch
from steelmill.cc.view import CfgView, TargetView
from steelmill.errors import InputError


class Finding(NamedTuple):
    """One difference between the specification and the compiler."""

    level: Literal["error", "note"]
    """note: nothing breaks by itself, but C and Rust mean different things."""
    key: str
    """The key of the specification that decides it."""
    wanted: str
    found: str

    def __str__(self) -> str:
        return f"{self.key} means {self.wanted}, the C compiler makes {self.found}"


_WIDTHS = {
    # macro -> name, key, what the key's number means in bits
    "__SIZEOF_POINTER__": ("pointers", "target-pointer-width"),
    "__SIZEOF_SIZE_T__": ("size_t", "target-pointer-width"),
    "__SIZEOF_LONG__": ("long", "target-pointer-width"),
    "__SIZEOF_INT__": ("int", "target-c-int-width"),
}


def _bits(macro: str) -> Check:
    name, key = _WIDTHS[macro]

    def wanted(request: Request) -> str:
        bits = int(request.spec.get(key, 32))
        # core::ffi::c_long: as wide as a pointer, but never narrower than 32 bits
        return f"{name} of {max(bits, 32) if name == 'long' else bits} bits"

    return Check(key, wanted, lambda macros: f"{name} of {8 * int(macros.get(macro, '0'))} bits")


def _endian_found(macros: Macros) -> str:
    big = macros.get("__BYTE_ORDER__") in ("__ORDER_BIG_ENDIAN__", "4321")
    return f"{'big' if big else 'little'}-endian code"


def _symbol_found(macros: Macros) -> str:
    return f"the symbol {macros.get('__USER_LABEL_PREFIX__', '')}f for a function f"


_COMMON = (
    *map(_bits, _WIDTHS),
    Check("target-endian", lambda request: f"{request.spec.get('target-endian', 'little')}-endian code", _endian_found),
    Check(
        "binary-format",
        lambda request: str(request.spec.get("binary-format", "elf")),
        lambda macros: "elf" if "__ELF__" in macros else "another format",
    ),
    Check("data-layout", lambda _request: "the symbol f for a function f", _symbol_found),
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
    macros: Macros,
    family: Family = "gcc",
    version: tuple[int, int] = DEFAULT_VERSION,
    base: Macros | None = None,
) -> tuple[Finding, ...]:
    """Compare without judging: errors first, then notes.

    ``base`` are the macros under the target's flags alone, where ``macros`` has a user's flags in addition. What they
    change is then compared as well; what differs without them is not theirs and is left out.
    """
    arch = find_arch(spec)
    if arch.macro not in macros:
        return (Finding("error", "arch", spec.arch, f"code for another architecture ({arch.macro} is not defined)"),)
    request = Request(spec, cfg, family, version)
    found = (*_errors(request, arch, macros), *_notes(request, arch, macros))
    if base is None:
        return found
    known = {*_errors(request, arch, base), *_notes(request, arch, base)}
    found = (*_changes(request, arch, macros, base, found), *(finding for finding in found if finding not in known))
    return tuple(sorted(dict.fromkeys(found), key=lambda finding: finding.level))


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
        remedy="correct the key, or give another compiler with cc=PATH",
    )


def _errors(request: Request, arch: Arch, macros: Macros) -> tuple[Finding, ...]:
    pairs = ((check.key, check.wanted(request), check.found(macros)) for check in (*_COMMON, *arch.checks))
    return tuple(
        Finding("error", key, wanted, found) for key, wanted, found in pairs if wanted is not None and wanted != found
    )


def _notes(request: Request, arch: Arch, macros: Macros) -> tuple[Finding, ...]:
    return tuple(
        Finding("note", key, wanted, found)
        for key, wanted, found in (
            _plain_char(arch, macros),
            *(_feature(macro, arch) for macro in _beyond(request, arch, macros)),
            *_compare_and_swap(request, macros),
        )
        if wanted != found
    )


def _plain_char(arch: Arch, macros: Macros) -> tuple[str, str, str]:
    words = ("signed char", "unsigned char")
    found = words["__CHAR_UNSIGNED__" in macros]
    return "core::ffi::c_char", f"plain char as {words[arch.plain_char_unsigned]}", f"plain char as {found}"


def _beyond(request: Request, arch: Arch, macros: Macros) -> tuple[str, ...]:
    """List the macros of what C uses and rustc's cfg does not name."""
    if request.cfg is None:
        return ()
    known = request.cfg_values("target_feature")
    return tuple(macro for macro, feature in arch.features.items() if macro in macros and feature not in known)


def _feature(macro: str, arch: Arch) -> tuple[str, str, str]:
    return "features", f"no {arch.features[macro]}", f"code with {arch.features[macro]} ({macro})"


def _compare_and_swap(request: Request, macros: Macros) -> Iterable[tuple[str, str, str]]:
    """Compare what both have instructions for.

    Where only Rust has, C calls a function: it must exist, and a lock in it stops no instruction. Where only C has, it
    may use what the target is said to lack. Neither is wrong by itself, so it is worth a note.
    """
    # clang promises 64 bits on Cortex-M, which has no LDREXD, and nothing on Armv8-M baseline, which has LDREX
    if request.cfg is None or (request.family == "clang" and request.spec.arch == "arm"):
        return ()
    rust = {bits for bits in request.cfg_values("target_has_atomic") if bits.isdigit()}
    c = {str(8 * size) for size in (1, 2, 4, 8, 16) if f"__GCC_HAVE_SYNC_COMPARE_AND_SWAP_{size}" in macros}
    return (("max-atomic-width", _swap_words(rust), _swap_words(c)),) if rust - c or not rust else ()


def _swap_words(widths: Iterable[str]) -> str:
    return f"compare-and-swap of {', '.join(sorted(widths, key=int))} bits" if widths else "no compare-and-swap"


def _changes(request: Request, arch: Arch, macros: Macros, base: Macros, found: Iterable[Finding]) -> Iterable[Finding]:
    """List what a user's flags change although the specification has no check for it."""
    told = {finding.found for finding in found if finding.level == "error"}
    for macro in _beyond(request, arch, macros):
        if macro not in base:
            yield Finding("error", *_feature(macro, arch))
    for trait in arch.traits:
        before, after = trait.found(base), trait.found(macros)
        if after not in (before, *trait.harmless) and after not in told:
            yield Finding("error", trait.key, before, after)
    before, after = (f"wchar_t of {8 * int(each.get('__SIZEOF_WCHAR_T__', '4'))} bits" for each in (base, macros))
    if before != after:
        yield Finding("note", "the toolchain's C library", before, after)
