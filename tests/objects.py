"""Prebuilt objects and archives, as a vendor ships them: compiled by real toolchains with flags of the test's own."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from conftest import need_tool
from project import Project

ARM = ("arm-none-eabi-gcc", "-mthumb", "-ffreestanding", "-Os")
M4 = ("-mcpu=cortex-m4", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard", "-fshort-enums")
"""What fits thumbv7em-none-eabihf."""


def compile_object(project: Project, path: str, argv: Sequence[str], source: str) -> str:
    """Compile a text of C with a compiler and its flags; give the path of the object."""
    need_tool(argv[0])
    (project.folder / path).parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([*argv, "-x", "c", "-c", "-o", path, "-"], cwd=project.folder, input=source, text=True, check=True)
    return path


def make_archive(project: Project, path: str, *members: str) -> str:
    """Put objects into an archive; give its path."""
    subprocess.run(["ar", "rcD", path, *members], cwd=project.folder, check=True)
    return path
