"""cargo and Steelmill give rustc and build scripts the same: every argument, every variable, of every unit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from cargo_build_std import both_sources
from cargo_project import TUPLE, CargoProject, Recorded
from conftest import need_tool
from rust_examples import SYSTEM_RUSTC, TOOLCHAIN, ask_rustc, built_in_spec
from steelmill.cargo.build_script import BuildScriptOutput, parse_build_script
from steelmill.cargo.library_codegen import library_codegen
from steelmill.cargo.manifest import Manifest, lint_rustflags
from steelmill.cargo.metadata import parse_metadata
from steelmill.cargo.script_run import hide_top, run_env, run_files, run_request
from steelmill.cargo.unit_argv import unit_argv
from steelmill.cargo.unit_env import dependency_env, unit_env
from steelmill.cargo.unit_graph import parse_unit_graph
from steelmill.cargo.unit_plan import CargoSetting, CcTools, Host, ProgramLink, UnitPlan, plan_units
from steelmill.cc.compile import TOP
from steelmill.rustc.cfg import parse_cfg
from steelmill.rustc.codegen import Codegen
from steelmill.rustc.sysroot import make_sysroot
from steelmill.rustc.target import Target
from steelmill.rustc.toolchain import parse_version
from steelmill.step import Tool


class Difference(NamedTuple):
    side: str
    pattern: str
    reason: str
    units: str = ""
    """A part of the keys of the units that may differ so; empty for all."""


TARGET = "~target~"
THIS_CARGO = "<cargo>"
"""The path in `CARGO`; rustup's front end puts in the cargo that it starts."""


ARGUMENTS = (
    Difference("cargo", r"--error-format=json|--json=.*", "Steelmill reads the announcement of metadata alone"),
    Difference("ours", r"--json=artifacts", "the same; and nothing where nobody waits for it"),
    Difference("cargo", r"-L dependency=.*", "one folder for all units, with what earlier builds left"),
    Difference("ours", r"-L dependency=.*", "one folder for each unit: what belongs to it and nothing else"),
    Difference("cargo", r"--out-dir .*", "cargo's folders"),
    Difference("ours", r"--out-dir .*", "the folder that the Step gives"),
    Difference("cargo", r"-C (metadata|extra-filename)=.*", "cargo's hash, which names its own version"),
    Difference("ours", r"-C (metadata|extra-filename)=.*", "a hash without paths and without cargo"),
    Difference("cargo", r"--target .*", "the user's file"),
    Difference("ours", r"--target .*", "the canonical specification", TARGET),
    Difference("ours", r"--sysroot=/dev/null|--extern noprelude,nounused:.*", "core as a tracked node", TARGET),
    Difference("ours", r"-Zremap-cwd-prefix=\.|--remap-path-prefix=.*", "equal bytes in other folders"),
    Difference("ours", r"-Zembed-metadata=no|--extern .*\.rmeta beside its rlib", "a comment stops at the metadata"),
    Difference("ours", r"-Zbinary-dep-depinfo=yes", "dep-info with the crates that were read"),
    Difference("ours", r"-C linker=.*", "the linker is a tracked tool; cargo leaves it to rustc"),
    Difference("cargo", r"-C panic=unwind", "unwind in a profile means the target's own strategy", TARGET),
    Difference("ours", r"-C panic=abort", "the sysroot's strategy, said to all", TARGET),
    Difference("ours", r"--emit dep-info,link,metadata", "a library that is a staticlib too: its metadata is apart"),
    Difference("cargo", r"--emit dep-info,link", "the same"),
    Difference("cargo", r"-C incremental=.*", "no state beside the outputs"),
)

