"""The two trees that are compared: one product, the telemetry firmware, built by cargo and make and by Steelmill.

Both have the same sources, target specification, toolchains and options: opt-level s, panic abort, no debug
information, memcpy from compiler_builtins; both make ELF, bin and hex.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent
TARGET = "thumbv7em-none-eabihf"

_SCONSTRUCT = """\
env = Environment(tools=["rust_firmware"])
env.Firmware("firmware/telemetry/firmware.toml")
"""

_MANIFESTS = {
    "firmware/telemetry/Cargo.toml": """\
[package]
name = "telemetry"
version = "1.0.0"
edition = "2024"

[lib]
crate-type = ["staticlib"]

[dependencies]
board = { path = "../boot" }
packet = { path = "packet" }

[profile.release]
opt-level = "s"
debug = 0
panic = "abort"
""",
    "firmware/telemetry/packet/Cargo.toml": """\
[package]
name = "packet"
version = "1.0.0"
edition = "2024"
""",
    "firmware/boot/Cargo.toml": """\
[package]
name = "board"
version = "1.0.0"
edition = "2024"
""",
}

_MAKEFILE = """\
FLAGS = -Os -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16 -fshort-enums -ffreestanding \\
  -fno-omit-frame-pointer -ffunction-sections -fdata-sections -fno-stack-protector \\
  -fno-asynchronous-unwind-tables -fno-unwind-tables -std=c11 -Wall -Wextra \\
  -Ifirmware/telemetry/c/include -Ifirmware/boot
SOURCES = $(wildcard firmware/telemetry/c/*.c firmware/boot/*.c firmware/boot/semihosting/*.c) \\
  firmware/boot/arm/cmsdk_uart.c
OBJECTS = $(SOURCES:%.c=out/%.o) out/firmware/boot/arm/start.o
RUST = target/thumbv7em-none-eabihf/release/libtelemetry.a
SCRIPT = firmware/boot/arm/link.ld

all: out/telemetry.bin out/telemetry.hex

out/telemetry.elf: $(OBJECTS) $(RUST) $(SCRIPT) memory.x
\tarm-none-eabi-ld -nostdlib -static -T $(SCRIPT) --gc-sections -z noexecstack -Map out/telemetry.map -o $@ \\
\t  $(OBJECTS) $(RUST)

out/telemetry.bin: out/telemetry.elf
\tarm-none-eabi-objcopy -O binary $< $@

out/telemetry.hex: out/telemetry.elf
\tarm-none-eabi-objcopy -O ihex $< $@

out/%.o: %.c
\t@mkdir -p $(@D)
\tarm-none-eabi-gcc $(FLAGS) -MD -c $< -o $@

out/%.o: %.S
\t@mkdir -p $(@D)
\tarm-none-eabi-gcc $(FLAGS) -MD -c $< -o $@

-include $(OBJECTS:.o=.d)
"""

_MEMORY = """\
MEMORY
{
  FLASH (rx) : ORIGIN = 0x00000000, LENGTH = 256K
  RAM (rwx)  : ORIGIN = 0x20000000, LENGTH = 64K
}
"""


@dataclass(frozen=True)
class Tree:
    """A folder with the product and the command that builds it."""

    folder: Path
    argv: tuple[str, ...]
    env: Mapping[str, str]
    products: tuple[str, ...]
    """All that a build makes, caches included, relative to the folder: without them the next build is cold."""

    def write(self, path: str, text: str) -> None:
        """Replace a file."""
        (self.folder / path).write_text(text, encoding="utf-8")

    def read(self, path: str) -> str:
        """Give the text of a file."""
        return (self.folder / path).read_text(encoding="utf-8")

    def make_cold(self) -> None:
        """Remove what was built."""
        for name in self.products:
            shutil.rmtree(self.folder / name, ignore_errors=True)


def cargo_tree(folder: Path, rustc: str, cargo: str) -> Tree:
    """Make the tree that cargo and make build."""
    _copy_sources(folder)
    for path, text in _MANIFESTS.items():
        (folder / path).write_text(text, encoding="utf-8")
    (folder / "Makefile").write_text(_MAKEFILE, encoding="utf-8")
    (folder / "memory.x").write_text(_MEMORY, encoding="utf-8")
    sysroot = subprocess.run([rustc, "--print", "sysroot"], check=True, capture_output=True, text=True).stdout.strip()
    vendor = f"{sysroot}/lib/rustlib/src/rust/library/vendor"
    offline = os.path.isdir(vendor)
    if offline:
        # cargo resolves all of std's lock file, and rust-src brings what that names
        (folder / ".cargo").mkdir()
        (folder / ".cargo/config.toml").write_text(
            f'[source.crates-io]\nreplace-with = "rust-src"\n[source.rust-src]\ndirectory = {json.dumps(vendor)}\n',
            encoding="utf-8",
        )
    build = [
        *(cargo, "build", "--release", "--manifest-path=firmware/telemetry/Cargo.toml", "--target-dir=target"),
        *(f"--target=targets/{TARGET}.json", "-Zjson-target-spec", "-Zbuild-std=core,alloc"),
        *("-Zbuild-std-features=compiler-builtins-mem", *(("--offline",) if offline else ())),
    ]
    command = f"{' '.join(build)} && make --no-print-directory --jobs={os.cpu_count() or 1}"
    # what Steelmill generates from ring.h to compare it with the Rust side: cargo has nothing like it
    (folder / "no_layout.rs").touch()
    env = {**environment(), "RUSTC": rustc, "RUSTC_BOOTSTRAP": "1", "LAYOUT_RING": str(folder / "no_layout.rs")}
    return Tree(folder, ("/bin/sh", "-c", command), env, ("target", "out"))


def steelmill_tree(folder: Path, rustc: str) -> Tree:
    """Make the tree that Steelmill builds; it has its own copy of the plugin, so that edits of it disturb nothing."""
    _copy_sources(folder)
    copy_plugin(folder)
    (folder / "SConstruct").write_text(_SCONSTRUCT, encoding="utf-8")
    argv = (sys.executable, "-m", "SCons", f"target={TARGET}", f"rustc={rustc}", "cache=cache")
    return Tree(folder, argv, environment(), ("build", "cache"))


def copy_plugin(folder: Path) -> None:
    """Give a tree the plugin as it is now."""
    shutil.copytree(CHECKOUT / "site_scons", folder / "site_scons", ignore=shutil.ignore_patterns("__pycache__"))


def _copy_sources(folder: Path) -> None:
    for name in ("firmware/boot", "firmware/telemetry"):
        shutil.copytree(CHECKOUT / name, folder / name)
    (folder / "targets").mkdir()
    shutil.copyfile(CHECKOUT / "targets" / f"{TARGET}.json", folder / "targets" / f"{TARGET}.json")


def environment() -> dict[str, str]:
    """Give the environment without what would slow Python or change Rust's options."""
    dropped = ("PYTHONDONTWRITEBYTECODE", "RUSTFLAGS", "CARGO_TARGET_DIR", "CARGO_ENCODED_RUSTFLAGS")
    return {name: value for name, value in os.environ.items() if name not in dropped}
