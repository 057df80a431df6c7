"""C, C++ and assembly as they meet the target, and the toolchain's own libraries."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from board import OUT, SCONSTRUCT, write_board
from conftest import need_tool
from project import Project

CPP = """\
struct Shape {
    virtual unsigned area() const = 0;
};

struct Square : Shape {
    explicit Square(unsigned side) : side(side) {}
    unsigned area() const override { return side * side; }
    unsigned side;
};

volatile unsigned six = 6;
static Square square(six + 0);

extern "C" unsigned area()
{
    const Shape *shape = &square;
    return shape->area();
}
"""
RUN_CONSTRUCTORS_C = """\
extern void (*const __init_array_start[])(void);
extern void (*const __init_array_end[])(void);
unsigned area(void);

int main(void)
{
\tfor (void (*const *each)(void) = __init_array_start; each < __init_array_end; each++)
\t\t(*each)();
\tif (area() != 36)
\t\treturn 1;
"""


def with_cpp(board: Project, code: str = CPP) -> Project:
    board.write("c/shape.cpp", code).edit("firmware.toml", '"c/main.c"', '"c/main.c", "c/shape.cpp"')
    return board.edit("c/main.c", "int main(void)\n{\n", RUN_CONSTRUCTORS_C)


def piecewise(folder: Path, body: str) -> Project:
    """Write the board's firmware with a SConstruct of single builders."""
    project = write_board(folder)
    return project.sconstruct(SCONSTRUCT + body)


def command(project: Project, source: str) -> str:
    """Give the command that compiles a source, as verbose=1 shows it."""
    run = project.build("verbose=1")
    return next(line for line in run.stdout.splitlines() if f" {source} " in f"{line} " and "-c" in line.split())


def test_cpp_runs_static_constructors_and_virtual_functions(board: Project) -> None:
    need_tool("arm-none-eabi-g++", "qemu-system-arm")
    with_cpp(board).build("check")


@pytest.mark.parametrize(
    ("code", "flag"),
    [
        ("int area2(int n) { if (n) throw 1; return 0; }\n", "-fexceptions"),
        (
            "struct V : Square { };\nbool is_v(Square *s) { return dynamic_cast<V *>(s) != nullptr; }\n",
            "-frtti",
        ),
    ],
)
def test_exceptions_and_rtti_are_off_until_asked_for(board: Project, code: str, flag: str) -> None:
    need_tool("arm-none-eabi-g++")
    with_cpp(board, CPP + code)
    assert flag.removeprefix("-f") in board.fail().output.replace("exception handling", "exceptions")
    board.edit("firmware.toml", "[c]", f'[c]\ncxxflags = ["{flag}"]')
    # compiling is what is asked here: the runtime for throw is the user's
    board.scons("-k")
    assert (board.folder / OUT / "c/shape.cpp.o").exists()


def test_both_kinds_of_assembly_are_compiled(board: Project) -> None:
    board.write("c/values.inc", "#define VALUE 42\n")
    board.write("c/more.S", '#include "values.inc"\n    .data\n    .globl value\nvalue: .word VALUE\n')
    board.write("c/plain.s", "    .text\n    .globl nothing\n    .thumb_func\nnothing: bx lr\n")
    board.edit("firmware.toml", '"c/main.c"', '"c/main.c", "c/more.S", "c/plain.s"')
    board.edit(
        "c/main.c", "int main(void)\n{", "extern unsigned value;\nint main(void)\n{\n\tif (value != 42)\n\t\treturn 1;"
    )
    steps = board.build("check").steps
    assert "AS c/more.S" in steps
    assert "AS c/plain.s" in steps
    assert "AS c/more.S" in board.edit("c/values.inc", "42", "43").build().steps


@pytest.mark.parametrize(
    ("defines", "words"),
    [
        ('"ONE"', ["-DONE"]),
        ('"ONE=1"', ["-DONE=1"]),
        ('["ONE", "TWO=2"]', ["-DONE", "-DTWO=2"]),
        ('["ONE", ("TWO", 2), ("THREE",)]', ["-DONE", "-DTWO=2", "-DTHREE"]),
        ('{"ONE": 1, "TWO": None}', ["-DONE=1", "-DTWO"]),
        ('["ONE", {"TWO": "$NUMBER"}]', ["-DONE", "-DTWO=7"]),
        ("""[("TEXT", '"a b"')]""", ["'-DTEXT=\"a b\"'"]),
        (r"""[("TEXT", '\\"a\\"'), "FILE='\"config.h\"'"]""", ["'-DTEXT=\"a\"'", "'-DFILE=\"config.h\"'"]),
    ],
)
def test_every_form_of_cppdefines_is_understood(tmp_path: Path, defines: str, words: list[str]) -> None:
    need_tool("arm-none-eabi-gcc")
    project = piecewise(
        tmp_path / "p",
        f"env.Append(CPPDEFINES={defines}, NUMBER=7)\n"
        'rust = env.RustStaticLibrary("app", "src/lib.rs")\n'
        'env.FirmwareElf("app", ["c/main.c", "c/start.s", rust], LDSCRIPT="link.ld")\n',
    )
    line = command(project, "c/main.c")
    for word in words:
        assert f" {word} " in line, line


def test_appended_cppdefines_are_understood_as_scons_merges_them(tmp_path: Path) -> None:
    need_tool("arm-none-eabi-gcc")
    project = piecewise(
        tmp_path / "p",
        'env.Append(CPPDEFINES="ONE")\nenv.Append(CPPDEFINES={"TWO": 2})\nenv.AppendUnique(CPPDEFINES=[("THREE", 3)])\n'
        'rust = env.RustStaticLibrary("app", "src/lib.rs")\n'
        'env.FirmwareElf("app", ["c/main.c", "c/start.s", rust], LDSCRIPT="link.ld")\n',
    )
    line = command(project, "c/main.c")
    assert all(f" {word} " in line for word in ("-DONE", "-DTWO=2", "-DTHREE=3")), line


def test_flags_appended_as_text_are_words(tmp_path: Path) -> None:
    need_tool("arm-none-eabi-gcc")
    project = piecewise(
        tmp_path / "p",
        'env.Append(CCFLAGS="-Wall")\nenv.Append(CCFLAGS="-Wextra -Wshadow")\n'
        'rust = env.RustStaticLibrary("app", "src/lib.rs")\n'
        'env.FirmwareElf("app", ["c/main.c", "c/start.s", rust], LDSCRIPT="link.ld")\n',
    )
    assert " -Wall -Wextra -Wshadow " in command(project, "c/main.c")


def test_the_top_folder_is_a_relative_include_path(board: Project) -> None:
    board.write("top.h", "#define TOP 40\n").edit("c/main.c", "#include", '#include "top.h"\n#include')
    board.edit("c/main.c", "answer(40)", "answer(TOP)").edit("firmware.toml", "[c]", '[c]\ninclude = ["."]')
    run = board.build("check", "verbose=1")
    assert " -I. " in run.stdout
    assert str(board.folder) not in run.stdout
    assert board.edit("top.h", "40", "41").build().steps[0] == "CC c/main.c"


def test_a_vendors_archive_is_an_input(board: Project) -> None:
    flags = [
        "-mthumb",
        "-mcpu=cortex-m4",
        "-mfpu=fpv4-sp-d16",
        "-mfloat-abi=hard",
        "-fshort-enums",
        "-Os",
        "-ffreestanding",
    ]

    def make(value: int) -> None:
        board.write("vendor/phy.c", f"unsigned phy(void) {{ return {value}; }}\n")
        folder = board.folder / "vendor"
        subprocess.run(["arm-none-eabi-gcc", *flags, "-c", "phy.c"], cwd=folder, check=True)
        subprocess.run(["arm-none-eabi-ar", "rcsD", "libphy.a", "phy.o"], cwd=folder, check=True)

    make(42)
    board.edit("firmware.toml", "[c]", '[c]\nobjects = ["vendor/libphy.a"]')
    board.edit(
        "c/main.c", "int main(void)\n{", "unsigned phy(void);\nint main(void)\n{\n\tif (phy() != 42)\n\t\treturn 1;"
    )
    board.build("check")
    make(41)
    run = board.fail("check")
    assert run.steps == ["LINK app.elf"]
    assert "exit code 1" in run.stderr


@pytest.mark.parametrize("libraries", [["gcc"], ["c", "gcc"], ["c", "m", "nosys", "gcc"], ["c_nano", "nosys", "gcc"]])
def test_libraries_are_those_of_the_multilib_and_inputs(board: Project, libraries: list[str]) -> None:
    words = ", ".join(f'"{library}"' for library in libraries)
    board.edit("firmware.toml", "[c]", f"[c]\nlibraries = [{words}]")
    run = board.build("images", "check", "verbose=1")
    link = next(line for line in run.stdout.splitlines() if "--start-group" in line)
    for library in libraries:
        (path,) = (word for word in link.split() if word.endswith(f"/lib{library}.a"))
        assert "thumb/v7e-m+fp/hard" in path
    assert board.up_to_date()
    tree = board.build("-Q", "--tree=prune").stdout
    assert "v7e-m+fp/hard" in tree


def test_printf_of_newlib_works(board: Project) -> None:
    board.edit("firmware.toml", "[c]", '[c]\nlibraries = ["c_nano", "nosys", "gcc"]')
    board.edit("c/main.c", "#include <stdint.h>\n", "#include <stdint.h>\n#include <stdio.h>\n")
    board.edit(
        "c/main.c",
        "\tput(answer(40)",
        '\tchar text[20];\n\tsnprintf(text, sizeof text, "n=%d\\n", 7);\n\tput(text);\n\tput(answer(40)',
    )
    board.edit("firmware.toml", "expect = [", 'expect = ["n=7", ')
    board.build("check")


def test_a_missing_library_names_the_package_or_a_name_like_it(tmp_path: Path) -> None:
    need_tool("arm-none-eabi-gcc")
    project = write_board(tmp_path / "p").edit("firmware.toml", "[c]", '[c]\nlibraries = ["semihost"]')
    run = project.fail()
    assert "has no libsemihost.a\n  remedy   install libnewlib-arm-none-eabi (Debian)" in run.stderr
    run = project.edit("firmware.toml", "semihost", "c_nanno").fail()
    assert "has no libc_nanno.a; did you mean 'c_nano'?\n  remedy   correct the name" in run.stderr


def test_cc_chooses_the_compiler(board: Project, tmp_path: Path) -> None:
    gcc = shutil.which("arm-none-eabi-gcc")
    assert gcc
    (tmp_path / "bin").mkdir()
    for name in Path(gcc).parent.glob("arm-none-eabi-g*"):
        (tmp_path / "bin" / name.name).symlink_to(name)
    run = board.build(f"cc={tmp_path}/bin/arm-none-eabi-gcc", "verbose=1")
    assert f" {tmp_path}/bin/arm-none-eabi-gcc " in run.stdout
    assert "CC c/main.c" in " ".join(run.steps)


@pytest.mark.parametrize(
    ("cc", "message"),
    [
        ("no-such-gcc", "cc=no-such-gcc is no program on PATH"),
        ("/bin/true", "/bin/true --version printed"),
        ("/usr/bin/gcc", "makes no arm ELF"),
    ],
)
def test_a_wrong_cc_is_told(board: Project, cc: str, message: str) -> None:
    run = board.fail(f"cc={cc}")
    assert message in run.stderr
    assert "remedy" in run.stderr


def test_a_cc_of_another_architecture_is_told(board: Project) -> None:
    need_tool("riscv64-unknown-elf-gcc")
    run = board.fail("cc=riscv64-unknown-elf-gcc")
    assert "remedy" in run.stderr
    assert not run.steps


def test_the_hosts_gcc_forgets_its_host_for_x86_64(tmp_path: Path) -> None:
    need_tool("gcc")
    project = write_board(tmp_path / "p").edit("firmware.toml", "thumbv7em-none-eabihf", "x86_64-unknown-none")
    project.write(
        "c/main.c",
        "#include <stdint.h>\n#if defined(__linux__) || defined(__unix__) || defined(__PIC__) || defined(__SSE__)\n"
        "#error host\n#endif\n#if __STDC_HOSTED__\n#error hosted\n#endif\n"
        "uint32_t answer(uint32_t n);\nvoid start(void) { for (volatile uint32_t n = 1; answer(n);) ; }\n",
    )
    project.edit("firmware.toml", ', "c/start.s"', "")
    project.write("link.ld", "ENTRY(start)\nSECTIONS { . = 1M; .text : { *(.text .text.*) } /DISCARD/ : { *(*) } }\n")
    project.build()
    symbols = subprocess.run(
        ["nm", "build/x86_64-unknown-none/release/app/app.elf"], cwd=project.folder, capture_output=True, text=True
    ).stdout
    assert re.search(r"T start$", symbols, re.MULTILINE)
    project.edit("c/main.c", "#include <stdint.h>", "#include <stdio.h>")
    assert "stdio.h: No such file" in project.fail().output


def test_doubles_in_c_are_refused_where_rust_passes_them_otherwise(tmp_path: Path) -> None:
    need_tool("gcc")
    project = write_board(tmp_path / "p").edit("firmware.toml", "thumbv7em-none-eabihf", "x86_64-unknown-none")
    project.write("c/main.c", "double half(double n) { return n / 2; }\n").edit("firmware.toml", ', "c/start.s"', "")
    assert "SSE" in project.fail().output