VARIABLES = (
    Difference("cargo", "LD_LIBRARY_PATH", "rustc finds its own libraries, and no script here makes shared ones"),
    Difference("cargo", "CARGO_MAKEFLAGS", "cargo's job server; SCons counts the jobs"),
    Difference("ours", "NUM_JOBS", "how many jobs, which cargo and SCons are told apart"),
    Difference("cargo", "NUM_JOBS", "the same"),
    Difference("cargo", "RUSTC|RUSTDOC", "the recording rustc, and a name to be searched on PATH"),
    Difference("ours", "RUSTC|RUSTDOC", "absolute paths of one toolchain"),
    Difference("ours", "RUSTC_LINKER", "the target's linker, which cargo hands over only where it is configured"),
    Difference("ours", "TMPDIR", "intermediate files lie in the Step's folder"),
    Difference("ours", "(CC|AR|CFLAGS)_.*", "the C toolchain of the image, as the cc crate looks for it"),
    Difference("ours", "RUSTC_BOOTSTRAP|PATH|LC_ALL", "what every rustc has, and nothing of the user's shell"),
)
STARTED_WITH = re.compile(
    r"HOME|PATH|LC_ALL|LC_CTYPE|RUSTC_BOOTSTRAP|RECORDER_.*|RUSTUP_.*|CARGO_HOME|RUST_RECURSION_COUNT|SSL_CERT_.*"
)
"""What cargo, rustup's front end and the recorder pass on or add to every process."""

TWO_WORDS = ("-C", "-L", "-l")
BEFORE_A_VALUE = ("--cfg", "--check-cfg", "--crate-name", "--crate-type", "--extern", "--out-dir", "--target")
NAMED = (*BEFORE_A_VALUE, "--cap-lints", "--edition")


def make_plan(project: CargoProject, *options: str) -> UnitPlan:
    metadata = parse_metadata(project.metadata)
    toolchain = replace(TOOLCHAIN, rustc=SYSTEM_RUSTC, version=parse_version(ask_rustc("-vV")))
    codegen = Codegen("s", "0", debug_assertions=False, overflow_checks=False)
    spec = str(project.folder / project.spec_path)
    cfg = parse_cfg(ask_rustc("-Zunstable-options", "--print", "cfg", "--target", spec, "--cfg", "from_config"))
    target = Target(built_in_spec(TUPLE), f"build/{TUPLE}.json", cfg, "build/probe.o")
    workspace = Manifest((project.folder / "Cargo.toml").read_text(), "Cargo.toml")
    graph = parse_unit_graph(project.unit_graph(*options))
    setting = CargoSetting(
        toolchain=toolchain,
        cargo="/usr/bin/cargo",
        top=str(project.folder),
        target=target,
        tuple_name=TUPLE,
        sysroot=make_sysroot(
            toolchain, target, codegen, crates=("core",), mem=False, threads=1, out_dir=f"build/{TUPLE}/release"
        ),
        panic="abort",
        host=Host(parse_cfg(ask_rustc("--print", "cfg")), "/usr/bin/cc", Tool("cc", "digest"), "build/host/release"),
        link=ProgramLink("/usr/bin/rust-lld"),
        cc=CcTools("/usr/bin/arm-none-eabi-gcc", ("-mthumb",), "/usr/bin/arm-none-eabi-ar"),
        out_dir=f"build/{TUPLE}/release",
        profile_root="release" if "--release" in options else "debug",
        rustflags=("-Clink-arg=-Tlink.x", "--cfg", "from_config"),
        env=(("BOARD", "devkit"),),
        lints={
            package.id: lint_rustflags(
                Manifest(Path(package.manifest_path).read_text(), package.manifest_path), workspace
            )
            for package in metadata.packages
        },
        primary=frozenset(graph.units[root].pkg_id for root in graph.roots),
    )
    return plan_units(setting, graph, metadata)


class Side:
    """The commands of one side, with names of files and folders that both sides share."""

    def __init__(self, top: str) -> None:
        self.argv: dict[str, list[str]] = {}
        self.env: dict[str, dict[str, str]] = {}
        self.names: dict[str, str] = {}
        self._top = top

    def call(self, text: str) -> str:
        """Give what a file of this side is called on both."""
        for own, common in self.names.items():
            text = text.replace(own, common)
        return re.sub(r"(?<![\w.])[^ =:]*/(lib)?\w+-(<[^>]*>)", r"\2", text.replace(f"{self._top}/", ""))

    def arguments(self, key: str) -> list[str]:
        words = [self.call(word) for word in canonical(self.argv[key])]
        objects = {word.removesuffix(".rlib") for word in words if word.endswith(".rlib")}
        return [f"{word} beside its rlib" if word.removesuffix(".rmeta") in objects else word for word in words]

    def variables(self, key: str) -> dict[str, str]:
        return {name: self.call(value) for name, value in self.env[key].items()}


