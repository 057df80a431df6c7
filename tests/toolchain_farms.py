"""Toolchains made of links to the installed ones, with a binary of their own to change."""

from __future__ import annotations

import shutil
from pathlib import Path

from rust_examples import SYSTEM_RUSTC

RUSTC = """\
#!/bin/sh
[ "$*" != "--print sysroot" ] || exec echo "{farm}"
for word; do
  case $word in
    --crate-name=core | --crate-name=compiler_builtins | --crate-name=alloc) library=${{word#*=}} ;;
    --out-dir=*) out=${{word#*=}} ;;
  esac
done
[ -n "$library" ] || exec {rustc} "$@"
cp "{sysroot}/lib$library.rlib" "{sysroot}/lib$library.rmeta" "{sysroot}/$library.d" "$out"
"""


def cross_gcc_farm(farm: Path) -> Path:
    """Make a cross gcc of links, but for the drivers and cc1; give the path of cc1."""
    driver = shutil.which("arm-none-eabi-gcc")
    assert driver is not None
    usr = Path(driver).resolve().parent.parent
    (version,) = (usr / "lib/gcc/arm-none-eabi").iterdir()
    own = farm / "lib/gcc/arm-none-eabi" / version.name
    own.mkdir(parents=True)
    for path in version.iterdir():
        if path.name == "cc1":
            shutil.copy2(path, own)
        else:
            (own / path.name).symlink_to(path)
    (farm / "lib/arm-none-eabi").symlink_to(usr / "lib/arm-none-eabi")
    (farm / "bin").mkdir()
    for path in (usr / "bin").glob("arm-none-eabi-*"):
        if path.name in ("arm-none-eabi-gcc", "arm-none-eabi-g++"):
            # the driver looks for the others beside its real path
            shutil.copy2(path, farm / "bin")
        else:
            (farm / "bin" / path.name).symlink_to(path)
    return own / "cc1"


def rustc_farm(farm: Path, sysroot: Path) -> tuple[Path, Path]:
    """Make a Rust toolchain of links, but for rustc and core's sources; give the path of rustc and of core's lib.rs.

    The library's crates, which cost half a minute, are taken from ``sysroot``, which this rustc has built.
    """
    usr = Path(SYSTEM_RUSTC).resolve().parent.parent
    rustc = farm / "bin/rustc"
    rustc.parent.mkdir(parents=True)
    # rustc finds its sysroot by where its libraries lie, and those stay in their place
    rustc.write_text(RUSTC.format(farm=farm, sysroot=sysroot, rustc=SYSTEM_RUSTC), encoding="utf-8")
    rustc.chmod(0o755)
    sources = (usr / "lib/rustlib/src/rust/library").resolve()
    library = farm / "lib/rustlib/src/rust/library"
    library.mkdir(parents=True)
    for path in sources.iterdir():
        if path.name == "core":
            shutil.copytree(path, library / "core", symlinks=True)
        else:
            (library / path.name).symlink_to(path)
    return rustc, library / "core/src/lib.rs"
