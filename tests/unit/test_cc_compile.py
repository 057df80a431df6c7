"""Command lines of the C compiler."""

from __future__ import annotations

import pytest

from steelmill.cc.compile import Compile, compile_argv, compile_env, find_language, preprocess_script_argv
from steelmill.errors import InputError
from steelmill.step import OUT


def test_a_c_file() -> None:
    c = Compile(
        program="/usr/bin/arm-none-eabi-gcc",
        source="c/main.c",
        object_name="main.o",
        target_flags=("-mthumb",),
        user_flags=("-Wall",),
        include_dirs=("c/include",),
        defines=(("A", "1"), ("B", None), ("C", '"a b"')),
        forced_includes=("config.h",),
        opt_level="s",
        debug="2",
    )
    assert compile_argv(c) == (
        "/usr/bin/arm-none-eabi-gcc",
        "-Os",
        "-g",
        "-mthumb",
        "-ffile-prefix-map=/proc/self/cwd=.",
        "-Wall",
        "-DA=1",
        "-DB",
        '-DC="a b"',
        "-Ic/include",
        "-include",
        "config.h",
        "-MD",
        "-MF",
        f"{OUT}/main.d",
        "-MQ",
        "main.o",
        "-x",
        "c",
        "-c",
        "c/main.c",
        "-o",
        f"{OUT}/main.o",
    )
    assert c.outputs == ("main.o", "main.d")


@pytest.mark.parametrize(
    ("source", "language", "label"),
    [
        ("a.c", "c", "CC"),
        ("a.cpp", "c++", "CXX"),
        ("a.C", "c++", "CXX"),
        ("a.S", "assembler-with-cpp", "AS"),
        ("a.s", "assembler", "AS"),
    ],
)
def test_the_suffix_decides_the_language(source: str, language: str, label: str) -> None:
    assert (find_language(source).name, find_language(source).label) == (language, label)


def test_plain_assembly_gets_its_dep_info_from_the_assembler() -> None:
    argv = compile_argv(Compile("as", "a,b.s", "a,b.o"))
    assert "-MD" not in argv
    assert argv[argv.index("--MD") : argv.index("--MD") + 3] == ("--MD", "-Xassembler", f"{OUT}/a,b.d")


def test_an_unknown_suffix_is_an_error_at_the_source() -> None:
    with pytest.raises(InputError, match=r"^src/a\.cxxx: no C, C.*did you mean '\.cxx'"):
        find_language("src/a.cxxx")


def test_unknown_levels_are_errors() -> None:
    with pytest.raises(InputError, match="opt-level '9' is unknown"):
        compile_argv(Compile("gcc", "a.c", "a.o", opt_level="9"))


def test_random_names_get_a_seed() -> None:
    assert "-frandom-seed=a.c" in compile_argv(Compile("gcc", "a.c", "a.o", user_flags=("-flto=auto",)))
    assert "-frandom-seed=a.cpp" in compile_argv(Compile("g++", "a.cpp", "a.o"))
    assert not any("seed" in word for word in compile_argv(Compile("gcc", "a.c", "a.o")))


def test_a_name_with_a_dash_is_no_option() -> None:
    assert "./-x.c" in compile_argv(Compile("gcc", "-x.c", "x.o"))


def test_the_environment_is_complete_and_sorted() -> None:
    env = compile_env("/opt/gcc/bin/arm-none-eabi-gcc", 17)
    assert env == tuple(sorted(env))
    assert dict(env) == {
        "LC_ALL": "C.UTF-8",
        "PATH": "/opt/gcc/bin:/usr/bin:/bin",
        "PWD": "/proc/self/cwd",
        "SOURCE_DATE_EPOCH": "17",
        "TMPDIR": OUT,
    }
    assert dict(compile_env("/usr/bin/gcc", 0))["PATH"] == "/usr/bin:/bin"


def test_a_preprocessed_linker_script() -> None:
    argv = preprocess_script_argv("gcc", "a.ld.S", "a.ld", target_flags=("-m32",), defines=[("RAM", "64K")])
    assert argv[:2] == ("gcc", "-m32")
    assert {"-E", "-P", "-DRAM=64K", "-Ui386"} <= set(argv)
    assert argv[-3:] == ("a.ld.S", "-o", f"{OUT}/a.ld")
    assert argv[argv.index("-MF") + 1] == f"{OUT}/a.ld.d"
