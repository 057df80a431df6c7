from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelmill.rustc.cfg import Cfg
from steelmill.rustc.file_scan import FileScan, scan_file
from steelmill.rustc.source_scan import SourceScan, resolve, scan_crate

ARM = Cfg(frozenset({("target_arch", "arm"), ("feature", "usb")}))


def scan(files: Mapping[str, str], root: str = "src/lib.rs", env: Mapping[str, str] | None = None) -> SourceScan:
    found = scan_crate(root, files.get, ARM, env or {})
    # A scan that went through JSON, as a cache keeps it, gives the same.
    kept = {path: json.loads(json.dumps(scan_file(text))) for path, text in files.items()}
    again = resolve(root, lambda path: FileScan(*kept[path]) if path in kept else None, ARM, env or {})
    assert again == found
    return found


def listed(text: str, *others: str, env: Mapping[str, str] | None = None) -> list[str]:
    """Which of the other files the crate root ``text`` brings in."""
    found = scan({"src/lib.rs": text, **dict.fromkeys(others, "")}, env=env)
    return [path for path in found.files if path != "src/lib.rs"]


def test_a_missing_root_is_absent() -> None:
    assert scan({}) == SourceScan((), (), ("src/lib.rs",))


def test_modules_in_files_and_folders() -> None:
    found = scan(
        {
            "src/lib.rs": "mod a;\npub(crate) mod b ; mod gone;",
            "src/a.rs": "mod inner;",
            "src/a/inner.rs": "",
            "src/inner.rs": "never",
            "src/b/mod.rs": "mod inner;",
            "src/b/inner.rs": "",
        }
    )
    assert found.files == ("src/a.rs", "src/a/inner.rs", "src/b/inner.rs", "src/b/mod.rs", "src/lib.rs")
    assert found.absent == ("src/gone.rs", "src/gone/mod.rs")


def test_both_candidates_are_listed() -> None:
    assert listed("mod a;", "src/a.rs", "src/a/mod.rs") == ["src/a.rs", "src/a/mod.rs"]


def test_a_root_of_any_name_owns_its_folder() -> None:
    assert scan({"x/weird.rs": "mod a;", "x/a.rs": ""}, "x/weird.rs").files == ("x/a.rs", "x/weird.rs")
    assert scan({"main.rs": "mod a;", "a.rs": ""}, "./main.rs").files == ("a.rs", "main.rs")
    assert scan({"/abs/l.rs": "mod a;", "/abs/a.rs": ""}, "/abs/l.rs").files == ("/abs/a.rs", "/abs/l.rs")


def test_inline_modules_are_folders() -> None:
    assert listed("mod a { pub mod b { mod c; } }", "src/a/b/c.rs", "src/c.rs") == ["src/a/b/c.rs"]
    found = scan({"src/lib.rs": "mod f;", "src/f.rs": "mod a { mod b; } mod g;", "src/f/a/b.rs": "", "src/f/g.rs": ""})
    assert found.files == ("src/f.rs", "src/f/a/b.rs", "src/f/g.rs", "src/lib.rs")


def test_path_attributes() -> None:
    assert listed('#[path = "x/y.rs"] mod a;', "src/x/y.rs") == ["src/x/y.rs"]
    assert listed('#[path = "d"] mod a { mod b; #[path="e"] mod c { mod f; } }', "src/d/b.rs", "src/d/e/f.rs") == [
        "src/d/b.rs",
        "src/d/e/f.rs",
    ]
    found = scan(
        {
            "src/lib.rs": 'mod f;\n#[path = r"f/mod2.rs"]\nmod g;',
            "src/f.rs": '#[path = "p.rs"] mod a; mod i { #[path = "q.rs"] mod b; }',
            "src/p.rs": "mod sibling;",
            "src/sibling.rs": "",
            "src/f/i/q.rs": "",
            "src/f/mod2.rs": "mod h;",
            "src/f/h.rs": "",
        }
    )
    assert found.absent == ()
    assert len(found.files) == 7


