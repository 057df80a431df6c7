"""RustToolchain: one rustc with the rust-src that belongs to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from steelmill.errors import ToolchainError
from steelmill.rustc.builtins_source import LockedBuiltins
from steelmill.step import OUT, Tool

OLDEST = (1, 85)
"""The oldest release: edition 2024 begins with it."""
_IMMEDIATE_ABORT = (1, 92)
"""The first release with ``-Cpanic=immediate-abort``; before, it is a feature of core."""


@dataclass(frozen=True)
class Version:
    """What ``rustc -vV`` says."""

    release: str
    """``1.96.0``, ``1.98.0-nightly``."""
    commit: str
    """Hash of rustc's source, or ``unknown``."""
    host: str
    """The tuple it runs on."""
    llvm: str

    @property
    def numbers(self) -> tuple[int, int]:
        """Major and minor number."""
        major, minor = self.release.split(".")[:2]
        return int(major), int(minor)

    @property
    def is_nightly(self) -> bool:
        """True where unstable options need no RUSTC_BOOTSTRAP."""
        return "nightly" in self.release or "-dev" in self.release


@dataclass(frozen=True)
class RustToolchain:
    """A rustc, its library sources and what was learned of both."""

    rustc: str
    """Absolute path of the real binary, no proxy."""
    sysroot: str
    library: str
    """Absolute path of rust-src's ``library`` folder."""
    version: Version
    rustc_identity: str
    """Digest of the compiler's binaries."""
    library_identity: str
    """Digest of the library's sources."""
    unstable: frozenset[str]
    """Names of the ``-Z`` options that it knows."""
    editions: Mapping[str, str]
    """Edition of each crate of the library, by crate name."""
    loader_path: str = ""
    """``LD_LIBRARY_PATH`` where the compiler needs one, else empty."""
    builtins: LockedBuiltins | None = None
    """The compiler_builtins that the library takes from the registry; None where rust-src holds it."""

    @property
    def knows_immediate_abort(self) -> bool:
        """Whether a panic can end at once without a feature of core."""
        return self.version.numbers >= _IMMEDIATE_ABORT

    @property
    def env(self) -> tuple[tuple[str, str], ...]:
        """The complete environment of a rustc run."""
        loader = (("LD_LIBRARY_PATH", self.loader_path),) if self.loader_path else ()
        unlock = () if self.version.is_nightly else (("RUSTC_BOOTSTRAP", "1"),)
        return (("LC_ALL", "C.UTF-8"), *loader, ("PATH", "/usr/bin:/bin"), *unlock, ("TMPDIR", OUT))

    @property
    def compiler(self) -> Tool:
        """The compiler as a tool of a Step."""
        return Tool(
            f"rustc {self.version.release}", f"{self.version.commit} llvm {self.version.llvm} {self.rustc_identity}"
        )

    @property
    def library_sources(self) -> Tool:
        """The library's sources as a tool of a Step: 2000 files in one value."""
        return Tool(f"rust-src {self.version.release}", self.library_identity)


def parse_version(text: str) -> Version:
    """Read the output of ``rustc -vV``; raise ToolchainError where it is none."""
    rows = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
    if "release" not in rows or "host" not in rows:
        first = text.strip().splitlines()[0] if text.strip() else "nothing"
        raise ToolchainError(f"`rustc -vV` printed {first!r}; expected its version", remedy="point rustc= at a rustc")
    return Version(
        release=rows["release"],
        commit=rows.get("commit-hash", "unknown"),
        host=rows["host"],
        llvm=rows.get("LLVM version", "unknown"),
    )


def age_fault(version: Version) -> str:
    """Say what is wrong with a release that is too old to build with; empty where it will do."""
    if version.numbers >= OLDEST:
        return ""
    return f"rustc {version.release} is too old: it takes {'.'.join(map(str, OLDEST))} or newer"


def parse_unstable_options(text: str) -> frozenset[str]:
    """Read the names out of ``rustc -Zhelp``."""
    rows = (line.strip() for line in text.splitlines())
    return frozenset(row.removeprefix("-Z ").split("=")[0].strip() for row in rows if row.startswith("-Z "))


def parse_edition(cargo_toml: str) -> str:
    """Read ``edition`` out of the Cargo.toml of a library crate; 2015 where it has none, as cargo does."""
    for line in cargo_toml.splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "edition":
            return value.partition("#")[0].strip().strip("\"'")
    return "2015"
