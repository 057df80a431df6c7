"""Product: what one project builds: its target builds, and which of them the command line selects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import SCons.Script

from rust_firmware.audits import Audits
from rust_firmware.boundary import reports_errors
from rust_firmware.checks import Checks
from rust_firmware.linked_elf import LinkedElf
from rust_firmware.nodes import Graph
from rust_firmware.rust_toolchains import find_rust_toolchain
from rust_firmware.session import Session, get_session
from rust_firmware.summary import ImageReport, Summary
from rust_firmware.target_build import TargetBuild
from rust_firmware.target_files import FORMS, TargetFiles
from rust_firmware.target_specs import make_target
from rust_firmware.tree import file_node
from rust_firmware.variables import split_names
from rust_firmware.verb_action import VerbAction
from rust_firmware.verbs import RUST_VERBS, WITHOUT_IMAGES, check_targets, show_help
from steelmill.errors import InputError
from steelmill.firmware_toml.model import Firmware
from steelmill.firmware_toml.raw import RawFirmware
from steelmill.rustc.library import Library
from steelmill.rustc.toolchain import RustToolchain
from steelmill.suggest import did_you_mean
from steelmill.target_spec.model import TargetSpec

if TYPE_CHECKING:
    from rust_firmware.rust_verbs import RustVerbs


class _Declared(NamedTuple):
    """A firmware of the project."""

    targets: tuple[str, ...]
    has_c: bool


class Product:
    """The one product of a session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.graph = Graph(session)
        self.profile = session.arguments.get("profile", "release")
        self.libraries: dict[str, Library] = {}
        """Rlibs made by RustLibrary, by path."""
        self.staticlibs: set[str] = set()
        """Paths made by RustStaticLibrary."""
        self.bindings: dict[str, str] = {}
        """What Bindgen made: path -> name."""
        self.linked: dict[str, LinkedElf] = {}
        """Links made by FirmwareElf, by the ELF's path."""
        self._declared: dict[str, _Declared] = {}
        self._env = SCons.Script.DefaultEnvironment(tools=[])
        self._summary = Summary(session.console)
        self._checks = Checks(session, self._env)
        self.audits = Audits(session, self._env)
        """What was found in the images."""
        session.console.before_build.append(reports_errors(self._check_selection))
        if any(verb in WITHOUT_IMAGES for verb in session.words):
            # only then, for their modules are many
            from rust_firmware.target_verbs import add_target_verbs

            add_target_verbs(self, self._env)
        self._fetched: dict[str, str] = {}
        self._built_for: set[str] = set()
        self._rust: RustToolchain | None = None
        self._specs: dict[str, TargetSpec] = {}
        self._builds: dict[tuple[str, str], TargetBuild] = {}
        self.rust_verbs: RustVerbs | None = None
        if any(verb in RUST_VERBS for verb in session.words):
            from rust_firmware.rust_verbs import RustVerbs

            self.rust_verbs = RustVerbs(self, self._env)

    @property
    def rust(self) -> RustToolchain:
        """The Rust toolchain of this run."""
        if self._rust is None:
            arguments, session = self.session.arguments, self.session
            self._rust = find_rust_toolchain(session.probes, arguments.get("rustc"), session.tree.top)
        return self._rust

    @property
    def target_files(self) -> TargetFiles:
        """Where targets are found."""
        return TargetFiles(self.session.tree, self.session.probes, self.rust, self.session.own_tool.identity)

    def spec(self, name: str, asked_at: str = "target=") -> TargetSpec:
        """Find a target specification by name or path; where there is none, ``asked_at`` is to blame."""
        if name not in self._specs:
            spec = self._specs[name] = self.target_files.find(name, asked_at)
            if spec.notes:
                head = f"{spec.place}: adapted to rustc {self.rust.version.release}"
                self.session.console.detail(lambda: "\n  ".join([head, *spec.notes]))
        return self._specs[name]

    def target_build(self, name: str, asked_at: str = "target=") -> TargetBuild:
        """Give what is decided for a target in this run's profile; equal specifications share it."""
        spec = self.spec(name, asked_at)
        key = (spec.name, spec.place)
        if key not in self._builds:
            self._builds[key] = TargetBuild(
                session=self.session,
                graph=self.graph,
                rust=self.rust,
                target=make_target(self.session.probes, self.graph, self.rust, spec),
                profile=self.profile,
            )
        return self._builds[key]

    def selected_targets(self) -> tuple[str, ...] | None:
        """Give the names of ``target=``; None for all."""
        return split_names(self.session.arguments.get("target"))

    def declare(self, raw: RawFirmware, targets: Sequence[str]) -> None:
        """Note a firmware of this project, selected or not."""
        if raw.name in self._declared:
            raise InputError(f"two firmwares are called {raw.name!r}", place=raw.place, remedy="rename one of them")
        self._declared[raw.name] = _Declared(tuple(targets), raw.has_c)
        if self.session.shows_help:
            lines = [f"  {raw.name}  {raw.place}  {', '.join(targets)}"]
            show_help("\n".join([*lines, *([f"    {raw.description}"] if raw.description else [])]))

    def project_targets(self) -> tuple[str, ...]:
        """Give the selected targets, else those of the declared firmwares that ``firmware=`` selects."""
        chosen = (declared for name, declared in self._declared.items() if self.selects_firmware(name))
        return self.selected_targets() or tuple(dict.fromkeys(name for declared in chosen for name in declared.targets))

    @property
    def has_c(self) -> bool:
        """False where every declared firmware is Rust alone."""
        return not self._declared or any(declared.has_c for declared in self._declared.values())

    def selects_firmware(self, name: str) -> bool:
        """Tell whether ``firmware=`` names this firmware, or nothing."""
        chosen = split_names(self.session.arguments.get("firmware"))
        return chosen is None or name in chosen

    def targets_for(self, place: str, targets: Sequence[str]) -> tuple[str, ...]:
        """Give those of the selected targets that a firmware is built for; a path to a file is taken as it is."""
        chosen = self.selected_targets()
        if chosen is None:
            if not targets:
                raise InputError(
                    "no target is chosen, and the firmware names none",
                    place=place,
                    remedy="say scons target=NAME, or list [firmware] targets",
                )
            return tuple(dict.fromkeys(targets))
        found = [name for name in chosen if not targets or name.endswith(FORMS) or self.spec(name).name in targets]
        self._built_for.update(found)
        # a name and the path of its JSON, or a name said twice, are one target
        return tuple({(self.spec(name).name, self.spec(name).place): name for name in found}.values())

    def _check_selection(self) -> None:
        """Raise InputError where ``firmware=`` or ``target=`` names what no firmware of this project is."""
        if not self._declared or not self.session.plans_images:
            return
        check_targets()
        for name in split_names(self.session.arguments.get("firmware")) or ():
            if name not in self._declared:
                raise InputError(
                    f"no firmware is called {name!r}{did_you_mean(name, self._declared)}",
                    place="firmware=",
                    remedy=f"choose among {', '.join(self._declared)}",
                )
        for name in self.selected_targets() or ():
            if name not in self._built_for:
                known = sorted({target for declared in self._declared.values() for target in declared.targets})
                raise InputError(
                    f"no selected firmware is built for {name!r}{did_you_mean(name, known)}",
                    place="target=",
                    remedy=f"choose among {', '.join(known)}, or add it to targets in firmware.toml and SConstruct",
                )

    def add_image(
        self,
        fw: Firmware,
        build: TargetBuild,
        linked: LinkedElf,
        images: Sequence[str],
        table: str,
        said: Sequence[str],
    ) -> None:
        """Put an image under the verbs and into the summary."""
        self.report(build, linked, images, table, said)
        if fw.run:
            self._checks.add(fw.name, fw.run, build, linked.elf)

    def add_lock(self, path: str, locked: int) -> None:
        """Note a Cargo.lock, whose ``locked`` immutable packages are there and sound."""
        self.add_fetched(path, f"{locked} packages are here, as locked")

    def add_fetched(self, what: str, said: str) -> None:
        """Note what ``fetch`` has fetched; ``said`` tells how it is now."""
        if not self._fetched and "fetch" in self.session.words:
            tell = VerbAction(self.session, self._tell_fetched)
            self._env.AlwaysBuild(self._env.Alias("fetch", [], tell))
        self._fetched[what] = said

    def _tell_fetched(self) -> None:
        self.session.console.block("\n".join(f"{what}  {said}" for what, said in self._fetched.items()))

    def report(
        self, build: TargetBuild, linked: LinkedElf, images: Sequence[str], table: str, said: Sequence[str] = ()
    ) -> None:
        """Tell of an image at the end of the build and under ``size``."""
        elf = linked.elf
        paths = (elf, *images)
        nodes = [file_node(path) for path in (*paths, table)]
        self._env.Alias("images", [*nodes, *(file_node(audit.target_paths[0]) for audit in linked.audits)])
        self._env.Default("images")
        self._summary.add(
            ImageReport(
                paths,
                tuple(nodes),
                title=f"{elf.rpartition('/')[2]}  {build.target.name}",
                table=table,
                said=tuple(said),
            )
        )
        self._env.Alias("size", nodes[-1])


def get_product() -> Product:
    """Give the product of this session; the first call starts it."""
    session = get_session()
    holder: Any = SCons.Script.DefaultEnvironment(tools=[])
    if "STEELMILL_PRODUCT" not in holder:
        holder["STEELMILL_PRODUCT"] = Product(session)
    product: Product = holder["STEELMILL_PRODUCT"]
    return product
