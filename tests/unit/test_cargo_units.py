from __future__ import annotations

import shlex
from dataclasses import replace

import pytest

from cargo_units import SETTING, TOP, board_plan, elsewhere, find, plan_of, recorded_graph
from steelmill.cargo.unit_argv import unit_argv
from steelmill.cargo.unit_env import dependency_env, script_env, unit_env
from steelmill.cargo.unit_graph import Unit, UnitGraph
from steelmill.cargo.unit_plan import CcTools, UnitPlan
from steelmill.cargo.unit_step import RUN_TOOL, unit_step
from steelmill.errors import InputError
from steelmill.step import BUILT_IN, OUT, DepInfo, Step, Tool

PLAN = board_plan()
SEEN = "/proc/self/cwd"


def step_of(package: str, plan: UnitPlan = PLAN, **how: str) -> Step:
    return unit_step(plan, find(plan, package, **how))


def all_steps(plan: UnitPlan) -> list[Step]:
    return [unit_step(plan, index) for index in range(len(plan.graph.units))]


def test_every_unit_has_files_of_its_own() -> None:
    paths = [path for step in all_steps(PLAN) for path in step.target_paths]
    assert len(paths) == len(set(paths))
    assert len({step.out_dir for step in all_steps(PLAN)}) == len(PLAN.graph.units)


def test_every_input_is_the_output_of_another_step_or_a_source() -> None:
    made = {path for step in (*all_steps(PLAN), *SETTING.sysroot.steps) for path in step.target_paths}
    given = {SETTING.target.spec_path, "link.x", "board/src/main.rs"}
    for step in all_steps(PLAN):
        assert set(step.inputs) <= made | given, step.label


def test_every_path_of_an_option_is_an_input_or_holds_one() -> None:
    for step in all_steps(PLAN):
        for word in step.argv[1:]:
            if word.startswith("@"):
                assert word[1:] in step.inputs
            if word.startswith("dependency="):
                assert any(path.startswith(word.removeprefix("dependency=")) for path in step.inputs), word


def test_a_checkout_elsewhere_gives_the_same_steps() -> None:
    assert all_steps(board_plan(elsewhere())) == all_steps(PLAN)
    assert TOP not in repr([replace(step, inputs=()) for step in all_steps(PLAN)])


def test_units_for_the_host_are_the_same_for_every_target() -> None:
    other = replace(
        SETTING,
        target=SETTING.target._replace(spec=SETTING.target.spec._replace(name="other"), spec_path="build/other.json"),
        tuple_name="other-none",
        cc=CcTools("other-gcc", (), "other-ar"),
        out_dir="build/other/release",
        rustflags=("--cfg", "odd"),
    )
    here, there = (all_steps(board_plan(setting)) for setting in (SETTING, other))
    host = [index for index, unit in enumerate(PLAN.graph.units) if unit.platform is None]
    assert len(host) > 10
    assert [here[index] for index in host] == [there[index] for index in host]
    assert not {step.out_dir for index, step in enumerate(here) if index not in host} & {
        step.out_dir for index, step in enumerate(there) if index not in host
    }


def changed(plan: UnitPlan) -> set[str]:
    """Name the packages with a unit whose files are others."""
    both = zip(PLAN.ids, plan.ids, strict=True)
    return {PLAN.package(index).name for index, (old, new) in enumerate(both) if old != new}


def edited(index: int, **change: object) -> UnitPlan:
    graph = recorded_graph()
    units = list(graph.units)
    units[index] = units[index]._replace(**change)  # type: ignore[arg-type]
    return plan_of(graph._replace(units=tuple(units)))


def test_a_feature_and_a_profile_reach_the_dependents_alone() -> None:
    nb = find(PLAN, "byteorder")
    unit: Unit = PLAN.unit(nb)
    dependents = {"byteorder", "hash32", "heapless", "board"}
    assert changed(edited(nb, features=("std",))) == dependents
    assert changed(edited(nb, profile=unit.profile._replace(opt_level="3"))) == dependents
    assert changed(edited(nb, target=unit.target._replace(src_path="/elsewhere/lib.rs"))) == set()


def test_flags_change_the_files_and_no_symbol() -> None:
    flagged = board_plan(replace(SETTING, rustflags=("-Ctarget-cpu=cortex-m4",)))
    for index, unit in enumerate(PLAN.graph.units):
        assert flagged.ids[index].metadata == PLAN.ids[index].metadata
        assert (flagged.ids[index].files == PLAN.ids[index].files) is (unit.platform is None)


