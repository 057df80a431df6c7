"""Files that a command line names by ``@``."""

from __future__ import annotations

import pytest

from steelmill.argument_files import argument_files

FILES = {"a": "-O2 @b '@c d'", "b": "@a -g", "c": "", "w": "-x"}


@pytest.mark.parametrize(
    ("argv", "files"),
    [
        (["gcc", "-O2", "x@y.c"], ()),
        (["gcc", "@w"], ("w",)),
        (["gcc", "@a"], ("a", "b", "c")),
        (["gcc", "-Wa,-g,@w", "-Wl,@c"], ("w", "c")),
        (["gcc", "@missing", "@"], ()),
    ],
    ids=["none", "one", "nested-in-a-circle", "handed-on", "missing"],
)
def test_argument_files(argv: list[str], files: tuple[str, ...]) -> None:
    assert argument_files(argv, FILES.get) == files
