"""UnitGraph: every unit that cargo would build, in cargo's words.

Reads what ``cargo build --unit-graph -Zunstable-options`` prints, version 1,
https://doc.rust-lang.org/cargo/reference/unstable.html#unit-graph. The profiles in it are settled: those of the
configuration, per-package and build overrides are applied.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from steelmill.cargo.fields import Fields, parse_fields
from steelmill.errors import ToolchainError

VERSION = 1
MODES = ("build", "run-custom-build", "check", "test", "doc", "doctest", "docscrape")
_OPT_LEVELS = ("0", "1", "2", "3", "s", "z")
_LTO = ("false", "off", "true", "thin", "fat")
_PANIC = ("unwind", "abort", "immediate-abort")
_DEBUGINFO = ("0", "1", "2", "line-directives-only", "line-tables-only")
_RUN = "run-custom-build"


class Target(NamedTuple):
    """A cargo target: what a package makes a crate of."""

    kind: tuple[str, ...]
    """``lib`` and other library types, ``bin``, ``proc-macro``, ``custom-build``, ``test``, ``bench``, ``example``."""
    crate_types: tuple[str, ...]
    """As rustc's ``--crate-type`` names them."""
    name: str
    """The crate's name, ``-`` instead of ``_`` in binaries and build scripts."""
    src_path: str
    edition: str
    required_features: tuple[str, ...] = ()


class Profile(NamedTuple):
    """How a unit is compiled."""

    name: str
    opt_level: str
    """``0`` to ``3``, ``s`` or ``z``."""
    lto: str
    """As the manifest says: ``false`` (thin, within the crate alone), ``off``, ``true``, ``thin`` or ``fat``."""
    codegen_units: int | None
    """None leaves it to rustc."""
    codegen_backend: str | None
    debuginfo: str
    """``0``, ``1``, ``2``, ``line-directives-only`` or ``line-tables-only``."""
    split_debuginfo: str | None
    debug_assertions: bool
    overflow_checks: bool
    rpath: bool
    incremental: bool
    panic: str
    """``unwind``, ``abort`` or ``immediate-abort``."""
    strip: str
    """``none``, ``debuginfo`` or ``symbols``."""
    rustflags: tuple[str, ...]
    """Of the profile itself (cargo's ``profile-rustflags``)."""


@dataclass(frozen=True, slots=True)
class UnitDependency:  # no tuple: those have an ``index`` of their own
    """An edge: this unit needs that one."""

    index: int
    """Into ``UnitGraph.units``."""
    extern_crate_name: str
    public: bool
    noprelude: bool
    nounused: bool


class Unit(NamedTuple):
    """One run of rustc, or of a build script."""

    pkg_id: str
    """The package, as ``cargo metadata`` calls it too; ``package_id.parse_package_id`` reads it."""
    target: Target
    profile: Profile
    platform: str | None
    """The tuple or the path of the specification; None for the host."""
    mode: str
    """One of ``MODES``."""
    features: tuple[str, ...]
    is_std: bool
    """A crate of the library itself, under ``-Zbuild-std``."""
    dependencies: tuple[UnitDependency, ...]

    @property
    def crate_name(self) -> str:
        """The name of the crate, as rustc takes it."""
        return self.target.name.replace("-", "_")

    @property
    def runs_build_script(self) -> bool:
        """True where the unit runs a build script; it then compiles nothing."""
        return self.mode == _RUN

    @property
    def is_checked(self) -> bool:
        """True where the crate is checked alone: its metadata is written, and no code."""
        return self.mode == "check"

    @property
    def is_documented(self) -> bool:
        """True where rustdoc documents the crate."""
        return self.mode == "doc"

    @property
    def is_test(self) -> bool:
        """True where the crate becomes a program that runs its tests."""
        return self.mode == "test"

    @property
    def is_build_script(self) -> bool:
        """True where the unit compiles a build script."""
        return "custom-build" in self.target.kind and self.mode != _RUN

    @property
    def is_proc_macro(self) -> bool:
        """True for a procedural macro."""
        return "proc-macro" in self.target.kind


class UnitGraph(NamedTuple):
    """All units, in cargo's order."""

    units: tuple[Unit, ...]
    roots: tuple[int, ...]
    """What was asked for: indexes into ``units``."""


