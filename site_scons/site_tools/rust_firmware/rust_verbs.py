"""check-rust, clippy, doc, fmt and test-host: what looks at the Rust of images without making them."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import SCons.Node

from rust_firmware.host_tests import HostTests
from rust_firmware.rust_components import find_linter, find_rustdoc
from rust_firmware.rust_format import RustFormat
from rust_firmware.session import Session
from rust_firmware.tree import file_node
from rust_firmware.verb_action import VerbAction
from rust_firmware.verbs import RUST_VERBS
from steelmill.rustc.crate import Crate, Setting, check_step
from steelmill.rustc.library import Library
from steelmill.rustc.linter import Linter
from steelmill.step import Step

if TYPE_CHECKING:
    from rust_firmware.builders.cargo import CargoPackages
    from rust_firmware.builders.documentation import DocumentedCrates
    from rust_firmware.builders.host_tests import HostCrates
    from rust_firmware.product import Product
    from rust_firmware.target_build import TargetBuild

_CHECKS = {"check-rust": "check", "clippy": "clippy"}
"""Verb -> the folder of what it writes of crates that no package holds."""


class RustVerbs:
    """The crates of the selected images under those verbs that the command line says."""

    def __init__(self, product: Product, env: Any) -> None:
        self._product = product
        self._env = env
        self._words = tuple(verb for verb in RUST_VERBS if verb in product.session.words)
        self._findings = {verb: _Findings(product.session, env, verb) for verb in _CHECKS if verb in self._words}
        self._tests = HostTests(product.session, env) if "test-host" in self._words else None
        self._format = RustFormat(product.session, env, product.rust) if "fmt" in self._words else None
        self._pages = _Findings(product.session, env, "doc") if "doc" in self._words else None
        self._metadata: dict[tuple[str, str], Library] = {}
        """What a verb has made of a crate, by the verb and the crate's rlib."""

    @cached_property
    def _linters(self) -> Mapping[str, Linter | None]:
        session = self._product.session
        return {
            verb: find_linter(session.probes, self._product.rust, session.tree) if verb == "clippy" else None
            for verb in self._findings
        }

    @cached_property
    def _host_crates(self) -> HostCrates:
        from rust_firmware.builders.host_tests import HostCrates

        return HostCrates()

    @cached_property
    def _documented(self) -> DocumentedCrates:
        from rust_firmware.builders.documentation import DocumentedCrates

        return DocumentedCrates()

    def add_packages(self, build: TargetBuild, packages: CargoPackages, out_dir: str) -> None:
        """Put the packages of an image under the verbs."""
        from rust_firmware.builders.cargo_checks import add_package_checks

        for verb, findings in self._findings.items():
            findings.add(add_package_checks(build, packages, self._linters[verb]))
        if self._format:
            tree = self._product.session.tree
            for package in (one for each in packages.workspaces for one in each.metadata.packages if one.is_local):
                roots = ((tree.relative(target.src_path), target.edition) for target in package.targets)
                self._format.add(tree.relative(package.folder), roots)
        if self._pages:
            from rust_firmware.builders.documentation import add_package_documentation, add_site

            rustdoc = find_rustdoc(build)
            pages = add_package_documentation(build, packages, rustdoc)
            self._pages.add(pages, add_site(build, pages, out_dir, rustdoc))
        if self._tests:
            from rust_firmware.builders.host_tests import add_package_tests

            self._tests.add(add_package_tests(build, packages))

    def add_crate(
        self, build: TargetBuild, setting: Setting, crate: Crate, made: Step, dependencies: tuple[Library, ...]
    ) -> None:
        """Put a crate that no package holds under the verbs; ``made`` compiles it."""
        from rust_firmware.builders.rust import add_crate_step

        first = made.target_paths[0]
        for verb, findings in self._findings.items():
            step = check_step(
                replace(setting, out_dir=f"{setting.out_dir}/{_CHECKS[verb]}"),
                crate,
                tuple(self._metadata[verb, library.paths[0]] for library in dependencies),
                "rlib" if first.endswith(".rlib") else "staticlib",
                self._linters[verb],
            )
            add_crate_step(build, step, crate)
            self._metadata[verb, first] = Library(crate.name, step.target_paths[:1])
            findings.add((step,))
        if self._format:
            self._format.add(posixpath.dirname(crate.root), [(crate.root, crate.edition)])
        if self._pages:
            from rust_firmware.builders.documentation import add_site

            steps = self._documented.add(build, setting, crate, first, dependencies)
            if not first.endswith(".rlib"):
                self._pages.add(steps, add_site(build, steps, setting.out_dir, find_rustdoc(build)))
        if self._tests:
            self._tests.add(self._host_crates.add(build, crate, first, dependencies))


class _Findings:
    """What a verb has to say of crates: now, or when they were checked last."""

    def __init__(self, session: Session, env: Any, verb: str) -> None:
        self._session = session
        self._env = env
        self._verb = verb
        self._steps: dict[str, Step] = {}
        self._made: dict[str, None] = {}
        """Folders."""

    def add(self, steps: tuple[Step, ...], end: Step | None = None) -> None:
        """Put the checks of crates under the verb, and what is made of them at the ``end``."""
        if not self._steps:
            self._env.Alias(self._verb, [], VerbAction(self._session, partial(self._report)))
        self._steps.update((step.out_dir + step.transcript, step) for step in steps)
        paths = [*map(_transcript, steps), *(end.target_paths if end else ())]
        self._env.AlwaysBuild(self._env.Alias(self._verb, [file_node(path) for path in paths]))
        self._made.update(dict.fromkeys(end.folders if end else ()))

    def _report(self) -> None:
        """Show again what was said of crates that are as they were, and count."""
        from steelmill.rustc.findings import count_warnings, format_counts

        warnings = 0
        for step in self._steps.values():
            path = _transcript(step)
            with open(path, encoding="utf-8") as file:
                text = file.read()
            warnings += count_warnings(text)
            if file_node(path).get_state() == SCons.Node.up_to_date:
                self._session.console.block(text)
        self._session.console.block(format_counts(self._verb, len(self._steps), warnings, self._made))


def _transcript(step: Step) -> str:
    return f"{step.out_dir}/{step.transcript}"
