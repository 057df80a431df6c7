"""The readers of cargo's words before the real cargo: its packages, its sources on disk, its configuration."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cargo_packages import Said, ask, ask_all, write_packages
from conftest import need_tool
from rust_examples import SYSTEM_RUSTC, git_cargo
from steelmill.cargo.checksum import (
    CHECKSUM_FILE,
    check_unpacked,
    check_vendored,
    crate_file_path,
    parse_checksums,
    read_crate_file,
)
from steelmill.cargo.config import read_config
from steelmill.cargo.config_files import read_config_files
from steelmill.cargo.config_value import ConfigValue
from steelmill.cargo.lock import LockedPackage, parse_lock
from steelmill.cargo.manifest import Manifest, lint_rustflags
from steelmill.cargo.metadata import Package, parse_metadata
from steelmill.cargo.package_id import parse_package_id
from steelmill.cargo.target_config import read_target_config
from steelmill.cargo.unit_graph import parse_unit_graph
from steelmill.errors import InputError, SteelmillError
from steelmill.rustc.cfg import parse_cfg


class Asked(NamedTuple):
    """A package and what cargo said of it."""

    folder: Path
    said: Said


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    need_tool("cargo", "git")
    folder = tmp_path_factory.mktemp("cargo").resolve()
    write_packages(folder)
    package = folder / "board"
    fetched = ask("cargo", SYSTEM_RUSTC, package, "fetch", "--locked")
    assert fetched.returncode == 0, fetched.stderr
    return Asked(package, ask_all("cargo", SYSTEM_RUSTC, package))


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    need_tool("git")
    folder = tmp_path_factory.mktemp("cargo").resolve()
    write_packages(folder)
    package = folder / "workspace"
    fetched = ask(git_cargo(), SYSTEM_RUSTC, package, "fetch", "--locked")
    assert fetched.returncode == 0, fetched.stderr
    return Asked(package, ask_all("cargo", SYSTEM_RUSTC, package))


@pytest.mark.parametrize("name", ["board", "workspace"])
def test_unit_graph_metadata_and_lock_file_agree(name: str, request: pytest.FixtureRequest) -> None:
    asked: Asked = request.getfixturevalue(name)
    graph = parse_unit_graph(asked.said.unit_graph)
    metadata = parse_metadata(asked.said.metadata)
    lock = parse_lock(asked.said.lock, "Cargo.lock")
    assert len(graph.units) > 10
    for unit in graph.units:
        package = metadata.package(unit.pkg_id)
        said = parse_package_id(unit.pkg_id)
        assert (said.name, said.version) == (package.name, package.version)
        assert said.source.folder == (package.folder if package.is_local else None)
        assert lock.find(package.name, package.version, package.source) is not None
        assert Path(unit.target.src_path).is_file()
        assert Path(package.manifest_path).is_file()
    assert metadata.workspace_root == str(asked.folder)
    # the lock file names what features that are off would need, too
    assert {package.name for package in metadata.packages} <= {package.name for package in lock.packages}


def digests(folder: str) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in Path(folder).rglob("*")
        if path.is_file()
    }


def registry_packages(asked: Asked) -> list[tuple[Package, LockedPackage]]:
    lock = parse_lock(asked.said.lock, "Cargo.lock")
    packages = (package for package in parse_metadata(asked.said.metadata).packages if package.source is not None)
    found = [(package, lock.find(package.name, package.version, package.source)) for package in packages]
    return [(package, locked) for package, locked in found if locked is not None and locked.checksum]


def test_what_cargo_has_unpacked_is_what_the_lock_file_names(board: Asked, tmp_path: Path) -> None:
    packages = registry_packages(board)
    assert len(packages) > 20
    for package, locked in packages:
        path = crate_file_path(package.folder)
        crate = read_crate_file(Path(path).read_bytes(), locked, path)
        assert check_unpacked(locked, crate, digests(package.folder), package.folder) == ()
    copy = shutil.copytree(package.folder, tmp_path / "copy")
    with (copy / "src/lib.rs").open("a", encoding="utf-8") as file:
        file.write("// edited\n")
    with pytest.raises(InputError, match=f"edited; expected the file of {locked}"):
        check_unpacked(locked, crate, digests(str(copy)), str(copy))


def test_what_cargo_vendors_is_found_and_right(board: Asked, tmp_path: Path) -> None:
    package = shutil.copytree(board.folder, tmp_path.resolve() / "board")
    vendored = ask("cargo", SYSTEM_RUSTC, package, "vendor", "--locked", "third_party")
    assert vendored.returncode == 0, vendored.stderr
    (package / ".cargo").mkdir()
    (package / ".cargo/config.toml").write_text(vendored.stdout, encoding="utf-8")
    sources = read_config(str(package), "/nowhere/.cargo", {}, read).sources
    for found, locked in registry_packages(Asked(package, ask_all("cargo", SYSTEM_RUSTC, package))):
        assert locked.source is not None
        folder = sources.vendored_folder(locked.source)
        assert folder == str(package / "third_party")
        assert os.path.dirname(found.folder) == folder
        checksums = parse_checksums(Path(found.folder, CHECKSUM_FILE).read_text(encoding="utf-8"), found.folder)
        assert check_vendored(locked, checksums, digests(found.folder), found.folder) == ()


def read(path: str) -> str | None:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:
        return None


def plain(value: ConfigValue) -> Any:
    if isinstance(value.value, tuple):
        return [plain(element) for element in value.value]
    if isinstance(value.value, Mapping):
        return {key: plain(element) for key, element in value.value.items()}
    return value.value


CONFIGURATIONS: Mapping[str, Mapping[str, str]] = {
    "arrays and tables of four folders": {
        "a/b/.cargo/config.toml": 'build.rustflags = ["-Ca"]\nenv.A = "deep"\n',
        "a/.cargo/config": 'build.rustflags = ["-Cb", "-Cc"]\nenv.B = { value = "b" }\n',
        ".cargo/config.toml": '[env]\nA = "high"\nB = { force = true }\n[net]\noffline = true\n',
        "home/.cargo/config.toml": "build.rustflags = ['-Cd']\nprofile.release.lto = 'fat'\n",
    },
    "both names": {"a/.cargo/config": "net.retry = 1", "a/.cargo/config.toml": "net.retry = 2\nbuild.jobs = 3"},
    "includes": {
        "a/b/.cargo/config.toml": 'include = ["x.toml", "../y.toml"]\nbuild.rustflags = ["-own"]',
        "a/b/.cargo/x.toml": 'build.rustflags = ["-x"]\nnet.retry = 1\nbuild.target = "x"',
        "a/b/y.toml": 'build.rustflags = ["-y"]\nnet.retry = 2',
        "home/.cargo/config.toml": 'build.rustflags = ["-home"]\nnet.retry = 3\n',
    },
    "an array and a string": {
        "a/.cargo/config": "build.rustflags = '-Ca'",
        ".cargo/config": "build.rustflags = ['-Cb']",
    },
    "a table and a string": {"a/.cargo/config": "env.A = 'a'", ".cargo/config": "env.A.value = 'a'"},
    "kinds of single values": {"a/.cargo/config": "net.offline = 'a'", ".cargo/config": "net.offline = true"},
    "an include of nothing": {"a/b/.cargo/config.toml": 'include = ["absent.toml"]'},
    "an include of itself": {"a/b/.cargo/config.toml": 'include = ["config.toml"]'},
    "a float": {"a/b/.cargo/config.toml": "net.retry = 1.5"},
}


@pytest.mark.parametrize("files", CONFIGURATIONS.values(), ids=list(CONFIGURATIONS))
def test_files_say_together_what_cargo_makes_of_them(files: Mapping[str, str], tmp_path: Path) -> None:
    need_tool("cargo")
    top = tmp_path.resolve()
    for name, text in {"a/b/x": "", "home/.cargo/x": "", **files}.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text, encoding="utf-8")
    answer = subprocess.run(
        ["cargo", "config", "get", "-Zunstable-options", "--format", "json"],
        cwd=top / "a/b",
        env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "CARGO_HOME": str(top / "home/.cargo"), **_UNLOCK},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    try:
        ours = plain(read_config_files(str(top / "a/b"), str(top / "home/.cargo"), read).root)
    except SteelmillError:
        ours = None
    assert ours == (json.loads(answer.stdout) if answer.returncode == 0 else None), answer.stderr


_UNLOCK = {"RUSTC_BOOTSTRAP": "1"}
HOST = "x86_64-unknown-linux-gnu"
FLAGS: Sequence[tuple[str, Mapping[str, str]]] = (
    ('build.rustflags = ["--cfg", "a=\\"b c\\""]', {}),
    (f'build.rustflags = "--cfg=a"\ntarget.{HOST}.rustflags = "--cfg=b"', {"CARGO_BUILD_RUSTFLAGS": "--cfg=c"}),
    (f'build.rustflags = "--cfg=a"\ntarget.{HOST}.rustflags = []', {"CARGO_BUILD_RUSTFLAGS": "--cfg=c"}),
    (
        f"""\