def test_what_an_image_links_reaches_no_crate_that_others_share() -> None:
    link = SETTING.link
    objects = board_plan(replace(SETTING, link=link._replace(argv=("-Clink-arg=a.o",), inputs=("a.o",))))
    roots = set(PLAN.graph.roots)
    assert all(objects.ids[index] == PLAN.ids[index] for index in range(len(PLAN.ids)) if index not in roots)
    # build scripts are told the linker's name
    linker = board_plan(replace(SETTING, link=link._replace(linker="other-ld")))
    runs = [index for index, unit in enumerate(PLAN.graph.units) if unit.runs_build_script and unit.platform]
    assert runs
    assert all(linker.ids[index].files != PLAN.ids[index].files for index in runs)


def test_rustflags_reach_the_target_alone() -> None:
    plan = board_plan(replace(SETTING, rustflags=("--cfg", "flagged")))
    for index, unit in enumerate(plan.graph.units):
        if not unit.runs_build_script:
            assert ("flagged" in unit_argv(plan, index)) is (unit.platform is not None)
        else:
            flags = dict(script_env(plan, index))["CARGO_ENCODED_RUSTFLAGS"]
            assert flags == ("--cfg\x1fflagged" if unit.platform else "")


def test_a_library_waits_for_metadata_alone() -> None:
    step = step_of("heapless")
    read = [path for path in step.inputs if "/crates/" in path and path.endswith((".rlib", ".rmeta"))]
    assert read
    assert all(path.endswith(".rmeta") for path in read)
    assert step.early == tuple(name for name in step.outputs if name.endswith(".rmeta"))
    assert "--json=artifacts" in step.argv


def test_a_program_takes_in_every_library_behind_it() -> None:
    step = step_of("board")
    crates = {
        path.split("/crates/")[1].rpartition("-")[0].split("/")[0]
        for path in step.inputs
        if path.endswith(".rlib") and "/crates/" in path
    }
    behind = {name.rpartition("-")[0] for name in crates} | crates
    for name in ("heapless", "hash32", "byteorder", "stable_deref_trait", "cortex-m", "bare-metal", "serde_core"):
        assert any(crate.startswith(name) for crate in behind), name
    # a proc macro is loaded; what it was made of is in it
    assert any(path.endswith(".so") for path in step.inputs)
    assert not any("/syn-" in path for path in step.inputs)
    assert step.outputs == ("board", "board.d")
    assert "-Clinker=/usr/bin/rust-lld" in step.argv
    assert "link.x" in step.inputs
    assert step.tools == (SETTING.toolchain.compiler, *SETTING.link.tools)


def test_a_proc_macro_is_linked_for_the_host_with_its_std() -> None:
    step = step_of("serde_derive", kind="proc-macro")
    assert step.out_dir.startswith("build/host/release/")
    assert step.outputs[0].endswith(".so")
    assert "-Clinker=/usr/bin/cc" in step.argv
    assert SETTING.host.linker_tool in step.tools
    for word in ("--sysroot=/dev/null", "--target", "-Zembed-metadata=no", "-Cpanic=abort"):
        assert word not in step.argv
    assert step.argv[step.argv.index("proc_macro") - 1] == "--extern"
    assert SETTING.target.spec_path not in step.inputs


def test_an_immutable_package_is_one_value() -> None:
    package = PLAN.package(find(PLAN, "heapless"))
    plan = board_plan(replace(SETTING, checksums={package.id: "abc"}))
    for how in ({}, {"kind": "custom-build"}, {"mode": "run-custom-build"}):
        step = step_of("heapless", plan, **how)
        assert Tool("heapless 0.8.0", "abc") in step.tools
        assert not any("/registry/" in path for path in step.inputs)
    assert step_of("heapless", plan).dep_info is None
    assert "--cap-lints=allow" in step_of("heapless", plan).argv
    assert f"--remap-path-prefix={package.folder}=heapless-0.8.0" in step_of("heapless", plan).argv


def test_a_local_package_is_looked_at_file_by_file() -> None:
    step = step_of("board")
    assert step.dep_info == DepInfo("board.d", "rustc")
    assert "board/src/main.rs" in step.inputs
    assert "--cap-lints=allow" not in step.argv
    assert not any(word.startswith("--remap-path-prefix=/home") for word in step.argv)


