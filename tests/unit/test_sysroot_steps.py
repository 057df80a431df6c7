from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rust_examples import TOOLCHAIN, target_of
from steelmill.errors import InputError
from steelmill.rustc.builtins_source import (
    BuiltinsSource,
    LockedBuiltins,
    format_builtins_lock,
    format_builtins_manifest,
)
from steelmill.rustc.codegen import find_profile
from steelmill.rustc.sysroot import Sysroot, make_sysroot
from steelmill.rustc.toolchain import RustToolchain
from steelmill.step import OUT, Step

RELEASE = find_profile("release")
OLDER = replace(
    TOOLCHAIN,
    version=replace(TOOLCHAIN.version, release="1.89.0"),
    unstable=TOOLCHAIN.unstable - {"embed-metadata"},
)


def plan(toolchain: RustToolchain = TOOLCHAIN, **changes: Any) -> Sysroot:
    options: dict[str, Any] = {
        "target": target_of(),
        "codegen": RELEASE,
        "crates": ("core", "alloc"),
        "mem": False,
        "threads": 2,
        "out_dir": "build/board/release",
    }
    options.update(changes)
    return make_sysroot(toolchain, **options)


def steps_by_name(sysroot: Sysroot) -> dict[str, Step]:
    return {step.label[1].split()[0]: step for step in sysroot.steps}


def values_of(step: Step, option: str) -> list[str]:
    return [after for before, after in zip(step.argv, step.argv[1:], strict=False) if before == option]


