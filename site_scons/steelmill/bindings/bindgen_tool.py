"""BindgenTool: bindgen with the libclang that it loads to read headers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from steelmill.errors import ToolchainError
from steelmill.step import Tool

OLDEST = (0, 60)
"""The first one that lists what it read and keeps its hands off the include paths when asked to."""

_NEW_NAMES = (0, 62)
"""The first one that understands how libclang 16 and newer name what has no name in C."""
_NEWEST_FOR_OLD = 15

_ESCAPES_BLANKS = (0, 66)
"""The first one in whose list of files a name may hold a blank."""

LIBRARY_PATTERNS = ("libclang.so*", "libclang-[0-9]*.so*", "libclang.dylib")
"""Names of libclang in a folder."""

LIBRARY_FOLDERS = (
    "/usr/lib/llvm-*/lib",
    "/usr/lib64/llvm*/lib64",
    "/usr/lib64",
    "/usr/lib",
    "/usr/lib/*-linux-gnu",
    "/usr/local/lib",
    "/opt/homebrew/opt/llvm/lib",
    "/usr/local/opt/llvm/lib",
)
"""Where it may lie, as globs. Only from LLVM's own folder does it find its own headers on Debian, so that one is
first."""


class Libclang(NamedTuple):
    """A libclang on this machine."""

    path: str
    real: str
    """With all links followed; its name tells the release."""

    @property
    def release(self) -> int:
        """LLVM's major number; 0 where the name does not tell."""
        match = re.search(r"libclang(?:-|\.so\.)(\d+)", self.real) or re.search(r"/llvm-?(\d+)", self.path)
        return int(match[1]) if match else 0


class BindgenTool(NamedTuple):
    """A bindgen and what it is able to do."""

    program: str
    version: tuple[int, int]
    options: frozenset[str]
    """Names of the options that it knows, with their hyphens."""
    pretty: bool
    """It can lay out what it writes without rustfmt."""
    libclang: str
    """Path of the library, as ``LIBCLANG_PATH`` takes it."""
    clang: tuple[int, int]
    """The release of clang in the library."""
    identity: str
    """Digest of the program, the library and the libraries behind it."""

    @property
    def lists_every_file(self) -> bool:
        """False where its list cannot be relied on."""
        return self.version >= _ESCAPES_BLANKS

    @property
    def tool(self) -> Tool:
        """Bindgen as a tool of a Step."""
        numbers = ".".join(map(str, self.version))
        return Tool(f"bindgen {numbers} with clang {self.clang[0]}", self.identity)


def parse_version(program: str, said: str) -> tuple[int, int]:
    """Read ``bindgen --version``; raise ToolchainError for another program and for one that is too old."""
    match = re.search(r"^bindgen (\d+)\.(\d+)", said, re.MULTILINE)
    if match is None:
        first = next(iter(said.splitlines()), "nothing")
        raise ToolchainError(
            f"{program} --version printed {first!r}; expected bindgen and its version",
            remedy="put the bindgen of bindgen-cli first on PATH",
        )
    version = int(match[1]), int(match[2])
    if version < OLDEST:
        raise ToolchainError(
            f"{program} is bindgen {match[1]}.{match[2]}; expected {OLDEST[0]}.{OLDEST[1]} or newer",
            remedy="install a newer one: cargo install --locked bindgen-cli",
        )
    return version


def parse_options(text: str) -> frozenset[str]:
    """Read the names of options out of ``bindgen --help``."""
    return frozenset(re.findall(r"(?<![\w-])--[a-z][\w-]+", text))


def parse_clang(said: str) -> tuple[int, int] | None:
    """Read clang's release out of ``bindgen --version --verbose``; None where libclang could not be loaded."""
    match = re.search(r"^Clang: .*?version (\d+)\.(\d+)", said, re.MULTILINE)
    return (int(match[1]), int(match[2])) if match else None


def newest_for(version: tuple[int, int]) -> int | None:
    """Give the newest release of libclang that a bindgen understands; None where no limit is known."""
    return _NEWEST_FOR_OLD if version < _NEW_NAMES else None


def choose_libclang(found: Sequence[Libclang], version: tuple[int, int]) -> Libclang | None:
    """Give the newest libclang that a bindgen of ``version`` understands; of equal ones the first."""
    newest = newest_for(version)
    fit = [library for library in found if newest is None or library.release <= newest]
    return max(fit, key=lambda library: library.release, default=None)


def missing_libclang(found: Sequence[Libclang], version: tuple[int, int], looked: str, remedy: str) -> ToolchainError:
    """Say that no libclang serves and which there are; ``looked`` says where it was looked for."""
    newest = newest_for(version)
    limit = f"; expected release {newest} or older" if newest is not None and found else ""
    seen = ", ".join(f"{library.path}, release {library.release}" for library in found) or "none"
    return ToolchainError(
        f"no libclang by which bindgen {version[0]}.{version[1]} could read headers{limit}",
        details=[("found", seen), ("looked in", looked)],
        remedy=remedy,
    )
