"""A rustc that notes what cargo asks of it: command line, environment and folder, one JSON object a line.

Crates for the target are not compiled: empty files stand for them. Those for the host are, unless RECORDER_PRETEND is
set: then build scripts say nothing. Each build script is wrapped, so that its environment and what it prints are noted.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from rust_examples import SYSTEM_RUSTC

_RUSTC = """\
import json, os, pathlib, subprocess, sys

def value(option):
    return words[words.index(option) + 1] if option in words else None

def note(row):
    with open(os.environ["RECORDER_LOG"], "a") as file:
        file.write(json.dumps(row) + "\\n")

words = sys.argv[1:]
name, folder = value("--crate-name"), value("--out-dir")
if folder is None:
    os.execv(REAL, [REAL, *words])
note({"kind": "rustc", "argv": words, "env": dict(os.environ), "cwd": os.getcwd()})
extra = next(word.partition("=")[2] for word in words if word.startswith("extra-filename="))
stem = pathlib.Path(folder, name + extra)
pretends = "RECORDER_PRETEND" in os.environ
is_script = name.startswith("build_script_")
if pretends and is_script:
    stem.with_name(f"{stem.name}.real").write_text("#!/bin/sh\\n")
    stem.with_name(f"{stem.name}.real").chmod(0o755)
    stem.with_name(f"{stem.name}.d").write_text("")
elif pretends or value("--target"):
    types = [after for before, after in zip(words, words[1:]) if before == "--crate-type"]
    suffixes = {"lib": ("lib", ".rlib"), "rlib": ("lib", ".rlib"), "staticlib": ("lib", ".a"), "bin": ("", ""),
        "proc-macro": ("lib", ".so")}
    for prefix, suffix in [suffixes[one] for one in types] + [("lib", ".rmeta")]:
        pathlib.Path(folder, prefix + name + extra + suffix).write_text("")
    stem.with_name(stem.name + ".d").write_text("")
    print(json.dumps({"artifact": str(stem.with_name(f"lib{stem.name}.rmeta")), "emit": "metadata"}), file=sys.stderr)
    raise SystemExit
else:
    status = subprocess.call([REAL, *words])
    if status:
        raise SystemExit(status)
    if is_script:
        os.rename(stem, f"{stem}.real")
if is_script:
    stem.write_text(f"#!{sys.executable}\\nPROGRAM = {f'{stem}.real'!r}\\n" + SCRIPT)
    stem.chmod(0o755)
"""

_SCRIPT = """\
import json, os, subprocess, sys

run = subprocess.run([PROGRAM], stdout=subprocess.PIPE)
with open(os.environ["RECORDER_LOG"], "a") as file:
    row = {"kind": "script", "env": dict(os.environ), "cwd": os.getcwd(), "stdout": run.stdout.decode()}
    file.write(json.dumps(row) + "\\n")
sys.stdout.buffer.write(run.stdout)
raise SystemExit(run.returncode)
"""


def write_recorder(folder: Path) -> Path:
    """Write the recording rustc; it notes to the file that RECORDER_LOG names."""
    path = folder / "rustc"
    path.write_text(f"#!{sys.executable}\nREAL = {SYSTEM_RUSTC!r}\nSCRIPT = {_SCRIPT!r}\n{_RUSTC}")
    path.chmod(0o755)
    assert os.access(path, os.X_OK)
    return path
