"""The Step that makes a C header of a crate's sources."""

from __future__ import annotations

import posixpath
import re
from typing import NamedTuple

from steelmill.step import OUT, DepInfo, Step, Tool


class CbindgenTool(NamedTuple):
    """A cbindgen and what it is able to do."""

    program: str
    tool: Tool
    lists_reads: bool
    """It can list the sources that it read (``--depfile``, since 0.25)."""


def default_config(header: str) -> str:
    """Write the cbindgen.toml that holds where the project has none: C that C++ takes too, for bare metal.

    cbindgen's own default is C++ and includes stdlib.h, which only a C library has.
    """
    guard = re.sub(r"[^A-Z0-9]", "_", header.upper())
    return (
        'language = "C"\n'
        "cpp_compat = true\n"
        f'include_guard = "{guard}"\n'
        "no_includes = true\n"
        'sys_includes = ["stdarg.h", "stdbool.h", "stddef.h", "stdint.h"]\n'
        "usize_is_size_t = true\n"
    )


def cbindgen_step(cbindgen: CbindgenTool, root: str, config: str, output: str, target_name: str) -> Step:
    """Make the header at the path ``output`` of the crate whose root is ``root``, with the modules below it.

    cbindgen is given the crate root and not the package, so that it asks no cargo.
    """
    folder, name = posixpath.split(output)
    listing = f"{name}.d"
    return Step(
        label=("CBINDGEN", f"{name}  {target_name}"),
        argv=(
            cbindgen.program,
            f"--config={config}",
            *((f"--depfile={OUT}/{listing}",) if cbindgen.lists_reads else ()),
            f"--output={OUT}/{name}",
            f"./{root}" if root.startswith("-") else root,
        ),
        out_dir=folder,
        outputs=(name, listing) if cbindgen.lists_reads else (name,),
        inputs=(root, config),
        env=(("LC_ALL", "C.UTF-8"), ("PATH", "/usr/bin:/bin"), ("RUST_BACKTRACE", "0"), ("TMPDIR", OUT)),
        tools=(cbindgen.tool,),
        dep_info=DepInfo(listing, "make") if cbindgen.lists_reads else None,
    )
