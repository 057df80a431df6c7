"""./bootstrap on machines made of stubs: what it calls, what it says, what it leaves alone. No network, no root."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]

REAL = ("bash", "cat", "env", "flock", "grep", "mkdir", "mv", "readlink", "rm", "sed", "sleep", "tail")
"""What bootstrap may rely on everywhere."""

DEBIAN_12 = {
    "binutils": "2.40",
    "bindgen": "0.60.1",
    "ca-certificates": "20230311",
    "cargo-web": "1.96.0",
    "cbindgen": "0.24.3",
    "clang": "1:14.0",
    "clang-22": "1:22.1",
    "g++": "4:12.2.0",
    "gcc": "4:12.2.0",
    "gcc-aarch64-linux-gnu": "4:12.2.0",
    "gcc-arm-none-eabi": "15:12.2",
    "gcc-riscv64-unknown-elf": "12.2.0",
    "gcc-x86-64-linux-gnu": "12.2.0",
    "git": "1:2.39",
    "libc6-dev": "2.36",
    "libclang-common-14-dev": "1:14.0",
    "libclang-common-19-dev": "1:19.1",
    "libclang1-14": "1:14.0",
    "libclang1-19": "1:19.1",
    "libnewlib-arm-none-eabi": "3.3.0",
    "lld": "1:14.0",
    "lld-22": "1:22.1",
    "python3": "3.11.2",
    "python3-venv": "3.11.2",
    "qemu-system-arm": "1:7.2",
    "qemu-system-misc": "1:7.2",
    "qemu-system-x86": "1:7.2",
    "rust-web-clippy": "1.96.0",
    "rust-web-src": "1.96.0",
    "rustc": "1.63.0",
    "rustc-web": "1.96.0",
    "rustfmt-web": "1.96.0",
    "shellcheck": "0.9",
    "strace": "6.1",
}

DEBIAN_13 = {
    **{name: version for name, version in DEBIAN_12.items() if "-web" not in name and not name.endswith("-22")},
    "bindgen": "0.71.1",
    "cbindgen": "0.27.0",
    "clang": "1:19.0",
    "rustc": "1.85.0",
    "cargo": "1.85.0",
    "rust-clippy": "1.85.0",
    "rust-src": "1.85.0",
    "rustfmt": "1.85.0",
    "lld": "1:19.0",
    "python3": "3.13.5",
    "python3-venv": "3.13.5",
    "qemu-system-riscv": "1:10.0",
}

COMMANDS = (
    "aarch64-linux-gnu-gcc",
    "arm-none-eabi-gcc",
    "bindgen",
    "cbindgen",
    "clang",
    "clippy-driver",
    "g++",
    "gcc",
    "git",
    "ld.lld",
    "qemu-system-arm",
    "qemu-system-riscv32",
    "qemu-system-x86_64",
    "readelf",
    "riscv64-unknown-elf-gcc",
    "rustc",
    "rustfmt",
    "shellcheck",
    "strace",
    "x86_64-linux-gnu-gcc",
)

# Each stub writes its name and arguments to $STATE/calls, then does as little as will do.
STUBS = {
    "id": "echo ${STUB_UID:-0}",
    "sudo": 'exec "$@"',
    "dpkg-query": 'cat "$STATE/installed"',
    "dpkg": """
if [ "$1" = --compare-versions ]; then
  [ "$(printf '%s\\n' "$4" "$2" | /usr/bin/sort -V | /usr/bin/head -n 1)" = "$4" ]
fi
""",
    "apt-cache": """
while read -r name version; do
  printf '%s:\\n  Installed: (none)\\n  Candidate: %s\\n  Version table:\\n     %s 500\\n' "$name" "$version" "$version"
done <"$STATE/offered"
""",
    "apt-get": """
echo "proxy: ${http_proxy:-none}"
case " $* " in
  *" update "*) ;;
  *" --download-only "*) [ ! -e "$STATE/unreachable" ] || { echo "E: Failed to fetch"; exit 100; } ;;
  *" install "*)
    for name in "${@:7}"; do
      while read -r offered version; do
        [ "$offered" != "$name" ] || echo "ii $version $name" >>"$STATE/installed"
      done <"$STATE/offered"
    done
    ;;