def cargo_side(project: CargoProject, recorded: Iterable[Recorded]) -> tuple[Side, dict[str, Recorded]]:
    side = Side(str(project.folder))
    scripts = {}
    for one in recorded:
        if one.kind == "script":
            key = f"run {one.package} {one.env['TARGET']}"
            scripts[key] = one
            side.names[one.env["OUT_DIR"]] = f"<out {key}>"
        else:
            words = canonical(one.argv)
            extra = next(word.removeprefix("-C extra-filename=-") for word in words if "extra-filename" in word)
            key = unit_key(one.env, words)
            side.argv[key] = with_defaults(list(one.argv))
            side.names[extra] = f"<{key}>"
        side.names[one.env["CARGO"]] = THIS_CARGO
        side.env[key] = {name: value for name, value in one.env.items() if not STARTED_WITH.fullmatch(name)}
    return side, scripts


def our_side(plan: UnitPlan, scripts: Mapping[str, Recorded]) -> Side:
    side = Side(TOP)
    files: dict[str, list[str]] = {}
    env_of_scripts: dict[int, tuple[tuple[str, str], ...]] = {}
    outputs: dict[str, tuple[str | None, BuildScriptOutput]] = {}
    top = plan.setting.top
    side.names[plan.setting.cargo] = THIS_CARGO
    runs = [index for index, unit in enumerate(plan.graph.units) if unit.runs_build_script]
    for run in runs:
        request = run_request(plan, run)
        key = f"run {plan.package(run).name} {plan.package(run).version} {dict(request.env)['TARGET']}"
        one = scripts[key]
        printed = one.stdout.replace(one.env["OUT_DIR"], f"{top}/{request.out_dir}").encode()
        output = parse_build_script(hide_top(printed, top), request.package)
        texts = run_files(request, output)
        files |= {f"@{plan.folder(run)}/{name}": text.splitlines() for name, text in texts.items()}
        env_of_scripts[run] = output.env
        outputs[f"{plan.folder(run)}/metadata.json"] = (plan.package(run).links, output)
        side.names[request.out_dir] = f"<out {key}>"
    for run in runs:
        request = run_request(plan, run)
        seen = [
            pair for links, path in request.dependencies for pair in dependency_env(links, outputs[path][1].metadata)
        ]
        key = f"run {plan.package(run).name} {plan.package(run).version} {dict(request.env)['TARGET']}"
        side.env[key] = {
            name: text.replace(f"{top}/", "") for name, text in run_env(request, seen, top=top, jobs=1).items()
        }
    for index, unit in enumerate(plan.graph.units):
        if unit.runs_build_script:
            continue
        argv = [word for one in unit_argv(plan, index) for word in files.get(one, [one])]
        env = dict(unit_env(plan, index))
        own_run = plan.own_run(index)
        key = unit_key(env, canonical(argv))
        side.argv[key] = argv
        side.env[key] = {**env, **dict(env_of_scripts[own_run] if own_run is not None else ())}
        side.names[plan.ids[index].files] = f"<{key}>"
    return side


def unit_key(env: Mapping[str, str], words: Iterable[str]) -> str:
    words = list(words)
    features = sorted(word for word in words if word.startswith("--cfg feature="))
    types = [word.split()[1] for word in words if word.startswith("--crate-type ")]
    place = "target" if any(word.startswith("--target ") for word in words) else "host"
    values = ",".join(feature.partition("=")[2].strip('"') for feature in features)
    package = f"{env['CARGO_PKG_NAME']} {env['CARGO_PKG_VERSION']}"
    return "~".join([*package.split(), env["CARGO_CRATE_NAME"], "+".join(types), place, f"[{values}]"])


