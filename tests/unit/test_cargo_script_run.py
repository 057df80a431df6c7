from __future__ import annotations

import json

import pytest

from cargo_units import TOP, board_plan, find
from steelmill.cargo.build_script import BuildScriptOutput, LinkArg, parse_build_script
from steelmill.cargo.script_run import (
    Consumer,
    Rerun,
    ScriptRun,
    format_request,
    hide_top,
    parse_pairs,
    parse_request,
    rerun_of,
    run_env,
    run_files,
    run_request,
)
from steelmill.errors import ToolchainError

PLAN = board_plan()
OUT = "build/board/release/crates/app-1/out"
RECORDED = run_request(PLAN, find(PLAN, "cortex-m-rt", mode="run-custom-build"))
REQUEST = RECORDED._replace(
    folder="app",
    out_dir=OUT,
    consumers=(
        Consumer("lib", "app", links=True),
        Consumer("bin", "one", links=False),
        Consumer("bin", "two", links=False),
    ),
    immutable=False,
)


def said(text: str, request: ScriptRun = REQUEST) -> BuildScriptOutput:
    """Read what a script printed on a machine."""
    package = request.package._replace(targets=(("lib", "app"), ("bin", "one"), ("bin", "two")))
    return parse_build_script(hide_top(text.replace("$OUT", f"{TOP}/{OUT}").encode(), TOP), package)


def files(text: str) -> dict[str, list[str]]:
    return {name: content.splitlines() for name, content in run_files(REQUEST, said(text)).items()}


def test_a_request_reads_back() -> None:
    assert parse_request(format_request(RECORDED)) == RECORDED


def test_a_run_is_described() -> None:
    assert RECORDED.package.name == "cortex-m-rt 0.7.7"
    assert RECORDED.program.startswith("build/host/release/crates/cortex-m-rt-")
    assert RECORDED.program.endswith("/build-script-build")
    assert RECORDED.out_dir.startswith("build/board/release/crates/cortex-m-rt-")
    assert RECORDED.consumers == (Consumer("lib", "cortex_m_rt", links=True),)
    assert RECORDED.immutable


def test_a_script_gets_real_paths() -> None:
    env = run_env(RECORDED, [("DEP_CORTEX_M_DIR", "/proc/self/cwd/build/x")], top="/srv/ci", jobs=3)
    assert env["OUT_DIR"] == f"/srv/ci/{RECORDED.out_dir}"
    assert env["DEP_CORTEX_M_DIR"] == "/srv/ci/build/x"
    assert env["NUM_JOBS"] == "3"
    assert not any("/proc/self/cwd" in value for value in env.values())


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("-L/home/user/project/build", "-L/proc/self/cwd/build"),
        ("/home/user/project", "/proc/self/cwd"),
        ("native=/home/user/project:/home/user/project/a", "native=/proc/self/cwd:/proc/self/cwd/a"),
        ("/home/user/project2/a", "/home/user/project2/a"),
        ("/home/user/project.old", "/home/user/project.old"),
    ],
)
def test_the_top_folder_is_hidden(text: str, hidden: str) -> None:
    assert hide_top(text.encode(), TOP) == hidden.encode()


def test_no_file_holds_a_path_of_the_machine() -> None:
    text = "".join(
        f"cargo:{key}$OUT/x\n"
        for key in (
            "rustc-link-search=",
            "rustc-env=A=",
            "include=",
            "rustc-link-arg=-T",
            "rustc-link-lib=",
            "rustc-cfg=a=",
        )
    )
    texts = run_files(REQUEST, said(text))
    assert TOP not in repr(texts)
    assert json.loads(texts["env.json"]) == {"A": f"/proc/self/cwd/{OUT}/x"}
    assert json.loads(texts["metadata.json"]) == {"include": f"/proc/self/cwd/{OUT}/x"}
    assert texts["search.args"] == f"-L\n{OUT}/x\n"


