"""Which cargo is taken among several, and what is said where none will do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rust_firmware import cargo_toolchains
from rust_firmware.cargo_toolchains import find_cargo, find_fetcher
from rust_firmware.install import how_to_install
from rust_firmware.probes import Probes
from steelmill.errors import ToolchainError

OWN, SYSTEM = "1.9.0 (sys:0.20.0 vendored)", "1.5.1 (sys:0.20.4 system)"
Install = Callable[..., str]


@pytest.fixture
def probes(tmp_path: Path) -> Probes:
    return Probes(str(tmp_path / "cache"))


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Give what puts a cargo of a release on a PATH that has no other; nothing else of this machine is looked at."""
    monkeypatch.setattr(cargo_toolchains, "_SYSTEM", ())
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("RUSTUP_HOME", str(tmp_path / "rustup"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "unpacked"))
    monkeypatch.delenv("CARGO", raising=False)
    folders: list[str] = []

    def write(release: str, libgit2: str = OWN) -> str:
        program = tmp_path / release / "cargo"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\necho 'release: {release}'\necho 'libgit2: {libgit2}'\n", encoding="utf-8")
        program.chmod(0o755)
        folders.append(str(program.parent))
        monkeypatch.setenv("PATH", ":".join(folders))
        return str(program)

    return write


def test_one_that_is_too_old_for_the_rustc_is_said_to_be(probes: Probes, install: Install) -> None:
    old, ancient = install("1.94.0"), install("1.84.0")
    with pytest.raises(ToolchainError) as caught:
        find_cargo(probes, None, (1, 96), git=False)
    assert caught.value.what == "no cargo found that will do"
    assert caught.value.details == (
        ("cargo 1.94.0", f"{old}: cannot ask rustc 1.96 about a target specification; 1.95 or newer can"),
        ("cargo 1.84.0", f"{ancient}: older than 1.85, and knows no edition 2024"),
    )
    assert caught.value.remedy == f"{how_to_install(['rustc'])}; or give its path with cargo=PATH"
    assert find_cargo(probes, None, (1, 94), git=False).program == old
    with pytest.raises(ToolchainError, match=r"^cargo=: no cargo found that will do"):
        find_cargo(probes, ancient, (1, 85), git=False)


def test_another_one_fetches_from_git_where_the_one_that_resolves_cannot(probes: Probes, install: Install) -> None:
    new, old = install("1.96.0", SYSTEM), install("1.85.0")
    cargo = find_cargo(probes, None, (1, 96), git=True)
    assert cargo.program == new
    assert find_fetcher(probes, None, cargo, git=True).program == old
    assert find_fetcher(probes, None, cargo, git=False).program == new
    with pytest.raises(ToolchainError) as caught:
        find_fetcher(probes, new, cargo, git=True)
    assert str(caught.value) == (
        f"{new}: cargo 1.96.0 cannot fetch from git, where Cargo.lock takes packages from\n"
        "  because   it is linked with the system's libgit2, which is too old for it\n"
        f"  remedy    leave cargo= out: {old} can; what another cargo has fetched, this one finds"
    )


def test_where_no_cargo_fetches_from_git_another_is_asked_for(probes: Probes, install: Install) -> None:
    install("1.96.0", SYSTEM)
    cargo = find_cargo(probes, None, (1, 96), git=True)
    with pytest.raises(ToolchainError) as caught:
        find_fetcher(probes, None, cargo, git=True)
    assert caught.value.remedy.startswith("install another cargo, rustup's for instance; ")


def test_one_that_bootstrap_unpacked_is_found(probes: Probes, install: Install, tmp_path: Path) -> None:
    install("1.96.0", SYSTEM)
    program = tmp_path / "unpacked/steelmill/toolchains/rust-1.85/bin/cargo"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho 'release: 1.85.0'\n", encoding="utf-8")
    program.chmod(0o755)
    assert find_cargo(probes, None, (1, 85), git=True).program == str(program)
