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
_BEFORE_ARCH_ENABLED = (0, 1, 146)
"""Releases before this one, which came with 1.86, say by features what ``arch_enabled`` and its like say since."""
_OLD_FEATURES = ('feature="unstable"', 'feature="force-soft-floats"')
_WITHOUT_F16 = (
    "arm64ec", "csky", "hexagon", "loongarch64", "mips", "mips32r6", "mips64", "mips64r6", "powerpc", "powerpc64",
    "s390x", "sparc", "sparc64", "wasm32", "wasm64",
)  # fmt: skip
_WITHOUT_F128 = ("amdgpu", "arm64ec", "mips64", "mips64r6", "nvptx64", "sparc")
"""Architectures that a release from the registry leaves out, by its configure.rs; rustc itself does not tell yet."""
_UNALIGNED_ARCHES = ("x86", "x86_64", "aarch64", "bpf")
_THUMB_1 = ("thumbv6m", "thumbv8m.base")
_UNOPTIMIZED = ("0", "1")


def builtins_cfgs(
    spec: TargetSpec, cfg: Cfg, opt_level: str, mem: bool, registry: str | None = None
) -> tuple[str, ...]:
    """Give the ``--cfg`` values for compiler_builtins, as its ``configure.rs`` and ``build.rs`` mean them.

    ``cfg`` is what ``rustc --print cfg`` says of the target; ``mem`` asks for memcpy and its family. ``registry`` is
    the version of one that does not come with rust-src.
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
        "f16_enabled": spec.arch not in _WITHOUT_F16 if registry else cfg.has("target_has_reliable_f16"),
        "f128_enabled": spec.arch not in _WITHOUT_F128 if registry else cfg.has("target_has_reliable_f128"),
    }
    old = registry is not None and tuple(map(int, registry.split("."))) < _BEFORE_ARCH_ENABLED
    return (*_ALWAYS, *(_OLD_FEATURES if old else ()), *(name for name, holds in conditional.items() if holds))
