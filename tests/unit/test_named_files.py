"""Files that a compiler's flags name and no list of what was read mentions."""

from __future__ import annotations

import pytest

from steelmill.cc.named_files import named_files
from steelmill.cc.search_flags import parse_search_flags

FOLDERS = {
    "my.specs": ["my.specs"],
    "p/x.so": ["p/x.so"],
    "c.cfg": ["c.cfg"],
    "prof": ["prof/a.gcda", "prof/notes.txt", "prof/default.profdata"],
    "one.profdata": ["one.profdata"],
    "tools": ["tools/README", "tools/as", "tools/cc1"],
}


@pytest.mark.parametrize(
    ("flags", "files"),
    [
        ("-O2 -fprofile-arcs -fprofile-use -Bx", ()),
        ("-specs=my.specs", ("my.specs",)),
        ("--specs my.specs -specs my.specs", ("my.specs",)),
        ("-specs=nano.specs", ()),
        ("-fplugin=p/x.so -fplugin-arg-x-n=my.specs", ("p/x.so",)),
        ("-fpass-plugin=p/x.so", ("p/x.so",)),
        ("--config=c.cfg -include my.specs", ("c.cfg",)),
        ("-fprofile-use=prof", ("prof/a.gcda", "prof/default.profdata")),
        ("-fprofile-instr-use=one.profdata", ("one.profdata",)),
        ("-fauto-profile=one.profdata", ("one.profdata",)),
        ("-Btools", ("tools/as", "tools/cc1")),
        ("-B tools/", ("tools/as", "tools/cc1")),
    ],
)
def test_named_files(flags: str, files: tuple[str, ...]) -> None:
    assert named_files(["gcc", *flags.split()], FOLDERS.get) == files


@pytest.mark.parametrize("flag", ["--sysroot=s", "--sysroot s", "-isysroot s", "-isysroots"])
def test_headers_of_a_sysroot_come_before_the_last_folders(flag: str) -> None:
    found = parse_search_flags(["-idirafter", "last", *flag.split(), "-isystem", "first"])
    assert found.system == ("first", "s/include", "s/usr/include", "last")