target.'cfg(unix)'.rustflags = ["--cfg=z"]
target.'cfg(all(target_os = "linux"))'.rustflags = "--cfg=y"
target.'cfg(windows)'.rustflags = "--cfg=w"
target.{HOST}.rustflags = ["--cfg=own"]
""",
        {"CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS": "--cfg=var"},
    ),
    ('build.rustflags = "--cfg=a"', {"RUSTFLAGS": "  --cfg=b  --cfg=c "}),
    ('build.rustflags = "--cfg=a"', {"RUSTFLAGS": ""}),
    ("", {"RUSTFLAGS": "--cfg=a", "CARGO_ENCODED_RUSTFLAGS": '--cfg\x1fb="c d"'}),
)
NOTE = '#!/bin/sh\ncase " $* " in *" src/lib.rs "*) printf "%s\\n" "$@" > {log} ;; esac\nexec {rustc} "$@"\n'


def options_of_rustc(folder: Path, manifest: str, variables: Mapping[str, str]) -> list[str]:
    """Let cargo check a package of one empty file, and give what it passes to rustc."""
    top = folder.parent
    (folder / "Cargo.toml").write_text(f'[package]\nname = "p"\nedition = "2024"\n{manifest}', encoding="utf-8")
    (folder / "src").mkdir()
    (folder / "src/lib.rs").write_text("", encoding="utf-8")
    (top / "rustc").write_text(NOTE.format(log=top / "log", rustc=SYSTEM_RUSTC), encoding="utf-8")
    (top / "rustc").chmod(0o755)
    own = {"CARGO_HOME": str(top / "home"), "RUSTC": str(top / "rustc")}
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **own, **variables}
    argv = ["cargo", "check", "--offline", "--target", HOST]
    subprocess.run(argv, cwd=folder, env=environment, check=True, capture_output=True, timeout=120)
    return (top / "log").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(("text", "variables"), FLAGS)
def test_rustc_is_given_the_flags_that_are_read(text: str, variables: Mapping[str, str], tmp_path: Path) -> None:
    need_tool("cargo")
    folder = tmp_path.resolve() / "p"
    (folder / ".cargo").mkdir(parents=True)
    (folder / ".cargo/config.toml").write_text(text, encoding="utf-8")
    given = options_of_rustc(folder, "", variables)
    cfg = parse_cfg(subprocess.check_output([SYSTEM_RUSTC, "--print", "cfg", "--target", HOST], text=True))
    config = read_config(str(folder), str(tmp_path.resolve() / "home"), variables, read)
    flags = read_target_config(config, HOST, cfg).rustflags
    assert tuple(given[given.index(f"dependency={folder}/target/debug/deps") + 1 :]) == flags


LINTS = """\
[lints.rust]
unused = { level = "allow", priority = -1 }
unsafe_code = "warn"
missing_docs = "allow"
unexpected_cfgs = { level = "deny", check-cfg = ["cfg(a)", 'cfg(b, values("x"))'] }
[lints.clippy]
all = { level = "deny", priority = -2 }
missing_docs = "warn"
"""


def test_rustc_is_given_the_lints_that_are_read(tmp_path: Path) -> None:
    need_tool("cargo")
    folder = tmp_path.resolve() / "p"
    folder.mkdir()
    given = options_of_rustc(folder, LINTS, {})
    flags = lint_rustflags(Manifest((folder / "Cargo.toml").read_text(encoding="utf-8"), "Cargo.toml"), None)
    first = given.index(flags[0])
    assert tuple(given[first : first + len(flags)]) == flags
    assert len(flags) == 10
