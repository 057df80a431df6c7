from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelmill.cc.include_scan import IncludeScan, IncludeSearch, resolve, scan_includes
from steelmill.cc.text_scan import CScan, scan_c_text

NOWHERE = IncludeSearch()


def scan(files: Mapping[str, str], search: IncludeSearch = NOWHERE, path: str = "src/m.c") -> IncludeScan:
    found = scan_includes(path, files.get, search)
    # A scan that went through JSON, as a cache keeps it, gives the same.
    kept = {name: json.loads(json.dumps(scan_c_text(text))) for name, text in files.items()}
    assert resolve(path, lambda name: CScan(*kept[name]) if name in kept else None, search) == found
    return found


def listed(text: str, *others: str, search: IncludeSearch = NOWHERE, path: str = "src/m.c") -> list[str]:
    """Which of the other files the source ``text`` brings in."""
    found = scan({path: text, **dict.fromkeys(others, "")}, search, path)
    return [name for name in found.files if name != path]


def test_quotes_look_beside_the_file_first_then_along_the_chain() -> None:
    search = IncludeSearch(quote=("q",), system=("i", "s"))
    everywhere = ["src/x.h", "q/x.h", "i/x.h", "s/x.h"]
    for nearest in range(4):
        assert listed('#include "x.h"', *everywhere[nearest:], search=search) == [everywhere[nearest]]
    for nearest in range(2, 4):
        assert listed("#include <x.h>", *everywhere[nearest:], search=search) == [everywhere[nearest]]
    assert listed("#include <x.h>", "src/x.h", "q/x.h", search=search) == []


def test_headers_are_followed_from_their_own_folders() -> None:
    files = {
        "src/m.c": '#include "../inc/a.h"',
        "inc/a.h": '#include "sub/b.h"\n#include <c.h>',
        "inc/sub/b.h": '#include "../a.h"',
        "s/c.h": "#import <c.h>",
    }
    assert scan(files, IncludeSearch(system=("s",))) == IncludeScan(tuple(sorted(files)), ())


def test_what_is_not_found_is_absent_wherever_it_was_looked_for() -> None:
    search = IncludeSearch(quote=("q",), system=("i",))
    assert scan({"src/m.c": '#include "x.h"'}, search).absent == ("i/x.h", "q/x.h", "src/x.h")
    assert scan({}).absent == ("src/m.c",)
    assert scan({"src/m.c": '#include "/abs/x.h"'}, search).absent == ("/abs/x.h",)


def test_forced_includes_start_from_the_working_directory() -> None:
    search = IncludeSearch(system=("i",), forced=("f.h", "g.h"))
    files = {"src/m.c": "", "f.h": '#include "h.h"', "src/f.h": "", "h.h": "", "i/g.h": ""}
    assert scan(files, search).files == ("f.h", "h.h", "i/g.h", "src/m.c")


def test_include_next_goes_on_behind_the_folder_that_was_found() -> None:
    search = IncludeSearch(quote=("q",), system=("a", "b", "c"))
    files = {
        "src/m.c": "#include <x.h>\n#include_next <y.h>",
        "a/x.h": "#include_next <x.h>",
        "b/x.h": '#include_next "x.h"',
        "c/x.h": "",
        "a/y.h": "",
    }
    assert scan(files, search).files == tuple(sorted(files))
    own = {"src/m.c": '#include "x.h"', "src/x.h": '#include_next "x.h"', "q/x.h": ""}
    assert scan(own, search).files == ("q/x.h", "src/m.c", "src/x.h")


@pytest.mark.parametrize(
    "text",
    [
        '#include "x.h"',
        '  # \t include"x.h" // why',
        '/* c */ #/**/include/* c */"x.h"',
        '#incl\\\nude \\\r\n "x.h"',
        '#if 0\n#include "x.h"\n#endif',
        '#define H "x.h"\n#include H',
        '#include H\n#define G H2 /* c */\n#define H G\n#define H2 "x.h" // c\r\n',
        '#if __has_include("x.h")\n#endif',
        '#if defined(X) && __has_include ( <../src/x.h> )\n#endif\n#include "../src/x.h"',
        '#error don\'t\n#include "x.h"\n',
        "int a = 1'000'000; char q = '\"'; \n#include \"x.h\"\n",
        'const char *s = "/*";\n#include "x.h"\n/* */',
        'auto s = R"x(")" /* )x";\n#include "x.h"\n',
        'const unsigned char b[] = {\n#embed "x.h" limit(4)\n};',
        '__asm__(".incbin \\"src/x.h\\"\\n");',
        '#define F "src/x.h"\n__asm__("b: .incbin \\"" F "\\", 4\\n");',
        '__asm__(R"(.incbin "src/x.h")");',
        'INCBIN(blob, "src/x.h");',
    ],
)
def test_mentions(text: str) -> None:
    assert listed(text, "src/x.h") == ["src/x.h"]


