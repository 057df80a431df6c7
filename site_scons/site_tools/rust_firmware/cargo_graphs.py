"""What cargo resolves a package to: asked once for each state of all files that it depends on."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from rust_firmware.cargo_sources import ask_with_sources, fetch
from rust_firmware.cargo_toolchains import cargo_home, find_cargo, find_fetcher
from rust_firmware.folder_files import read_text
from rust_firmware.probes import Answer, ask_process, keep, stamp, toolchain_environment
from rust_firmware.target_build import TargetBuild
from rust_firmware.target_specs import ask_cfg, ask_host_cfg
from steelmill.cargo.request import BUILD, Request
from steelmill.cargo.resolved import Resolved
from steelmill.cargo.settings import cargo_variables
from steelmill.cargo.toolchain import CargoToolchain
from steelmill.cc.compile import TOP
from steelmill.errors import InputError
from steelmill.firmware_toml.model import PackagePart
from steelmill.target_spec.canonical import complete_text, target_tuple

if TYPE_CHECKING:
    from steelmill.cargo.config import Config
    from steelmill.cargo.metadata import Package

PROFILE_ROOTS = {"release": "release", "dev": "debug"}
"""What a profile inherits from in the end -> what build scripts see as PROFILE."""


class AskedPackage(NamedTuple):
    """A package of an image."""

    part: PackagePart
    manifest: str
    """Absolute path of its Cargo.toml."""


class LibraryWish(NamedTuple):
    """What the firmware itself says about core and its like; None where cargo's configuration may."""

    crates: tuple[str, ...] | None
    features: tuple[str, ...] | None


class PackageGraphs(NamedTuple):
    """What cargo was asked about the packages of an image, and what it resolved."""

    cargo: CargoToolchain
    packages: tuple[AskedPackage, ...]
    rustflags: tuple[str, ...]
    """What comes behind the flags that cargo's configuration says."""
    library: LibraryWish
    resolved: tuple[Resolved, ...]
    """One for each workspace."""

    @property
    def brings_mem(self) -> bool:
        """True where cargo's configuration wants memcpy and its like of compiler_builtins."""
        return any(resolved.library.mem for resolved in self.resolved)


def resolve_packages(
    build: TargetBuild,
    packages: tuple[AskedPackage, ...],
    rustflags: tuple[str, ...],
    library: LibraryWish,
    request: Request = BUILD,
) -> PackageGraphs:
    """Ask cargo what the packages of an image consist of; raise InputError where it refuses.

    ``rustflags`` come behind those that cargo's configuration says.
    """
    for part, manifest in packages:
        if not os.path.isfile(manifest):
            raise InputError(
                f"package names {part.manifest}, which does not exist",
                place=part.place,
                remedy="give the path of a Cargo.toml",
            )
    session = build.session
    git = any(_takes_from_git(os.path.dirname(manifest)) for _, manifest in packages)
    cargo = find_cargo(session.probes, session.arguments.get("cargo"), build.rust.version.numbers, git=git)
    question = _Question(build, packages, rustflags, library, cargo, request)
    text = session.probes.remember_with_files("cargo packages", question.facts, question.ask)
    return PackageGraphs(cargo, packages, rustflags, library, tuple(map(Resolved.from_json, json.loads(text))))


def _takes_from_git(folder: str) -> bool:
    """Look into the lock file that holds for a folder."""
    while folder != os.path.dirname(folder):
        try:
            with open(f"{folder}/Cargo.lock", encoding="utf-8") as file:
                return 'source = "git+' in file.read()
        except (OSError, UnicodeDecodeError):
            folder = os.path.dirname(folder)
    return False


class _Chosen(NamedTuple):
    """What of a package becomes the image, or a part of it."""

    asked: AskedPackage
    package: Package
    target: tuple[str, ...]
    """cargo's option for it."""


