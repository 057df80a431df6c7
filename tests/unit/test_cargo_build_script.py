from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from project import CHECKOUT
from steelmill.cargo.build_script import BuildScriptOutput, LinkArg, ScriptPackage, parse_build_script
from steelmill.errors import InputError, SteelmillError

CORPUS = sorted((CHECKOUT / "tests/data/cargo/build_script").glob("*.out"))
PACKAGE = ScriptPackage(
    name="blinky 1.2.0",
    script="firmware/blinky/build.rs",
    targets=(("lib", "blinky"), ("bin", "blinky"), ("custom-build", "build-script-build")),
)


def parse(text: str, package: ScriptPackage = PACKAGE) -> BuildScriptOutput:
    return parse_build_script(text.encode(), package)


@pytest.mark.parametrize("path", CORPUS, ids=[path.stem for path in CORPUS])
def test_what_cargo_refuses_is_explained(path: Path) -> None:
    with pytest.raises(SteelmillError) as caught:
        parse_build_script(path.read_bytes(), PACKAGE)
    assert f"{caught.value}\n" == path.with_suffix(".txt").read_text()


@pytest.mark.parametrize("prefix", ["cargo:", "cargo::"])
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('rustc-cfg=board="one"', BuildScriptOutput(cfgs=('board="one"',))),
        ('rustc-check-cfg=cfg(board, values("one"))', BuildScriptOutput(check_cfgs=('cfg(board, values("one"))',))),
        ("rustc-env=A=b = c", BuildScriptOutput(env=(("A", "b = c"),))),
        ("rustc-env=A=", BuildScriptOutput(env=(("A", ""),))),
        ("rustc-link-search=native=/lib/a b", BuildScriptOutput(link_search=("native=/lib/a b",))),
        ("rustc-link-lib=static:+whole-archive=z", BuildScriptOutput(link_libs=("static:+whole-archive=z",))),
        ("rustc-link-arg=-Tlink.x", BuildScriptOutput(link_args=(LinkArg("all", "-Tlink.x"),))),
        ("rustc-link-arg-bins=-Tlink.x", BuildScriptOutput(link_args=(LinkArg("bin", "-Tlink.x"),))),
        ("rustc-link-arg-bin=blinky=-T=x", BuildScriptOutput(link_args=(LinkArg("bin", "-T=x", "blinky"),))),
        ("rustc-flags=-lfoo -L /a -l bar  -L/b", BuildScriptOutput(link_libs=("foo", "bar"), link_search=("/a", "/b"))),
        ("rerun-if-changed=src/a.c", BuildScriptOutput(rerun_if_changed=("src/a.c",))),
        ("rerun-if-env-changed=CC", BuildScriptOutput(rerun_if_env_changed=("CC",))),
        ("warning=odd = but true", BuildScriptOutput(warnings=("odd = but true",))),
    ],
)
def test_both_spellings_of_an_instruction_are_read(prefix: str, line: str, expected: BuildScriptOutput) -> None:
    assert parse(f"{prefix}{line}") == expected
    assert parse(f"noise\n  {prefix}{line} \r\nmore noise") == expected


def test_metadata_has_a_key_of_its_own_or_any_that_is_free() -> None:
    text = "cargo::metadata=root=/a\ncargo:include=/b\ncargo:error=none\ncargo:metadata=x=y\ncargo:rustc-cfg-old=1"
    assert parse(text).metadata == (
        ("root", "/a"),
        ("include", "/b"),
        ("error", "none"),
        ("metadata", "x=y"),
        ("rustc-cfg-old", "1"),
    )


def test_the_order_of_instructions_is_kept() -> None:
    text = "".join(f"cargo:rustc-link-arg{kind}={n}\n" for n, kind in enumerate(["", "-bins", "", "-bins"]))
    assert [(arg.applies_to, arg.argument) for arg in parse(text).link_args] == [
        ("all", "0"),
        ("bin", "1"),
        ("all", "2"),
        ("bin", "3"),
    ]


def test_arguments_for_a_cdylib_that_is_not_there_are_kept_with_a_warning() -> None:
    for key in ("rustc-link-arg-cdylib", "rustc-cdylib-link-arg"):
        output = parse(f"cargo:{key}=-shared")
        assert output.link_args == (LinkArg("cdylib", "-shared"),)
        assert output.warnings == (f"cargo:{key}=-shared: the package has no cdylib",)


def test_a_script_does_not_unlock_the_compiler() -> None:
    output = parse("cargo:rustc-env=RUSTC_BOOTSTRAP=1")
    assert output.env == ()
    assert output.warnings == ("cargo:rustc-env=RUSTC_BOOTSTRAP=1: not for a crate to say",)


def test_the_new_spelling_needs_a_rust_that_knows_it() -> None:
    old = PACKAGE._replace(rust_version="1.76")
    assert parse("cargo:rustc-cfg=a", old).cfgs == ("a",)
    with pytest.raises(InputError) as caught:
        parse("cargo::rustc-cfg=a", old)
    assert str(caught.value) == (
        "firmware/blinky/build.rs: the build script of blinky 1.2.0 printed 'cargo::rustc-cfg=a': `cargo::` is known "
        "since Rust 1.77, and the package says rust-version 1.76\n"
        "  remedy   print the instruction with one colon, or raise rust-version"
    )
    for version in ("1.77", "1.77.0", "2"):
        assert parse("cargo::rustc-cfg=a", PACKAGE._replace(rust_version=version)).cfgs == ("a",)


@given(st.lists(st.binary().filter(lambda line: b"cargo:" not in line)))
def test_what_is_no_instruction_is_passed_over(lines: list[bytes]) -> None:
    assert parse_build_script(b"\n".join(lines), PACKAGE) == BuildScriptOutput()