esac
""",
    "python3": """
case "$1 $2" in
  "-c "*) echo 3 11 ;;
  "-m venv") mkdir -p "$3/bin"; cp "$STATE/python-of-venv" "$3/bin/python" ;;
esac
""",
}

PYTHON_OF_VENV = """
case "$1 $2" in
  "-m pip")
    [ ! -e "$STATE/kill" ] || { rm "$STATE/kill"; kill -9 $PPID; exit 1; }
    case "$*" in *--no-index*) offline=1 ;; *) offline= ;; esac
    [ ! -e "$STATE/no-network" ] || [ -n "$offline" ] || { echo "no network"; exit 1; }
    [ ! -e "$STATE/new-requirement" ] || [ -z "$offline" ] || exit 1
    site="${0%/bin/*}/lib/python3.11/site-packages"
    mkdir -p "$site"
    echo "$PWD/site_scons" >"$site/_steelmill.pth"
    for name in scons pytest; do
      printf '#!/bin/bash\\necho "%s $*"\\n' "$name" >"${0%/*}/$name"
      chmod +x "${0%/*}/$name"
    done
    ;;
esac
"""


@dataclass(frozen=True)
class Run:
    status: int
    stdout: str
    stderr: str
    calls: list[str]
    """``NAME ARGUMENTS`` of each stub that ran."""

    def called(self, name: str) -> list[str]:
        return [call for call in self.calls if call.split(" ", 1)[0] == name]


class Machine:
    """A machine of stubs with a copy of the project on it."""

    def __init__(self, folder: Path, name: str = "a user/projéct") -> None:
        self.project = folder / name
        self.state = folder / "state"
        self.home = folder / "home"
        self.bin = folder / "bin"
        for path in (self.project / "targets/toolchains", self.state, self.home, self.bin):
            path.mkdir(parents=True)
        for file in ("bootstrap", "pyproject.toml", "site_scons/steelmill/packages.txt"):
            (self.project / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CHECKOUT / file, self.project / file)
        for tool in (*REAL, "cp", "chmod"):
            found = shutil.which(tool, path="/usr/bin:/bin")
            if found is None:
                pytest.skip(f"no {tool}")
            (self.bin / tool).symlink_to(found)
        for stub, body in STUBS.items():
            self.stub(stub, body)
        self.write_script(self.state / "python-of-venv", "python", PYTHON_OF_VENV)
        self.installed(DEBIAN_12)
        self.offered(DEBIAN_12)
        for command in COMMANDS:
            self.stub(command)

    def write_script(self, path: Path, name: str, body: str) -> None:
        path.write_text(f'#!/bin/bash\necho "{name} $*" >>"$STATE/calls"\n{body}\n', encoding="utf-8")
        path.chmod(0o755)

    def stub(self, name: str, body: str = "") -> None:
        self.write_script(self.bin / name, name, body)

    def remove(self, *names: str) -> None:
        for name in names:
            (self.bin / name).unlink()

    def installed(self, packages: dict[str, str], status: str = "ii") -> None:
        lines = [f"{status} {version} {name}\n" for name, version in packages.items()]
        (self.state / "installed").write_text("".join(lines), encoding="utf-8")

    def offered(self, packages: dict[str, str]) -> None:
        lines = [f"{name} {version}\n" for name, version in packages.items()]
        (self.state / "offered").write_text("".join(lines), encoding="utf-8")

    def flag(self, name: str) -> Path:
        path = self.state / name
        path.touch()
        return path

    def run(self, *arguments: str, stdin: str = "", **env: str) -> Run:
        return self.run_from(self.project, "./bootstrap", *arguments, stdin=stdin, **env)

    def run_from(self, folder: Path, *argv: str, stdin: str = "", **env: str) -> Run:
        calls = self.state / "calls"
        calls.write_text("", encoding="utf-8")
        done = subprocess.run(
            argv,
            cwd=folder,
            env={"PATH": str(self.bin), "HOME": str(self.home), "STATE": str(self.state), "LC_ALL": "C.UTF-8", **env},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return Run(done.returncode, done.stdout, done.stderr, calls.read_text(encoding="utf-8").splitlines())

    def tree(self) -> dict[str, float]:
        """Every file of project and home with its time of change."""
        return {str(path): path.lstat().st_mtime for folder in (self.project, self.home) for path in folder.rglob("*")}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Set up a Debian 12 with all packages, before the first ./bootstrap."""
    return Machine(tmp_path)


