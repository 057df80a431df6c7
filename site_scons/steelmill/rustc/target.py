"""Target: a target as rustc sees it, and the options that every compilation for it has."""

from __future__ import annotations

from typing import NamedTuple

from steelmill.rustc.cfg import Cfg
from steelmill.rustc.codegen import Codegen
from steelmill.rustc.toolchain import RustToolchain
from steelmill.step import OUT
from steelmill.target_spec.model import TargetSpec


class Target(NamedTuple):
    """A target as rustc sees it: the specification, the canonical file and ``--print cfg``."""

    spec: TargetSpec
    spec_path: str
    """The canonical file, which rustc reads."""
    cfg: Cfg
    probe_path: str
    """The object of the codegen probe, which must exist before anything larger is tried."""

    @property
    def name(self) -> str:
        """How the user calls the target."""
        return self.spec.name


def common_argv(toolchain: RustToolchain, target: Target, codegen: Codegen) -> tuple[str, ...]:
    """Give the options that every rustc run for a target has, the library's crates and the user's alike.

    Both remaps are needed for equal bytes in different folders; rustc takes the last one that matches.
    """
    return (
        "--target",
        target.spec_path,
        "-Zunstable-options",
        *codegen.argv(immediate_abort=toolchain.knows_immediate_abort),
        "--sysroot=/dev/null",
        "-Zremap-cwd-prefix=.",
        f"--remap-path-prefix={toolchain.library}=/rustc/{toolchain.version.commit}/library",
        *(("-Zembed-metadata=no",) if "embed-metadata" in toolchain.unstable else ()),
        # object files under way, which would else stand in the working directory under names that two images may share
        f"--out-dir={OUT}",
    )