def test_lints_reach_their_package() -> None:
    board = PLAN.package(find(PLAN, "board")).id
    plan = board_plan(replace(SETTING, lints={board: ("--deny=unsafe_code",)}))
    assert [step.label[1].split()[0] for step in all_steps(plan) if "--deny=unsafe_code" in step.argv] == ["board"]


def test_a_shared_object_is_nothing_for_a_firmware() -> None:
    board = find(PLAN, "board")
    target = PLAN.unit(board).target._replace(kind=("cdylib",), crate_types=("cdylib",))
    plan = edited(board, target=target)
    with pytest.raises(InputError) as caught:
        unit_step(plan, board)
    assert str(caught.value) == (
        "board/Cargo.toml: board makes a cdylib; a firmware takes a lib or a staticlib\n"
        "  remedy   add one of them to crate-type"
    )


def test_several_crate_types_leave_the_names_to_rustc() -> None:
    board = find(PLAN, "board")
    plan = edited(
        board, target=PLAN.unit(board).target._replace(kind=("lib", "staticlib"), crate_types=("lib", "staticlib"))
    )
    step = unit_step(plan, board)
    stem = f"board-{plan.ids[board].files}"
    assert step.outputs == (f"lib{stem}.rlib", f"lib{stem}.a", f"lib{stem}.rmeta", f"{stem}.d")
    assert step.argv[-1] == "--emit=link,metadata,dep-info"


def test_the_run_of_a_script_waits_for_its_program_and_what_others_said() -> None:
    step = step_of("serde_core", mode="run-custom-build")
    program = step_of("serde_core", kind="custom-build")
    assert step.argv[:3] == (BUILT_IN, RUN_TOOL, OUT)
    assert step.inputs == (f"{program.out_dir}/build-script-build",)
    assert step.label == ("RUN", "build script of serde_core 1.0.229  board")
    assert step.out_dir.startswith("build/board/release/")
    assert step.outputs[0] == "out.sha256"
    assert step.outputs[-1] == "run.d"


def test_a_crate_reads_what_its_script_said() -> None:
    index = find(PLAN, "serde_core")
    folder = step_of("serde_core", mode="run-custom-build").out_dir
    step = unit_step(PLAN, index)
    assert f"@{folder}/lib-serde_core.args" in step.argv
    assert step.env_files == (f"{folder}/env.json",)
    assert f"{folder}/out.sha256" in step.inputs
    assert dict(step.env)["OUT_DIR"] == f"{SEEN}/{folder}/out"


def test_search_paths_of_all_scripts_come_inside_out() -> None:
    argv = step_of("board").argv
    names = [word.rpartition("/")[2] for word in argv if word.startswith("@")]
    scripts = len(PLAN.linked_runs(find(PLAN, "board")))
    assert scripts == 6
    assert names == ["search.args"] * scripts + ["search-outside.args"] * scripts


def test_a_crate_sees_its_package() -> None:
    env = dict(unit_env(PLAN, find(PLAN, "board")))
    assert env["CARGO_MANIFEST_DIR"] == f"{SEEN}/board"
    assert env["CARGO_PKG_VERSION_PRE"] == "rc.2"
    assert env["CARGO_PKG_AUTHORS"] == "Ada Smith <ada@example.org>:Bo"
    assert env["CARGO_PRIMARY_PACKAGE"] == "1"
    assert env["CARGO_BIN_NAME"] == "board"
    assert "OUT_DIR" not in env
    assert "CARGO_PRIMARY_PACKAGE" not in dict(unit_env(PLAN, find(PLAN, "heapless")))


def test_what_cargo_sets_nobody_overrules() -> None:
    plan = board_plan(replace(SETTING, env=(("CARGO_PKG_NAME", "odd"), ("DEFMT_LOG", "info"), ("TARGET", "odd"))))
    env = dict(unit_env(plan, find(plan, "board")))
    assert (env["CARGO_PKG_NAME"], env["DEFMT_LOG"]) == ("board", "info")
    assert dict(script_env(plan, find(plan, "serde", mode="run-custom-build")))["TARGET"] == "thumbv7em-none-eabihf"