@pytest.fixture
def ready(machine: Machine) -> Machine:
    run = machine.run()
    assert run.status == 0, run.stderr
    return machine


def without(packages: dict[str, str], *names: str) -> dict[str, str]:
    return {name: version for name, version in packages.items() if name not in names}


def only_asks_dpkg(run: Run) -> bool:
    return all(call.startswith(("dpkg-query -W ", "dpkg --compare-versions ")) for call in run.calls)


# --- nothing is missing


def test_nothing_missing_asks_dpkg_and_runs_the_command(ready: Machine) -> None:
    run = ready.run("scons", "target=a b")
    assert (run.status, run.stdout, run.stderr) == (0, "scons target=a b\n", "")
    assert only_asks_dpkg(run)


def test_the_command_runs_in_the_environment_and_the_top_folder(ready: Machine) -> None:
    command = 'echo "$VIRTUAL_ENV|${PATH%%:*}|$PWD"; cat; exit 7'
    run = ready.run_from(ready.home, str(ready.project / "bootstrap"), "bash", "-c", command, stdin="typed\n")
    venv = ready.project / ".venv"
    assert run.stdout == f"{venv}|{venv}/bin|{ready.project}\ntyped\n"
    assert run.status == 7


def test_nothing_is_written_where_nothing_is_missing(ready: Machine) -> None:
    before = ready.tree()
    assert ready.run("scons").status == 0
    assert ready.tree() == before


def test_without_a_command_it_says_what_to_run_next(ready: Machine) -> None:
    run = ready.run()
    assert run.status == 0
    assert "next: ./bootstrap scons target=x86_64-unknown-none" in run.stderr


# --- --check


def test_check_of_a_ready_machine(ready: Machine) -> None:
    before = ready.tree()
    run = ready.run("--check")
    assert (run.status, run.stdout) == (0, "bootstrap: nothing is missing\n")
    assert ready.tree() == before


def test_check_names_what_is_missing_and_changes_nothing(machine: Machine) -> None:
    machine.installed(without(DEBIAN_12, "strace", "rust-web-src"))
    before = machine.tree()
    run = machine.run("--check")
    assert run.status == 1
    assert "missing from the system: rustc-web cargo-web rust-web-src (or rustc cargo rust-src) strace\n" in run.stdout
    assert "missing: .venv" in run.stdout
    assert only_asks_dpkg(run)
    assert machine.tree() == before


# --- system packages


def test_a_new_machine_gets_everything(machine: Machine) -> None:
    machine.installed({})
    run = machine.run("scons")
    assert (run.status, run.stdout) == (0, "scons \n"), run.stderr
    assert not run.called("sudo")
    update, download, install = run.called("apt-get")
    assert update.endswith(" update")
    assert "--download-only" in download
    assert "--no-install-recommends" in install
    assert "DPkg::Lock::Timeout=300" in install
    assert "rustc-web cargo-web rust-web-src lld-22 " in install
    assert " qemu-system-misc " in install
    # this bindgen does not understand the newer libclang that is there too
    assert " bindgen libclang1-14 libclang-common-14-dev " in install
    assert not machine.run("scons").called("apt-get")


def test_only_what_is_missing_is_installed(machine: Machine) -> None:
    machine.installed(without(DEBIAN_12, "strace"))
    run = machine.run("scons")
    assert run.called("apt-get")[-1].endswith(" install --fix-broken strace")
    assert "bootstrap: system packages to install: strace\n" in run.stderr


def test_a_half_configured_package_is_finished(machine: Machine) -> None:
    machine.installed(DEBIAN_12, status="iU")
    run = machine.run("scons")
    assert run.status == 0, run.stderr
    calls = [call for call in run.calls if call.startswith(("dpkg --configure", "apt-get "))]
    _update, configure, download, install = calls
    assert configure == "dpkg --configure -a"
    assert "--fix-broken" in download
    assert "--fix-broken" in install


