from __future__ import annotations

import pytest

from rust_examples import ask_rustc
from steelmill.rustc import library_flags as module
from steelmill.rustc.library_flags import library_flags
from steelmill.rustc.toolchain import parse_unstable_options


@pytest.mark.parametrize(
    ("words", "reach"),
    [
        ((), ()),
        (("-Ctarget-cpu=cortex-m4",), ("-Ctarget-cpu=cortex-m4",)),
        (("-C", "target-feature=+mve,-fp64"), ("-Ctarget-feature=+mve,-fp64",)),
        (("--codegen=relocation-model=ropi",), ("-Crelocation-model=ropi",)),
        (("--codegen", "force-frame-pointers"), ("-Cforce-frame-pointers",)),
        (("-Ccode-model=medium", "-C", "no_redzone=yes"), ("-Ccode-model=medium", "-Cno_redzone=yes")),
        (("-Cllvm-args=-x", "-Cllvm-args=-y"), ("-Cllvm-args=-x", "-Cllvm-args=-y")),
        (("-Copt-level=3", "-Cpanic=immediate-abort"), ("-Copt-level=3", "-Cpanic=immediate-abort")),
        (("-Z", "emit-stack-sizes", "-Zbranch-protection=bti"), ("-Zemit-stack-sizes", "-Zbranch-protection=bti")),
        (("-C", "link-arg=-Tlink.x", "-Clinker=ld.lld", "-Clto=fat", "-Cmetadata=x", "-Ccodegen-units=1"), ()),
        (("-Zunstable-options", "-Zverbose-internals", "-Ztime-passes"), ()),
        (("--cfg", "nightly", "-L", "native=lib", "-lfoo", "-Awarnings", "-D", "unsafe_code", "-g", "-O"), ()),
        (("-C",), ()),
    ],
)
def test_what_generates_code_reaches_core(words: tuple[str, ...], reach: tuple[str, ...]) -> None:
    assert library_flags(words) == reach


def test_the_tables_name_options_that_rustc_knows() -> None:
    stable = {
        line.split()[1].partition("=")[0] for line in ask_rustc("-Chelp").splitlines() if line.strip().startswith("-C ")
    }
    assert stable >= module._KEPT_BACK
    # of releases to come
    assert module._UNSTABLE - {"harden-sls"} <= parse_unstable_options(ask_rustc("-Zhelp"))
