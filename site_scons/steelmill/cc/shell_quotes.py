"""Quotes that a SConscript writes for the shell: it runs what SCons's own builders run, and no Step."""

from __future__ import annotations

import re

_ESCAPED = re.compile(r"""[^'"\\]*\\"(?:[^"\\]|\\.)*\\["]""")
_IN_SINGLE = re.compile(r"""(?P<head>[^'"]*)'(?P<text>"[^']*")'""")


def unquote(word: str) -> str:
    r"""Give a flag as the shell would: ``-DNAME=\"text\"`` and ``-DNAME='"text"'`` become ``-DNAME="text"``.

    No other word changes. C has no use for either: a backslash outside of a string, a string in single quotes.
    """
    if match := _IN_SINGLE.fullmatch(word):
        return match["head"] + match["text"]
    if _ESCAPED.fullmatch(word):
        return re.sub(r"\\(.)", r"\1", word)
    return word
