"""Product: what one project builds: its target builds, and which of them the command line selects."""

from __future__ import annotations

from typing import Any

import SCons.Script

from rust_firmware.nodes import Graph
from rust_firmware.rust_toolchains import find_rust_toolchain
from rust_firmware.session import Session, get_session
from rust_firmware.target_build import TargetBuild
from rust_firmware.target_specs import find_target_spec, make_target
from rust_firmware.variables import split_names
from steelmill.rustc.codegen import find_profile
from steelmill.rustc.toolchain import RustToolchain
from steelmill.target_spec.model import TargetSpec


class Product:
    """The one product of a session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.graph = Graph(session)
        self.profile = session.arguments.get("profile", "release")
        self._rust: RustToolchain | None = None
        self._specs: dict[str, TargetSpec] = {}
        self._builds: dict[tuple[str, str], TargetBuild] = {}

    @property
    def rust(self) -> RustToolchain:
        """The Rust toolchain of this run."""
        if self._rust is None:
            arguments, session = self.session.arguments, self.session
            self._rust = find_rust_toolchain(session.probes, arguments.get("rustc"), session.tree.top)
        return self._rust

    def spec(self, name: str) -> TargetSpec:
        """Find a target specification by name or path."""
        if name not in self._specs:
            self._specs[name] = find_target_spec(self.session.tree, self.session.probes, self.rust, name)
        return self._specs[name]

    def target_build(self, name: str) -> TargetBuild:
        """Give what is decided for a target in this run's profile; equal specifications share it."""
        spec = self.spec(name)
        key = (spec.name, spec.place)
        if key not in self._builds:
            self._builds[key] = TargetBuild(
                session=self.session,
                graph=self.graph,
                rust=self.rust,
                target=make_target(self.session.probes, self.graph, self.rust, spec),
                profile=self.profile,
                codegen=find_profile(self.profile),
            )
        return self._builds[key]

    def selected_targets(self) -> tuple[str, ...] | None:
        """Give the names of ``target=``; None for all."""
        return split_names(self.session.arguments.get("target"))


def get_product() -> Product:
    """Give the product of this session; the first call starts it."""
    session = get_session()
    holder: Any = SCons.Script.DefaultEnvironment(tools=[])
    if "STEELMILL_PRODUCT" not in holder:
        holder["STEELMILL_PRODUCT"] = Product(session)
    product: Product = holder["STEELMILL_PRODUCT"]
    return product