def test_path_in_a_block_of_a_file_that_is_no_mod_rs() -> None:
    found = scan(
        {
            "src/lib.rs": "mod f;",
            "src/f.rs": 'fn x() { mod i { #[path = "q.rs"] mod b; } }',
            "src/i/q.rs": "",
            "src/f/i/q.rs": "",
        }
    )
    assert found.files == ("src/f.rs", "src/i/q.rs", "src/lib.rs")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('#[cfg(target_arch = "arm")] mod a;', ["src/a.rs"]),
        ('#[cfg(not(target_arch = "arm"))] mod a;', []),
        ("#[allow(x)]\n/// doc\n#[cfg(unix)]\n#[macro_use]\npub(in crate::x) mod a;", []),
        ("#[cfg(unix)] use x;\nmod a;", ["src/a.rs"]),
        ('#[cfg_attr(target_arch = "arm", path = "b.rs")] mod a;', ["src/b.rs"]),
        ('#[cfg_attr(unix, path = "c.rs")] #[cfg_attr(not(unix), allow(x), path = "b.rs",)] mod a;', ["src/b.rs"]),
        ('#[cfg_attr(unix, path = "b.rs")] mod a;', ["src/a.rs"]),
        ("#[cfg_attr(not(unix), cfg(unix))] mod a;", []),
        ("#[cfg_attr(unix, cfg(unix))] mod a;", ["src/a.rs"]),
        ('#[cfg(unix)] mod i { #[path = "../a.rs"] mod a; }', []),
        ('mod i { #![cfg(unix)] #[path = "../a.rs"] mod a; }', []),
        ("#![no_std]\n#![cfg(unix)]\nmod a;", []),
        ("fn f() { #![cfg(unix)] }\nmod a;", ["src/a.rs"]),
        (
            'cfg_if! { if #[cfg(unix)] { mod a; } else if #[cfg(feature = "usb")] { mod b; } else { mod c; } }',
            ["src/b.rs"],
        ),
        ("cfg_if::cfg_if! { if #[cfg(unix)] { mod a; } else { mod c; } }", ["src/c.rs"]),
        ('cfg_select! { unix => { mod a; } target_arch = "arm" => { mod b; } _ => { mod c; } }', ["src/b.rs"]),
        ("cfg_select! { any(unix) => { mod a; }, // x\n _ => { mod c; } }", ["src/c.rs"]),
        ('#[cfg(version("1.9"))] mod a;', ["src/a.rs"]),
    ],
)
def test_conditions(text: str, expected: list[str]) -> None:
    assert listed(text, "src/a.rs", "src/b.rs", "src/c.rs") == expected


@pytest.mark.parametrize(
    "text",
    [
        "// mod a;\n/* mod a; /* nested */ mod a; */ /// mod a;\n",
        'const S: &str = "mod a; \\" mod a;";',
        'const S: &str = r##"mod a; "# mod a;"##;',
        'const S: &[u8] = br"mod a;\\";',
        "fn f<'a>(c: char) -> bool { c == '\"' || c == '\\'' } const Q: &str = \"mod a;\";",
        "macro_rules! m { () => { mod a; } }",
        "m!($mod a);",
        "let modulo = 1; use x::modern; fn mod_a() {}",
        "r#mod a;",
        "mod a { }",
        "fn f() { 'mod_a: loop {} }",
    ],
)
def test_what_only_looks_like_a_module(text: str) -> None:
    assert listed(text, "src/a.rs") == []


@pytest.mark.parametrize(
    "text",
    [
        "#!/usr/bin/env run\nmod a;",
        "#![allow(x)] mod a;",
        "\ufeffmod a;",
        "mod /* why /* oh */ why */ a // so\n ;",
        "mod r#a;",
        "mod\r\n a;\r\n",
        '/* /* */ " */ mod a; // "',
        "fn f<'a>(x: &'a str) -> char { 'x' }\nmod a;",
        "const C: char = '\\u{22}'; mod a; const D: u8 = b'\\'';",
        "unsafe mod a;",
        'const X: &str = "unfinished\\""; mod a;',
        "whatever! { mod a; }",
        "macro_rules! m { () => { mod a; } } m!();",
        "m!{} macro_rules! m { () => { mod a; } }",
        "macro_rules! m { ($($x:ident),*) => { $(pub mod $x;)* } } m![a, zz];",
        "macro_rules! o { ($x:ident) => { n!{$x} } } macro_rules! n { ($x:ident) => { mod $x; } } o!(a);",
    ],
)
def test_modules_in_odd_places(text: str) -> None:
    assert "src/a.rs" in listed(text, "src/a.rs")


def test_raw_and_non_ascii_names() -> None:
    text = 'mod r#type; #[path = "größe.rs"] mod gro\u0308ße;'
    assert listed(text, "src/type.rs", "src/größe.rs") == ["src/größe.rs", "src/type.rs"]


ENV = {"OUT_DIR": "/out", "CARGO_MANIFEST_DIR": "/pkg"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('const A: &str = include_str!("a.txt");', "src/a.txt"),
        ('const A: &[u8] = core::include_bytes!["../a b.bin"];', "a b.bin"),
        ('const A: &str = ::core::include_str ! { r#"a.txt"# , };', "src/a.txt"),
        ('include!(concat!(env!("OUT_DIR"), "/gen.rs"));', "/out/gen.rs"),
        ('include_str!(concat!(env!("CARGO_MANIFEST_DIR",), "/a", 1, "/x.txt"));', "/pkg/a1/x.txt"),
        ('include_str!(concat!("a", stringify!(b), concat!("c", ".txt")));', "src/abc.txt"),
        ('#[doc = include_str!("a.md")] struct S;', "src/a.md"),
        ('#![doc = include_str!("../a.md")]', "a.md"),
        ('#![cfg_attr(not(unix), doc = include_str!("../a.md"))]', "a.md"),
        ('global_asm!(include_str!("a.S"), options(raw));', "src/a.S"),
        ('include_str!("a\\x2etxt");', "src/a.txt"),
        ('include_bytes!("/abs/x");', "/abs/x"),
    ],
)
def test_includes(text: str, expected: str) -> None:
    assert listed(text, expected, env=ENV) == [expected]
    assert scan({"src/lib.rs": text}, env=ENV).absent == (expected,)


