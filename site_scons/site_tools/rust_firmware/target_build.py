"""TargetBuild: everything that is decided once for a target and a profile."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property

from rust_firmware.cc_toolchains import (
    c_flags,
    find_cc_toolchain,
    flag_checker,
    toolchain_libraries,
)
from rust_firmware.nodes import Graph
from rust_firmware.profiles import find_base
from rust_firmware.session import BUILD_DIR, Session
from steelmill.cc.flags import Flag, arguments, format_flags
from steelmill.cc.toolchain import CcToolchain
from steelmill.cc.user_flags import Compiler, target_notes
from steelmill.rustc.codegen import PROFILES, Codegen
from steelmill.rustc.target import Target
from steelmill.rustc.toolchain import RustToolchain


@dataclass(frozen=True)
class TargetBuild:
    """One target in one profile: the toolchains, the options and the folder that its images share."""

    session: Session
    graph: Graph
    rust: RustToolchain
    target: Target
    profile: str
    """Of ``profile=``: release, dev, or one that the Cargo.toml of a package defines."""

    @property
    def base_profile(self) -> str:
        """``release`` or ``dev``, which the profile inherits from in the end: its C is compiled by that."""
        return find_base(self.session, self.profile)

    @property
    def codegen(self) -> Codegen:
        """The options of crates that no package holds."""
        return PROFILES[self.base_profile]

    @cached_property
    def cc(self) -> CcToolchain:
        """The C toolchain: ``cc=``, else the target's."""
        spec = self.target.spec
        found = find_cc_toolchain(self.session.probes, spec.arch, self.session.arguments.get("cc"))
        return found.made_for(spec.llvm_target)

    @cached_property
    def c_flags(self) -> tuple[Flag, ...]:
        """The flags that make C fit the target."""
        flags = c_flags(self.session.probes, self.cc, self.target)
        self.session.console.detail(
            lambda: f"C for {self.target.name} by {self.cc.tool.name}\n{format_flags(flags, self.c_notes)}"
        )
        return flags

    @cached_property
    def flag_checker(self) -> Compiler:
        """What a user's flags are checked with."""
        return flag_checker(self.session.probes, self.cc, self.target, arguments(self.c_flags))

    @cached_property
    def checked_flags(self) -> dict[tuple[str, ...], tuple[str, ...]]:
        """A user's flags that fit the target -> what is worth a note about them."""
        return {}

    @property
    def c_notes(self) -> tuple[str, ...]:
        """In what C and Rust differ although the flags fit, without harm by itself."""
        return tuple(map(str, target_notes(self.flag_checker)))

    def toolchain_libraries(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Give the paths of the C toolchain's own libraries, ``gcc`` or ``c_nano``, for this target."""
        return toolchain_libraries(self.session.probes, self.cc, arguments(self.c_flags), names)

    @property
    def out_dir(self) -> str:
        """The folder of all outputs, relative to the top folder."""
        return f"{BUILD_DIR}/{self.target.name}/{self.profile}"

    @property
    def incremental(self) -> bool:
        """Whether local crates are compiled incrementally: under ``dev`` alone, whose bytes are nobody's release."""
        return self.base_profile == "dev" and os.environ.get("CARGO_INCREMENTAL") != "0"
