"""What cargo 1.95 said of real packages, as the readers give it."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from cargo_packages import PACKAGES, PROJECT, REPOSITORY, recorded
from steelmill.cargo.lock import Lock, locked_compiler_builtins, parse_lock
from steelmill.cargo.metadata import Metadata, parse_metadata
from steelmill.cargo.package_id import GitReference, Source, parse_package_id
from steelmill.cargo.unit_graph import UnitGraph, parse_unit_graph
from steelmill.errors import ToolchainError

COMMIT = "455bacd20adfbefb5ea65ffcb167faf0b906d8b4"


def graph_of(name: str) -> UnitGraph:
    return parse_unit_graph(recorded(name).unit_graph)


def metadata_of(name: str) -> Metadata:
    return parse_metadata(recorded(name).metadata)


def lock_of(name: str) -> Lock:
    return parse_lock(recorded(name).lock, "Cargo.lock")


@pytest.mark.parametrize("name", PACKAGES)
def test_the_three_readers_agree_on_every_package(name: str) -> None:
    graph, metadata, lock = graph_of(name), metadata_of(name), lock_of(name)
    for unit in graph.units:
        package = metadata.package(unit.pkg_id)
        said = parse_package_id(unit.pkg_id)
        assert (said.name, said.version) == (package.name, package.version)
        locked = lock.find(package.name, package.version, package.source)
        assert locked is not None
        if package.source is None:
            assert said.source.folder == package.folder
            assert locked.source is None
        else:
            assert said.source == package.source._replace(precise=None)
            assert locked.source == package.source
        assert (locked.checksum is not None) == (package.source is not None and package.source.kind == "registry")
        assert unit.target.src_path.startswith(f"{package.folder}/")
        assert set(unit.features) <= set(package.features)


@pytest.mark.parametrize("name", PACKAGES)
def test_every_unit_stands_for_itself(name: str) -> None:
    graph = graph_of(name)
    assert max(Counter(graph.units).values()) == 1
    for unit in graph.units:
        assert unit.is_proc_macro + unit.is_build_script + unit.runs_build_script <= 1
        if unit.is_proc_macro or unit.is_build_script:
            assert unit.platform is None
        for edge in unit.dependencies:
            needed = graph.units[edge.index]
            if unit.runs_build_script:
                assert needed.is_build_script or needed.runs_build_script
            assert not (unit.platform is None and needed.platform is not None)


def test_the_root_of_a_binary_package() -> None:
    graph = graph_of("board")
    (root,) = graph.roots
    unit = graph.units[root]
    assert unit.target.kind == unit.target.crate_types == ("bin",)
    assert (unit.target.name, unit.target.edition, unit.mode) == ("board", "2024", "build")
    assert unit.target.src_path == f"{PROJECT}/board/src/main.rs"
    assert unit.platform == f"{PROJECT}/targets/thumbv7em-none-eabihf.json"
    assert unit.features == ("default", "led")
    assert [edge.extern_crate_name for edge in unit.dependencies] == ["cortex_m", "cortex_m_rt", "heapless", "serde"]
    assert {(edge.public, edge.noprelude, edge.nounused) for edge in unit.dependencies} == {(False, False, False)}


def test_profiles_are_those_of_the_manifest_with_their_overrides() -> None:
    graph = graph_of("board")
    root = graph.units[graph.roots[0]].profile
    assert (root.name, root.opt_level, root.lto, root.codegen_units) == ("release", "s", "fat", 1)
    assert (root.panic, root.strip, root.debuginfo, root.incremental) == ("abort", "debuginfo", "0", False)
    assert (root.codegen_backend, root.split_debuginfo, root.rustflags) == (None, None, ())
    (heapless,) = (unit for unit in graph.units if "#heapless@" in unit.pkg_id and unit.target.name == "heapless")
    assert (heapless.profile.opt_level, heapless.profile.debuginfo) == ("3", "line-tables-only")
    (macros,) = (unit for unit in graph.units if unit.target.name == "cortex_m_rt_macros")
    assert (macros.profile.opt_level, macros.profile.panic, macros.profile.codegen_units) == ("0", "unwind", None)


def test_roots_of_a_workspace_are_its_members() -> None:
    graph = graph_of("workspace")
    roots = [(graph.units[root].target.name, graph.units[root].platform is None) for root in graph.roots]
    assert sorted(roots) == [("clink", False), ("first", False), ("macros", True), ("shared", False)]
    (shared,) = (graph.units[root] for root in graph.roots if graph.units[root].target.name == "shared")
    assert shared.target.crate_types == ("rlib", "staticlib")


def test_a_renamed_dependency_has_the_name_that_sources_use() -> None:
    graph = graph_of("workspace")
    (first,) = (unit for unit in graph.units if unit.target.name == "first")
    names = {edge.extern_crate_name: graph.units[edge.index].target.name for edge in first.dependencies}
    assert names == {"renamed": "fromgit", "shared": "shared"}


def test_a_build_script_is_compiled_for_the_host_and_run_for_the_target() -> None:
    graph = graph_of("workspace")
    compiled, run = sorted(
        (unit for unit in graph.units if unit.target.kind == ("custom-build",) and "/clink#" in unit.pkg_id),
        key=lambda unit: unit.mode,
    )
    assert (compiled.mode, compiled.platform, compiled.is_build_script) == ("build", None, True)
    assert (run.mode, run.platform is None, run.runs_build_script) == ("run-custom-build", False, True)
    assert [graph.units[edge.index] for edge in run.dependencies] == [compiled]
    assert [graph.units[edge.index].target.name for edge in compiled.dependencies] == ["cc"]


def test_metadata_has_what_the_package_variables_need() -> None:
    metadata = metadata_of("board")
    (board,) = (package for package in metadata.packages if package.name == "board")
    assert board.is_local
    assert (board.version, board.rust_version, board.edition) == ("0.3.1-rc.2", "1.85", "2024")
    assert board.authors == ("Ada Smith <ada@example.org>", "Bo")
    assert (board.description, board.license, board.homepage) == ("Blinks", "MIT OR Apache-2.0", None)
    assert (board.repository, board.readme, board.license_file) == ("https://example.org/board", None, None)
    assert board.features == ("default", "defmt", "led")
    assert board.folder == f"{PROJECT}/board"
    assert metadata.workspace_root == board.folder
    assert metadata.target_directory == f"{PROJECT}/board/target"
    assert metadata.workspace_members == metadata.workspace_default_members == (board.id,)


def test_metadata_has_links_and_the_targets_that_may_be_asked_for() -> None:
    packages = {package.name: package for package in metadata_of("workspace").packages}
    assert {name: package.links for name, package in packages.items() if package.links} == {"clink": "clink"}
    targets = {target.name: target.required_features for target in packages["the-app"].targets}
    assert targets == {"first": (), "second": ("extra",)}


def test_metadata_knows_no_package_of_another_graph() -> None:
    with pytest.raises(ToolchainError, match=r"`cargo metadata` says nothing of path\+file:///x#x@1\.0\.0"):
        metadata_of("board").package("path+file:///x#x@1.0.0")


def test_a_git_source_in_the_lock_file_and_in_the_metadata() -> None:
    source = Source("git", f"file://{REPOSITORY}", GitReference("branch", "feat/a+b"), COMMIT)
    (locked,) = lock_of("workspace").named("fromgit")
    (package,) = (package for package in metadata_of("workspace").packages if package.name == "fromgit")
    assert locked.source == package.source == source
    assert (locked.checksum, locked.dependencies, str(locked)) == (None, (), "fromgit 0.2.0")


def test_the_packages_of_a_lock_file() -> None:
    lock = lock_of("board")
    assert lock.version == 4
    assert [package.version for package in lock.named("embedded-hal")] == ["0.2.7", "1.0.0"]
    (board,) = lock.named("board")
    assert board.dependencies == ("cortex-m", "cortex-m-rt", "defmt", "heapless", "serde")
    (cortex_m,) = lock.named("cortex-m")
    assert [name for name in cortex_m.dependencies if "embedded-hal" in name] == [
        "embedded-hal 0.2.7",
        "embedded-hal 1.0.0",
    ]


def test_the_library_of_an_old_release_takes_compiler_builtins_from_the_registry() -> None:
    own = """\
