"""Where target specifications are found: JSON files, overlays in TOML, and those built into rustc."""

from __future__ import annotations

import os
from typing import NamedTuple

from rust_firmware.probes import Probes, ask_process
from rust_firmware.spec_checks import check_spec
from rust_firmware.tree import Tree
from steelmill.errors import InputError
from steelmill.rustc.toolchain import RustToolchain
from steelmill.suggest import did_you_mean
from steelmill.target_spec.model import TargetSpec
from steelmill.target_spec.overlay import Overlay, apply_overlay
from steelmill.target_spec.parse import parse_target_spec

TARGETS_DIR = "targets"

FORMS = (".json", ".toml")
"""How the name of a target's file ends."""


class TargetFiles(NamedTuple):
    """All targets of this run: those of the project, of RUST_TARGET_PATH and of a rustc."""

    tree: Tree
    probes: Probes
    toolchain: RustToolchain
    checks: str
    """The identity of the code that reads and checks them."""

    def find(self, name: str, asked_at: str = "target=") -> TargetSpec:
        """Read the target called ``name``: a path, a name under targets/, in RUST_TARGET_PATH, or built in."""
        return self._find(name, asked_at, ())

    def base_of(self, spec: TargetSpec) -> TargetSpec | None:
        """Give the target that an overlay inherits from; None for what is no overlay."""
        if not spec.place.endswith(".toml"):
            return None
        return self._base(self._read_overlay(spec.place), spec.place, ())

    def built_in_names(self) -> list[str]:
        """Give the targets that rustc knows by itself."""
        text: str = self.probes.remember(
            "target-list",
            [self.toolchain.rustc_identity],
            lambda: ask_process([self.toolchain.rustc, "--print", "target-list"], dict(self.toolchain.env)).stdout,
        )
        return text.split()

    def built_in(self, name: str) -> TargetSpec:
        """Give what rustc knows of the target ``name``, one of ``built_in_names``."""
        argv = [self.toolchain.rustc, "-Zunstable-options", "--print", "target-spec-json", "--target", name]
        text = self.probes.remember(
            "target-spec-json",
            [self.toolchain.rustc_identity, name],
            lambda: ask_process(argv, dict(self.toolchain.env)).stdout,
        )
        return parse_target_spec(text, name=name, place=f"rustc {name}")

    def file_of(self, name: str) -> str | None:
        """Give the file of the target ``name`` under targets/ or in RUST_TARGET_PATH, the first folder that has one."""
        return self._file_of(name, ())

    def _find(self, name: str, asked_at: str, inheriting: tuple[str, ...]) -> TargetSpec:
        """Find a target; ``inheriting`` are the overlays, from the first one on, whose base it is."""
        if name.endswith(FORMS):
            # an overlay's paths start from its own folder
            base = os.path.dirname(inheriting[-1]) if inheriting else ""
            return self._read_named(self.tree.relative(os.path.join(base, name)), name, asked_at, inheriting)
        path = self._file_of(name, inheriting)
        if path is not None:
            return self._read(path, inheriting)
        built_in = self.built_in_names()
        if name in built_in:
            return self.built_in(name)
        shipped = [each for each in shipped_names(self.tree) if each != name]
        raise InputError(
            f"unknown target {name!r}{did_you_mean(name, [*shipped, *built_in])}",
            place=asked_at,
            details=[("looked at", f"{TARGETS_DIR}/, RUST_TARGET_PATH, the targets built into rustc")],
            remedy=f"name one of {', '.join(shipped) or 'rustc --print target-list'}, or a path to a JSON or TOML file",
        )

    def _file_of(self, name: str, inheriting: tuple[str, ...]) -> str | None:
        """Find a file; an overlay is no base of itself, so the last one of ``inheriting`` is passed over."""
        for folder in (TARGETS_DIR, *filter(None, os.environ.get("RUST_TARGET_PATH", "").split(os.pathsep))):
            paths = [self.tree.relative(os.path.join(folder, f"{name}{form}")) for form in FORMS]
            found = [path for path in paths if os.path.isfile(self.tree.absolute(path))]
            if len(found) > 1:
                raise InputError(
                    f"{' and '.join(found)} have one name", place=name, remedy="remove one of them, or rename it"
                )
            if found and found != list(inheriting[-1:]):
                return found[0]
        return None

    def _read_named(self, path: str, name: str, asked_at: str, inheriting: tuple[str, ...]) -> TargetSpec:
        if os.path.isfile(self.tree.absolute(path)):
            return self._read(path, inheriting)
        near = _near_file(self.tree.absolute(path))
        if inheriting:
            raise InputError(
                f"'inherits' is {name!r}, and there is no {path}{near}", place=asked_at, remedy="correct the path"
            )
        raise InputError(f"no such file{near}", place=name, remedy="give the path of a target, a JSON or TOML file")

    def _read(self, path: str, inheriting: tuple[str, ...]) -> TargetSpec:
        name = target_name(path)
        if path.endswith(".json"):
            text = self._text(path)
            return check_spec(
                self.probes, self.checks, self.toolchain, parse_target_spec(text, name=name, place=path), text
            )
        overlay = self._read_overlay(path)
        spec = apply_overlay(self._base(overlay, path, inheriting), overlay, name=name, place=path)
        return check_spec(self.probes, self.checks, self.toolchain, spec, None)

    def _base(self, overlay: Overlay, path: str, inheriting: tuple[str, ...]) -> TargetSpec:
        asked_at = overlay.place_of(path, "inherits")
        if path in inheriting:
            circle = " -> ".join([*inheriting[inheriting.index(path) :], path])
            raise InputError(
                "the overlays inherit from one another in a circle",
                place=asked_at,
                details=[("circle", circle)],
                remedy="let one of them inherit from a target built into rustc, or from a JSON file",
            )
        return self._find(overlay.inherits, asked_at, (*inheriting, path))

    def _read_overlay(self, path: str) -> Overlay:
        text = self._text(path)

        def parse() -> object:
            # costly to import, and needed only when the file changed
            from steelmill.target_spec.overlay_toml import parse_overlay

            return parse_overlay(text, path).to_json()

        return Overlay.from_json(self.probes.remember("target-overlay", [self.checks, text], parse))

    def _text(self, path: str) -> str:
        try:
            with open(self.tree.absolute(path), encoding="utf-8-sig") as file:
                return file.read()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                f"cannot be read: {error}", place=path, remedy="give a JSON or TOML file in UTF-8"
            ) from None


def target_name(path: str) -> str:
    """Give the name that a target's file gives it."""
    return os.path.splitext(os.path.basename(path))[0]


def shipped_names(tree: Tree) -> list[str]:
    """Give the names of the specifications under targets/, sorted."""
    folder = tree.absolute(TARGETS_DIR)
    names = os.listdir(folder) if os.path.isdir(folder) else []
    return sorted({target_name(name) for name in names if name.endswith(FORMS)})


def _near_file(path: str) -> str:
    folder = os.path.dirname(path) or "."
    names = os.listdir(folder) if os.path.isdir(folder) else []
    return did_you_mean(os.path.basename(path), names)
