"""The verbs: aliases that say what to do, with the line that ``scons -h`` shows for each."""

from __future__ import annotations

from collections.abc import Mapping

import SCons.Node.Alias
import SCons.Script

from rust_firmware.variables import VARIABLES
from steelmill.errors import InputError
from steelmill.suggest import did_you_mean

VERBS: Mapping[str, str] = {
    "images": "build every selected image (what scons does by itself)",
    "run": "boot the selected images in QEMU and show what they print",
    "check": "boot the selected images in QEMU and compare output and exit status; writes build/check/junit.xml",
    "size": "print how full every MEMORY region is",
    "audit": "print what the audit found in every selected image; writes build/audit/audit.json and audit.sarif",
    "fetch": "fetch what the Cargo.lock of every selected package names, and compare it with its checksums",
    "check-rust": "check the Rust of the selected images for errors and warnings; no code is generated",
    "clippy": "check the Rust of the selected images by clippy",
    "doc": "document the Rust of the selected images, and what it uses, by rustdoc",
    "fmt": "format the sources of the selected images' Rust by rustfmt",
    "test-host": "run the tests of the selected images' crates on this machine; writes build/test-host/junit.xml",
    "doctor": "tell what this machine has for every selected target, what is missing and what installs it",
    "target-spec": "print the JSON of one target, and what tells it from the target it was made from",
    "new-target": "write targets/NAME.toml, a target like another one, and say what is left to decide",
}

WITHOUT_IMAGES = ("doctor", "target-spec", "new-target")
"""Verbs that need no image: where they stand alone, no firmware is planned."""

RUST_VERBS = ("check-rust", "clippy", "doc", "fmt", "test-host")
"""Verbs that look at the Rust of images: where they stand alone, no image is made."""

_NEEDS = {
    **dict.fromkeys(RUST_VERBS, "Rust"),
    "test-host": "Rust with tests",
    "run": "a [run] table",
    "check": "a [run] table",
    "fetch": "a Cargo package",
}


def format_help(targets: list[str]) -> str:
    """List variables, verbs and the project's own target specifications for ``scons -h``."""
    variables = [(f"{variable.name}={variable.values}", variable.what) for variable in VARIABLES]
    return "\n".join(
        [
            "scons [VARIABLE=VALUE ...] [VERB ...]",
            "",
            "Variables (behind the semicolon: what holds unless said):",
            *_rows(variables),
            "",
            "Verbs:",
            *_rows(list(VERBS.items())),
            "",
            "Targets under targets/ (rustc's own and paths to a file go too):",
            *(f"  {name}" for name in targets),
        ]
    )


def show_help(text: str) -> None:
    """Add a text to ``scons -h``; the first one stands in the place of SCons's own options (``scons -H``)."""
    SCons.Script.Help(text + "\n", append=SCons.Script.help_text is not None)


def check_targets() -> None:
    """Refuse a word of the command line that is neither a verb nor an alias nor a file."""
    env = SCons.Script.DefaultEnvironment()
    for word in map(str, SCons.Script.COMMAND_LINE_TARGETS):
        for node in env.arg2nodes(word, env.fs.Entry, lookup_list=env.lookup_list):
            if not (
                isinstance(node, SCons.Node.Alias.Alias) or node.has_builder() or node.exists() or node.is_derived()
            ):
                if word in VERBS:
                    raise InputError(
                        f"{word!r} finds nothing to do: no selected firmware has {_NEEDS.get(word, 'an image')}",
                        remedy="add it, or select other firmwares and targets; scons -h lists them",
                    )
                raise InputError(
                    f"nothing is called {word!r}{did_you_mean(word, VERBS)}",
                    remedy=f"choose a verb ({', '.join(VERBS)}) or a file; scons -h lists them",
                )


def _rows(rows: list[tuple[str, str]]) -> list[str]:
    width = max(len(name) for name, _ in rows)
    return [f"  {name:<{width}}  {what}" for name, what in rows]
