from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rust_examples import TOOLCHAIN, target_of
from steelmill.rustc.codegen import find_profile
from steelmill.rustc.crate import Crate, Setting, library_step, staticlib_step
from steelmill.rustc.library import Library, library_paths
from steelmill.rustc.probe import probe_steps
from steelmill.rustc.sysroot import make_sysroot
from steelmill.step import BUILT_IN, OUT, DepInfo, Step

RELEASE = find_profile("release")
TARGET = target_of()
SYSROOT = make_sysroot(
    TOOLCHAIN, TARGET, RELEASE, crates=("core",), mem=False, threads=2, out_dir="build/board/release"
)
FOLDER = "build/board/release/app"
CRATE = Crate(
    name="app",
    root="firmware/app/src/lib.rs",
    features=("usb",),
    cfgs=('board="devkit"', "fast"),
    env=(("APP_NAME", "hello"),),
    rustflags=("-Copt-level=3", "--cfg", "flagged"),
    sources=("build/board/release/app/generated.rs",),
)
SETTING = Setting(TOOLCHAIN, TARGET, RELEASE, SYSROOT, FOLDER)
PACKET = Library("packet", (f"{FOLDER}/libpacket.rlib", f"{FOLDER}/libpacket.rmeta"))


def staticlib(crate: Crate = CRATE, *dependencies: Library) -> Step:
    return staticlib_step(SETTING, crate, dependencies)


def library(crate: Crate = CRATE, *dependencies: Library) -> Step:
    return library_step(SETTING, crate, dependencies)


def values_of(step: Step, option: str) -> list[str]:
    return [after for before, after in zip(step.argv, step.argv[1:], strict=False) if before == option]


def test_a_staticlib_is_one_archive_and_its_dep_info() -> None:
    step = staticlib()
    assert step.outputs == ("libapp.a", "app.d")
    assert step.dep_info == DepInfo("app.d", "rustc")
    assert "--crate-type=staticlib" in step.argv
    assert f"--emit=link={OUT}/libapp.a,dep-info={OUT}/app.d" in step.argv
    assert step.label == ("RUSTC", "app  board")


def test_a_library_keeps_its_metadata_apart() -> None:
    step = library()
    assert step.outputs == ("libapp.rlib", "libapp.rmeta", "app.d")
    assert step.dep_info == DepInfo("app.d", "rustc")
    assert library_paths(step) == (f"{FOLDER}/libapp.rlib", f"{FOLDER}/libapp.rmeta")


def test_an_older_rustc_writes_one_file_a_library() -> None:
    older = replace(TOOLCHAIN, unstable=frozenset())
    step = library_step(replace(SETTING, toolchain=older), CRATE, ())
    assert library_paths(step) == (f"{FOLDER}/libapp.rlib",)
    assert "-Zbinary-dep-depinfo=yes" not in step.argv


def test_a_crate_agrees_with_the_sysroot() -> None:
    core = SYSROOT.steps[0]
    for step in (staticlib(), library()):
        for word in (*RELEASE.argv(), "--sysroot=/dev/null", "-Zremap-cwd-prefix=.", "-Zembed-metadata=no"):
            assert word in step.argv
            assert word in core.argv
        assert values_of(step, "--target") == values_of(core, "--target")
        assert set(SYSROOT.extern()) <= set(step.argv)


def test_features_and_cfgs_are_given_to_rustc() -> None:
    assert values_of(staticlib(), "--cfg") == ['feature="usb"', 'board="devkit"', "fast", "flagged"]
    assert CRATE.cfg_values() == ('feature="usb"', 'board="devkit"', "fast")


def test_the_users_flags_win() -> None:
    argv = staticlib().argv
    assert argv.index("-Copt-level=3") > argv.index("-Copt-level=s")


def test_dependencies_are_named_in_both_forms_and_are_inputs() -> None:
    step = staticlib(CRATE, PACKET)
    assert [value for value in values_of(step, "--extern") if "packet" in value] == [
        f"packet={FOLDER}/libpacket.rlib",
        f"packet={FOLDER}/libpacket.rmeta",
    ]
    assert set(PACKET.paths) <= set(step.inputs)
    assert f"dependency={FOLDER}" in values_of(step, "-L")


def test_everything_that_is_read_is_an_input() -> None:
    step = staticlib(CRATE, PACKET)
    assert set(step.inputs) == {
        "firmware/app/src/lib.rs",
        "build/board/target/thumbv7em-none-eabihf.json",
        "build/board/release/app/generated.rs",
        *SYSROOT.inputs,
        *PACKET.paths,
    }
    assert step.tools == (TOOLCHAIN.compiler,)


def test_the_environment_is_the_toolchains_and_the_crates() -> None:
    assert dict(staticlib().env) == {**dict(TOOLCHAIN.env), "APP_NAME": "hello"}
    assert list(staticlib().env) == sorted(staticlib().env)


def test_a_variable_of_the_crate_replaces_the_toolchains() -> None:
    env = staticlib(replace(CRATE, env=(("LC_ALL", "A"),))).env
    assert [value for name, value in env if name == "LC_ALL"] == ["A"]


def test_the_users_crates_are_compiled_serially_and_not_shared() -> None:
    for step in (staticlib(), library()):
        assert step.unsigned_argv == ()
        assert not any("threads" in word for word in step.argv)
        assert not step.shared


@pytest.mark.parametrize(
    "change",
    [
        {"edition": "2021"},
        {"features": ()},
        {"cfgs": ("fast",)},
        {"env": (("APP_NAME", "bye"),)},
        {"rustflags": ()},
        {"root": "firmware/app/src/main.rs"},
    ],
)
def test_every_part_of_a_crate_is_signed(change: dict[str, Any]) -> None:
    assert staticlib(replace(CRATE, **change)).signature() != staticlib().signature()


def test_crates_of_one_image_have_hashes_of_their_own() -> None:
    assert "-Cmetadata=app" in staticlib().argv


def test_the_probe_compiles_its_own_source_for_the_target() -> None:
    write, compile_ = probe_steps(TOOLCHAIN, TARGET.spec_path, "build/board/target", "board")
    assert write.argv[0] == BUILT_IN
    assert write.target_paths == ("build/board/target/probe.rs",)
    assert compile_.inputs == ("build/board/target/probe.rs", TARGET.spec_path)
    assert compile_.target_paths == ("build/board/target/probe.o",)
    assert f"--emit=obj={OUT}/probe.o" in compile_.argv
    # rustc only warns of a made-up feature or processor
    assert compile_.refuse


def test_link_time_optimisation_needs_bitcode_everywhere_and_happens_in_the_staticlib() -> None:
    setting = replace(SETTING, codegen=RELEASE.with_options(bitcode=True))
    for step in (library_step(setting, CRATE, ()), staticlib_step(setting, CRATE, ())):
        assert "-Cembed-bitcode=yes" in step.argv
        assert ("-Clto=fat" in step.argv) == ("--crate-type=staticlib" in step.argv)
    assert "-Clto=fat" not in staticlib().argv


def test_only_where_asked_and_without_lto_rustc_keeps_what_it_made() -> None:
    kept = f"-Cincremental={FOLDER}/incremental"
    incremental = replace(SETTING, incremental=True)
    assert kept in library_step(incremental, CRATE, ()).argv
    assert kept in staticlib_step(incremental, CRATE, ()).argv
    assert kept not in staticlib().argv
    bitcode = replace(incremental, codegen=RELEASE.with_options(bitcode=True))
    assert kept in library_step(bitcode, CRATE, ()).argv
    assert kept not in staticlib_step(bitcode, CRATE, ()).argv
