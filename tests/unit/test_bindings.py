"""What bindgen, cbindgen and clang are told, and what is made of their answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelmill.bindings.bindgen import Bindgen, bindgen_steps
from steelmill.bindings.bindgen_tool import (
    BindgenTool,
    Libclang,
    choose_libclang,
    missing_libclang,
    parse_clang,
    parse_options,
    parse_version,
)
from steelmill.bindings.cbindgen import CbindgenTool, cbindgen_step, default_config
from steelmill.bindings.clang_flags import clang_arguments, declaring_flags
from steelmill.bindings.finish import finish_bindings
from steelmill.bindings.names import name_bindings
from steelmill.cc.search_list import parse_search_list
from steelmill.errors import ToolchainError
from steelmill.rustc.source_scan import scan_crate
from steelmill.step import Tool

OLD_HELP = "        --no-rustfmt-bindings\n        --size_t-is-usize\n        --rust-target <rust-target>\n"
NEW_HELP = (
    "      --rust-target <RUST_TARGET>\n      --rust-edition <EDITION>\n      --no-size_t-is-usize\n"
    "      --no-rustfmt-bindings\n          deprecated, please use `--formatter=none` instead\n      --formatter <F>\n"
)
OLD = BindgenTool("/usr/bin/bindgen", (0, 60), parse_options(OLD_HELP), False, "/l/libclang.so", (14, 0), "1")
NEW = OLD._replace(version=(0, 73), options=parse_options(NEW_HELP), pretty=True)


def test_bindgen_states_its_version_and_its_clang() -> None:
    assert parse_version("bindgen", "bindgen 0.60.1\n") == (0, 60)
    assert parse_clang("bindgen 0.60.1\nClang: Debian clang version 14.0.6\n") == (14, 0)
    assert parse_clang("bindgen 0.60.1\n") is None


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("", "/x/bindgen --version printed 'nothing'; expected bindgen and its version"),
        ("hello\n", "/x/bindgen --version printed 'hello'; expected bindgen and its version"),
        ("bindgen 0.59.2\n", "/x/bindgen is bindgen 0.59; expected 0.60 or newer"),
    ],
)
def test_another_program_and_an_old_one_are_refused(said: str, message: str) -> None:
    with pytest.raises(ToolchainError) as caught:
        parse_version("/x/bindgen", said)
    assert caught.value.what == message


def test_an_old_list_of_files_is_not_relied_on() -> None:
    assert (OLD.lists_every_file, NEW.lists_every_file) == (False, True)


def test_options_are_read_from_the_help() -> None:
    assert {"--rust-edition", "--formatter", "--no-size_t-is-usize"} <= NEW.options
    # a part of another option is none
    assert "--size_t-is-usize" not in NEW.options


FOUND = [
    Libclang("/usr/lib/llvm-14/lib/libclang.so.1", "/usr/lib/x86_64-linux-gnu/libclang-14.so.14.0.6"),
    Libclang("/usr/lib/llvm-22/lib/libclang-22.so.1", "/usr/lib/x86_64-linux-gnu/libclang-22.so.22"),
    Libclang("/usr/lib64/libclang.so", "/usr/lib64/libclang.so.18.1.8"),
    Libclang("/opt/homebrew/opt/llvm/lib/libclang.dylib", "/opt/homebrew/Cellar/llvm/lib/libclang.dylib"),
]


def test_the_newest_libclang_that_bindgen_understands_is_taken() -> None:
    assert [library.release for library in FOUND] == [14, 22, 18, 0]
    assert choose_libclang(FOUND, (0, 60)) == FOUND[0]
    assert choose_libclang(FOUND, (0, 73)) == FOUND[1]
    assert choose_libclang(FOUND[1:3], (0, 61)) is None
    assert choose_libclang(FOUND[3:], (0, 73)) == FOUND[3]


def test_what_was_found_and_does_not_serve_is_told() -> None:
    assert str(missing_libclang(FOUND[1:2], (0, 60), "/usr/lib/llvm-*/lib", "install it")) == (
        "no libclang by which bindgen 0.60 could read headers; expected release 15 or older\n"
        "  found       /usr/lib/llvm-22/lib/libclang-22.so.1, release 22\n"
        "  looked in   /usr/lib/llvm-*/lib\n"
        "  remedy      install it"
    )
    assert "expected" not in str(missing_libclang([], (0, 60), "", "install it"))


def test_clang_is_told_what_changes_declarations_and_nothing_that_only_gcc_knows() -> None:
    words = ("-Wall", "-fno-tree-vectorize", "-std=gnu11", "-isystem", "sdk", "-DX", "-fshort-enums", "-O2", "-DY=1")
    assert declaring_flags(words) == ("-std=gnu11", "-isystem", "sdk", "-DX", "-fshort-enums", "-DY=1")
    assert clang_arguments(["--target=t"], words[:1], [("A", None), ("B", "2")], ["c"], ["f.h"], ["/newlib"]) == (
        *("--target=t", "-w", "-DA", "-DB=2", "-Ic", "-include", "f.h", "-idirafter", "/newlib"),
    )


def steps(tool: BindgenTool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    request = Bindgen("driver", "c/driver.h", ("driver_.*",), ("--with-derive-default",))
    read, finish = bindgen_steps(
        tool, request, ("-DX",), "b", rust=(1, 96), target_name="t", own_tool=Tool("steelmill", "1")
    )
    assert finish.inputs == read.target_paths[:1]
    assert read.inputs == ("c/driver.h",)
    assert ("LIBCLANG_PATH", "/l/libclang.so") in read.env
    assert read.argv[-2:] == ("--", "-DX")
    assert finish.target_paths == ("b/driver.rs",)
    return read.argv, finish.argv


def test_an_old_and_a_new_bindgen_are_told_what_they_know() -> None:
    old, _ = steps(OLD)
    new, _ = steps(NEW)
    both = {"--use-core", "--ctypes-prefix=::core::ffi", "--no-include-path-detection", "--allowlist-type=driver_.*"}
    assert both | {"--no-rustfmt-bindings", "--size_t-is-usize", "--no-layout-tests"} <= set(old)
    assert both | {"--formatter=prettyplease", "--rust-target=1.96"} <= set(new)
    assert not {"--no-rustfmt-bindings", "--size_t-is-usize", "--no-layout-tests"} & set(new)
    assert "--formatter=none" in steps(NEW._replace(pretty=False))[0]


def test_extern_blocks_become_unsafe_and_every_item_has_its_line() -> None:
    raw = (
        'pub const NAME : & [u8 ; 9usize] = b"extern; pub \\"C\\" {\\0" ; # [repr (C)] pub struct s { pub x : u8 , } '
        'extern "C" { pub fn f (g : :: core :: option :: Option < unsafe extern "C" fn (a : u8) >) ; } '
        'pub type t = u8 ; unsafe extern "C" { pub static x : u8 ; }'
    )
    assert finish_bindings(raw).splitlines() == [
        'pub const NAME : & [u8 ; 9usize] = b"extern; pub \\"C\\" {\\0" ;',
        "# [repr (C)] pub struct s { pub x : u8 , }",
        'unsafe extern "C" { pub fn f (g : :: core :: option :: Option < unsafe extern "C" fn (a : u8) >) ; }',
        "pub type t = u8 ;",
        'unsafe extern "C" { pub static x : u8 ; }',
    ]


@given(st.lists(st.sampled_from(['extern "C" { ', "unsafe ", "} ", "; ", "pub ", '"a\\"; pub b" ', "# [x] ", "\n"])))
def test_what_is_finished_stays_as_it_is(parts: list[str]) -> None:
    once = finish_bindings("".join(parts))
    assert finish_bindings(once) == once


def test_crates_find_bindings_by_a_variable_that_names_no_folder_of_this_machine() -> None:
    bindings = name_bindings({"hal-uart": "build/t/release/app/bindings/hal-uart.rs"})
    assert bindings.env == (("BINDINGS_HAL_UART", "/proc/self/cwd/build/t/release/app/bindings/hal-uart.rs"),)
    assert bindings.paths == ("build/t/release/app/bindings/hal-uart.rs",)


def test_cbindgen_lists_what_it_read_where_it_can() -> None:
    tool = CbindgenTool("/usr/bin/cbindgen", Tool("cbindgen 0.24.3", "1"), lists_reads=False)
    step = cbindgen_step(tool, "src/lib.rs", "c.toml", "b/include/api/app.h", "t")
    assert (step.out_dir, step.outputs, step.dep_info) == ("b/include/api", ("app.h",), None)
    assert step.inputs == ("src/lib.rs", "c.toml")
    newer = cbindgen_step(tool._replace(lists_reads=True), "src/lib.rs", "c.toml", "b/include/api/app.h", "t")
    assert newer.outputs == ("app.h", "app.h.d")
    assert newer.dep_info is not None
    assert 'include_guard = "APP_2_H"' in default_config("app-2.h")


def test_a_scan_without_configuration_follows_every_module() -> None:
    files = {
        "lib.rs": '#[cfg(feature = "x")]\nmod a;\nmod b;\n',
        "a.rs": "#![cfg(no)]\nmod c;\n",
        "a/c.rs": "",
        "b.rs": "",
    }
    assert scan_all(files) == ("a.rs", "a/c.rs", "b.rs", "lib.rs")


def scan_all(files: dict[str, str]) -> tuple[str, ...]:
    return scan_crate("lib.rs", files.get, None, {}).files


def test_the_folders_of_the_compiler_are_read_from_its_words() -> None:
    said = (
        'ignoring nonexistent directory "/x"\n#include "..." search starts here:\n#include <...> search starts here:\n'
        " /usr/lib/gcc/arm-none-eabi/12.2.1/include\n"
        " /usr/lib/gcc/arm-none-eabi/12.2.1/../../../arm-none-eabi/include\n"
        "End of search list.\n"
    )
    assert parse_search_list(said) == (
        "/usr/lib/gcc/arm-none-eabi/12.2.1/include",
        "/usr/lib/arm-none-eabi/include",
    )
    assert parse_search_list("gcc: error: unrecognized command-line option '-x'\n") == ()
