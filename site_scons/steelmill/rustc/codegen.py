"""Code generation: the options that every crate of an image has in common, and the profiles that set them."""

from __future__ import annotations

from typing import NamedTuple

from steelmill.errors import InputError
from steelmill.suggest import did_you_mean

PANIC_STRATEGIES = ("abort", "immediate-abort")
OPT_LEVELS = ("0", "1", "2", "3", "s", "z")


class Codegen(NamedTuple):
    """Options of rustc that must agree between ``core`` and the crates on it."""

    opt_level: str
    """``-Copt-level``: 0 to 3, s or z."""
    debug: str
    """``-Cdebuginfo``: 0, 1, 2, line-tables-only ..."""
    debug_assertions: bool
    overflow_checks: bool
    panic: str = "abort"
    """``-Cpanic``."""
    bitcode: bool = False
    """``-Cembed-bitcode``: link-time optimisation over all crates, when the staticlib is made."""
    codegen_units: int | None = None
    """``-Ccodegen-units``; None leaves it to rustc."""
    flags: tuple[str, ...] = ()
    """Further options, which a user gives to all crates."""

    def argv(self, *, immediate_abort: bool = True) -> tuple[str, ...]:
        """Give the options in a fixed order; ``immediate_abort`` tells whether rustc has that panic strategy."""
        return (
            f"-Cpanic={self.panic if immediate_abort else 'abort'}",
            f"-Copt-level={self.opt_level}",
            f"-Cdebuginfo={self.debug}",
            f"-Cdebug-assertions={_yes(self.debug_assertions)}",
            f"-Coverflow-checks={_yes(self.overflow_checks)}",
            f"-Cembed-bitcode={_yes(self.bitcode)}",
            *((f"-Ccodegen-units={self.codegen_units}",) if self.codegen_units is not None else ()),
            *self.flags,
        )

    def with_options(self, **options: object) -> Codegen:
        """Replace the options that are not None."""
        return self._replace(**{name: value for name, value in options.items() if value is not None})  # type: ignore[arg-type]


PROFILES = {
    "release": Codegen(opt_level="s", debug="0", debug_assertions=False, overflow_checks=False),
    "dev": Codegen(opt_level="1", debug="2", debug_assertions=True, overflow_checks=True),
}


def find_profile(name: str) -> Codegen:
    """Give the profile called ``name``; raise InputError where there is none."""
    if name not in PROFILES:
        raise InputError(
            f"unknown profile {name!r}{did_you_mean(name, PROFILES)}",
            place="profile=",
            remedy=f"choose one of {', '.join(PROFILES)}",
        )
    return PROFILES[name]


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"