def test_folders_that_the_script_made_are_found_first() -> None:
    text = "cargo:rustc-link-search=/usr/lib\ncargo:rustc-link-search=native=$OUT\ncargo:rustc-link-search=$OUT/b"
    assert files(text)["search.args"] == ["-L", f"native={OUT}", "-L", f"{OUT}/b"]
    assert files(text)["search-outside.args"] == ["-L", "/usr/lib"]


def test_each_target_is_told_what_concerns_it() -> None:
    output = BuildScriptOutput(
        cfgs=("fast",),
        check_cfgs=("cfg(fast)",),
        link_libs=("c",),
        link_args=(
            LinkArg("bin", "--bins"),
            LinkArg("all", "--all"),
            LinkArg("bin", "--two", "two"),
            LinkArg("test", "--t"),
        ),
    )
    texts = run_files(REQUEST, output)
    cfgs = ["--cfg", "fast", "--check-cfg", "cfg(fast)"]
    assert texts["lib-app.args"].splitlines() == ["-l", "c", "-Clink-arg=--all", *cfgs]
    assert texts["bin-one.args"].splitlines() == ["-Clink-arg=--bins", "-Clink-arg=--all", *cfgs]
    assert texts["bin-two.args"].splitlines() == ["-Clink-arg=--bins", "-Clink-arg=--all", "-Clink-arg=--two", *cfgs]


def test_a_script_that_says_nothing_leaves_its_files_empty() -> None:
    assert {name: text.strip() for name, text in run_files(REQUEST, BuildScriptOutput()).items()} == {
        "env.json": "{}",
        "metadata.json": "{}",
        "search.args": "",
        "search-outside.args": "",
        "lib-app.args": "",
        "bin-one.args": "",
        "bin-two.args": "",
    }


def test_a_script_runs_again_for_what_it_named() -> None:
    text = "cargo:rerun-if-changed=build.rs\ncargo:rerun-if-changed=../shared/x.h\ncargo:rerun-if-changed=build.rs\n"
    env = "cargo:rerun-if-env-changed=CC\n"
    outside = f"cargo:rerun-if-changed=/usr/include/a.h\ncargo:rerun-if-changed={TOP}/top.x\n"
    assert rerun_of(REQUEST, said(text + env + outside)) == Rerun(
        whole_package=False,
        paths=("app/build.rs", "shared/x.h", "/usr/include/a.h", "top.x"),
        variables=("CC",),
    )


def test_a_script_that_named_nothing_runs_again_for_its_package() -> None:
    assert rerun_of(REQUEST, said("")).whole_package
    assert not rerun_of(REQUEST._replace(immutable=True), said("")).whole_package
    assert rerun_of(REQUEST, said("cargo:rerun-if-env-changed=CC")).whole_package
    assert not rerun_of(REQUEST, said("cargo:rerun-if-changed=c.c")).whole_package


def test_a_script_never_runs_again_for_what_it_wrote() -> None:
    assert rerun_of(REQUEST, said("cargo:rerun-if-changed=$OUT/gen.rs")) == Rerun(False, (), ())


def test_files_of_an_immutable_package_do_not_change() -> None:
    request = REQUEST._replace(folder="/home/user/.cargo/registry/src/a-1.0.0", immutable=True)
    text = "cargo:rerun-if-changed=build.rs\ncargo:rerun-if-changed=/usr/include/a.h"
    assert rerun_of(request, said(text, request)).paths == ("/usr/include/a.h",)


def test_what_a_run_left_is_read_or_refused() -> None:
    texts = run_files(REQUEST, said("cargo:b=1\ncargo:a=2\ncargo:b=3"))
    assert parse_pairs(texts["metadata.json"], "x") == (("a", "2"), ("b", "3"))
    with pytest.raises(ToolchainError) as caught:
        parse_pairs("{", "build/x/metadata.json")
    assert str(caught.value) == (
        "build/x/metadata.json: not what the build wrote\n  remedy   remove it; it is built again"
    )