version = 4
[[package]]
name = "compiler_builtins"
version = "0.1.140"
"""
    checksum = "df14d41c5d172a886df3753d54238eefb0f61c96cbd8b363c33ccc92c457bee3"
    registry = (
        f'{own}source = "registry+https://github.com/rust-lang/crates.io-index"\n'
        f'checksum = "{checksum}"\ndependencies = ["cc", "rustc-std-workspace-core"]\n'
    )
    locked = locked_compiler_builtins(parse_lock(registry, "library/Cargo.lock"))
    assert locked is not None
    assert (locked.version, locked.checksum) == ("0.1.140", checksum)
    assert locked_compiler_builtins(parse_lock(own, "library/Cargo.lock")) is None


def test_a_unit_graph_of_the_standard_library_and_of_older_settings() -> None:
    graph = json.loads(recorded("board").unit_graph)
    unit = graph["units"][0]
    unit["is_std"] = True
    unit["profile"] |= {"strip": {"deferred": "None"}, "rustflags": ["-Cpanic=abort"], "codegen_backend": "cranelift"}
    unit["dependencies"] = [{"index": 1, "extern_crate_name": "core"}]
    read = parse_unit_graph(json.dumps(graph)).units[0]
    assert read.is_std
    assert (read.profile.strip, read.profile.rustflags) == ("none", ("-Cpanic=abort",))
    assert read.profile.codegen_backend == "cranelift"
    assert {read.dependencies[0].public, read.dependencies[0].noprelude, read.dependencies[0].nounused} == {False}
