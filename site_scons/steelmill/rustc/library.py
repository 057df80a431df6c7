"""Library: a compiled rlib, with its metadata kept apart where rustc can."""

from __future__ import annotations

from typing import NamedTuple

from steelmill.rustc.toolchain import RustToolchain
from steelmill.step import OUT, Step

ANNOUNCE = ("--error-format=json", "--json=artifacts")
"""Makes rustc say, a JSON object a line, when the metadata is written: at about three quarters of the run."""


class Library(NamedTuple):
    """A compiled library crate: what a consumer names with ``--extern``."""

    name: str
    paths: tuple[str, ...]
    """The rlib and, where rustc keeps it apart, the rmeta."""

    def extern(self, modifiers: str = "") -> tuple[str, ...]:
        """Give the ``--extern`` options; ``modifiers`` such as ``noprelude,nounused:``."""
        return tuple(word for path in self.paths for word in ("--extern", f"{modifiers}{self.name}={path}"))


def early_outputs(outputs: tuple[str, ...]) -> tuple[str, ...]:
    """Pick the outputs that rustc finishes early: the metadata, where it stands in a file of its own."""
    return tuple(name for name in outputs if name.endswith(".rmeta"))


def library_paths(step: Step) -> tuple[str, ...]:
    """Pick the paths that consumers read out of the outputs of a library crate's Step."""
    return tuple(path for path in step.target_paths if path.endswith((".rlib", ".rmeta")))


def emit_library(toolchain: RustToolchain, name: str) -> tuple[str, tuple[str, ...]]:
    """Give the ``--emit`` option and the outputs of a library crate, with the metadata apart where rustc can."""
    if "embed-metadata" in toolchain.unstable:
        kinds = {"link": f"lib{name}.rlib", "metadata": f"lib{name}.rmeta", "dep-info": f"{name}.d"}
    else:
        kinds = {"link": f"lib{name}.rlib", "dep-info": f"{name}.d"}
    return "--emit=" + ",".join(f"{kind}={OUT}/{file}" for kind, file in kinds.items()), tuple(kinds.values())
