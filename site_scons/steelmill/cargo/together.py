"""Whether packages of several workspaces go together into one image: cargo has looked at each workspace alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from steelmill.cargo.unit_graph import Unit
from steelmill.cargo.unit_plan import UnitPlan
from steelmill.errors import InputError
from steelmill.rustc.library_flags import library_flags


class _Agreement(NamedTuple):
    """What the profiles of all workspaces must say alike."""

    key: str
    """In ``[profile.NAME]``."""
    value: Callable[[Unit], str]


_AGREEMENTS = (
    _Agreement("panic", lambda unit: "abort" if unit.profile.panic == "unwind" else unit.profile.panic),
    _Agreement("lto", lambda unit: unit.profile.lto),
)


def check_together(plans: Sequence[UnitPlan]) -> None:
    """Raise InputError where profiles contradict, and where two copies of a ``links`` package would be linked."""
    for agreement in _AGREEMENTS:
        _check_profiles(plans, agreement)
    _check_flags(plans)
    linked: dict[str, tuple[UnitPlan, int]] = {}
    for plan in plans:
        for index, unit in enumerate(plan.graph.units):
            links = plan.package(index).links
            if links is None or unit.platform is None or unit.runs_build_script:
                continue
            other, known = linked.setdefault(links, (plan, index))
            if other.ids[known] != plan.ids[index]:
                raise InputError(
                    f"two workspaces bring a package for the native library {links}, and an image takes one",
                    place=_manifest(plan, plan.graph.roots[0]),
                    details=[_copy(other, known), _copy(plan, index)],
                    remedy="make both packages members of one workspace, or lock one version with the same features "
                    "and profile in both",
                )


def _check_profiles(plans: Sequence[UnitPlan], agreement: _Agreement) -> None:
    said = [agreement.value(plan.unit(plan.graph.roots[0])) for plan in plans]
    for plan, value in zip(plans, said, strict=True):
        if value != said[0]:
            name = plan.unit(plan.graph.roots[0]).profile.name
            raise InputError(
                f"[profile.{name}] says {agreement.key} = {value!r}, and that of the first package {said[0]!r}",
                place=_manifest(plan, plan.graph.roots[0]),
                remedy=f"say the same {agreement.key} in the profiles of both workspaces: it holds for the whole image",
            )


def _check_flags(plans: Sequence[UnitPlan]) -> None:
    """Raise InputError where flags contradict that core has too, of which an image has one."""
    said = [library_flags(plan.setting.rustflags) for plan in plans]
    for plan, flags in zip(plans, said, strict=True):
        if flags != said[0]:
            raise InputError(
                "rustflags for code generation differ from those of the first package, and core is built with one set",
                place=_manifest(plan, plan.graph.roots[0]),
                details=[("here", " ".join(flags) or "none"), ("first", " ".join(said[0]) or "none")],
                remedy="say the same rustflags in .cargo/config.toml of both workspaces",
            )


def _copy(plan: UnitPlan, index: int) -> tuple[str, str]:
    package, unit = plan.package(index), plan.unit(index)
    features = f" with {', '.join(unit.features)}" if unit.features else ""
    return "copy", f"{package.name} {package.version}{features}, for {_manifest(plan, plan.graph.roots[0])}"


def _manifest(plan: UnitPlan, index: int) -> str:
    return plan.place(plan.package(index).manifest_path)