def test_includes_under_conditions() -> None:
    text = """
    #[cfg(target_arch = "arm")] global_asm!(include_str!("arm.S"));
    #[cfg(target_arch = "riscv32")] global_asm!(include_str!("riscv.S"));
    #[cfg(unix)] fn f(a: u8, b: u8) -> u8 { g(include_bytes!("f.bin"), 1) }
    #[cfg(unix)] const A: u8 = 1; const B: &str = include_str!("b");
    #[cfg_attr(unix, doc = include_str!("unix.md"))] #[cfg(target_arch = "arm")] struct S;
    #[doc = include_str!("never.md")] #[cfg(unix)] struct T;
    """
    names = ["arm.S", "b", "f.bin", "never.md", "riscv.S", "unix.md"]
    assert listed(text, *(f"src/{name}" for name in names)) == ["src/arm.S", "src/b"]


def test_an_included_source_is_scanned_from_its_own_folder() -> None:
    found = scan(
        {
            "src/lib.rs": 'mod a { include!("../gen/x.rs"); }',
            "gen/x.rs": 'mod b; const S: &str = include_str!("s.txt");',
            "gen/b.rs": "",
            "gen/s.txt": "",
        }
    )
    assert found.files == ("gen/b.rs", "gen/s.txt", "gen/x.rs", "src/lib.rs")


def test_environment() -> None:
    text = """const A: &str = env!("A"); const B: Option<&str> = option_env!("B"); // env!("C")
    #[cfg(unix)] const D: &str = env!("D", "say so"); const F: &str = core::env!("F", "say so");
    include!(concat!(env!("OUT_DIR"), "/x.rs"));"""
    assert scan({"src/lib.rs": text}, env=ENV).env_deps == ("A", "B", "F", "OUT_DIR")
    assert scan({"src/lib.rs": text}).absent == ()  # without OUT_DIR there is no path to miss


def test_macros_that_include_their_argument() -> None:
    files = {
        "src/lib.rs": 'mod m; mod use_it; include_bytes_aligned!("k.bin"); other!("l.bin");',
        "src/m.rs": """macro_rules! asset { ($x:literal) => {
            include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/", $x)) } }""",
        "src/use_it.rs": 'const A: &[u8] = crate::asset!("a.bin"); const B: &[u8] = asset!("missing.bin");',
        "/pkg/a.bin": "",
        "src/k.bin": "",
        "src/l.bin": "",
    }
    found = scan(files, env=ENV)
    assert found.files == ("/pkg/a.bin", "src/k.bin", "src/lib.rs", "src/m.rs", "src/use_it.rs")
    assert found.absent == ()


def test_a_macro_that_calls_itself_ends() -> None:
    text = "macro_rules! m { ($x:ident $($y:tt)*) => { mod $x; m!{$($y)*} m!(b, x); } } m!(a, b);"
    assert listed(text, "src/a.rs", "src/b.rs") == ["src/a.rs", "src/b.rs"]


def test_files_of_assembly_are_unlisted_by_rustc() -> None:
    found = scan(
        {
            "src/lib.rs": 'global_asm!(".incbin \\"blob.bin\\""); global_asm!(include_str!("x.S"));',
            "src/x.S": '# don\'t\n.include "lib/y.s"\n',
            "blob.bin": "",
            "lib/y.s": '.incbin "lib/z.bin"',
            "lib/z.bin": "",
        }
    )
    assert found.unlisted == ("blob.bin", "lib/y.s", "lib/z.bin")
    assert set(found.unlisted) < set(found.files)


def test_bytes_are_not_read_where_existence_suffices() -> None:
    read: list[str] = []

    def remember(path: str) -> str | None:
        read.append(path)
        return 'const B: &[u8] = include_bytes!("b.bin");' if path == "l.rs" else None

    found = scan_crate("l.rs", remember, ARM, {}, exists=lambda path: path == "b.bin")
    assert found.files == ("b.bin", "l.rs")
    assert read == ["l.rs"]


FRAGMENTS = st.sampled_from(
    [
        "mod a;",
        "mod a {",
        "}",
        "{",
        "(",
        ")",
        "]",
        '"',
        "'",
        "'a",
        "/*",
        "*/",
        "//",
        "\n",
        "#[cfg(",
        "#[path=",
        "#![",
        'r#"',
        '"#',
        "include!(",
        'include_str!("x")',
        "concat!(",
        "env!(",
        "macro_rules! m {",
        "m!{",
        "$x",
        "cfg_if!{",
        "if #[cfg(a)]",
        "else",
        "cfg_select!{",
        "=>",
        "_",
        ",",
        ";",
        "\\",
        "\ufeff",
        "#!",
        "é",
        "stringify!(",
        '.incbin "',
        "cfg_attr(",
        "mod $x;",
    ]
)


@given(st.lists(FRAGMENTS | st.text(max_size=4), max_size=25))
def test_no_text_makes_it_fail(fragments: list[str]) -> None:
    text = " ".join(fragments)
    scan({"src/lib.rs": text, "src/a.rs": text, "src/x": text}, env=ENV)
