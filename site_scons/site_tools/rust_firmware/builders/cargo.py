"""Cargo packages: cargo resolves, and every unit becomes a Step."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from rust_firmware.builders.rust import add_sysroot
from rust_firmware.cargo_graphs import PROFILE_ROOTS, PackageGraphs, resolve_packages
from rust_firmware.cargo_sources import verify_sources
from rust_firmware.cc_toolchains import describe_cc
from rust_firmware.discovery import Found, Scan
from rust_firmware.install import how_to_install
from rust_firmware.product import get_product
from rust_firmware.session import BUILD_DIR
from rust_firmware.target_build import TargetBuild
from rust_firmware.target_specs import ask_host_cfg
from steelmill.audit.layout.asserted import Assertions
from steelmill.bindings.names import Bindings
from steelmill.cargo.library_codegen import library_codegen
from steelmill.cargo.metadata import Metadata, parse_metadata
from steelmill.cargo.request import Request
from steelmill.cargo.resolved import Resolved
from steelmill.cargo.together import check_together
from steelmill.cargo.umbrella import umbrella_step, umbrella_text
from steelmill.cargo.unit_env import unit_env
from steelmill.cargo.unit_graph import Unit, UnitGraph, parse_unit_graph
from steelmill.cargo.unit_plan import CargoSetting, CcTools, Host, ProgramLink, UnitPlan, is_program, plan_units
from steelmill.cargo.unit_step import unit_step
from steelmill.cc.flags import arguments
from steelmill.errors import InputError, ToolchainError
from steelmill.rustc.build_std import FEATURES
from steelmill.rustc.cfg import Cfg, parse_cfg
from steelmill.rustc.source_scan import resolve
from steelmill.rustc.sysroot import Sysroot
from steelmill.step import Step, write_step
from steelmill.suggest import did_you_mean
from steelmill.target_spec.canonical import target_tuple


class CargoWorkspace(NamedTuple):
    """Those packages of an image that are resolved together."""

    resolved: Resolved
    graph: UnitGraph
    metadata: Metadata


class CargoPackages(NamedTuple):
    """The packages of an image, whose units are known, with the sysroot below them."""

    graphs: PackageGraphs
    workspaces: tuple[CargoWorkspace, ...]
    sysroot: Sysroot
    env: tuple[tuple[str, str], ...]
    """What the user gives to all their crates, besides cargo's configuration."""
    bindings: Bindings
    """What their local crates may include."""
    asserted: Mapping[str, Assertions]
    """What of their crates includes assertions of C headers, by the crate's name."""

    @property
    def root(self) -> Unit:
        """The unit that was asked for; of several the first."""
        graph = self.workspaces[0].graph
        return graph.units[graph.roots[0]]

    @property
    def crate_roots(self) -> dict[str, str]:
        """The roots of their local crates for the target, by the crate's name; that of the root unit comes first."""
        roots = {self.root.crate_name: self.root.target.src_path}
        for workspace in self.workspaces:
            local = {package.id for package in workspace.metadata.packages if package.is_local}
            for unit in workspace.graph.units:
                if unit.pkg_id in local and unit.platform is not None and not unit.runs_build_script:
                    roots.setdefault(unit.crate_name, unit.target.src_path)
        return roots

    @property
    def is_program(self) -> bool:
        """True for a binary, which is the image itself; else they are libraries that a C linker takes."""
        return is_program(self.root)