def test_sudo_is_used_by_others_than_root_and_keeps_the_proxy(machine: Machine) -> None:
    machine.installed(without(DEBIAN_12, "strace"))
    run = machine.run("scons", STUB_UID="1000", http_proxy="http://proxy:3128")
    assert run.status == 0, run.stderr
    assert len(run.called("sudo")) == 4  # update, download, dpkg --configure, install
    assert all("http_proxy=http://proxy:3128" in call for call in run.called("sudo") if "apt-get" in call)


def test_without_root_and_sudo_it_names_the_command(machine: Machine) -> None:
    machine.installed(without(DEBIAN_12, "strace"))
    machine.remove("sudo")
    run = machine.run("scons", STUB_UID="1000")
    assert run.status == 1
    assert "no sudo" in run.stderr
    assert "let root run: apt-get update && apt-get install --no-install-recommends strace\n" in run.stderr
    assert not run.called("apt-get")


@pytest.mark.parametrize(("ci", "expected"), [("true", True), ("", False)])
def test_only_a_machine_of_ci_leaves_the_disk_its_time(machine: Machine, ci: str, expected: bool) -> None:
    machine.installed({})
    run = machine.run("scons", CI=ci)
    assert ("--force-unsafe-io" in run.called("apt-get")[-1]) is expected


def test_newer_releases_bring_rust_under_its_own_name(machine: Machine) -> None:
    machine.installed({})
    machine.offered(DEBIAN_13)
    run = machine.run("scons")
    assert run.status == 0, run.stderr
    install = run.called("apt-get")[-1]
    assert " rustc cargo rust-src lld " in install
    assert " qemu-system-riscv " in install


def test_a_qemu_package_that_lost_riscv_does_not_count(machine: Machine) -> None:
    machine.installed(without(DEBIAN_13, "qemu-system-riscv"))
    machine.offered(DEBIAN_13)
    machine.remove("qemu-system-riscv32")
    run = machine.run("--check")
    assert "qemu-system-riscv" in run.stdout


def test_a_release_with_an_old_rust_is_refused(machine: Machine) -> None:
    machine.installed({})
    machine.offered({**DEBIAN_13, "rustc": "1.75.0"})
    run = machine.run("scons")
    assert run.status == 1
    assert "rustc 1.85 or newer" in run.stderr
    assert "rustup toolchain install nightly --component rust-src" in run.stderr
    assert [call for call in run.called("apt-get") if " install " in call] == []


def test_a_toolchain_of_rustup_with_library_sources_serves(machine: Machine) -> None:
    machine.installed(without(DEBIAN_12, "rustc-web"))
    toolchain = machine.home / ".rustup/toolchains/nightly"
    (toolchain / "lib/rustlib/src/rust/library/core").mkdir(parents=True)
    (toolchain / "bin").mkdir()
    machine.write_script(toolchain / "bin/cargo", "cargo", "")
    machine.write_script(toolchain / "bin/rustc", "rustc", "echo 'rustc 1.98.0-nightly (abc 2026-11-01)'")
    assert machine.run("scons").called("apt-get") == []
    machine.write_script(toolchain / "bin/rustc", "rustc", "echo 'rustc 1.80.0 (abc 2024-07-21)'")
    assert machine.run("--check").status == 1


def test_a_failing_install_shows_the_end_of_its_output(machine: Machine) -> None:
    machine.installed(without(DEBIAN_12, "strace"))
    machine.flag("unreachable")
    run = machine.run("scons")
    assert run.status == 1
    assert "  | E: Failed to fetch\n" in run.stderr
    assert f"the whole output is in {machine.home}/.cache/steelmill/bootstrap.log" in run.stderr
    assert "remedy" in run.stderr


def test_other_systems_are_told_what_to_install_and_go_on(machine: Machine) -> None:
    machine.remove("apt-get", "apt-cache", "dpkg-query", "dpkg", "strace", "riscv64-unknown-elf-gcc")
    machine.stub("dnf")
    run = machine.run("scons")
    assert (run.status, run.stdout) == (0, "scons \n")
    assert "bootstrap: missing: riscv64-unknown-elf-gcc strace\n" in run.stderr
    assert "sudo dnf install strace\n" in run.stderr
    assert "this system's own means: riscv64-unknown-elf-gcc\n" in run.stderr
    assert not run.called("dnf")


