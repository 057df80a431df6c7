"""The scan of Rust sources, held against what rustc itself says it read."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from posixpath import normpath

import pytest

from steelmill.rustc.cfg import Cfg, parse_cfg
from steelmill.rustc.dep_info import DepInfoFile, parse_dep_info
from steelmill.rustc.source_scan import SourceScan, scan_crate

RUSTC = next((path for path in ("/usr/bin/rustc", shutil.which("rustc")) if path and os.path.exists(path)), None)
CORE = "/usr/lib/rustlib/src/rust/library/core/src/lib.rs"

if RUSTC is None:
    if os.environ.get("CI"):
        pytest.fail("no rustc: install rustc", pytrace=False)
    pytest.skip("no rustc: install rustc", allow_module_level=True)


def run(argv: list[str], env: Mapping[str, str], cwd: Path) -> str:
    base = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "RUSTC_BOOTSTRAP": "1"}
    ended = subprocess.run([str(RUSTC), *argv], env={**base, **env}, cwd=cwd, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def both(
    top: Path, root: str, args: list[str], env: Mapping[str, str], out: str = "x.d"
) -> tuple[SourceScan, DepInfoFile]:
    def read(path: str) -> str | None:
        try:
            return (top / path).read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return None

    cfg: Cfg = parse_cfg(run(["--print", "cfg", *args], env, top))
    scan = scan_crate(root, read, cfg, env, exists=lambda path: (top / path).is_file())
    flags = ["--crate-type=lib", "-Awarnings", f"--emit=dep-info={out}"]
    run([*flags, *args, root], env, top)
    return scan, parse_dep_info((top / out).read_text(encoding="utf-8"))


def assert_agrees(top: Path, root: str, args: list[str], env: Mapping[str, str]) -> None:
    scan, listed = both(top, root, args, env)
    assert list(scan.files) == sorted(map(normpath, listed.files))
    assert list(scan.env_deps) == sorted(name for name, _ in listed.env)
    assert scan.absent == ()


def write(top: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


LAYOUTS: dict[str, dict[str, str | bytes]] = {
    "paths": {
        "src/lib.rs": """#!/shebang mod no;
            #![doc = include_str!("../read me.md")]
            mod plain; #[path = "odd/place.rs"] pub(crate) mod placed;
            #[path = "dir"] mod named { mod deep; #[path = "sub/x.rs"] mod x; }
            mod r#type; #[path = "größe.rs"] mod größe; /* mod no; /* mod no; */ mod no; */ // mod no;
            mod outer { pub mod inner { mod leaf; } #[path = "p.rs"] mod p; }
        """,
        "read me.md": "mod no;",
        "src/plain.rs": """
            mod child; #[path = "beside.rs"] mod beside; mod inl { mod leaf; #[path = "other.rs"] mod other; }
            fn block() { mod local { #[path = "far.rs"] pub mod far; } #[path = "near.rs"] mod near; }
        """,
        "src/plain/child.rs": "mod grandchild;",
        "src/plain/child/grandchild/mod.rs": "mod last;",
        "src/plain/child/grandchild/last.rs": "",
        "src/beside.rs": "mod brother;",
        "src/brother.rs": "",
        "src/plain/inl/leaf.rs": "",
        "src/plain/inl/other.rs": "",
        "src/local/far.rs": "",
        "src/near.rs": "",
        "src/odd/place.rs": "mod sibling;",
        "src/odd/sibling.rs": "",
        "src/dir/deep.rs": "",
        "src/dir/sub/x.rs": "",
        "src/type.rs": "",
        "src/größe.rs": "",
        "src/outer/inner/leaf.rs": "",
        "src/outer/p.rs": "",
    },
    "conditions": {
        "src/lib.rs": """
            #[cfg(feature = "on")] mod on; #[cfg(not(feature = "on"))] mod off;
            #[cfg_attr(feature = "on", path = "on2.rs")] #[cfg_attr(not(feature = "on"), path = "off2.rs")] mod two;
            #[allow(dead_code)] /// words
            #[cfg(any())] mod never;
            #[cfg_attr(feature = "on", cfg(any()), allow(x))] mod never2;
            #[cfg(any())] const A: &str = include_str!("never.txt");
            #[cfg(feature = "on")] const B: &str = include_str!("b.txt");
            #[cfg(any())] fn f(a: u8, b: u8) -> u8 { env!("NEVER").len() as u8 }
            #[cfg_attr(any(), doc = include_str!("never.md"))] pub struct S;
            #[doc = include_str!("never.md")] #[cfg(any())] pub struct T;
            mod file;
            cfg_select! { not(feature = "on") => { mod never3; } feature = "on" => { mod arm; } _ => { mod never4; } }
            macro_rules! cfg_if {
                ($(if #[cfg($c:meta)] { $($i:item)* })else* else { $($e:item)* }) => {
                    $($(#[cfg($c)] $i)*)* #[cfg(not(any($($c),*)))] mod chosen_else { $($e)* } } }
            cfg_if! { if #[cfg(any())] { mod never5; } else if #[cfg(feature = "on")] { mod if_on; }
                else { mod never6; } }
        """,
        "src/file.rs": '#![cfg(any())] mod never; const X: &str = include_str!("never.txt");',
        **{f"src/{name}.rs": "" for name in ("on", "on2", "off", "off2", "never", "never2", "never3", "never4")},
        **{f"src/{name}.rs": "" for name in ("never5", "arm", "if_on", "chosen_else/never6", "never6")},
        "src/never.txt": "",
        "src/never.md": "",
        "src/b.txt": "",
    },
    "includes": {
        "src/lib.rs": """
            pub const A: &str = include_str!(r#"a.txt"#); pub const B: &[u8] = core::include_bytes!["../b b.bin"];
            pub const C: &str = include_str!{concat!(env!("TOP"), "/", stringify!(c), '.', "txt",)};
            include!(concat!(env!("TOP"), "/gen/items.rs"));
            pub const D: Option<&str> = option_env!("NOT_SET"); pub const E: &str = env!("WITH_WORDS", "say why");
            core::arch::global_asm!(include_str!("asm.S")); // include_str!("never.txt") env!("NEVER")
            macro_rules! asset { ($x:literal) => { include_bytes!(concat!("assets/", $x, ".bin")) } }
            pub const F: &[u8] = asset!("f");
            mod low;
            macro_rules! mods { ($($m:ident),*) => { $(mod $m;)* } }
            mods!{one, two}
            macro_rules! late { () => { mod three; } }
            late!();
        """,
        "src/low.rs": 'pub const X: &[u8] = asset!("low"); pub mod l { pub const Y: &str = include_str!("y.txt"); }',
        "src/y.txt": "",
        "src/assets/f.bin": b"\xff\x00",
        "src/assets/low.bin": b"",
        "src/a.txt": "",
        "b b.bin": b"\xff",
        "c.txt": "",
        "gen/items.rs": 'mod beside; pub const G: &str = include_str!("g.txt");',
        "gen/beside.rs": "mod under;",
        "gen/beside/under.rs": "",
        "gen/g.txt": "",
        "src/asm.S": '# it\'s an include_str!("never.txt")\n',
        "src/one.rs": "",
        "src/two/mod.rs": "",
        "src/three.rs": "",
        "src/never.txt": "",
    },
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_tricky_layouts(name: str, tmp_path: Path) -> None:
    write(tmp_path, LAYOUTS[name])
    env = {"TOP": str(tmp_path), "WITH_WORDS": "1"}
    scan, listed = both(tmp_path, "src/lib.rs", ["--edition=2021", "--cfg", 'feature="on"'], env)
    # One of the paths starts at the top of the file system: compare what they mean.
    assert sorted(str(tmp_path / path) for path in scan.files) == sorted(
        normpath(tmp_path / path) for path in listed.files
    )
    assert list(scan.env_deps) == sorted(name for name, _ in listed.env)
    assert scan.absent == ()


class Layout:
    """A crate of random modules; ``files`` maps a path to its text."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.files: dict[str, str] = {}
        self.count = 0
        self.files["src/lib.rs"] = self.body("src", "", 4)

    def name(self) -> str:
        self.count += 1
        return f"m{self.count}"

    def body(self, folder: str, relative: str, depth: int) -> str:
        return "\n".join(self.item(folder, relative, depth) for _ in range(self.random.randint(1, 4) if depth else 0))

    def item(self, folder: str, relative: str, depth: int) -> str:
        name = self.name()
        kind = self.random.choice(["file", "folder", "path", "inline", "inline-path", "block", "noise"])
        attribute = self.random.choice(["", "#[cfg(on)]", "#[cfg(off)]", "#[allow(x)] /// words\n #[cfg(all())]"])
        below = f"{folder}/{relative}" if relative else folder
        if kind == "noise":
            return self.random.choice(
                ["/* mod x; /* \" */ mod y; */", "// mod x; '\"'\n", "const _: &str = \"mod x; // \\\"\";",
                 "const _: char = '\"';", "const _: &str = r#\"mod x;\"\"#;", "fn l" + name + "<'a>(x: &'a u8) {}"]
            )  # fmt: skip
        if kind in ("file", "folder", "path"):
            extra = ""
            if kind == "file":
                path, within = f"{below}/{name}.rs", (below, name)
            elif kind == "folder":
                path, within = f"{below}/{name}/mod.rs", (f"{below}/{name}", "")
            else:
                written = self.random.choice([f"p/{name}.rs", f"{name}_x.rs", f"./q/../{name}_y.rs"])
                path = normpath(f"{folder}/{written}")
                within = (os.path.dirname(path), "")
                self.files.setdefault(f"{folder}/q/keep", "")
                extra = self.random.choice(
                    [f'#[path = "{written}"]', f'#[cfg_attr(off, path = "no.rs")] #[cfg_attr(on, path = r"{written}")]']
                )
            self.files[path] = self.body(*within, depth - 1)
            pair = [attribute, extra]
            self.random.shuffle(pair)
            return f"{' '.join(pair)} {self.random.choice(['', 'pub ', 'pub(crate) '])}mod {name} ;"
        if kind == "inline":
            return f"{attribute} mod {name} {{ {self.body(f'{below}/{name}', '', depth - 1)} }}"
        if kind == "inline-path":
            return f'{attribute} #[path = "d{name}"] mod {name} {{ {self.body(f"{folder}/d{name}", "", depth - 1)} }}'
        leaf = self.name()
        self.files[f"{folder}/{name}/{leaf}.rs"] = ""
        return f'{attribute} fn f{name}() {{ if true {{ mod {name} {{ #[path = "{leaf}.rs"] mod {leaf}; }} }} }}'


@pytest.mark.parametrize("seed", range(12))
def test_random_layouts(seed: int, tmp_path: Path) -> None:
    files = Layout(seed).files
    write(tmp_path, files)
    assert_agrees(tmp_path, "src/lib.rs", ["--edition=2021", "--cfg", "on", "--check-cfg=cfg(on,off)"], {})


def test_core(tmp_path: Path) -> None:
    if not os.path.exists(CORE):
        pytest.skip("no sources of core: install rust-src")
    args = ["--edition=2024", "--crate-name=core", "-Zforce-unstable-if-unmarked"]
    scan, listed = both(tmp_path, CORE, args, {})
    assert list(scan.files) == sorted(map(normpath, listed.files))