def canonical(argv: Iterable[str]) -> list[str]:
    """Spell each option in one way and in one string."""
    words = list(argv)[1:] if not next(iter(argv)).startswith("-") else list(argv)
    done = []
    while words:
        word = words.pop(0)
        short = next((option for option in TWO_WORDS if word.startswith(option)), None)
        long = next((option for option in NAMED if word.startswith(f"{option}=")), None)
        if word in (*TWO_WORDS, *NAMED):
            word = f"{word} {words.pop(0)}"
        elif short:
            word = f"{short} {word.removeprefix(short)}"
        elif long:
            word = f"{long} {word.removeprefix(f'{long}=')}"
        elif word.startswith("--emit="):
            kinds = (kind.partition("=")[0] for kind in word.removeprefix("--emit=").split(","))
            word = f"--emit {','.join(sorted(kinds))}"
        elif word == "-Z":
            word = f"-Z{words.pop(0)}"
        if re.match("-C (debug-assertions|overflow-checks|rpath)=", word):
            word = word.replace("=on", "=yes").replace("=off", "=no")
        done.append(word)
    return done


def with_defaults(argv: list[str]) -> list[str]:
    """Say what cargo leaves to rustc's defaults."""
    words = canonical(argv)
    given = {
        word.removeprefix("-C ").partition("=")[0]: word.partition("=")[2] for word in words if word.startswith("-C ")
    }
    opt_level = given.get("opt-level", "0")
    assertions = given.get("debug-assertions", "yes" if opt_level == "0" else "no")
    defaults = {
        "opt-level": opt_level,
        "debuginfo": "0",
        "debug-assertions": assertions,
        "overflow-checks": assertions,
        "embed-bitcode": "yes",
        "panic": "unwind",
    }
    return [
        *argv,
        *(word for name, value in defaults.items() if name not in given for word in ("-C", f"{name}={value}")),
    ]


BUILDS = {
    "release": ("--release",),
    "dev": (),
    "features": ("--release", "--no-default-features", "--features=slow-mode"),
    "lto": ("--release", "--config=profile.release.lto=true"),
    "fat": ("--release", '--config=profile.release.lto="fat"'),
    "thin": ("--release", '--config=profile.release.lto="thin"'),
    "off": ("--release", '--config=profile.release.lto="off"'),
}


class Compared(NamedTuple):
    """One build, as cargo and as Steelmill would run it."""

    theirs: Side
    ours: Side


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Compared]:
    need_tool("cargo")
    project = CargoProject(tmp_path_factory.mktemp("cargo"))
    compared = {}
    for build, options in BUILDS.items():
        recorded = project.build(f"--target-dir=target/{build}", *options, pretend=build != "release")
        theirs, scripts = cargo_side(project, recorded)
        compared[build] = Compared(theirs, our_side(make_plan(project, *options), scripts))
    return compared


@pytest.mark.parametrize("build", BUILDS)
def test_both_run_the_same_units(builds: Mapping[str, Compared], build: str) -> None:
    theirs, ours = builds[build]
    assert len(theirs.argv) == 13
    assert sorted(ours.argv) == sorted(theirs.argv)
    assert sorted(ours.env) == sorted(theirs.env)


@pytest.mark.parametrize("build", BUILDS)
def test_rustc_is_given_what_cargo_gives(builds: Mapping[str, Compared], build: str) -> None:
    theirs, ours = builds[build]
    for key in theirs.argv:
        only_theirs, only_ours = argument_differences(builds[build], key)
        assert unexplained(ARGUMENTS, "cargo", key, only_theirs) == [], key
        assert unexplained(ARGUMENTS, "ours", key, only_ours) == [], key
        assert in_order(ours.arguments(key)) == in_order(theirs.arguments(key)), key


@pytest.mark.parametrize("build", BUILDS)
def test_rustc_and_build_scripts_see_what_they_see_under_cargo(builds: Mapping[str, Compared], build: str) -> None:
    for key in builds[build].theirs.env:
        only_theirs, only_ours = variable_differences(builds[build], key)
        assert unexplained(VARIABLES, "cargo", key, only_theirs) == [], key
        assert unexplained(VARIABLES, "ours", key, only_ours) == [], key


