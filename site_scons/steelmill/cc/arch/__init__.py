"""One file per architecture; a new one is a file here and a line below."""

from __future__ import annotations

from collections.abc import Mapping

from steelmill.cc.arch.aarch64 import AARCH64
from steelmill.cc.arch.arm import ARM
from steelmill.cc.arch.model import Arch
from steelmill.cc.arch.riscv import RISCV
from steelmill.cc.arch.x86 import X86, X86_64

ARCHES: Mapping[str, Arch] = {
    "x86_64": X86_64,
    "x86": X86,
    "arm": ARM,
    "aarch64": AARCH64,
    "riscv32": RISCV,
    "riscv64": RISCV,
}
"""By rustc's ``target_arch``."""
