"""The Steps that make Rust bindings of a C header."""

from __future__ import annotations

from typing import NamedTuple

from steelmill.bindings.bindgen_tool import BindgenTool
from steelmill.step import BUILT_IN, OUT, DepInfo, Step, Tool

PRETTY = "--formatter=prettyplease"
"""Asks bindgen to lay out what it writes by itself: its own feature, which a build of it may leave out."""

FINISH = "finish-bindings"
"""The built-in tool that makes what bindgen wrote fit every edition: ``RAW OUTPUT``."""


class Bindgen(NamedTuple):
    """One header and what of it Rust shall see."""

    name: str
    """Of the file that is made, without its suffix."""
    header: str
    """Path of the header."""
    allowlist: tuple[str, ...]
    """Regular expressions: functions, types and variables that are bound; all where there are none."""
    flags: tuple[str, ...]
    """Further options of bindgen."""


def bindgen_steps(
    bindgen: BindgenTool,
    request: Bindgen,
    clang_arguments: tuple[str, ...],
    out_dir: str,
    *,
    rust: tuple[int, int],
    target_name: str,
    own_tool: Tool,
) -> tuple[Step, Step]:
    """Give the Step that reads the header, and the one whose first output crates include.

    ``rust`` is the release of the rustc that compiles the bindings.
    """
    raw, listing = f"{request.name}.raw.rs", f"{request.name}.d"
    read = Step(
        label=("BINDGEN", f"{request.header}  {target_name}"),
        argv=(
            bindgen.program,
            *_options(bindgen, rust),
            *(f"--allowlist-{kind}={pattern}" for pattern in request.allowlist for kind in _KINDS),
            *request.flags,
            f"--depfile={OUT}/{listing}",
            f"--output={OUT}/{raw}",
            f"./{request.header}" if request.header.startswith("-") else request.header,
            "--",
            *clang_arguments,
        ),
        out_dir=out_dir,
        outputs=(raw, listing),
        inputs=(request.header,),
        env=(
            ("LC_ALL", "C.UTF-8"),
            ("LIBCLANG_PATH", bindgen.libclang),
            ("PATH", "/usr/bin:/bin"),
            ("RUST_BACKTRACE", "0"),
            ("TMPDIR", OUT),
        ),
        tools=(bindgen.tool,),
        dep_info=DepInfo(listing, "make"),
    )
    finish = Step(
        label=("BINDINGS", f"{request.name}.rs  {target_name}"),
        argv=(BUILT_IN, FINISH, f"{out_dir}/{raw}", f"{OUT}/{request.name}.rs"),
        out_dir=out_dir,
        outputs=(f"{request.name}.rs",),
        inputs=(f"{out_dir}/{raw}",),
        tools=(own_tool,),
        quiet=True,
    )
    return read, finish


_KINDS = ("function", "type", "var")


def _options(bindgen: BindgenTool, rust: tuple[int, int]) -> tuple[str, ...]:
    """Give the options that every run has, out of those that this bindgen knows."""

    def known(*options: str) -> tuple[str, ...]:
        return tuple(option for option in options if option.partition("=")[0] in bindgen.options)

    # rustfmt would be one more tool, found on PATH
    layout = (PRETTY,) if bindgen.pretty else known("--formatter=none") or known("--no-rustfmt-bindings")
    return (
        "--use-core",
        "--ctypes-prefix=::core::ffi",
        # it would ask a clang on PATH
        "--no-include-path-detection",
        *layout,
        # without, the rustc on PATH decides; one that has not the option knows no newer rustc than its own default
        *(
            known(f"--rust-target={rust[0]}.{rust[1]}")
            if "--rust-edition" in bindgen.options
            else ("--no-layout-tests",)
        ),
        # the default since 0.61
        *known("--size_t-is-usize"),
    )
