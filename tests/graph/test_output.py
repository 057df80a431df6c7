"""What people see: one line a step, whole blocks for what failed, one message for what they got wrong."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import need_tool
from project import CHECKOUT, Project, Run
from tiny import OUT, TARGET, copy_project, write_tiny

COUNT = re.compile(r"^\[ *(\d+)/(\d+)\] ")


def counts(run: Run) -> list[tuple[int, int]]:
    return [(int(m[1]), int(m[2])) for line in run.stdout.splitlines() if (m := COUNT.match(line))]


def check_counts(run: Run) -> None:
    """Each count is higher than the one before, and the last is the total."""
    found = counts(run)
    assert len({total for _, total in found}) == 1
    positions = [position for position, _ in found]
    assert positions == sorted(set(positions)), run.stdout
    assert positions[-1] <= found[0][1]


@pytest.fixture(scope="module")
def cold(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run the first build of a project."""
    need_tool("arm-none-eabi-gcc")
    return write_tiny(tmp_path_factory.mktemp("cold") / "tiny").build("-Q", "-j2")


def test_one_line_a_step_and_nothing_else(cold: Run) -> None:
    lines = cold.stdout.split("\n\n")[0].splitlines()
    assert len(lines) == 11
    assert all(COUNT.match(line) for line in lines), cold.stdout
    assert cold.stderr == ""


def test_the_count_rises_to_the_total(cold: Run) -> None:
    check_counts(cold)
    assert counts(cold)[-1] == (11, 11)


def test_lines_name_the_tool_the_subject_and_the_target(cold: Run) -> None:
    lines = [COUNT.sub("", line) for line in cold.stdout.splitlines() if COUNT.match(line)]
    assert f"RUSTC core  {TARGET}" in lines
    assert f"CC c/main.c  {TARGET}" in lines
    assert f"LINK tiny.elf  {TARGET}" in lines


def test_region_table_and_paths_come_last(cold: Run) -> None:
    _, table, paths = cold.stdout.strip().split("\n\n")
    assert table.splitlines()[0] == f"tiny.elf  {TARGET}"
    assert [line.split()[0] for line in table.splitlines()[1:4]] == ["region", "FLASH", "RAM"]
    assert paths == f"image  {OUT}/tiny/tiny.elf .bin"


def test_the_count_of_a_partial_build_does_not_exceed_the_total(tiny: Project) -> None:
    run = tiny.edit("c/main.h", "1", "2").build("-Q")
    check_counts(run)
    assert run.stderr == ""
    assert [step.split()[0] for step in run.steps] == ["CC", "LINK", "IMAGE", "SIZE"] or [
        step.split()[0] for step in run.steps
    ] == ["CC", "LINK", "SIZE", "IMAGE"]


def test_warnings_of_a_tool_stand_as_one_block(tiny: Project) -> None:
    tiny.edit("firmware.toml", 'include = ["c"]', 'include = ["c"]\ncflags = ["-Wall"]')
    tiny.edit("c/main.c", "volatile", "static int unused_one, unused_two;\nvolatile")
    run = tiny.build("-Q")
    assert run.stdout.count("-Wunused-variable") == 2
    block = run.stdout[run.stdout.index("unused_one") : run.stdout.rindex("-Wunused-variable")]
    assert not any(COUNT.match(line) for line in block.splitlines())
    assert ".part" not in run.output


def test_a_rust_warning_is_shown_as_rustc_writes_it(tiny: Project) -> None:
    run = tiny.edit("src/lib.rs", "    42", "    let unused = 1;\n    42").build("-Q")
    assert "warning: unused variable: `unused`\n" in run.stdout
    assert "--> src/lib.rs:8:9" in run.stdout
    assert "$message_type" not in run.stdout


