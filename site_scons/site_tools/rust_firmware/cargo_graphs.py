"""What cargo resolves a package to: asked once for each state of all files that it depends on."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from rust_firmware.cargo_sources import fetch
from rust_firmware.cargo_toolchains import cargo_environment, cargo_home, find_cargo
from rust_firmware.probes import Answer, ask_process, keep, stamp
from rust_firmware.target_build import TargetBuild
from rust_firmware.target_specs import ask_cfg
from steelmill.cargo.resolved import Resolved
from steelmill.cargo.settings import cargo_variables
from steelmill.cargo.toolchain import CargoToolchain
from steelmill.cc.compile import TOP
from steelmill.errors import InputError
from steelmill.firmware_toml.model import PackagePart
from steelmill.target_spec.canonical import complete_text, target_tuple

PROFILES = {"release": ("--release",), "dev": ()}
"""``profile=`` -> cargo's options."""
PROFILE_ROOTS = {"release": "release", "dev": "debug"}
"""``profile=`` -> what build scripts see as PROFILE."""


class PackageGraph(NamedTuple):
    """What was resolved, and by which cargo."""

    cargo: CargoToolchain
    resolved: Resolved


def resolve_package(build: TargetBuild, part: PackagePart, manifest: str, rustflags: tuple[str, ...]) -> PackageGraph:
    """Ask cargo what the package at ``manifest``, an absolute path, consists of; raise InputError where it refuses.

    ``rustflags`` come behind those that cargo's configuration says.
    """
    if not os.path.isfile(manifest):
        raise InputError(
            f"package names {part.manifest}, which does not exist",
            place=part.place,
            remedy="give the path of a Cargo.toml",
        )
    session = build.session
    cargo = find_cargo(session.probes, session.arguments.get("cargo"), git=_takes_from_git(os.path.dirname(manifest)))
    question = _Question(build, part, manifest, rustflags, cargo)
    text = session.probes.remember_with_files("cargo package", question.facts, question.ask)
    return PackageGraph(cargo, Resolved.from_json(text))


def _takes_from_git(folder: str) -> bool:
    """Look into the lock file that holds for a folder."""
    while folder != os.path.dirname(folder):
        try:
            with open(f"{folder}/Cargo.lock", encoding="utf-8") as file:
                return 'source = "git+' in file.read()
        except (OSError, UnicodeDecodeError):
            folder = os.path.dirname(folder)
    return False


