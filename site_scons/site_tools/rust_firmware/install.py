"""What installs a missing program on this system."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence

import steelmill
from rust_firmware.probes import ask_process, plain_environment
from steelmill.packages import INSTALL, Alternative, find_need, format_install, parse_packages


def install_command(program: str) -> str | None:
    """Give the command that brings a program; None where its package, or this system's manager, is not known."""
    path = os.path.join(os.path.dirname(steelmill.__file__), "packages.txt")
    with open(path, encoding="utf-8") as file:
        need = find_need(parse_packages(file.read()), os.path.basename(program))
    manager = next(filter(shutil.which, INSTALL), None)
    alternatives = need.packages.get(manager, ()) if need and manager else ()
    if manager is None or not alternatives:
        return None
    found = next(filter(_is_offered, alternatives), None) if manager == "apt-get" and alternatives[1:] else None
    return format_install(manager, found or alternatives[0])


def how_to_install(programs: Sequence[str]) -> str:
    """Say in the imperative how to get the first of ``programs`` that a package brings."""
    command = next(filter(None, map(install_command, programs)), None)
    return f"install it: {command}" if command else f"install {programs[0]} by this system's own means"


def _is_offered(packages: Alternative) -> bool:
    """Ask apt whether it has all of these, in versions that will do."""
    env = plain_environment()
    lines = ask_process(["apt-cache", "policy", *(package.name for package in packages)], env).stdout.splitlines()
    versions = [line.split()[1] for line in lines if line.startswith("  Candidate:")]
    return len(versions) == len(packages) and all(
        version != "(none)"
        and (
            package.oldest is None
            or ask_process(["dpkg", "--compare-versions", version, "ge", package.oldest], env).status == 0
        )
        for package, version in zip(packages, versions, strict=True)
    )
