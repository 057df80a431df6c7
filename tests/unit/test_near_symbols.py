"""What comes near to an undefined symbol."""

from __future__ import annotations

import pytest

from steelmill.hints.near_symbols import near_symbols

DEFINITIONS = {
    "uart_init": ("c/uart.c.o",),
    "_Z6answerij": ("cxx/answer.cpp.o",),
    "_ZN4vend6answerEi": ("cxx/other.cpp.o",),
    "_RNvCs_3app6answer": ("libapp.a(app.o)",),
    "SystemInit": ("vendor/libhal.a(system.o)",),
    "_estack": ("start.o",),
}


@pytest.mark.parametrize(
    ("symbol", "lines"),
    [
        ("answer", ['cxx/answer.cpp.o defines answer for C++ alone, as _Z6answerij: make it extern "C"']),
        ("uart_init(int)", ['c/uart.c.o defines uart_init with C linkage: declare it extern "C" where C++ calls it']),
        ("uart_intt", ["c/uart.c.o defines uart_init"]),
        ("_uart_init", ["c/uart.c.o defines uart_init"]),
        ("system_init", ["vendor/libhal.a(system.o) defines SystemInit"]),
        ("zebra", []),
    ],
)
def test_what_is_linked_is_named(symbol: str, lines: list[str]) -> None:
    assert list(near_symbols(symbol, DEFINITIONS, {})) == lines


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("#![no_std]\npub fn tick() {}\n", 2),
        ('pub(crate) unsafe extern "C" fn tick(a: u32) -> u32 { a }\n', 1),
        ("mod a {\n    fn tick() {}\n}\n", 2),
        ('#[unsafe(no_mangle)]\npub extern "C" fn tick() {}\n', 0),
        ('#[unsafe(no_mangle)]\n#[inline(never)]\npub extern "C" fn tick() {}\n', 0),
        ("#[no_mangle]\npub fn other() {}\npub fn tick() {}\n", 3),
        ('unsafe extern "C" { fn tick(); }\n', 0),
        ('unsafe extern "C" {\n    fn tock();\n    fn tick();\n}\n', 0),
        ("fn ticker() {}\n// fn tick() {}\n", 0),
    ],
)
def test_a_rust_function_without_a_symbol_is_found(text: str, line: int) -> None:
    expected = [f'src/lib.rs:{line} has a fn tick without a symbol: make it #[unsafe(no_mangle)] pub extern "C" fn']
    assert list(near_symbols("tick", {}, {"src/lib.rs": text})) == (expected if line else [])