def add_packages(
    build: TargetBuild,
    graphs: PackageGraphs,
    env: tuple[tuple[str, str], ...],
    out_dir: str,
    *,
    mem: bool,
    bindings: Bindings,
    asserted: Mapping[str, Assertions] | None = None,
) -> CargoPackages:
    """Read what cargo resolved, add the sysroot that its profile and its configuration ask for, and serve the verbs.

    What the firmware itself says about core and its like holds in the place of the configuration. ``out_dir`` is the
    image's.
    """
    workspaces = _read_workspaces(graphs)
    first = workspaces[0]
    root = first.graph.units[first.graph.roots[0]]
    panic = _panic(root.profile.panic, graphs.resolved)
    codegen = library_codegen(first.graph, first.metadata, first.resolved.rustflags, panic)
    said, wish = [resolved.library for resolved in graphs.resolved], graphs.library
    sysroot = add_sysroot(
        build,
        codegen,
        tuple(crate for one in said for crate in one.crates) if wish.crates is None else wish.crates,
        mem=mem,
        features=tuple(name for name in FEATURES if any(name in one.features for one in said))
        if wish.features is None
        else wish.features,
        cfg=parse_cfg(first.resolved.cfg) if codegen.flags else None,
    )
    named = {name or root.crate_name: assertions for name, assertions in (asserted or {}).items()}
    packages = CargoPackages(graphs, workspaces, sysroot, env, bindings, named)
    product, tree = get_product(), build.session.tree
    if product.rust_verbs:
        product.rust_verbs.add_packages(build, packages, out_dir)
    for resolved in graphs.resolved:
        product.add_lock(tree.relative(f"{resolved.workspace_root}/Cargo.lock"), len(resolved.pins))
    return packages


def _read_workspaces(graphs: PackageGraphs) -> tuple[CargoWorkspace, ...]:
    return tuple(
        CargoWorkspace(resolved, parse_unit_graph(resolved.unit_graph), parse_metadata(resolved.metadata))
        for resolved in graphs.resolved
    )


def plan_request(
    build: TargetBuild,
    packages: CargoPackages,
    request: Request,
    adapt: Callable[[CargoSetting], CargoSetting],
    narrow: Callable[[UnitGraph], UnitGraph] = lambda graph: graph,
) -> tuple[UnitPlan, ...]:
    """Plan what another request of cargo's asks for, of the packages of an image on the image's sysroot.

    ``adapt`` and ``narrow`` change what all units have in common, and the units.
    """
    asked = packages.graphs
    graphs = resolve_packages(build, asked.packages, asked.rustflags, asked.library, request)
    workspaces = tuple(one._replace(graph=narrow(one.graph)) for one in _read_workspaces(graphs))
    return plan_packages(build, packages._replace(workspaces=workspaces), ProgramLink(""), adapt)


def plan_packages(
    build: TargetBuild,
    packages: CargoPackages,
    link: ProgramLink,
    adapt: Callable[[CargoSetting], CargoSetting] = lambda setting: setting,
) -> tuple[UnitPlan, ...]:
    """Decide all that the commands of the units need, for each workspace.

    ``adapt`` changes it for units that are no part of an image. Raises InputError where a source is not what was
    locked, and where the workspaces do not go together.
    """
    plans = tuple(
        plan_units(adapt(_setting(build, packages, workspace, link)), workspace.graph, workspace.metadata)
        for workspace in packages.workspaces
    )
    if len(plans) > 1:
        check_together(plans)
    _check_asserted(plans, packages.asserted)
    return plans


def _setting(build: TargetBuild, packages: CargoPackages, workspace: CargoWorkspace, link: ProgramLink) -> CargoSetting:
    resolved, session = workspace.resolved, build.session
    pinned = [(one, resolved.pins.get(one.id, "")) for one in workspace.metadata.packages if not one.is_local]
    return CargoSetting(
        toolchain=build.rust,
        cargo=packages.graphs.cargo.program,
        top=session.tree.top,
        target=build.target._replace(cfg=parse_cfg(resolved.cfg)),
        tuple_name=target_tuple(build.target.spec),
        sysroot=packages.sysroot,
        panic=_panic(packages.root.profile.panic, [each.resolved for each in packages.workspaces]),
        host=find_host(build, build.profile),
        link=link,
        cc=_cc_tools(build),
        out_dir=build.out_dir,
        profile_root=PROFILE_ROOTS[build.base_profile],
        rustflags=resolved.rustflags,
        env=(*resolved.env, *packages.env),
        local_env=packages.bindings.env,
        generated=packages.bindings.paths,
        checksums=verify_sources(session, pinned),
        lints=resolved.lints,
        overrides=resolved.overrides,
        host_overrides=resolved.host_overrides,
        asserted=packages.asserted,
        primary=frozenset(each.graph.units[root].pkg_id for each in packages.workspaces for root in each.graph.roots),
        incremental=build.incremental,
    )


