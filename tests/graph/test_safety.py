"""Whatever ends a build, and wherever: the next one is right."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import need_tool
from project import SCONS, Project
from tiny import clean_bytes, copy_project, image_bytes, parts, write_tiny

SLOW_C = "".join(
    f"int f{n}(int a, int b) {{ for (int k = 0; k < b; k++) a = a * {n} + (k ^ b); return a; }}\n" for n in range(300)
)
SLOW_RS = "".join(
    f'#[unsafe(no_mangle)] pub extern "C" fn r{n}(a: u32, b: u32) -> u32 {{ (0..b).fold(a, |s, k| s * {n} + k) }}\n'
    for n in range(200)
)
EDITS = {
    "rustc": ("src/lib.rs", "    42\n", "    43\n"),
    "cc": ("c/slow.c", "a * 7 +", "a * 7777 +"),
}
LINES = {"rustc": "RUSTC tiny", "cc": "CC c/slow.c"}
ENDINGS = {
    "SIGINT to the group": (signal.SIGINT, True),
    "SIGINT to scons": (signal.SIGINT, False),
    "SIGTERM to scons": (signal.SIGTERM, False),
    "SIGKILL to scons": (signal.SIGKILL, False),
    "SIGKILL to the group": (signal.SIGKILL, True),
}


@pytest.fixture(scope="module")
def built_slow(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Build a project whose Rust and C take long enough to be interrupted."""
    need_tool("arm-none-eabi-gcc")
    project = write_tiny(tmp_path_factory.mktemp("slow") / "built").write("c/slow.c", SLOW_C)
    project.edit("src/lib.rs", "#[unsafe(no_mangle)]", f"{SLOW_RS}#[unsafe(no_mangle)]")
    project.edit("link.ld", "*(.text .text.*)", "KEEP(*slow.c.o(.text .text.*)) *(.text .text.*)")
    project.build()
    return project


@pytest.fixture(scope="module")
def edited_bytes(built_slow: Project, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[bytes, bytes]]:
    """Give what a clean build makes of each edit."""
    found = {}
    for name, edit in EDITS.items():
        folder = tmp_path_factory.mktemp("edited")
        edited = copy_project(built_slow, folder / "sources", build=False).edit(*edit)
        found[name] = clean_bytes(edited, folder / "clean")
    return found


@pytest.fixture
def slow(built_slow: Project, tmp_path: Path) -> Project:
    return copy_project(built_slow, tmp_path / "slow")


def wait_for_line(process: subprocess.Popen[str], words: str) -> None:
    assert process.stdout
    for line in process.stdout:
        if words in line:
            return
    pytest.fail(f"scons ended without {words!r}: {process.communicate()}")


def end(process: subprocess.Popen[str], number: int, *, group: bool) -> str:
    """Send a signal; give what scons still printed."""
    (os.killpg if group else os.kill)(process.pid, number)
    if number == signal.SIGKILL:
        # tools that outlive scons keep its streams open
        process.wait(timeout=60)
        close(process)
        return ""
    stdout, stderr = process.communicate(timeout=60)
    return stdout + stderr


def close(process: subprocess.Popen[str]) -> None:
    for stream in (process.stdout, process.stderr):
        if stream:
            stream.close()


def revert(project: Project, moment: str) -> None:
    path, old, new = EDITS[moment]
    project.edit(path, new, old)


@pytest.mark.parametrize("then", ["nothing", "revert"])
@pytest.mark.parametrize("moment", ["rustc", "cc"])
@pytest.mark.parametrize("ending", ENDINGS)
def test_after_an_interrupted_build_the_next_one_is_right(
    slow: Project,
    built_slow: Project,
    edited_bytes: dict[str, tuple[bytes, bytes]],
    ending: str,
    moment: str,
    then: str,
) -> None:
    slow.edit(*EDITS[moment])
    process = slow.start()
    wait_for_line(process, LINES[moment])
    time.sleep(0.15)
    number, group = ENDINGS[ending]
    said = end(process, number, group=group)
    assert process.returncode != 0
    assert "Traceback" not in said
    if then == "revert":
        revert(slow, moment)
    run = slow.build()
    assert image_bytes(slow) == (edited_bytes[moment] if then == "nothing" else image_bytes(built_slow)), run.output
    assert parts(slow) == []
    assert slow.up_to_date()


@pytest.mark.parametrize("delay", [0.1, 0.3, 0.5, 0.7, 0.9, 1.2, 1.6])
def test_a_kill_at_any_moment_and_a_revert_bring_the_old_image_back(
    tiny: Project, built_tiny: Project, delay: float
) -> None:
    tiny.edit("c/main.h", "1", "2").edit("src/lib.rs", "42", "41")
    process = tiny.start()
    time.sleep(delay)
    end(process, signal.SIGKILL, group=False)
    tiny.edit("c/main.h", "2", "1").edit("src/lib.rs", "41", "42")
    tiny.build()
    assert image_bytes(tiny) == image_bytes(built_tiny)
    assert parts(tiny) == []


