"""Dep files, as gcc, gas, GNU ld and LLD write them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from steelmill.linker.depfile import parse_make_depfile


@pytest.mark.parametrize(
    ("text", "files"),
    [
        ("", ()),
        ("a.o: a.c\n", ("a.c",)),
        ("a.o b.o: a.c \\\n b.h c.h\n", ("a.c", "b.h", "c.h")),
        ("a.o: a.c b.h\n\nb.h:\n\nc.h:\n", ("a.c", "b.h")),
        ("a.o: a\\ b.c c\\#d.h e$$f.h\n", ("a b.c", "c#d.h", "e$f.h")),
        ("a\\ b.o: c:d.c\n", ("c:d.c",)),
        ("a.o: back\\slash.h a\\\\\\ b.h\n", ("back\\slash.h", "a\\ b.h")),
        ("a.o: ü.c \u2028.h\r\n", ("ü.c", "\u2028.h")),
        ("a.o: a.c a.c\nb.o: a.c\n", ("a.c",)),
        ("# comment: x\na.o:a.c\na.o: \\\n\\\n b.c", ("b.c",)),
        ("x.elf: \\\n  l.ld \\\n  d p/sp ace#1$x.o\n\nl.ld:\n\nd p/sp ace#1$x.o:\n", ("l.ld", "d p/sp ace#1$x.o")),
        # clang: two blanks too, but escaped, and the source is not phony
        ("x.o: \\\n  a\\ b.c \\\n  c.h d.h\n\nc.h:\n\nd.h:\n", ("a b.c", "c.h", "d.h")),
    ],
)
def test_parse(text: str, files: tuple[str, ...]) -> None:
    assert parse_make_depfile(text) == files


AWKWARD = "d p/sp ace#1$x"


@pytest.mark.parametrize("linker", ["ld", "ld.lld-22"])
def test_linkers_own(linker: str, tmp_path: Path) -> None:
    if not shutil.which(linker) or not shutil.which("as"):
        pytest.skip("install binutils and lld-22")
    (tmp_path / "d p").mkdir()
    (tmp_path / "inc").mkdir()
    (tmp_path / "empty.s").touch()
    (tmp_path / "inc/m.x").write_text("a = 1;")
    (tmp_path / "l.ld").write_text("INCLUDE m.x\n")
    subprocess.run(["as", "empty.s", "-o", f"{AWKWARD}.o"], cwd=tmp_path, check=True)
    argv = [linker, "-Linc", "-T", "l.ld", f"{AWKWARD}.o", "-o", "x", "--dependency-file=x.d"]
    subprocess.run(argv, cwd=tmp_path, check=True, capture_output=True)
    files = parse_make_depfile((tmp_path / "x.d").read_text())
    assert files[0] == "l.ld"
    assert files[-1] == f"{AWKWARD}.o"
    # GNU ld lists an INCLUDEd file as the script names it, LLD where it found it
    assert files[1:-1] in (("m.x",), ("inc/m.x",))


@pytest.mark.parametrize("compiler", ["gcc", "arm-none-eabi-gcc"])
def test_compilers_own(compiler: str, tmp_path: Path) -> None:
    if not shutil.which(compiler):
        pytest.skip(f"install {compiler}")
    (tmp_path / "d p").mkdir()
    (tmp_path / f"{AWKWARD}.h").touch()
    (tmp_path / "ü.c").write_text(f'#include "{AWKWARD}.h"\n')
    subprocess.run(
        [compiler, "-ffreestanding", "-nostdinc", "-MD", "-MP", "-c", "ü.c", "-o", "o o.o"], cwd=tmp_path, check=True
    )
    assert parse_make_depfile((tmp_path / "o o.d").read_text()) == ("ü.c", f"{AWKWARD}.h")
