"""The scan of C and assembly sources, held against what gcc itself says it read."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from posixpath import normpath

import pytest

from steelmill.cc.include_scan import IncludeScan, scan_includes
from steelmill.cc.search_flags import parse_search_flags

COMPILERS = {
    "gcc": "gcc",
    "arm-none-eabi-gcc": "gcc-arm-none-eabi",
    "riscv64-unknown-elf-gcc": "gcc-riscv64-unknown-elf",
}
"""Each with the Debian package that has it."""


def write(top: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def scan(top: Path, source: str, flags: list[str]) -> IncludeScan:
    def read(path: str) -> str | None:
        try:
            return (top / path).read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return None

    return scan_includes(source, read, parse_search_flags(flags).search(), exists=lambda path: (top / path).is_file())


def listed(compiler: str, top: Path, source: str, flags: list[str]) -> list[str]:
    """What the compiler's depfile lists after a whole compilation, without the headers of the toolchain."""
    if shutil.which(compiler) is None:
        missing = f"no {compiler}; apt install {COMPILERS[compiler]}"
        if os.environ.get("CI"):
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    argv = [compiler, "-c", "-MD", "-MF", "x.d", "-MT", "x", *flags, source, "-o", "x.o"]
    ended = subprocess.run(argv, cwd=top, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert ended.returncode == 0, ended.stderr
    rule = (top / "x.d").read_text(encoding="utf-8").replace("\\\n", "").removeprefix("x:")
    words = rule.replace("\\ ", "\0").split()
    return sorted({normpath(word.replace("\0", " ")) for word in words if not word.startswith("/usr/")})


LAYOUT = {
    "src/main.c": """
        #include "beside.h"
        #  /* c */ include <angle.h> // "never.h"
        #include "quote.h"
        /* #include "never.h" */ // \\
        #include "never.h"
        #include CONFIG
        #define LOCAL "local.h"
        #include LOCAL
        #incl\\
ude "spli\\
ced.h"
        #if __has_include("may.h")
        #include "may.h"
        #endif
        #import "once.h"
        #include <stdint.h>
        const char *s = "\\
        #include \\"never.h\\"";
        int x = '"'; /* " */
        __asm__(".section .rodata\\n.incbin \\"data/blob.bin\\"\\n.incbin \\"found.bin\\"\\n.text");
    """,
    "src/beside.h": '#pragma once\n#include "deeper/in.h"\n',
    "src/deeper/in.h": '#include "../beside.h"\n#include "sibling.h"\n',
    "src/deeper/sibling.h": "",
    "src/never.h": "#error never",
    "src/angle.h": "#error only for quotes",
    "src/local.h": "",
    "src/spliced.h": "",
    "src/may.h": "",
    "src/once.h": "/* gcc takes files of equal bytes for one and the same once #import is used */",
    "quote/quote.h": "#include_next <quote.h>\n",
    "quote/angle.h": "#error only for quotes",
    "inc a/quote.h": '#include_next "quote.h"\n',
    "inc a/angle.h": "#include_next <angle.h>\n",
    "inc a/board.h": "",
    "sys/quote.h": "",
    "sys/angle.h": "#include_next <angle.h>\n",
    "after/angle.h": "",
    "twice/quote.h": "#error a folder that is a system folder as well counts there\n",
    "forced.h": '#include "from_top.h"\n',
    "from_top.h": "",
    "macros.h": "",
    "data/blob.bin": "x",
    "bin/found.bin": "x",
}
FLAGS = [
    *("-iquote", "quote", "-Itwice", "-I", "inc a", "-isystem", "sys", "-isystem", "twice", "-idirafter", "after"),
    *(
        "-include",
        "forced.h",
        "-imacros",
        "macros.h",
        "-DCONFIG=<board.h>",
        "-Wa,-Ibin",
        "-Wno-deprecated",
        "-ffreestanding",
    ),
]


@pytest.mark.parametrize("compiler", COMPILERS)
def test_a_tricky_c_source(compiler: str, tmp_path: Path) -> None:
    write(tmp_path, LAYOUT)
    found = scan(tmp_path, "src/main.c", FLAGS)
    assert found.unlisted == ("bin/found.bin", "data/blob.bin")
    assert sorted({*found.files} - {*found.unlisted}) == listed(compiler, tmp_path, "src/main.c", FLAGS)


@pytest.mark.parametrize("compiler", COMPILERS)
def test_assembly(compiler: str, tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "src/start.S": '#include "regs.h"\n.include "gas.inc"\n.data\n.incbin "blob.bin"\n.incbin BLOB\n',
            "src/regs.h": '#define BLOB "other.bin"\n/* don\'t */\n',
            "src/gas.inc": "wrong: never looked for beside the source\n",
            "inc/gas.inc": '.include "inner.inc"\n',
            "inner.inc": "",
            "blob.bin": "here",
            "inc/blob.bin": "not here",
            "inc/other.bin": "x",
        },
    )
    found = scan(tmp_path, "src/start.S", ["-Iinc"])
    assert listed(compiler, tmp_path, "src/start.S", ["-Iinc"]) == ["src/regs.h", "src/start.S"]
    assert found.unlisted == ("blob.bin", "inc/gas.inc", "inc/other.bin", "inner.inc")
    assert sorted({*found.files} - {*found.unlisted}) == ["src/regs.h", "src/start.S"]
    # gas's own list, of the preprocessed text.
    flags = ["-Iinc", "-Wa,--MD,as.d"]
    listed(compiler, tmp_path, "src/start.S", flags)
    by_gas = (tmp_path / "as.d").read_text(encoding="utf-8").replace("\\\n", "").split()[1:]
    assert {normpath(word) for word in by_gas if not word.startswith("/tmp/")} <= set(found.files)


@pytest.mark.parametrize("seed", range(12))
def test_random_trees(seed: int, tmp_path: Path) -> None:
    """Headers of few names in many folders, so that the order of the search decides everywhere."""
    chance = random.Random(seed)
    names = [f"h{number}.h" for number in range(8)]
    folders = ["src", "src/sub", "q", "a", "b", "s"]
    files: dict[str, str] = {}
    for folder in folders:
        for number, name in enumerate(names):
            if chance.random() < 0.6 or folder == "s":
                # Only towards higher numbers: no cycles.
                later = names[number + 1 :]
                lines = [
                    chance.choice(['#include "{}"', "#include <{}>", "/* x */ # include <{}> // y"]).format(other)
                    for other in chance.sample(later, min(len(later), chance.randint(0, 2)))
                ]
                if folder in ("a", "b") and chance.random() < 0.3:
                    lines.append(f"#include_next <{name}>")
                files[f"{folder}/{name}"] = "".join(f"{line}\n" for line in lines)
    first = chance.sample(names, 3)
    files["src/main.c"] = f'#include "{first[0]}"\n#include <{first[1]}>\n#include "sub/../{first[2]}"\n'
    files["src/sub/keep"] = ""
    flags = ["-iquote", "q", "-Ia", "-Ib", "-isystem", "s", "-w"]
    files.setdefault(f"src/{first[2]}", "")
    write(tmp_path, files)
    assert list(scan(tmp_path, "src/main.c", flags).files) == listed("gcc", tmp_path, "src/main.c", flags)
