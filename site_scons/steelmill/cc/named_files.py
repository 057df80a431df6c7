"""Files that a compiler's flags name and that its own list of what it read leaves out.

Follows "Spec Files", "Directory Options" and "Instrumentation Options" of the GCC manual and the Clang command line
reference, https://clang.llvm.org/docs/ClangCommandLineReference.html. What a C library's folder brings (--sysroot) are
headers: search_flags.py knows them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from steelmill.cc.search_flags import group_options
from steelmill.cc.toolchain import ROLES

_FILE = re.compile(
    r"(?:--?specs|--config|-fplugin|-fpass-plugin|-fauto-profile|-fprofile-(?:use|instr-use|sample-use)|"
    r"-fprofile-(?:list|remapping-file)|-fsanitize-(?:ignorelist|blacklist)|-frandomize-layout-seed-file|"
    r"-fxray-attr-list)[= ](.+)"
)
_PROGRAMS = re.compile(r"-B ?(.+)")
_COUNTERS = (".gcda", ".profdata")


def named_files(argv: Sequence[str], files_in: Callable[[str], Iterable[str] | None]) -> tuple[str, ...]:
    """List the files that flags name, in order; a name without a file behind it is the compiler's own to find.

    ``files_in`` gives the paths of the files in a folder, a file's own path, or None for what does not exist.
    """
    flags = (" ".join(words) for words in group_options(argv))
    return tuple(dict.fromkeys(path for flag in flags for path in _files_of(flag, files_in)))


def _files_of(flag: str, files_in: Callable[[str], Iterable[str] | None]) -> Iterator[str]:
    if file := _FILE.fullmatch(flag):
        # of a folder, the counters that runs of the program have left there
        yield from (path for path in files_in(file[1]) or () if path == file[1] or path.endswith(_COUNTERS))
    elif folder := _PROGRAMS.fullmatch(flag):
        yield from (path for path in files_in(folder[1].rstrip("/")) or () if path.rpartition("/")[2] in ROLES)