# --- the Python environment


def test_an_edit_of_pyproject_is_followed_without_the_network(ready: Machine) -> None:
    with (ready.project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("# more\n")
    ready.flag("no-network")
    assert ready.run("--check").status == 1
    run = ready.run("scons")
    assert run.status == 0, run.stderr
    assert not run.called("python3")
    assert len([call for call in run.called("python") if "pip install" in call]) == 1
    assert ready.run("--check").status == 0


def test_a_new_requirement_is_fetched(ready: Machine) -> None:
    with (ready.project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("# more\n")
    ready.flag("new-requirement")
    run = ready.run("scons")
    assert run.status == 0, run.stderr
    assert "--no-index" not in run.called("python")[-1]


def test_pip_failing_says_so_and_the_next_run_goes_on(machine: Machine) -> None:
    no_network = machine.flag("no-network")
    run = machine.run("scons")
    assert run.status == 1
    assert "  | no network\n" in run.stderr
    assert "remedy" in run.stderr
    no_network.unlink()
    run = machine.run("scons")
    assert run.status == 0, run.stderr
    assert "removing .venv" not in run.stderr


def test_a_killed_run_is_repaired_by_the_next(machine: Machine) -> None:
    machine.flag("kill")
    assert machine.run("scons").status == -9
    assert machine.run("--check").status == 1
    run = machine.run("scons")
    assert (run.status, run.stdout) == (0, "scons \n")
    assert "removing .venv" in run.stderr
    assert machine.run("--check").status == 0


def test_a_moved_project_gets_a_new_environment(ready: Machine) -> None:
    moved = ready.project.with_name("moved")
    ready.project.rename(moved)
    run = ready.run_from(moved, "./bootstrap", "scons")
    assert run.status == 0, run.stderr
    assert run.called("python3")


def test_an_environment_whose_python_went_away_is_made_anew(ready: Machine) -> None:
    python = ready.project / ".venv/bin/python"
    python.unlink()
    python.symlink_to("/nowhere/python3.11")
    run = ready.run("scons")
    assert (run.status, run.stdout) == (0, "scons \n")


def test_the_project_is_importable_under_any_locale(ready: Machine) -> None:
    site = ready.project / ".venv/lib/python3.11/site-packages"
    line = (site / "_steelmill.pth").read_text(encoding="ascii").strip()
    assert (site / line).resolve() == ready.project / "site_scons"


def test_a_broken_shim_is_passed_over(machine: Machine) -> None:
    machine.stub("python3.13", "echo 'pyenv: python3.13: command not found' >&2; exit 127")
    run = machine.run("scons")
    assert run.status == 0, run.stderr
    assert f"making .venv with {machine.bin}/python3 ...\n" in run.stderr


def test_the_newest_python_is_taken(machine: Machine) -> None:
    machine.stub("python3.12", STUBS["python3"].replace("3 11", "3 12"))
    assert f"making .venv with {machine.bin}/python3.12 ...\n" in machine.run("scons").stderr


def test_an_old_python_is_refused(machine: Machine) -> None:
    machine.stub("python3", STUBS["python3"].replace("3 11", "3 9"))
    run = machine.run("scons")
    assert run.status == 1
    assert "no Python 3.11 or newer" in run.stderr


# --- toolchains that are built

SOURCES = {
    **dict.fromkeys(("bison", "binutils-source", "flex", "gcc-12-source", "libgmp-dev", "libmpc-dev"), "1"),
    **dict.fromkeys(("libmpfr-dev", "make", "xz-utils"), "1"),
}

OLD_RUST = (
    "patchelf",
    "libllvm19",
    "libcurl4",
    "libhttp-parser2.9",
    "libpcre3",
    "libsqlite3-0",
    "libssh2-1",
    "libssl3",
)


@pytest.fixture
def builder(machine: Machine) -> Machine:
    """Set up a Debian 12 on which the toolchain's build is a stub that installs a compiler."""
    machine.offered({**DEBIAN_12, **SOURCES})
    script = machine.project / "targets/toolchains/x86_64-elf"
    install = 'mkdir -p "$1/x86_64-elf/bin"; cp "$STATE/python-of-venv" "$1/x86_64-elf/bin/x86_64-elf-gcc"'
    machine.write_script(script, "build", install)
    return machine


def test_with_a_toolchain_its_sources_are_installed_and_it_is_built_once(builder: Machine) -> None:
    run = builder.run("--with", "x86_64-elf", "scons")
    assert (run.status, run.stdout) == (0, "scons \n"), run.stderr
    assert set(run.called("apt-get")[-1].split()[7:]) == set(SOURCES)
    assert run.called("build") == [f"build {builder.home}/.cache/steelmill/toolchains"]
    again = builder.run("--with=x86_64-elf", "scons")
    assert (again.status, again.stdout) == (0, "scons \n")
    assert only_asks_dpkg(again)


def test_a_toolchain_on_path_is_not_built(builder: Machine) -> None:
    builder.stub("x86_64-elf-gcc")
    run = builder.run("--with", "x86_64-elf", "scons")
    assert run.status == 0, run.stderr
    assert not run.called("build")
    assert not run.called("apt-get")


def test_check_names_a_toolchain_that_is_to_be_built(builder: Machine) -> None:
    run = builder.run("--check", "--with", "x86_64-elf")
    assert run.status == 1
    assert "missing: x86_64-elf-gcc, built from its sources\n" in run.stdout
    assert " gcc-12-source (or gcc-13-source or gcc-14-source) " in run.stdout


def test_an_old_rust_is_unpacked_once_whatever_rustc_is_on_path(machine: Machine) -> None:
    machine.offered({**DEBIAN_12, **dict.fromkeys(OLD_RUST, "1")})
    script = machine.project / "targets/toolchains/rust-1.85"
    machine.write_script(
        script, "unpack", 'mkdir -p "$1/rust-1.85/bin"; cp "$STATE/python-of-venv" "$1/rust-1.85/bin/rustc"'
    )
    assert "missing: rust-1.85, unpacked from packages\n" in machine.run("--check", "--with", "rust-1.85").stdout
    run = machine.run("--with", "rust-1.85", "scons")
    assert (run.status, run.stdout) == (0, "scons \n"), run.stderr
    assert {"patchelf", "libllvm19"} <= set(run.called("apt-get")[-1].split()[7:])
    assert run.called("unpack") == [f"unpack {machine.home}/.cache/steelmill/toolchains"]
    assert only_asks_dpkg(machine.run("--with", "rust-1.85", "scons"))


@pytest.mark.parametrize("arguments", [("--with",), ("--with", ""), ("--with", "arm"), ("--with=x86_64-elf-gcc",)])
def test_an_unknown_toolchain_is_refused(builder: Machine, arguments: tuple[str, ...]) -> None:
    run = builder.run(*arguments)
    assert (run.status, run.stderr) == (2, "bootstrap: --with takes a toolchain: x86_64-elf\n")
    assert run.calls == []


def test_other_systems_are_told_where_the_toolchain_comes_from(builder: Machine) -> None:
    builder.remove("apt-get", "apt-cache", "dpkg-query", "dpkg")
    run = builder.run("--with", "x86_64-elf", "scons")
    assert run.status == 1
    assert "brew install x86_64-elf-gcc" in run.stderr


# --- the command line


def test_an_unknown_option_is_refused(machine: Machine) -> None:
    run = machine.run("--chek")
    assert run.status == 2
    assert "unknown option '--chek'" in run.stderr
    assert "usage: ./bootstrap" in run.stderr
    assert run.calls == []


def test_help_does_nothing(machine: Machine) -> None:
    run = machine.run("--help")
    assert (run.status, run.calls) == (0, [])
    assert run.stdout.startswith("usage: ./bootstrap")


def test_an_unknown_command_is_named(ready: Machine) -> None:
    run = ready.run("scnos")
    assert run.status == 127
    assert "command 'scnos' not found" in run.stderr


def test_a_colon_in_the_folder_is_refused(tmp_path: Path) -> None:
    run = Machine(tmp_path, "a:b").run("scons")
    assert run.status == 1
    assert "colon" in run.stderr


def test_the_script_is_executable() -> None:
    assert os.access(CHECKOUT / "bootstrap", os.X_OK)
    assert os.access(CHECKOUT / ".ci/run", os.X_OK)
