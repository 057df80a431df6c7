"""TargetSpec: what a rustc target specification says."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple


class TargetSpec(NamedTuple):
    """A target specification, under rustc's own key names."""

    name: str
    """How the user calls it: the file's stem, or the built-in tuple. It names the build folder."""
    place: str
    """Where it comes from: a path, or ``rustc`` and the tuple for a built-in one."""
    keys: Mapping[str, Any]
    """The JSON object."""
    places: Mapping[str, str] = MappingProxyType({})
    """Key -> ``path:line`` where its value is written, where that is known; an overlay has keys of several files."""
    notes: tuple[str, ...] = ()
    """What was adapted, since the file was written for another rustc: one sentence each."""

    def place_of(self, key: str) -> str:
        """Give where the value of ``key`` is written, else where the specification comes from."""
        return self.places.get(key, self.place)

    def get(self, key: str, default: Any = None) -> Any:
        """Give the value of ``key``, or ``default`` where the specification does not have it."""
        return self.keys.get(key, default)

    @property
    def arch(self) -> str:
        """Rustc's ``target_arch``."""
        return str(self.keys["arch"])

    @property
    def llvm_target(self) -> str:
        """LLVM's name of the target."""
        return str(self.keys["llvm-target"])

    @property
    def cpu(self) -> str | None:
        """LLVM's name of the processor, or None for the architecture's generic one."""
        return self.keys.get("cpu")

    @property
    def features(self) -> tuple[str, ...]:
        """LLVM features with their sign, in the order written: ``("+m", "-sse")``."""
        return tuple(word for word in str(self.keys.get("features", "")).split(",") if word)

    @property
    def pointer_width(self) -> int:
        """Bits of a pointer. A string before rustc 1.91, an integer since."""
        return int(self.keys["target-pointer-width"])
