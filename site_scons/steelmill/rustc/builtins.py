"""The cfgs of compiler_builtins, which its build script would derive partly from the target file's name."""

from __future__ import annotations

from steelmill.rustc.cfg import Cfg
from steelmill.target_spec.model import TargetSpec

_ALWAYS = (
    'feature="compiler-builtins"',
    'feature="unstable-intrinsics"',
    "intrinsics_enabled",
    "arch_enabled",
)
_UNALIGNED_ARCHES = ("x86", "x86_64", "aarch64", "bpf")
_THUMB_1 = ("thumbv6m", "thumbv8m.base")
_UNOPTIMIZED = ("0", "1")


def builtins_cfgs(spec: TargetSpec, cfg: Cfg, opt_level: str, mem: bool) -> tuple[str, ...]:
    """Give the ``--cfg`` values for compiler_builtins, as its ``configure.rs`` and ``build.rs`` mean them.

    ``cfg`` is what ``rustc --print cfg`` says of the target; ``mem`` asks for memcpy and its family.
    """
    head = spec.llvm_target.split("-")[0]
    conditional = {
        'feature="mem"': mem,
        'feature="mem-unaligned"': spec.arch in _UNALIGNED_ARCHES,
        "optimizations_enabled": opt_level not in _UNOPTIMIZED,
        "thumb": head.startswith("thumb"),
        "thumb_1": head in _THUMB_1,
        "kernel_user_helpers": head in ("armv4t", "armv5te"),
        "x86_no_sse": spec.arch == "x86" and not cfg.has("target_feature", "sse"),
        "f16_enabled": cfg.has("target_has_reliable_f16"),
        "f128_enabled": cfg.has("target_has_reliable_f128"),
    }
    return (*_ALWAYS, *(name for name, holds in conditional.items() if holds))