def _check_asserted(plans: tuple[UnitPlan, ...], asserted: Mapping[str, Assertions]) -> None:
    """Raise InputError for assertions of a crate that is none of the user's own."""
    known = sorted({plan.crate_name(unit) for plan in plans for unit in range(len(plan.ids)) if plan.may_assert(unit)})
    for name, assertions in asserted.items():
        if name not in known:
            raise InputError(
                f"no local crate of the packages is called {name!r}{did_you_mean(name, known)}",
                place=assertions.place,
                remedy=f"choose among {', '.join(known)}",
            )


def add_units(build: TargetBuild, plan: UnitPlan, *, without: Collection[int] = ()) -> tuple[Step, ...]:
    """Add the Steps of all units but some; give them."""
    steps = {index: unit_step(plan, index) for index in range(len(plan.graph.units)) if index not in without}
    for index, step in steps.items():
        build.graph.add(step, source_scan(build, plan, index))
    return tuple(steps.values())


def add_umbrella(build: TargetBuild, packages: CargoPackages, name: str, out_dir: str) -> str:
    """Add the staticlib in which libraries meet; give its path."""
    plans = plan_packages(build, packages, ProgramLink(""))
    for plan in plans:
        add_units(build, plan)
    first = plans[0]
    roots = first.graph.roots
    if len(plans) == len(roots) == 1 and "staticlib" in first.unit(roots[0]).target.crate_types:
        return f"{first.folder(roots[0])}/lib{first.file_stem(roots[0])}.a"
    source = f"{out_dir}/{name}_umbrella.rs"
    build.graph.add(write_step(umbrella_text(plans), source, ("UMBRELLA", f"{name}  {build.target.name}")))
    step = umbrella_step(plans, f"{name}_umbrella", source, out_dir)
    build.graph.add(step)
    return step.target_paths[0]


def source_scan(build: TargetBuild, plan: UnitPlan, index: int) -> Scan | None:
    """Find what the sources of a local crate name; None for what has a checksum, and for runs of build scripts."""
    unit, session = plan.unit(index), build.session
    if unit.runs_build_script or not plan.package(index).is_local:
        return None
    cfg = plan.setting.host.cfg if unit.platform is None else plan.setting.target.cfg
    features = [("feature", feature) for feature in unit.features]
    given: Cfg = cfg.with_options([*features, *([(unit.mode, None)] if unit.mode in ("test", "doc") else [])])
    env = dict(unit_env(plan, index))
    root = plan.place(unit.target.src_path)

    def scan() -> Found:
        found = resolve(root, session.scans.rust, given, env, exists=session.tree.exists)
        return Found(found.files, found.unlisted)

    return scan


def _panic(strategy: str, resolved: Sequence[Resolved]) -> str:
    """Firmware has nothing that unwinds: what cargo leaves at its default means the target's own strategy."""
    if any(one.library.immediate_abort for one in resolved):
        return "immediate-abort"
    return "abort" if strategy == "unwind" else strategy


def find_host(build: TargetBuild, folder: str) -> Host:
    """Give this machine as what is compiled for, into a folder of its own."""
    probes, rust = build.session.probes, build.rust
    cc = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if cc is None:
        raise ToolchainError(
            "no C compiler for this machine, by which proc macros and build scripts are linked",
            details=[("looked at", "cc, gcc and clang on PATH")],
            remedy=how_to_install(["gcc"]),
        )
    return Host(ask_host_cfg(probes, rust), cc, describe_cc(probes, cc).tool, f"{BUILD_DIR}/host/{folder}")


def _cc_tools(build: TargetBuild) -> CcTools | None:
    """Give the C toolchain for build scripts that compile C; there need be none for the others."""
    try:
        return CcTools(build.cc.programs["cc"], arguments(build.c_flags), build.cc.programs.get("ar", "ar"))
    except ToolchainError:
        return None
