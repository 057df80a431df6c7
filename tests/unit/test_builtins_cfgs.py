from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from rust_examples import SYSTEM_RUSTC, THUMB_KEYS, ask_rustc, built_in_cfg, built_in_spec, spec_of
from steelmill.rustc.builtins import builtins_cfgs
from steelmill.rustc.cfg import Cfg, parse_cfg

NO_CFG = Cfg()

TARGETS = (
    "aarch64-unknown-none",
    "aarch64-unknown-none-softfloat",
    "armv4t-none-eabi",
    "armv7a-none-eabi",
    "armv7r-none-eabihf",
    "i686-unknown-linux-gnu",
    "i586-unknown-linux-gnu",
    "loongarch64-unknown-none",
    "riscv32i-unknown-none-elf",
    "riscv32imac-unknown-none-elf",
    "riscv64gc-unknown-none-elf",
    "thumbv6m-none-eabi",
    "thumbv7em-none-eabihf",
    "thumbv7m-none-eabi",
    "thumbv8m.base-none-eabi",
    "thumbv8m.main-none-eabihf",
    "x86_64-unknown-none",
)


def test_mem_is_the_users_choice_whatever_the_file_is_called() -> None:
    for name in ("board", "thumbv7em-none-eabihf"):
        spec = spec_of(THUMB_KEYS, name)
        assert 'feature="mem"' in builtins_cfgs(spec, NO_CFG, "s", mem=True)
        assert 'feature="mem"' not in builtins_cfgs(spec, NO_CFG, "s", mem=False)


@pytest.mark.parametrize("level", ["0", "1", "2", "3", "s", "z"])
def test_the_optimized_forms_are_for_optimized_code(level: str) -> None:
    cfgs = builtins_cfgs(spec_of(THUMB_KEYS), NO_CFG, level, mem=False)
    assert ("optimizations_enabled" in cfgs) is (level not in ("0", "1"))


@pytest.mark.parametrize(
    ("llvm_target", "thumb", "thumb_1"),
    [
        ("thumbv6m-none-eabi", True, True),
        ("thumbv8m.base-none-eabi", True, True),
        ("thumbv8m.main-none-eabi", True, False),
        ("thumbv7em-none-eabihf", True, False),
        ("armv7r-none-eabihf", False, False),
    ],
)
def test_thumb_comes_from_llvms_target_not_from_the_name(llvm_target: str, thumb: bool, thumb_1: bool) -> None:
    cfgs = builtins_cfgs(spec_of({**THUMB_KEYS, "llvm-target": llvm_target}, "board"), NO_CFG, "s", mem=False)
    assert ("thumb" in cfgs, "thumb_1" in cfgs) == (thumb, thumb_1)


@pytest.mark.parametrize(
    ("arch", "unaligned"), [("x86", True), ("x86_64", True), ("aarch64", True), ("bpf", True), ("riscv32", False)]
)
def test_some_processors_read_unaligned_words(arch: str, unaligned: bool) -> None:
    cfgs = builtins_cfgs(spec_of({"arch": arch, "llvm-target": arch}), NO_CFG, "s", mem=False)
    assert ('feature="mem-unaligned"' in cfgs) is unaligned


def test_an_x86_without_sse_is_told_apart() -> None:
    x86 = spec_of({"arch": "x86", "llvm-target": "i686-unknown-none"})
    with_sse = parse_cfg('target_feature="sse"')
    assert "x86_no_sse" in builtins_cfgs(x86, NO_CFG, "s", mem=False)
    assert "x86_no_sse" not in builtins_cfgs(x86, with_sse, "s", mem=False)
    assert "x86_no_sse" not in builtins_cfgs(built_in_spec("x86_64-unknown-none"), NO_CFG, "s", mem=False)


def test_half_and_quad_floats_follow_rustc() -> None:
    reliable = parse_cfg("target_has_reliable_f16\ntarget_has_reliable_f128\n")
    assert {"f16_enabled", "f128_enabled"} <= set(builtins_cfgs(spec_of(THUMB_KEYS), reliable, "s", mem=False))
    assert not {"f16_enabled", "f128_enabled"} & set(builtins_cfgs(spec_of(THUMB_KEYS), NO_CFG, "s", mem=False))


@pytest.fixture(scope="session")
def build_script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile compiler_builtins' own build script."""
    sysroot = ask_rustc("--print", "sysroot").strip()
    folder = Path(sysroot) / "lib/rustlib/src/rust/library/compiler-builtins/compiler-builtins"
    if not (folder / "configure.rs").exists():
        pytest.skip(f"no compiler_builtins in the rust-src of {SYSTEM_RUSTC}; apt install rust-web-src or rust-src")
    program = tmp_path_factory.mktemp("builtins") / "build-script"
    ask_rustc("--edition=2024", "--cap-lints=allow", str(folder / "build.rs"), "-o", str(program))
    return program


def asked_cfgs(program: Path, name: str, opt_level: str) -> set[str]:
    """Run the build script as cargo does and take the cfgs it asks for."""
    cfg = built_in_cfg(name)
    environment = {
        "TARGET": name,
        "OPT_LEVEL": opt_level,
        "CARGO_CFG_TARGET_FEATURE": ",".join(cfg.values("target_feature")),
        **{
            f"CARGO_CFG_{key.upper()}": cfg.value(key) or ""
            for key in ("target_arch", "target_os", "target_vendor", "target_env", "target_endian")
        },
        "CARGO_CFG_TARGET_POINTER_WIDTH": cfg.value("target_pointer_width") or "",
        **{f"CARGO_CFG_{key.upper()}": "" for key, value in cfg.options if "reliable" in key and value is None},
    }
    said = subprocess.run(
        [program], env=environment, cwd=os.path.dirname(program), capture_output=True, text=True, check=True
    ).stdout
    marks = ("cargo:rustc-cfg=", "cargo::rustc-cfg=")
    return {line.removeprefix(mark) for line in said.splitlines() for mark in marks if line.startswith(mark)}


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("opt_level", ["1", "s"])
def test_the_cfgs_are_those_of_the_build_script(build_script: Path, name: str, opt_level: str) -> None:
    asked = asked_cfgs(build_script, name, opt_level)
    mem = 'feature="mem"' in asked
    cfgs = builtins_cfgs(built_in_spec(name), built_in_cfg(name), opt_level, mem)
    # the feature of the crate itself comes from cargo, not from its build script
    assert set(cfgs) - {'feature="compiler-builtins"'} == asked


@pytest.mark.parametrize(
    ("registry", "arch", "there", "absent"),
    [
        ("0.1.140", "arm", {'feature="unstable"', "f16_enabled", "f128_enabled"}, set()),
        ("0.1.140", "loongarch64", {'feature="unstable"', "f128_enabled"}, {"f16_enabled"}),
        ("0.1.158", "arm", {"arch_enabled", "f16_enabled"}, {'feature="unstable"', 'feature="force-soft-floats"'}),
    ],
)
def test_a_release_of_the_registry_is_configured_as_its_own_script_would(
    registry: str, arch: str, there: set[str], absent: set[str]
) -> None:
    cfgs = set(builtins_cfgs(spec_of({**THUMB_KEYS, "arch": arch}), NO_CFG, "s", mem=False, registry=registry))
    assert there <= cfgs
    assert not absent & cfgs