def reach(starts: Iterable[int], edges: Callable[[int], Iterable[int]]) -> tuple[int, ...]:
    """List the units that the edges of some lead to, and the edges of those, each once: the nearest first."""
    found: dict[int, None] = {}
    waiting = deque(starts)
    while waiting:
        for index in edges(waiting.popleft()):
            if index not in found:
                found[index] = None
                waiting.append(index)
    return tuple(found)


def parse_unit_graph(text: str) -> UnitGraph:
    """Read what ``cargo build --unit-graph`` printed; raise ToolchainError where it is no unit graph of version 1."""
    document = parse_fields(text, _error)
    version = document.integer("version")
    if version != VERSION:
        raise ToolchainError(
            f"cargo's unit graph has version {version}; expected version {VERSION}", remedy=_ANOTHER_CARGO
        )
    units = document.objects("units")
    graph = UnitGraph(tuple(_unit(fields, len(units)) for fields in units), document.integers("roots"))
    if any(root >= len(units) for root in graph.roots):
        raise document.error("roots", f"{list(graph.roots)}; expected indexes below {len(units)}")
    return graph


_ANOTHER_CARGO = f"use a cargo whose unit graph has version {VERSION}, such as 1.95 or 1.96"


def _error(problem: str) -> ToolchainError:
    return ToolchainError(f"`cargo build --unit-graph` printed no unit graph: {problem}", remedy=_ANOTHER_CARGO)


def _unit(fields: Fields, count: int) -> Unit:
    return Unit(
        pkg_id=fields.string("pkg_id"),
        target=read_target(fields.object("target")),
        profile=_profile(fields.object("profile")),
        platform=fields.optional_string("platform"),
        mode=fields.choice("mode", MODES),
        features=fields.strings("features"),
        is_std=fields.boolean("is_std"),
        dependencies=tuple(_dependency(edge, count) for edge in fields.objects("dependencies")),
    )


def read_target(fields: Fields) -> Target:
    """Read a target, as the unit graph and ``cargo metadata`` both write it."""
    return Target(
        kind=fields.strings("kind"),
        crate_types=fields.strings("crate_types"),
        name=fields.string("name"),
        src_path=fields.string("src_path"),
        edition=fields.string("edition"),
        required_features=fields.strings("required-features"),
    )


def _profile(fields: Fields) -> Profile:
    debuginfo = fields.word("debuginfo")
    if debuginfo not in _DEBUGINFO:
        raise fields.error("debuginfo", f"{debuginfo}; expected one of {', '.join(_DEBUGINFO)}")
    return Profile(
        name=fields.string("name"),
        opt_level=fields.choice("opt_level", _OPT_LEVELS),
        lto=fields.choice("lto", _LTO),
        codegen_units=fields.optional_integer("codegen_units"),
        codegen_backend=fields.optional_string("codegen_backend"),
        debuginfo=debuginfo,
        split_debuginfo=fields.optional_string("split_debuginfo"),
        debug_assertions=fields.boolean("debug_assertions"),
        overflow_checks=fields.boolean("overflow_checks"),
        rpath=fields.boolean("rpath"),
        incremental=fields.boolean("incremental"),
        panic=fields.choice("panic", _PANIC),
        strip=_strip(fields.object("strip")),
        rustflags=fields.strings("rustflags"),
    )


def _strip(fields: Fields) -> str:
    """Read ``{"deferred": "None"}`` or ``{"resolved": {"Named": "debuginfo"}}``: both are what cargo settled on."""
    state = next((state for state in ("resolved", "deferred") if state in fields), "resolved")
    if fields.is_object(state):
        return fields.object(state).string("Named")
    fields.choice(state, ("None",))
    return "none"


def _dependency(fields: Fields, count: int) -> UnitDependency:
    edge = UnitDependency(
        index=fields.integer("index"),
        extern_crate_name=fields.string("extern_crate_name"),
        public=fields.boolean("public"),
        noprelude=fields.boolean("noprelude"),
        nounused=fields.boolean("nounused"),
    )
    if edge.index >= count:
        raise fields.error("index", f"{edge.index}; expected an index below {count}")
    return edge
