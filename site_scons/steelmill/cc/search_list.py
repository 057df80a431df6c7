"""The folders in which a C compiler itself looks for headers, as it tells them.

Follows ``-v`` in "Overall Options" of the GCC manual; clang prints the same.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence


def search_list_request(cc: str, flags: Sequence[str]) -> tuple[str, ...]:
    """Give the command whose standard error holds the list."""
    return (cc, *flags, "-v", "-E", "-x", "c", "/dev/null")


def parse_search_list(stderr: str) -> tuple[str, ...]:
    """Read the folders of ``#include <...>``, in order; none where there is no list."""
    match = re.search(r"^#include <\.\.\.> search starts here:\n((?: .*\n)*)", stderr, re.MULTILINE)
    return tuple(posixpath.normpath(line.strip()) for line in match[1].splitlines()) if match else ()