def test_a_half_written_target_is_not_believed_after_a_revert(tiny: Project, built_tiny: Project) -> None:
    """SCons's issue 2718: build, edit, interrupt while the action writes, revert: stock SCons says "up to date"."""
    tiny.edit("link.ld", "ENTRY(reset)", "ENTRY(vectors)")
    # a linker that writes half of its output, and then hangs until it is killed
    linker = tiny.folder / "half-ld"
    linker.write_text(
        "#!/bin/sh\nfor word; do case $before in -o) out=$word;; esac; before=$word; done\n"
        'printf half > "$out"\nexec sleep 60\n'
    )
    linker.chmod(0o755)
    process = tiny.start(f"linker={linker}")
    wait_for_line(process, "LINK")
    time.sleep(0.3)
    end(process, signal.SIGKILL, group=True)
    tiny.edit("link.ld", "ENTRY(vectors)", "ENTRY(reset)")
    tiny.build()
    assert image_bytes(tiny) == image_bytes(built_tiny)


def test_the_next_build_waits_for_a_tool_that_outlived_its_scons(
    slow: Project, edited_bytes: dict[str, tuple[bytes, bytes]]
) -> None:
    slow.edit(*EDITS["cc"])
    process = slow.start()
    wait_for_line(process, LINES["cc"])
    time.sleep(0.1)
    end(process, signal.SIGKILL, group=False)
    run = slow.build()
    assert "waiting for a tool that an interrupted build left running (process " in run.stderr
    assert image_bytes(slow) == edited_bytes["cc"]


def test_an_interrupt_is_one_line_not_a_failure_of_the_tool(slow: Project) -> None:
    slow.edit(*EDITS["cc"])
    process = slow.start("-Q")
    wait_for_line(process, LINES["cc"])
    time.sleep(0.15)
    said = end(process, signal.SIGINT, group=True)
    assert "nterrupted" in said
    assert "remedy" not in said


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a folder on a disk of its own of 80 MiB; skip where that is not allowed."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=80m", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except OSError as error:
        pytest.skip(f"cannot mount: {error}")
    if done.returncode:
        pytest.skip("only root may mount a small disk; test_a_limit_on_file_size_... runs in its place")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path, *, leave: int) -> Path:
    """Fill the disk but for ``leave`` bytes."""
    filler = folder / "filler"
    with open(filler, "wb") as file:
        status = os.statvfs(folder)
        os.posix_fallocate(file.fileno(), 0, max(status.f_bavail * status.f_frsize - leave, 1))
    return filler


@pytest.mark.parametrize("then", ["nothing", "revert"])
@pytest.mark.parametrize("leave", [0, 8 << 10, 32 << 10, 128 << 10])
def test_after_a_full_disk_the_next_build_is_right(
    built_tiny: Project, small_disk: Path, tmp_path: Path, leave: int, then: str
) -> None:
    project = copy_project_across(built_tiny, small_disk / "tiny")
    project.edit("c/main.h", "1", "2").edit("src/lib.rs", "42", "41")
    filler = fill(small_disk, leave=leave)
    run = project.scons()
    assert "Traceback" not in run.output
    assert run.status != 0 or leave > 0, run.output
    if run.status:
        assert "No space left on device" in run.output
    filler.unlink()
    if then == "revert":
        project.edit("c/main.h", "2", "1").edit("src/lib.rs", "41", "42")
    project.build()
    assert image_bytes(project) == clean_bytes(project, tmp_path / "clean")
    assert parts(project) == []
    assert project.up_to_date()


def copy_project_across(project: Project, folder: Path) -> Project:
    """Copy between file systems, where no file can have two names."""
    subprocess.run(["cp", "-a", str(project.folder), str(folder)], check=True)
    return Project(folder)