def test_core_and_compiler_builtins_belong_to_every_sysroot() -> None:
    assert [library.name for library in plan(crates=()).libraries] == ["core", "compiler_builtins"]
    assert [library.name for library in plan(crates=("core",)).libraries] == ["core", "compiler_builtins"]
    assert [library.name for library in plan(crates=("alloc",)).libraries] == ["core", "compiler_builtins", "alloc"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("std", "build-std names 'std', which cannot be built for a target without std"),
        ("aloc", "build-std names 'aloc', which cannot be built for a target without std; did you mean 'alloc'?"),
    ],
)
def test_another_crate_is_refused(name: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        plan(crates=("core", name))
    assert str(caught.value) == f"{words}\n  remedy   choose among core, compiler_builtins, alloc"


def test_no_path_of_this_machine_reaches_the_bytes() -> None:
    for step in plan().steps:
        assert "-Zremap-cwd-prefix=." in step.argv
        remap = f"--remap-path-prefix={TOOLCHAIN.library}=/rustc/ac68faa/library"
        # rustc takes the last remap that matches: the special one stands behind the general one
        assert step.argv.index(remap) > step.argv.index("-Zremap-cwd-prefix=.")
        assert not any("/work" in word or word.startswith("-o") for word in step.argv)


def test_objects_under_way_stay_out_of_the_working_directory() -> None:
    for step in plan().steps:
        assert f"--out-dir={OUT}" in step.argv


def test_every_library_crate_is_compiled_for_the_canonical_file() -> None:
    for step in plan().steps:
        assert values_of(step, "--target") == ["build/board/target/thumbv7em-none-eabihf.json"]
        assert "build/board/target/thumbv7em-none-eabihf.json" in step.inputs
        assert set(RELEASE.argv()) <= set(step.argv)
        assert "--sysroot=/dev/null" in step.argv
        assert "-Zforce-unstable-if-unmarked" in step.argv
        assert "--cap-lints=allow" in step.argv


def test_editions_and_roots_are_those_of_the_library_at_hand() -> None:
    steps = steps_by_name(plan())
    assert "--edition=2024" in steps["core"].argv
    assert "--edition=2021" in steps["compiler_builtins"].argv
    assert "--edition=2018" in steps["alloc"].argv
    assert f"{TOOLCHAIN.library}/core/src/lib.rs" in steps["core"].argv
    assert f"{TOOLCHAIN.library}/compiler-builtins/compiler-builtins/src/lib.rs" in steps["compiler_builtins"].argv


def test_library_crates_read_metadata_alone_and_compiler_builtins_is_private() -> None:
    sysroot = plan()
    steps = steps_by_name(sysroot)
    folder = sysroot.folder
    assert values_of(steps["core"], "--extern") == []
    assert values_of(steps["compiler_builtins"], "--extern") == [f"core={folder}/libcore.rmeta"]
    assert values_of(steps["alloc"], "--extern") == [
        f"core={folder}/libcore.rmeta",
        f"priv:compiler_builtins={folder}/libcompiler_builtins.rmeta",
    ]
    for step in sysroot.steps:
        assert {value.split("=")[1] for value in values_of(step, "--extern")} <= set(step.inputs)


def test_a_crate_is_given_both_forms_of_every_library() -> None:
    sysroot = plan(crates=("core",))
    folder = sysroot.folder
    head = "noprelude,nounused:"
    assert sysroot.extern() == (
        "-L",
        f"dependency={folder}",
        "--extern",
        f"{head}core={folder}/libcore.rlib",
        "--extern",
        f"{head}core={folder}/libcore.rmeta",
        "--extern",
        f"{head}compiler_builtins={folder}/libcompiler_builtins.rlib",
        "--extern",
        f"{head}compiler_builtins={folder}/libcompiler_builtins.rmeta",
    )
    assert sysroot.inputs == tuple(
        word.split("=")[1] for word in sysroot.extern() if "=lib" not in word and ":" in word
    )


def test_metadata_is_early_and_apart() -> None:
    core = steps_by_name(plan())["core"]
    assert core.outputs == ("libcore.rlib", "libcore.rmeta", "core.d")
    assert core.early == ("libcore.rmeta",)
    assert {"--error-format=json", "--json=artifacts", "-Zembed-metadata=no"} <= set(core.argv)
    assert f"--emit=link={OUT}/libcore.rlib,metadata={OUT}/libcore.rmeta,dep-info={OUT}/core.d" in core.argv


def test_an_older_rustc_keeps_the_metadata_in_the_rlib() -> None:
    sysroot = plan(OLDER)
    core = steps_by_name(sysroot)["core"]
    assert core.outputs == ("libcore.rlib", "core.d")
    assert core.early == ()
    assert "-Zembed-metadata=no" not in core.argv
    alloc = steps_by_name(sysroot)["alloc"]
    assert values_of(alloc, "--extern")[0] == f"core={sysroot.folder}/libcore.rlib"
    assert len(values_of(alloc, "--extern")) == 2


def test_intrinsics_get_an_object_each() -> None:
    for name, step in steps_by_name(plan()).items():
        assert ("-Ccodegen-units=10000" in step.argv) is (name == "compiler_builtins")


def test_the_cfgs_of_compiler_builtins_are_computed() -> None:
    steps = steps_by_name(plan(mem=True, target=target_of(cfg="target_has_reliable_f16")))
    cfgs = values_of(steps["compiler_builtins"], "--cfg")
    assert {'feature="mem"', 'feature="compiler-builtins"', "thumb", "f16_enabled"} <= set(cfgs)
    assert "thumb_1" not in cfgs
    assert values_of(steps["core"], "--cfg") == values_of(steps["alloc"], "--cfg") == []


def test_threads_are_used_where_they_are_proven_and_never_signed() -> None:
    steps = steps_by_name(plan(threads=4))
    assert steps["core"].unsigned_argv == steps["alloc"].unsigned_argv == ("-Zthreads=4",)
    assert steps["compiler_builtins"].unsigned_argv == ()
    for step in steps.values():
        assert not any("threads" in word for word in step.argv)
    serial = steps_by_name(plan(threads=1))
    for name, step in steps.items():
        assert step.signature() == serial[name].signature()
        assert serial[name].unsigned_argv == ()


@pytest.mark.parametrize("release", ["1.95.0", "1.97.0-nightly", "1.96.1"])
def test_threads_wait_for_a_proof_of_each_release(release: str) -> None:
    unproven = replace(TOOLCHAIN, version=replace(TOOLCHAIN.version, release=release))
    assert all(step.unsigned_argv == () for step in plan(unproven, threads=4).steps)


def test_the_library_crates_are_shared_and_wait_for_the_probe() -> None:
    for step in plan().steps:
        assert step.shared
        assert step.order_only == ("build/board/target/probe.o",)
        assert step.tools == (TOOLCHAIN.compiler, TOOLCHAIN.library_sources)
        assert step.env == TOOLCHAIN.env


def test_equal_options_give_equal_steps() -> None:
    assert plan() == plan()
    assert plan(threads=8).folder == plan().folder
    assert plan(crates=("core", "alloc")).folder == plan(crates=("alloc",)).folder


@pytest.mark.parametrize(
    "change",
    [
        {"mem": True},
        {"codegen": RELEASE.with_options(opt_level="z")},
        {"codegen": RELEASE.with_options(panic="immediate-abort")},
        {"codegen": RELEASE.with_options(debug_assertions=True)},
        {"codegen": find_profile("dev")},
        {"out_dir": "build/other/release"},
        {"features": ("optimize_for_size",)},
    ],
)
def test_different_options_never_share_a_folder(change: dict[str, Any]) -> None:
    assert plan(**change).folder != plan().folder


def test_firmware_with_and_without_alloc_share_the_rest() -> None:
    without, with_alloc = plan(crates=("core",)), plan(crates=("core", "alloc"))
    assert with_alloc.steps[:2] == without.steps
    assert with_alloc.libraries[:2] == without.libraries


def test_everything_that_a_crate_may_read_lies_in_one_folder() -> None:
    sysroot = plan()
    assert {step.out_dir for step in sysroot.steps} == {sysroot.folder}
    assert {path for step in sysroot.steps for path in step.target_paths if not path.endswith(".d")} == set(
        sysroot.inputs
    )


LOCKED = LockedBuiltins("0.1.140", "ab" * 32, "registry+https://example.org/index")
FROM_REGISTRY = BuiltinsSource(LOCKED, "/home/user/registry/compiler_builtins-0.1.140", "2021", "identity")


def test_compiler_builtins_of_the_registry_is_built_from_there() -> None:
    step = steps_by_name(plan(OLDER, builtins=FROM_REGISTRY))["compiler_builtins"]
    assert f"{FROM_REGISTRY.folder}/src/lib.rs" in step.argv
    assert step.argv[-1].startswith("--emit=")
    assert f"--remap-path-prefix={FROM_REGISTRY.folder}=/rust/deps/compiler_builtins-0.1.140" in step.argv
    assert {'feature="unstable"', 'feature="force-soft-floats"', "f16_enabled"} <= set(values_of(step, "--cfg"))
    assert [(tool.name, tool.identity) for tool in step.tools[2:]] == [("compiler_builtins 0.1.140", "identity")]
    others = steps_by_name(plan(OLDER))
    assert steps_by_name(plan(OLDER, builtins=FROM_REGISTRY))["core"] == others["core"]
    assert step.signature() != others["compiler_builtins"].signature()


def test_what_fetches_compiler_builtins_pins_what_the_library_pins() -> None:
    from steelmill.cargo.lock import locked_compiler_builtins, parse_lock
    from steelmill.toml.load import load_toml

    found = locked_compiler_builtins(parse_lock(format_builtins_lock(LOCKED), "Cargo.lock"))
    assert found is not None
    assert (found.version, found.checksum) == (LOCKED.version, LOCKED.checksum)
    manifest = load_toml(format_builtins_manifest(LOCKED), "Cargo.toml")
    assert manifest["dependencies"] == {"compiler_builtins": "=0.1.140"}


def test_an_older_rustc_announces_nothing_that_it_cannot_give_early() -> None:
    assert not any("--json" in word for step in plan(OLDER).steps for word in step.argv)


def test_an_older_rustc_aborts_at_once_by_a_feature_of_core() -> None:
    steps = steps_by_name(plan(OLDER, codegen=RELEASE.with_options(panic="immediate-abort")))
    feature = 'feature="panic_immediate_abort"'
    for name, step in steps.items():
        assert "-Cpanic=abort" in step.argv
        assert (feature in step.argv) is (name != "compiler_builtins")
    newer = steps_by_name(plan(codegen=RELEASE.with_options(panic="immediate-abort")))
    assert "-Cpanic=immediate-abort" in newer["core"].argv
    assert feature not in newer["core"].argv


def test_features_are_for_core_and_alloc() -> None:
    for name, step in steps_by_name(plan(features=("optimize_for_size",))).items():
        assert ('feature="optimize_for_size"' in values_of(step, "--cfg")) is (name != "compiler_builtins")