@dataclass(frozen=True)
class _Question:
    """One package for one target, with all that is no file."""

    build: TargetBuild
    part: PackagePart
    manifest: str
    rustflags: tuple[str, ...]
    cargo: CargoToolchain

    @property
    def facts(self) -> list[object]:
        spec = self.build.target.spec
        return [
            self.build.session.own_tool.identity,
            self.build.session.tree.top,
            self.manifest,
            stamp(self.cargo.program),
            self.build.rust.rustc_identity,
            target_tuple(spec),
            complete_text(spec),
            [self.part.features, self.part.default_features, self.part.bin, self.part.lib],
            self.build.profile,
            self.rustflags,
            cargo_home(),
            cargo_variables(os.environ),
        ]

    @property
    def folder(self) -> str:
        return os.path.dirname(self.manifest)

    @property
    def shown(self) -> str:
        return self.build.session.tree.relative(self.manifest)

    @cached_property
    def features(self) -> tuple[str, ...]:
        chosen = (f"--features={','.join(self.part.features)}",) if self.part.features else ()
        return (*chosen, *(() if self.part.default_features else ("--no-default-features",)))

    def ask(self) -> tuple[str, tuple[str, ...]]:
        """Give the answer and the files that it depends on."""
        # none of it is needed where nothing changed
        from steelmill.cargo.choice import check_features, choose_target
        from steelmill.cargo.config import read_config
        from steelmill.cargo.lock import parse_lock
        from steelmill.cargo.manifest import Manifest, lint_rustflags
        from steelmill.cargo.metadata import parse_metadata
        from steelmill.cargo.resolved import cut_metadata, find_pins, resolution_inputs
        from steelmill.cargo.target_config import read_target_config
        from steelmill.cargo.unit_graph import parse_unit_graph

        part, build = self.part, self.build
        members = parse_metadata(self.say("metadata", "--no-deps", "--format-version=1"))
        package = next((one for one in members.packages if one.manifest_path == self.manifest), None)
        if package is None:
            raise InputError(
                f"{self.shown} is no package, but a workspace of {len(members.packages)}",
                place=part.place,
                details=tuple(("member", build.session.tree.relative(one.manifest_path)) for one in members.packages),
                remedy="name the Cargo.toml of one of its members",
            )
        target = choose_target(package, part.bin, library=part.lib, places={**part.places, "package": part.place})
        check_features(package, part.features, part.places.get("features", part.place))
        said = self.say("metadata", "--locked", "--offline", "--format-version=1", *self.features)
        graph = self.say(
            "build", "--locked", "--offline", *PROFILES[build.profile], f"--target={self.spec_path}", target[0],
            *self.features, "--unit-graph", *self.cargo.unstable,
        )  # fmt: skip
        cut = cut_metadata(said, parse_unit_graph(graph))
        metadata = parse_metadata(cut)
        root = metadata.workspace_root
        config = read_config(self.folder, cargo_home(), os.environ, _read)
        configured = read_target_config(config, target_tuple(build.target.spec), build.target.cfg)
        rustflags = (*configured.rustflags, *self.rustflags)
        workspace = Manifest(_read(f"{root}/Cargo.toml") or "", f"{root}/Cargo.toml")
        resolved = Resolved(
            unit_graph=graph,
            metadata=cut,
            lints={
                one.id: lint_rustflags(Manifest(_read(one.manifest_path) or "", one.manifest_path), workspace)
                for one in metadata.packages
            },
            pins=find_pins(metadata, parse_lock(_read(f"{root}/Cargo.lock") or "", f"{root}/Cargo.lock")),
            rustflags=rustflags,
            env=tuple((variable.name, self._hide_top(variable.value)) for variable in config.env),
            cfg=ask_cfg(build.session.probes, build.rust, build.target.spec, rustflags),
            workspace_root=root,
        )
        looked_up = (lookup.path for lookup in config.lookups)
        # of all local packages, also those that are not built for this target
        return resolved.to_json(), (*resolution_inputs(parse_metadata(said), self.folder), *looked_up)

    @property
    def spec_path(self) -> str:
        """Give the path of a specification that cargo can read now; what the build will write has the same stem."""
        spec = self.build.target.spec
        text = complete_text(spec)
        import hashlib

        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        path = os.path.join(self.build.session.cache_dir, "specs", digest, f"{target_tuple(spec)}.json")
        if not os.path.exists(path):
            keep(path, text)
        return path

    def say(self, command: str, *options: str) -> str:
        """Run cargo; where it lacks sources, fetch them and ask again. Raise InputError where it refuses."""
        from steelmill.cargo.refusal import explain_absence, explain_refusal, lacks_sources

        answer = self._run(command, *options)
        if answer.status and lacks_sources(answer.stderr):
            if self.build.session.arguments.get("offline") == "1":
                raise explain_absence(answer.stderr, self.shown, self.part.place)
            fetch(self.build.session, self.cargo, self.build.rust.rustc, self.manifest, self.part.place)
            answer = self._run(command, *options)
        if answer.status:
            raise explain_refusal(answer.stderr, self.shown, self.part.place)
        return answer.stdout

    def _run(self, command: str, *options: str) -> Answer:
        env = {
            **cargo_environment(),
            **dict(cargo_variables(os.environ)),
            "LC_ALL": "C.UTF-8",
            "RUSTC": self.build.rust.rustc,
            "RUSTC_BOOTSTRAP": "1",
            # nothing is compiled, and nothing shall be written beside the sources
            "CARGO_BUILD_RUSTC_WRAPPER": "",
            "CARGO_TARGET_DIR": os.path.join(self.build.session.cache_dir, "cargo-target"),
        }
        argv = [self.cargo.program, command, f"--manifest-path={self.manifest}", *options]
        return ask_process(argv, env, cwd=self.folder)

    def _hide_top(self, value: str) -> str:
        top = self.build.session.tree.top
        return TOP + value.removeprefix(top) if f"{value}/".startswith(f"{top}/") else value


def _read(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError):
        return None
