"""Example values of cargo's units: the recorded graph of a package that stands on well-known embedded crates."""

from __future__ import annotations

from dataclasses import replace

from project import CHECKOUT
from rust_examples import TOOLCHAIN, target_of
from steelmill.cargo.metadata import Metadata, parse_metadata
from steelmill.cargo.unit_graph import UnitGraph, parse_unit_graph
from steelmill.cargo.unit_plan import CargoSetting, CcTools, Host, ProgramLink, UnitPlan, plan_units
from steelmill.rustc.cfg import parse_cfg
from steelmill.rustc.codegen import find_profile
from steelmill.rustc.sysroot import make_sysroot
from steelmill.step import Tool

RECORDED = CHECKOUT / "tests/data/cargo/board"
TOP = "/home/user/project"
TARGET = target_of(
    cfg='target_arch="arm"\ntarget_feature="dsp"\ntarget_feature="aclass"\ndebug_assertions\npanic="abort"'
)
SETTING = CargoSetting(
    toolchain=TOOLCHAIN,
    cargo="/opt/rust/bin/cargo",
    top=TOP,
    target=TARGET,
    tuple_name="thumbv7em-none-eabihf",
    sysroot=make_sysroot(
        TOOLCHAIN,
        TARGET,
        find_profile("release"),
        crates=("core",),
        mem=False,
        threads=1,
        out_dir="build/board/release",
    ),
    panic="abort",
    host=Host(
        parse_cfg('unix\ntarget_arch="x86_64"'), "/usr/bin/cc", Tool("cc 12.2", "digest-of-cc"), "build/host/release"
    ),
    link=ProgramLink("/usr/bin/rust-lld", ("-Clinker-flavor=ld.lld",), ("link.x",), (Tool("lld 22", "digest-of-lld"),)),
    cc=CcTools("/usr/bin/arm-none-eabi-gcc", ("-mthumb", "-mcpu=cortex-m4"), "/usr/bin/arm-none-eabi-ar"),
    out_dir="build/board/release",
    profile_root="release",
)


def recorded_graph(top: str = TOP) -> UnitGraph:
    return parse_unit_graph((RECORDED / "unit_graph.json").read_text().replace(TOP, top))


def recorded_metadata(top: str = TOP) -> Metadata:
    return parse_metadata((RECORDED / "metadata.json").read_text().replace(TOP, top))


def board_plan(setting: CargoSetting = SETTING) -> UnitPlan:
    return plan_of(recorded_graph(setting.top), setting)


def plan_of(graph: UnitGraph, setting: CargoSetting = SETTING) -> UnitPlan:
    primary = setting.primary or frozenset(graph.units[root].pkg_id for root in graph.roots)
    return plan_units(replace(setting, primary=primary), graph, recorded_metadata(setting.top))


def find(plan: UnitPlan, package: str, *, kind: str = "", mode: str = "build") -> int:
    """Find the one unit of a package, by the kind of its target and its mode."""
    (index,) = (
        index
        for index, unit in enumerate(plan.graph.units)
        if plan.package(index).name == package
        and unit.mode == mode
        and (kind in unit.target.kind if kind else mode != "build" or "custom-build" not in unit.target.kind)
    )
    return index


def elsewhere(setting: CargoSetting = SETTING) -> CargoSetting:
    return replace(setting, top="/srv/ci/checkout")
