"""Quotes for the shell in the flags of a SConscript."""

from __future__ import annotations

import shlex

import pytest

from steelmill.cc.shell_quotes import unquote


@pytest.mark.parametrize(
    "word",
    [
        r"-DNAME=\"text\"",
        r"NAME=\"a\\b\"",
        r"\"config.h\"",
        """-DNAME='"text"'""",
        """'"config.h"'""",
        r"-DNAME=\"\"",
    ],
)
def test_what_is_written_for_the_shell_is_read_as_the_shell_does(word: str) -> None:
    assert [unquote(word)] == shlex.split(word)


@pytest.mark.parametrize("word", ['-DNAME="text"', r'-DNAME="a \"b\" c"', "-DC='x'", r"-DC='\"'", r"-DNL='\n'", "-O2"])
def test_c_stays_as_it_is(word: str) -> None:
    assert unquote(word) == word