def test_every_difference_that_is_explained_exists(builds: Mapping[str, Compared]) -> None:
    found: dict[str, set[str]] = {"cargo": set(), "ours": set()}
    for compared in builds.values():
        for differences in (
            *(argument_differences(compared, key) for key in compared.theirs.argv),
            *(variable_differences(compared, key) for key in compared.theirs.env),
        ):
            for side, words in zip(found, differences, strict=True):
                found[side].update(words)
    parts = [(one.side, part) for one in (*ARGUMENTS, *VARIABLES) for part in re.split(r"\|(?![^(]*\))", one.pattern)]
    stale = [(side, part) for side, part in parts if not any(re.fullmatch(part, word) for word in found[side])]
    assert stale == []


def test_the_library_is_compiled_with_the_options_of_other_packages(tmp_path: Path) -> None:
    need_tool("cargo")
    project = CargoProject(tmp_path / "cargo")
    sources = both_sources(project.folder / "Cargo.toml", tmp_path, SYSTEM_RUSTC, "cargo")
    table = 'profile.release.package."*"'
    options = ("--release", f'--config={table}.opt-level="z"', f"--config={table}.overflow-checks=true")
    flags = ("-Clink-arg=-Tlink.x", "--cfg", "from_config", "-Cforce-frame-pointers=yes")
    flag = f'--config=target.{TUPLE}.rustflags=["-Cforce-frame-pointers=yes"]'
    build_std = ("-Zbuild-std=core,alloc", f"--config={sources}", "--offline", flag)
    recorded = project.build(*options, *build_std, pretend=True)
    theirs = {one.env["CARGO_CRATE_NAME"]: one.argv for one in recorded if one.kind == "rustc"}
    graph = parse_unit_graph(project.unit_graph(*options))
    codegen = library_codegen(graph, parse_metadata(project.metadata), flags, "abort")
    plan = make_plan(project, *options)
    sysroot = make_sysroot(
        plan.setting.toolchain, plan.setting.target, codegen, crates=("alloc",), mem=True, threads=1, out_dir="build"
    )
    for step in sysroot.steps:
        name = step.label[1].split()[0]
        before, now = code_options(theirs[name]), code_options(step.argv)
        if name == "compiler_builtins":
            # each intrinsic in an object of its own clashes with no libgcc
            assert (before.pop("codegen-units"), now.pop("codegen-units")) == ("1", "10000")
        assert now == before


def code_options(argv: Iterable[str]) -> dict[str, str]:
    """Give the options of ``-C`` but for those of links and of the names of files."""
    pairs = (word.removeprefix("-C ").split("=", 1) for word in canonical(with_defaults(list(argv))) if "-C " in word)
    others = ("metadata", "extra-filename", "strip", "linker", "link-arg")
    return {name: value for name, value in pairs if name not in others}


def argument_differences(compared: Compared, key: str) -> tuple[set[str], set[str]]:
    theirs, ours = (Counter(side.arguments(key)) for side in compared)
    return set(theirs - ours), set(ours - theirs)


def variable_differences(compared: Compared, key: str) -> tuple[set[str], set[str]]:
    theirs, ours = (side.variables(key) for side in compared)
    names = {name for name in (*theirs, *ours) if theirs.get(name) != ours.get(name)}
    return names & theirs.keys(), names & ours.keys()


def unexplained(table: Iterable[Difference], side: str, key: str, words: Iterable[str]) -> list[str]:
    known = [one.pattern for one in table if one.side == side and one.units in key]
    return sorted(word for word in words if not any(re.fullmatch(pattern, word) for pattern in known))


def in_order(words: Iterable[str]) -> list[str]:
    """Pick the arguments among which a later one overrules an earlier one."""
    kinds = ("--allow", "--warn", "--deny", "--forbid", "--cfg", "-C link-arg", "-l ", "-L ")
    return [word for word in words if word.startswith(kinds) and not word.startswith("-L dependency=")]