@dataclass(frozen=True)
class _Question:
    """The packages of an image for one target, with all that is no file."""

    build: TargetBuild
    packages: tuple[AskedPackage, ...]
    rustflags: tuple[str, ...]
    library: LibraryWish
    cargo: CargoToolchain
    request: Request

    @property
    def facts(self) -> list[object]:
        spec = self.build.target.spec
        return [
            self.build.session.own_tool.identity,
            self.build.session.tree.top,
            stamp(self.cargo.program),
            self.build.rust.rustc_identity,
            target_tuple(spec),
            complete_text(spec),
            [[manifest, part.features, part.default_features, part.bin, part.lib] for part, manifest in self.packages],
            self.build.profile,
            self.rustflags,
            [said is None for said in self.library],
            self.request,
            cargo_home(),
            cargo_variables(os.environ),
        ]

    def shown(self, asked: AskedPackage) -> str:
        """Give the manifest as messages name it."""
        return self.build.session.tree.relative(asked.manifest)

    def ask(self) -> tuple[str, tuple[str, ...]]:
        """Give the answer, a list of what each workspace resolves to, and the files that it depends on."""
        workspaces: dict[str, list[_Chosen]] = {}
        for asked in self.packages:
            root, chosen = self._choose(asked)
            workspaces.setdefault(root, []).append(chosen)
        answers, files = zip(*(self._resolve(root, *chosen) for root, chosen in workspaces.items()), strict=True)
        return json.dumps([resolved.to_json() for resolved in answers]), tuple(
            dict.fromkeys(path for paths in files for path in paths)
        )

    def _choose(self, asked: AskedPackage) -> tuple[str, _Chosen]:
        """Give the root of a package's workspace, and the package."""
        # none of it is needed where nothing changed
        from steelmill.cargo.choice import check_features, choose_target
        from steelmill.cargo.metadata import parse_metadata

        part, tree = asked.part, self.build.session.tree
        members = parse_metadata(self.say(asked, "metadata", "--no-deps", "--format-version=1"))
        package = next((one for one in members.packages if one.manifest_path == asked.manifest), None)
        if package is None:
            raise InputError(
                f"{self.shown(asked)} is no package, but a workspace of {len(members.packages)}",
                place=part.place,
                details=tuple(("member", tree.relative(one.manifest_path)) for one in members.packages),
                remedy="name the Cargo.toml of one of its members",
            )
        # what stands beside another package can only be a library of the image
        library = part.lib or asked != self.packages[0]
        target = choose_target(
            package, part.bin, library=library, places={"lib": part.place, **part.places, "package": part.place}
        )
        if len(self.packages) > 1 and target != ("--lib",):
            raise InputError(
                f"the binary of {package.name} is an image by itself, and takes no package beside it",
                place=part.places.get("packages", part.place),
                remedy="name the others in [dependencies] of its Cargo.toml, or take its library: lib = true",
            )
        check_features(package, part.features, part.places.get("features", part.place))
        return members.workspace_root, _Chosen(asked, package, target)

    def _resolve(self, root: str, *chosen: _Chosen) -> tuple[Resolved, tuple[str, ...]]:
        """Give what the packages of one workspace resolve to, and the files that it depends on."""
        from steelmill.cargo.choice import feature_options
        from steelmill.cargo.config import read_config
        from steelmill.cargo.library_config import read_library_config
        from steelmill.cargo.linker_flag import take_linker
        from steelmill.cargo.lock import parse_lock
        from steelmill.cargo.manifest import Manifest, lint_rustflags
        from steelmill.cargo.metadata import parse_metadata
        from steelmill.cargo.profiles import base_profile
        from steelmill.cargo.resolved import cut_metadata, find_pins, resolution_inputs, with_metadata_ids
        from steelmill.cargo.target_config import read_target_config
        from steelmill.cargo.unit_graph import parse_unit_graph

        build, first = self.build, chosen[0]
        features = feature_options([(one.package, one.asked.part) for one in chosen])
        folder = root if len(chosen) > 1 else os.path.dirname(first.asked.manifest)
        packages = [f"--package={one.package.id}" for one in chosen] if len(chosen) > 1 else []
        config = read_config(folder, cargo_home(), os.environ, read_text)
        library = read_library_config(
            config, crates=self.library.crates is None, features=self.library.features is None
        )
        workspace = Manifest(read_text(f"{root}/Cargo.toml") or "", build.session.tree.relative(f"{root}/Cargo.toml"))
        base = base_profile(build.profile, workspace, config.settings)
        said = self.say(
            first.asked, "metadata", "--locked", "--offline", "--format-version=1", *features, folder=folder
        )
        # of all local packages, also those that are not built for this target
        everything = parse_metadata(said)
        if self.request.tested:
            known = {one.id for one in everything.packages}
            tested = (f"--package={one}" for one in self.request.tested if one in known)
            selection = (f"--target={build.rust.version.host}", *tested)
        else:
            selection = (f"--profile={build.profile}", f"--target={self.spec_path}", *packages, *first.target)
        graph = self.say(
            first.asked, *self.request.command, "--locked", "--offline", *selection, *features,
            "--unit-graph", *self.cargo.unstable, folder=self._configured_without_build_std(config) or folder,
        )  # fmt: skip
        graph = with_metadata_ids(graph, said)
        cut = cut_metadata(said, parse_unit_graph(graph))
        metadata = parse_metadata(cut)
        configured = read_target_config(config, target_tuple(build.target.spec), build.target.cfg)
        host = read_target_config(config, build.rust.version.host, ask_host_cfg(build.session.probes, build.rust))
        named, rustflags = take_linker((*configured.rustflags, *self.rustflags))
        resolved = Resolved(
            unit_graph=graph,
            metadata=cut,
            lints={
                one.id: lint_rustflags(Manifest(read_text(one.manifest_path) or "", one.manifest_path), workspace)
                for one in metadata.packages
            },
            pins=find_pins(metadata, parse_lock(read_text(f"{root}/Cargo.lock") or "", f"{root}/Cargo.lock")),
            rustflags=rustflags,
            env=tuple((variable.name, self._hide_top(variable.value)) for variable in config.env),
            cfg=ask_cfg(build.session.probes, build.rust, build.target.spec, rustflags),
            workspace_root=root,
            library=library,
            base_profile=base,
            linker=named or configured.linker,
            overrides={override.links: override.output for override in configured.links_overrides},
            host_overrides={override.links: override.output for override in host.links_overrides},
        )
        looked_up = (lookup.path for lookup in config.lookups)
        manifests = (
            path for one in chosen for path in resolution_inputs(everything, os.path.dirname(one.asked.manifest))
        )
        return resolved, (*manifests, *looked_up)

    def _configured_without_build_std(self, config: Config) -> str | None:
        """Give a folder in which cargo builds no std; None where it does not anyway. Raise InputError where it must."""
        from steelmill.cargo.config import read_config
        from steelmill.cargo.config_text import builds_std, format_config

        if not builds_std(config):
            return None
        path = self._keep("cargo-config", ".cargo/config.toml", format_config(config))
        folder = path.removesuffix("/.cargo/config.toml")
        elsewhere = read_config(folder, cargo_home(), {}, read_text)
        if builds_std(elsewhere):
            said = next(iter(elsewhere.settings.table("unstable").values())).definition
            raise InputError(
                "unstable.build-std holds for every cargo of this user, also where it only resolves",
                place=elsewhere.settings.files.place(said),
                remedy="move it to .cargo/config.toml of the package",
            )
        return folder

    @property
    def spec_path(self) -> str:
        """Give the path of a specification that cargo can read now; what the build will write has the same stem."""
        spec = self.build.target.spec
        return self._keep("specs", f"{target_tuple(spec)}.json", complete_text(spec))

    def _keep(self, kind: str, name: str, text: str) -> str:
        """Keep a file for cargo, in a folder of the cache that is called by what it says; give its path."""
        import hashlib

        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        path = os.path.join(os.path.realpath(self.build.session.cache_dir), kind, digest, name)
        if not os.path.exists(path):
            keep(path, text)
        return path

    def say(self, asked: AskedPackage, command: str, *options: str, folder: str | None = None) -> str:
        """Run cargo; where it lacks sources, fetch them and ask again. Raise InputError where it refuses."""
        from steelmill.cargo.refusal import explain_absence

        session, place, shown = self.build.session, asked.part.place, self.shown(asked)

        def fetch_them() -> None:
            git = _takes_from_git(os.path.dirname(asked.manifest))
            fetcher = find_fetcher(session.probes, session.arguments.get("cargo"), self.cargo, git=git)
            fetch(session, fetcher, self.build.rust.rustc, asked.manifest, place)

        return ask_with_sources(
            session,
            lambda: self._run(asked, folder, command, *options),
            fetch_them,
            lambda stderr: explain_absence(stderr, shown, place),
            shown,
            place,
        )

    def _run(self, asked: AskedPackage, folder: str | None, command: str, *options: str) -> Answer:
        from steelmill.cargo.config_text import without_build_std

        env = {
            **toolchain_environment(),
            **without_build_std(cargo_variables(os.environ)),
            "LC_ALL": "C.UTF-8",
            "RUSTC": self.build.rust.rustc,
            "RUSTC_BOOTSTRAP": "1",
            # nothing is compiled, and nothing shall be written beside the sources
            "CARGO_BUILD_RUSTC_WRAPPER": "",
            "CARGO_TARGET_DIR": os.path.join(self.build.session.cache_dir, "cargo-target"),
        }
        argv = [self.cargo.program, command, f"--manifest-path={asked.manifest}", *options]
        return ask_process(argv, env, cwd=folder or os.path.dirname(asked.manifest))

    def _hide_top(self, value: str) -> str:
        top = self.build.session.tree.top
        return TOP + value.removeprefix(top) if f"{value}/".startswith(f"{top}/") else value
