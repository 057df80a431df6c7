"""TargetBuild: everything that is decided once for a target and a profile."""

from __future__ import annotations

import os
from dataclasses import dataclass

from rust_firmware.nodes import Graph
from rust_firmware.session import BUILD_DIR, Session
from steelmill.rustc.codegen import Codegen
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
    codegen: Codegen

    @property
    def out_dir(self) -> str:
        """The folder of all outputs, relative to the top folder."""
        return f"{BUILD_DIR}/{self.target.name}/{self.profile}"

    @property
    def threads(self) -> int:
        """How many threads one tool may use."""
        return os.cpu_count() or 1