@pytest.mark.parametrize(
    "text",
    [
        '// #include "x.h"',
        '// spliced \\\n#include "x.h"',
        '/*\n#include "x.h"\n*/',
        'const char *s = "\\n#include \\"x.h\\"";',
        'auto s = R"x(\n#include "x.h"\n)x";',
        '#include_x "x.h"\n#includes "x.h"',
        '#define F(a) "x.h"\n#include F(1)',
        '#define H "x.h" "y"\n#include H',
        "#include H\n#define H H",
        "#include <>",
    ],
)
def test_what_only_looks_like_a_mention(text: str) -> None:
    assert listed(text, "src/x.h") == []


def test_computed_includes_by_the_command_line_and_by_other_files() -> None:
    files = {
        "src/m.c": '#include "early.h"\n#include "late.h"',
        "src/early.h": "#include CONFIG",
        "src/late.h": "#define CONFIG <c.h>",
        "i/c.h": "#include BOARD",
        "i/board.h": "",
    }
    search = IncludeSearch(system=("i",), defines=(("BOARD", '"board.h"'), ("X", None)))
    assert scan(files, search).files == tuple(sorted(files))


def test_gas_searches_the_working_directory_then_its_own_folders() -> None:
    source = '@ don\'t "\n.include "a.inc"\nx: .incbin "b.bin", 4, 8\n.incbin BLOB\n#include "src.h"\n'
    files = {
        "src/m.S": source,
        "src/src.h": "",
        "src/b.bin": "",
        "a.inc": '.incbin "c.bin"\n#include "no.h"',
        "no.h": "",
        "i/b.bin": "",
        "i/c.bin": "",
        "j/d.bin": "",
    }
    search = IncludeSearch(system=("j",), assembler=("i", "j"), defines=(("BLOB", '"d.bin"'),))
    found = scan(files, search, "src/m.S")
    assert found.files == ("a.inc", "i/b.bin", "i/c.bin", "j/d.bin", "src/m.S", "src/src.h")
    assert found.unlisted == ("a.inc", "i/b.bin", "i/c.bin", "j/d.bin")
    # Without folders of its own gas is given those of the preprocessor.
    assert scan({"m.s": '.incbin "x"', "j/x": ""}, IncludeSearch(system=("j",)), "m.s").files == ("j/x", "m.s")


def test_bytes_are_not_read_where_existence_suffices() -> None:
    read: list[str] = []

    def remember(path: str) -> str | None:
        read.append(path)
        return '#embed "b.bin"\n__asm__(".incbin \\"c.bin\\"");' if path == "m.c" else None

    found = scan_includes("m.c", remember, IncludeSearch(), exists=lambda path: path.endswith(".bin"))
    assert found.files == ("b.bin", "c.bin", "m.c")
    assert read == ["m.c"]


FRAGMENTS = st.sampled_from(
    [
        '#include "x.h"',
        "#include <x.h>",
        "#include M",
        '#define M "x.h"',
        "#define M N",
        "#define N M",
        '"',
        "'",
        "/*",
        "*/",
        "//",
        "\n",
        "\\\n",
        'R"(',
        ')"',
        ".incbin ",
        '".incbin \\"',
        '\\""',
        "#include_next",
        "__has_include(",
        "#embed",
        "INCBIN(",
    ]
)


@given(st.lists(FRAGMENTS | st.text(max_size=4), max_size=25))
def test_no_text_makes_it_fail(fragments: list[str]) -> None:
    text = " ".join(fragments)
    scan({"src/m.c": text, "src/x.h": text, "i/x.h": text}, IncludeSearch(system=("i", "j"), forced=("src/x.h",)))
