"""fmt: rustfmt over the local crates of images, the only verb that writes sources."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from rust_firmware.discovery import WHOLE_PACKAGE, expand_folders
from rust_firmware.folder_files import file_digest
from rust_firmware.probes import Answer, ask_process, stamp
from rust_firmware.rust_components import find_component, find_settings
from rust_firmware.session import Session
from rust_firmware.verb_action import VerbAction
from steelmill.rustc.toolchain import RustToolchain

VERB = "fmt"
SETTINGS = ("rustfmt.toml", ".rustfmt.toml")
"""What rustfmt looks for in the folder of a file and upwards."""


class RustFormat:
    """The crates that are formatted together; what is known to be formatted starts nothing."""

    def __init__(self, session: Session, env: Any, rust: RustToolchain) -> None:
        self._session = session
        self._env = env
        self._rust = rust
        self._program = find_component(rust, "rustfmt")
        self._only_checks = session.arguments.get("check") == "1"
        self._roots: dict[str, str] = {}
        """Crate root -> edition."""
        self._folders: dict[str, None] = {}

    def add(self, folder: str, roots: Iterable[tuple[str, str]]) -> None:
        """Add the crates of a package, or one that no package holds: ``roots`` with their editions."""
        if not self._folders:
            self._env.AlwaysBuild(self._env.Alias(VERB, [], VerbAction(self._session, self._format)))
        self._folders[folder] = None
        self._roots.update(roots)

    def _format(self) -> str | None:
        """Format, or look whether it is; give what failed."""
        sources = self._sources()
        formatted = self._session.probes.remember(
            VERB, self._facts(sources), lambda: all(answer.status == 0 for answer in self._rustfmt("--check"))
        )
        if formatted:
            self._session.console.block(f"{VERB}  {len(sources)} files, nothing to change")
            return None
        answers = self._rustfmt(*(("--check",) if self._only_checks else ()))
        self._session.console.block("".join(answer.stdout for answer in answers), error=self._only_checks)
        self._session.console.block("".join(answer.stderr for answer in answers), error=True)
        if self._only_checks:
            return "the sources are not formatted; scons fmt formats them"
        after = self._sources()
        changed = (path for path, digest in after.items() if sources.get(path) != digest)
        self._session.console.block("\n".join(f"{VERB}  {path}" for path in changed))
        if any(answer.status for answer in answers):
            return "rustfmt could not format all of it"
        self._session.probes.remember(VERB, self._facts(after), lambda: True)
        return None

    def _rustfmt(self, *options: str) -> list[Answer]:
        top, env = self._session.tree.top, dict(self._rust.env)
        editions = sorted(set(self._roots.values()))
        return [
            ask_process(
                [
                    self._program,
                    f"--edition={edition}",
                    *options,
                    *(r for r, own in self._roots.items() if own == edition),
                ],
                env,
                cwd=top,
            )
            for edition in editions
        ]

    def _sources(self) -> dict[str, str]:
        """Give the digest of every source that may be formatted, by path: rustfmt follows modules by itself."""
        files = expand_folders([f"{folder}{WHOLE_PACKAGE}" for folder in self._folders])
        paths = sorted({os.path.normpath(path) for path in (*files, *self._roots) if path.endswith(".rs")})
        return {path: file_digest(path) for path in paths}

    def _facts(self, sources: dict[str, str]) -> list[object]:
        settings = {find_settings(self._session.tree, folder, SETTINGS): None for folder in self._folders}
        return [
            stamp(self._program),
            self._rust.rustc_identity,
            self._session.tree.top,
            sorted(self._roots.items()),
            [stamp(path) for paths in settings for path in paths],
            list(sources.items()),
        ]
