from __future__ import annotations

import pytest

from steelmill.cc.include_scan import IncludeSearch
from steelmill.cc.search_flags import SearchFlags, parse_search_flags


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("-Ia -I b --include-directory=c --include-directory d", SearchFlags(include=("a", "b", "c", "d"))),
        ("-iquote a -iquoteb", SearchFlags(quote=("a", "b"))),
        ("-idirafter z -isystem a -isystemb", SearchFlags(system=("a", "b", "z"))),
        ("-include a.h -imacros b.h -includec.h --include=d.h", SearchFlags(forced=("b.h", "a.h", "c.h", "d.h"))),
        ("-DA -D B=1 -DC=\"x.h\" -UA --define-macro=E", SearchFlags(defines=(("B", "1"), ("C", '"x.h"'), ("E", None)))),
        ("-Wa,-Ia,-I,b,-g", SearchFlags(assembler=("a", "b"))),
        ("-Xassembler -Ia -Xassembler -I -Xassembler b", SearchFlags(assembler=("a", "b"))),
        ("-Wp,-Ia -Xpreprocessor -DX=y", SearchFlags(include=("a",), defines=(("X", "y"),))),
        ("--embed-dir=a", SearchFlags(embed=("a",))),
        ("-Ia -Ib/. -isystem b", SearchFlags(include=("a",), system=("b",))),
        ("-o -Ia -MF -Ib -O2 -c x.c -mcpu=cortex-m4 -I", SearchFlags(include=("",))),
        ("--sysroot=/x", SearchFlags(system=("/x/include", "/x/usr/include"))),
    ],
)  # fmt: skip
def test_flags(flags: str, expected: SearchFlags) -> None:
    found = parse_search_flags(flags.split())
    if not expected.assembler:
        found = found._replace(assembler=())
    assert found == expected


def test_the_driver_hands_its_folders_on_to_gas() -> None:
    assert parse_search_flags(["-Ia", "-Wa,-Ib", "-isystem", "c"]).assembler == ("a", "b")


def test_the_search_that_flags_make() -> None:
    flags = ["-Ia", "-iquote", "q", "-isystem", "s", "-include", "f.h", "-DX=1"]
    assert parse_search_flags(flags).search() == IncludeSearch(
        quote=("q",), system=("a", "s"), forced=("f.h",), defines=(("X", "1"),), assembler=("a",)
    )