def test_a_limit_on_file_size_ends_in_a_message_and_the_next_build_is_right(tiny: Project, tmp_path: Path) -> None:
    """What RLIMIT_FSIZE does to scons and its tools is near to a full disk, and needs no root."""
    tiny.edit("src/lib.rs", "42", "41")
    limited = subprocess.run(
        ["sh", "-c", 'ulimit -f 16 && exec "$@"', "sh", *SCONS],  # 8 KiB
        cwd=tiny.folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert limited.returncode != 0
    assert "Traceback" not in limited.stdout + limited.stderr
    tiny.build()
    assert image_bytes(tiny) == clean_bytes(tiny, tmp_path / "clean")
    assert parts(tiny) == []
    assert tiny.up_to_date()


NAMES = {
    "blanks": ("a user/my project", "c/my file.c", "src/a module.rs"),
    "non-ASCII letters": ("projéct/mein Gerät", "c/größe.c", "src/größe.rs"),
    "non-Latin letters": ("проект/装置", "c/файл.c", "src/模块.rs"),
    "a dollar": ("cash $HOME", "c/$a$$.c", "src/$m.rs"),
    "a percent sign": ("100%", "c/%x%d.c", "src/%s.rs"),
    "braces": ("{a} {", "c/{0}.c", "src/{b}.rs"),
    "quotes": ('it\'s "it"', "c/it's.c", "src/it's.rs"),
    "a hash": ("#1", "c/#2.c", "src/#3.rs"),
    "a comma and an equals sign": ("a,b=c", "c/a,b=c.c", "src/a,b=c.rs"),
    "a semicolon and an ampersand": ("a;b&c", "c/a;b&c.c", "src/a;b&c.rs"),
    "a leading dash": ("-v", "c/-v.c", "src/-v.rs"),
    "a colon": ("a:b", "c/a:b.c", "src/a:b.rs"),
}


@pytest.mark.parametrize("kind", NAMES)
def test_paths_may_be_named_at_will(tmp_path: Path, kind: str) -> None:
    need_tool("arm-none-eabi-gcc")
    folder, source, module = NAMES[kind]
    project = write_tiny(tmp_path / folder)
    project.write(source, '#include "own header.h"\nint unused(void) { return OWN; }\n')
    project.write("c/own header.h", "#define OWN 1\n")
    project.write(module, "pub const N: u32 = 42;\n")
    name = module.removeprefix("src/")
    project.edit("src/lib.rs", "#![no_std]\n", f'#![no_std]\n#[path = "{name}"]\nmod other;\n')
    project.edit("src/lib.rs", "    42\n", "    other::N\n")
    project.build()
    assert project.up_to_date()
    project.edit(module, "42", "43")
    assert "RUSTC tiny" in project.build().steps
    project.edit("c/own header.h", "1", "2")
    assert project.build().steps[0] == f"CC {source}"
    assert project.up_to_date()


def test_a_second_build_in_one_tree_says_so_and_leaves_the_first_alone(
    slow: Project, edited_bytes: dict[str, tuple[bytes, bytes]]
) -> None:
    slow.edit(*EDITS["cc"])
    first = slow.start()
    wait_for_line(first, LINES["cc"])
    second = slow.scons("-Q")
    assert second.status == 2
    assert second.stdout == ""
    lines = second.stderr.strip().splitlines()
    assert lines[0].endswith(f"{slow.folder}: another scons is building in this tree (process {first.pid})")
    assert lines[1].split() == ["remedy", "wait", "until", "it", "has", "ended,", "or", "end", "it"]
    assert first.communicate(timeout=120)[1] == ""
    assert first.returncode == 0
    assert image_bytes(slow) == edited_bytes["cc"]


def test_looking_at_a_tree_does_not_wait_for_a_build(slow: Project) -> None:
    slow.edit(*EDITS["cc"])
    first = slow.start()
    wait_for_line(first, LINES["cc"])
    slow.build("-h")
    slow.build("-n")
    first.communicate(timeout=120)
    assert first.returncode == 0


@pytest.mark.parametrize("content", [b"", b"half", bytes(1000), b"\x80\x04}."])
def test_a_corrupt_signature_file_costs_time_only(tiny: Project, built_tiny: Project, content: bytes) -> None:
    (tiny.folder / "build/.sconsign").write_bytes(content)
    tiny.build()
    assert image_bytes(tiny) == image_bytes(built_tiny)
    assert tiny.up_to_date()


def test_a_truncated_signature_file_costs_time_only(tiny: Project, built_tiny: Project) -> None:
    path = tiny.folder / "build/.sconsign"
    path.write_bytes(path.read_bytes()[:-100])
    tiny.build()
    assert image_bytes(tiny) == image_bytes(built_tiny)
    assert tiny.up_to_date()


def test_a_corrupt_entry_of_the_shared_cache_is_not_believed(
    tiny: Project, built_tiny: Project, tmp_path: Path
) -> None:
    users = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "steelmill/outputs"
    cache = tmp_path / "cache"
    shutil.copytree(users, cache / "outputs", copy_function=link_or_copy, ignore=shutil.ignore_patterns("*.part"))
    damaged = list(cache.rglob("libcompiler_builtins*.rlib"))
    assert damaged
    for path in damaged:
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content[:-1000] + bytes([content[-1000] ^ 1]) + content[-999:])
    shutil.rmtree(tiny.folder / "build")
    tiny.build(f"cache={cache}")
    assert image_bytes(tiny) == image_bytes(built_tiny)
    assert [path for path in damaged if path.exists() and path.stat().st_nlink > 1] == []


def link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def test_a_cache_that_cannot_be_written_costs_time_only(tiny: Project, tmp_path: Path) -> None:
    # a file stands where the folder would be: root, too, cannot write there
    (tmp_path / "file").write_text("")
    cache = f"cache={tmp_path}/file/cache"
    assert tiny.up_to_date(cache)
    tiny.edit("src/lib.rs", "42", "43").edit("c/main.h", "1", "2")
    tiny.build(cache)
    assert image_bytes(tiny) == clean_bytes(tiny, tmp_path / "clean")


def test_no_home_is_needed(tiny: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    tiny.edit("src/lib.rs", "42", "43")
    tiny.build()
    assert tiny.up_to_date()
