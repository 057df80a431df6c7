from __future__ import annotations

import pytest

from steelmill.run.host_test import HostTest, HostTestRun, host_test_step, parse_run, parse_test, run_env, run_files
from steelmill.rustc.test_scan import mentions_tests

TEST = HostTest(
    "part 0.1.0", "build/host/test/part/part-1", "part", (("CARGO_PKG_NAME", "part"),), "/opt/rust", "x86_64-linux"
)
OUTPUT = """\

running 4 tests
test tests::it_adds ... ok
test tests::it_panics - should panic ... ok
test tests::it_fails ... FAILED
test tests::slow ... ignored, takes a minute

failures:

---- tests::it_fails stdout ----
seen 3

thread 'tests::it_fails' (7) panicked at part/src/lib.rs:9:9:
assertion `left == right` failed


failures:
    tests::it_fails

test result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s

"""


def found(run: HostTestRun) -> list[tuple[str, bool, str]]:
    return [(result.firmware, result.verdict.passed, result.verdict.reason) for result in run.results()]


def test_every_test_that_ran_is_a_result() -> None:
    run = HostTestRun("part 0.1.0", 101, 0.5, OUTPUT)
    panicked = "thread 'tests::it_fails' (7) panicked at part/src/lib.rs:9:9:"
    assert found(run) == [
        ("tests::it_adds", True, "as expected"),
        ("tests::it_panics", True, "as expected"),
        ("tests::it_fails", False, panicked),
    ]
    failed = run.results()[-1].verdict.output
    assert failed.startswith("seen 3\n")
    assert failed.endswith("`left == right` failed\n")


@pytest.mark.parametrize(
    ("status", "output", "expected"),
    [
        (0, "", [("(the program)", True, "as expected")]),
        (3, "own harness: no\n", [("(the program)", False, "exit status 3")]),
        (
            -6,
            "running 1 test\ntest a ... ok\nfatal\n",
            [("a", True, "as expected"), ("(the program)", False, "signal 6")],
        ),
        (0, "running 1 test\ntest a ... ignored\n", []),
    ],
)
def test_a_program_is_judged_by_its_status_where_no_test_says_it(
    status: int, output: str, expected: list[tuple[str, bool, str]]
) -> None:
    assert found(HostTestRun("part", status, 0.0, output)) == expected


def test_what_is_written_is_read() -> None:
    step = host_test_step(TEST, ())
    assert parse_test(step.argv[-1]) == TEST
    run = HostTestRun("part", 0, 0.25, "zwölf\n")
    files = run_files(TEST, run)
    assert tuple(files) == step.outputs
    assert parse_run(files[step.outputs[0]]) == run
    assert files[step.outputs[1]] == "part-1.tests.json: part/.\n"


def test_the_environment_holds_nothing_of_the_users() -> None:
    assert run_env(TEST, "/scratch") == {
        "CARGO_PKG_NAME": "part",
        "LC_ALL": "C.UTF-8",
        "LD_LIBRARY_PATH": "/opt/rust/lib:/opt/rust/lib/rustlib/x86_64-linux/lib",
        "PATH": "/usr/bin:/bin",
        "TMPDIR": "/scratch",
    }


@pytest.mark.parametrize(
    "text",
    [
        "#[test]\nfn a() {}",
        "#[cfg(test)]\nmod tests;",
        "#![cfg_attr(not(test), no_std)]",
        "#[cfg(all(test, feature = \"x\"))]",
        "#[runtime::test(threads = 2)]",
        "#[rstest]",
    ],
)  # fmt: skip
def test_an_attribute_tells_of_tests(text: str) -> None:
    assert mentions_tests(text)


@pytest.mark.parametrize("text", ["#![no_std]", '#[doc = "latest"]', "fn test() {}", "// a test", "#[panic_handler]"])
def test_other_words_do_not(text: str) -> None:
    assert not mentions_tests(text)