def test_verbose_shows_whole_commands_with_the_flags_of_the_target(tiny: Project) -> None:
    run = tiny.edit("c/main.h", "1", "2").edit("src/lib.rs", "42", "43").build("-Q", "verbose=1")
    lines = run.stdout.splitlines()
    compile_c = lines[next(n for n, line in enumerate(lines) if "] CC c/main.c" in line) + 1]
    for word in ("arm-none-eabi-gcc", "-mthumb", "-march=armv7e-m", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16", "-Ic"):
        assert f"{word} " in compile_c, compile_c
    assert f" {OUT}/tiny/c/main.c.o" in compile_c
    compile_rust = lines[next(n for n, line in enumerate(lines) if "] RUSTC tiny" in line) + 1]
    assert "--target" in compile_rust
    assert "src/lib.rs" in compile_rust
    assert "\0" not in run.stdout


def test_a_shown_command_can_be_run_in_a_shell(tiny: Project, tmp_path: Path) -> None:
    run = tiny.edit("c/main.h", "1", "2").build("-Q", "verbose=1")
    lines = run.stdout.splitlines()
    command = lines[next(n for n, line in enumerate(lines) if "] CC c/main.c" in line) + 1]
    built = tiny.read_bytes(f"{OUT}/tiny/c/main.c.o")
    (tiny.folder / OUT / "tiny/c/main.c.o").unlink()
    subprocess.run(command, shell=True, cwd=tiny.folder, check=True)
    assert tiny.read_bytes(f"{OUT}/tiny/c/main.c.o") == built


def check_failure_block(run: Run, label: str, program: str, *words: str) -> None:
    """Expect the failing step's name, its command and the tool's output, one after the other."""
    head = re.search(rf"^{re.escape(label)}.*: exit status \d+$", run.stderr, re.MULTILINE)
    assert head, run.output
    rest = run.stderr[head.end() :].splitlines()[1:]
    assert program in rest[0]
    text = "\n".join(rest)
    assert all(word in text for word in words), run.output
    assert ".part" not in run.output


def test_a_failing_c_file(tiny: Project) -> None:
    run = tiny.edit("c/main.c", "answer() +", "answer() + nonsense +").fail("-Q")
    check_failure_block(run, "CC c/main.c", "arm-none-eabi-gcc", "c/main.c:4:", "'nonsense' undeclared", "^~~~")


def test_a_failing_rust_file(tiny: Project) -> None:
    run = tiny.edit("src/lib.rs", "    42", "    nonsense").fail("-Q")
    check_failure_block(run, "RUSTC tiny", "rustc", "cannot find value `nonsense`", "--> src/lib.rs:8:5", "E0425")


def test_a_failing_link(tiny: Project) -> None:
    run = tiny.edit("c/main.c", "answer(void)", "question(void)").edit("c/main.c", "answer()", "question()").fail("-Q")
    check_failure_block(run, "LINK tiny.elf", "ld", "undefined", "question", "c/main.c")


def test_many_failures_at_once_do_not_mix(tiny: Project) -> None:
    names = [f"bad{n}" for n in range(8)]
    for name in names:
        lines = "".join(f"int {name}_{n} = wrong_{name}_{n};\n" for n in range(40))
        tiny.write(f"c/{name}.c", lines)
    run = tiny.fail("-Q", "-k", "-j8")
    blocks = re.split(r"^(?=CC c/bad\d\.c)", run.stderr, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(names), run.stderr
    for block in blocks:
        (name,) = set(re.findall(r"bad\d", block.split("scons: ***")[0]))
        assert block.count(f"error: 'wrong_{name}_") == 40
    # what can be built with -k is built
    assert "CC c/main.c" in run.steps or (tiny.folder / OUT / "tiny/c/main.c.o").exists()


def test_after_a_failure_no_paths_of_images_are_shown(tiny: Project) -> None:
    run = tiny.edit("src/lib.rs", "    42", "    nonsense").fail("-Q")
    assert "image  " not in run.stdout


def test_silent_shows_nothing_but_errors(tiny: Project) -> None:
    run = tiny.edit("c/main.h", "1", "2").build("-s")
    assert run.output == ""
    run = tiny.edit("c/main.h", "2", "nonsense").fail("-s")
    assert run.stdout == ""
    assert "'nonsense' undeclared" in run.stderr


def test_help_lists_variables_verbs_targets_and_firmwares(tiny: Project) -> None:
    shutil.copytree(CHECKOUT / "targets", tiny.folder / "targets")
    run = tiny.build("-Q", "-h")
    text = run.stdout
    for name in ("target=", "firmware=", "profile=release|dev", "verbose=1", "why=1", "rustc=", "cc=", "linker="):
        assert re.search(rf"^  {re.escape(name)}\S*  +\S", text, re.MULTILINE), text
    for verb in ("images", "run", "check", "size"):
        assert re.search(rf"^  {verb}  +\S", text, re.MULTILINE), text
    assert re.search(r"^  riscv32imac-unknown-none-elf\b", text, re.MULTILINE), text
    assert re.search(rf"^  tiny  .*{TARGET}", text, re.MULTILINE), text
    assert "as small as can be" in text
    assert run.stderr == ""


MISTAKES = {
    "an unknown variable": ("tagret=x", "unknown variable 'tagret'; did you mean 'target'?"),
    "a misspelt profile": ("profile=relase", "'relase' is no value of profile; did you mean 'release'?"),
    "a misspelt target": (f"target={TARGET[:-1]}", f"unknown target '{TARGET[:-1]}'; did you mean '{TARGET}'?"),
    "a misspelt firmware": ("firmware=tinny", "'tinny'; did you mean 'tiny'?"),
    "one misspelt firmware of two": ("firmware=tiny,tinny", "'tinny'; did you mean 'tiny'?"),
    "a misspelt verb": ("chekc", "'chekc'; did you mean 'check'?"),
    "another misspelt verb": ("image", "'image'; did you mean 'images'?"),
    "no such value": ("verbose=2", "'2' is no value of verbose"),
    "no such JSON": ("target=boards/none.json", "boards/none.json: no such file"),
    "no such compiler": ("cc=no-such-gcc", "cc=no-such-gcc"),
    "no such rustc": ("rustc=/no/rustc", "rustc=/no/rustc is no file"),
    "no value": ("profile=", "'' is no value of profile"),
    "no target": ("target=", "'' is no value of target"),
    "no firmware": ("firmware=", "'' is no value of firmware"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_on_the_command_line_is_one_message(tiny: Project, mistake: str) -> None:
    argument, words = MISTAKES[mistake]
    run = tiny.fail("-Q", argument)
    assert run.status == 2
    assert words in run.stderr
    assert run.stderr.count("remedy") == 1
    assert run.stderr.count("scons: ***") == 1
    assert "Do not know how" not in run.stderr
    assert run.steps == []


def test_a_target_that_is_none_is_told_where_it_is_named(tiny: Project) -> None:
    tiny.edit("firmware.toml", f'"{TARGET}"', f'"{TARGET}", "thumbv7em-none-eabi-hf"')
    line = 1 + (tiny.folder / "firmware.toml").read_text().splitlines().index(
        f'targets     = ["{TARGET}", "thumbv7em-none-eabi-hf"]'
    )
    assert f"firmware.toml:{line}: unknown target 'thumbv7em-none-eabi-hf'" in tiny.fail("-Q").stderr
    tiny.edit("SConstruct", '"firmware.toml"', '"firmware.toml", targets="wrong"')
    assert "targets for firmware.toml: unknown target 'wrong'" in tiny.fail("-Q").stderr
    tiny.edit("SConstruct", 'env.Firmware("firmware.toml", targets="wrong")', 'env.RustSysroot(TARGET_SPEC="none")')
    assert "TARGET_SPEC: unknown target 'none'" in tiny.fail("-Q").stderr


def test_a_verb_that_no_selected_firmware_has_says_why(tiny: Project) -> None:
    run = tiny.fail("-Q", "check")
    assert "[run]" in run.stderr
    assert "did you mean 'check'" not in run.stderr


def test_an_own_variable_of_the_project_is_no_mistake(tiny: Project) -> None:
    tiny.edit("SConstruct", "toolpath=[TOOLPATH]", 'toolpath=[TOOLPATH], STEELMILL_ARGUMENTS=["board"]')
    tiny.build("-Q", "board=7")
    assert "'boart'" in tiny.fail("-Q", "boart=7").stderr


def test_an_error_in_the_firmware_toml_names_its_line(built_tiny: Project, tmp_path: Path) -> None:
    project = copy_project(built_tiny, tmp_path / "tiny").edit("firmware.toml", "include =", "inclde =")
    run = project.fail("-Q")
    assert "firmware.toml:11: " in run.stderr
    assert "did you mean 'include'?" in run.stderr
