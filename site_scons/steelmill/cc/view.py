"""What the C side reads of a target: the specification and rustc's cfg, as protocols."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Protocol


class TargetView(Protocol):
    """A target specification, under rustc's own key names."""

    @property
    def place(self) -> str:
        """Where it comes from, for messages."""

    @property
    def arch(self) -> str:
        """Rustc's ``target_arch``."""

    @property
    def llvm_target(self) -> str:
        """LLVM's name of the target."""

    @property
    def cpu(self) -> str | None:
        """LLVM's name of the processor, or None."""

    @property
    def features(self) -> tuple[str, ...]:
        """LLVM features with their sign, in the order written."""

    def get(self, key: str, default: Any = None) -> Any:
        """Give the value of ``key``, or ``default``."""


class CfgView(Protocol):
    """What ``rustc --print cfg`` says."""

    def values(self, name: str) -> Collection[str]:
        """Give all values of ``name``; none where it is unset."""