def test_a_script_sees_the_target_that_it_works_for() -> None:
    env = dict(script_env(PLAN, find(PLAN, "serde", mode="run-custom-build")))
    assert env["TARGET"] == "thumbv7em-none-eabihf"
    assert env["HOST"] == "x86_64-unknown-linux-gnu"
    assert env["CARGO_CFG_TARGET_ARCH"] == "arm"
    assert env["CARGO_CFG_TARGET_FEATURE"] == "aclass,dsp"
    assert env["CARGO_CFG_FEATURE"] == "derive,serde_derive"
    assert env["CARGO_FEATURE_SERDE_DERIVE"] == "1"
    assert "CARGO_CFG_DEBUG_ASSERTIONS" not in env
    assert env["CC_thumbv7em_none_eabihf"] == "/usr/bin/arm-none-eabi-gcc"
    assert env["CFLAGS_thumbv7em_none_eabihf"] == "-mthumb -mcpu=cortex-m4"
    assert "RUSTC_BOOTSTRAP" not in env
    host = dict(script_env(PLAN, find(PLAN, "quote", mode="run-custom-build")))
    assert (host["TARGET"], host["CARGO_CFG_TARGET_ARCH"]) == ("x86_64-unknown-linux-gnu", "x86_64")
    assert not any("thumb" in name for name in host)


def test_c_flags_with_blanks_are_quoted_for_the_cc_crate() -> None:
    flags = ("-DNAME=two words", "-mthumb")
    plan = board_plan(replace(SETTING, cc=CcTools("gcc", flags, "ar")))
    env = dict(script_env(plan, find(plan, "serde", mode="run-custom-build")))
    assert tuple(shlex.split(env["CFLAGS_thumbv7em_none_eabihf"])) == flags
    assert env["CC_SHELL_ESCAPED_FLAGS"] == "1"


def test_metadata_of_a_links_package_is_named_after_what_it_links() -> None:
    assert dependency_env("open-ssl", (("include-dir", "/a"), ("root", "/b"), ("root", "/c"))) == (
        ("DEP_OPEN_SSL_INCLUDE_DIR", "/a"),
        ("DEP_OPEN_SSL_ROOT", "/c"),
    )


def test_only_local_crates_are_compiled_incrementally_and_only_by_their_profile() -> None:
    graph = recorded_graph()

    def kept(plan: UnitPlan) -> dict[str, list[str]]:
        compiled = [index for index, unit in enumerate(plan.graph.units) if not unit.runs_build_script]
        words = {plan.package(index).name: unit_argv(plan, index) for index in compiled}
        return {name: found for name in words if (found := [word for word in words[name] if "incremental" in word])}

    def with_profile(**change: object) -> UnitGraph:
        return graph._replace(
            units=tuple(unit._replace(profile=unit.profile._replace(**change)) for unit in graph.units)  # type: ignore[arg-type]
        )

    asked = replace(SETTING, incremental=True)
    local = with_profile(incremental=True, lto="off")
    assert kept(plan_of(local, asked)) == {"board": ["-Cincremental=build/board/release/incremental"]}
    assert kept(plan_of(local)) == {}
    assert kept(plan_of(with_profile(incremental=False, lto="off"), asked)) == {}
    # rustc refuses it with link-time optimisation
    assert kept(plan_of(with_profile(incremental=True, lto="fat"), asked)) == {}


def test_generated_rust_is_seen_by_local_crates_alone() -> None:
    variable = ("BINDINGS_DRIVER", f"{SEEN}/build/board/release/app/bindings/driver.rs")
    bound = board_plan(
        replace(SETTING, local_env=(variable,), generated=("build/board/release/app/bindings/driver.rs",))
    )
    seeing = []
    for index, unit in enumerate(bound.graph.units):
        local = bound.package(index).is_local and "custom-build" not in unit.target.kind
        step = unit_step(bound, index)
        if unit.mode == "build":
            assert (variable in step.env) is (step.order_only == bound.setting.generated) is local
            seeing.append(local)
        if not local and not any(bound.package(edge.index).is_local for edge in unit.dependencies):
            assert bound.ids[index] == PLAN.ids[index]
        if local and unit.mode == "build":
            # two images that share a crate may each have bindings of that name
            assert bound.ids[index].files != PLAN.ids[index].files
            assert bound.ids[index].metadata == PLAN.ids[index].metadata
    assert set(seeing) == {True, False}
