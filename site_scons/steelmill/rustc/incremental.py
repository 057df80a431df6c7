"""Incremental compilation: what rustc keeps of a crate between two runs of it.

The folder is rustc's own: no input and no output of a Step, in no cache. rustc verifies what it takes out of it, so an
empty folder and a full one give the same bytes,
https://rustc-dev-guide.rust-lang.org/queries/incremental-compilation.html.
"""

from __future__ import annotations

FOLDER = "incremental"


def incremental_argv(out_dir: str) -> tuple[str, ...]:
    """Give the option that keeps it below a folder; crates of one name are kept apart by rustc."""
    return (f"-Cincremental={out_dir}/{FOLDER}",)
