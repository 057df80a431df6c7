"""SCons's own Object, Library and Program, with the dependencies that stock SCons misses.

Nothing about their commands changes. Their nodes gain, by target scanners: the compiler, archiver and linker down to
cc1, as and ld; files of ``-include``, ``.incbin``, and headers below folders that only CCFLAGS name; linker scripts in
LINKFLAGS with all that they INCLUDE.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable
from typing import Any

import SCons.Errors
import SCons.Node
import SCons.Scanner
import SCons.Tool
import SCons.Util

from rust_firmware.cc_toolchains import describe_cc
from rust_firmware.session import Session
from rust_firmware.tree import file_node
from steelmill.cc.include_scan import resolve
from steelmill.cc.search_flags import parse_search_flags
from steelmill.errors import SteelmillError
from steelmill.linker.flags import parse_link_flags
from steelmill.linker.script import scan_script

_COMPILER_OF_SUFFIX = {".cpp": "CXX", ".cc": "CXX", ".cxx": "CXX", ".c++": "CXX", ".C": "CXX", ".s": "AS"}
_FLAGS_OF_COMPILER = {
    "CC": ("CCFLAGS", "CFLAGS", "_CCCOMCOM"),
    "CXX": ("CCFLAGS", "CXXFLAGS", "_CCCOMCOM"),
    "AS": ("ASFLAGS",),
}

_DRIVER = re.compile(r"(^|-)(gcc|g\+\+|clang|clang\+\+|cc|c\+\+)(-[\d.]+)?$")

Find = Callable[[Any, Any], Iterable[Any]]
"""(target node, environment) -> nodes it depends on."""


def complete_stock_builders(env: Any, session: Session) -> None:
    """Add the scanners to the builders of ``env``."""
    static_object, shared_object = SCons.Tool.createObjBuilders(env)
    for builder in (static_object, shared_object):
        _add_scanner(builder, "FirmwareObject", lambda node, in_env: _object_inputs(session, node, in_env))
    library = SCons.Tool.createStaticLibBuilder(env)
    _add_scanner(library, "FirmwareLibrary", lambda _node, in_env: _program_tool(session, in_env, "$AR"))
    program = SCons.Tool.createProgBuilder(env)
    _add_scanner(program, "FirmwareProgram", lambda node, in_env: _program_inputs(session, node, in_env))


def _add_scanner(builder: Any, name: str, find: Find) -> None:
    """Let a builder's targets be scanned by ``find``, after the scanner that the builder has."""
    # a builder for several suffixes is a proxy; its nodes know only what is inside
    inner = builder.get() if isinstance(builder, SCons.Util.Proxy) else builder
    before = inner.target_scanner

    def scan(node: Any, env: Any, path: Any) -> list[Any]:
        try:
            found = list(find(node, env))
        except SteelmillError as error:
            raise SCons.Errors.UserError(str(error)) from None
        return [*(before(node, env, path) if before else ()), *found]

    inner.target_scanner = SCons.Scanner.ScannerBase(
        scan,
        name=name,
        node_class=SCons.Node.Node,
        path_function=before.path if before else None,
    )


def _object_inputs(session: Session, node: Any, env: Any) -> list[Any]:
    tree = session.tree
    found: list[Any] = []
    for source in node.sources:
        path = str(source)
        compiler = _COMPILER_OF_SUFFIX.get(os.path.splitext(path)[1], "CC")
        words = [word for name in _FLAGS_OF_COMPILER[compiler] for word in _words(env, f"${name}", node, source)]
        search = parse_search_flags(words).search()
        files = resolve(tree.relative(path), session.scans.c, search, exists=tree.exists).files
        found += [file_node(file) for file in files if file != tree.relative(path)]
        found += _program_tool(session, env, f"${compiler}")
    return found


def _program_inputs(session: Session, node: Any, env: Any) -> list[Any]:
    tree = session.tree
    flags = parse_link_flags(_words(env, "$LINKFLAGS", node, None), f"LINKFLAGS of {node}")
    search = (*flags.search, *(str(env.Dir(folder)) for folder in env.Flatten(env.subst_list("$LIBPATH"))))
    found: list[Any] = []
    for script in flags.scripts:
        path = _find(tree.read, script, search)
        scan = scan_script(path, tree.read, (*search, os.path.dirname(path) or "."))
        found += [file_node(tree.relative(file)) for file in scan.files]
    return [*found, *_program_tool(session, env, "$LINK")]


def _find(read: Callable[[str], str | None], name: str, search: Iterable[str]) -> str:
    """Find a script as ld does: by its own name, then in the -L folders."""
    return next((path for path in (name, *(f"{folder}/{name}" for folder in search)) if read(path) is not None), name)


def _program_tool(session: Session, env: Any, variable: str) -> list[Any]:
    """Give the identity of the program that a construction variable names."""
    words = _words(env, variable, None, None)
    path = shutil.which(words[0], path=env["ENV"].get("PATH")) if words else None
    if path is None:
        return []
    name = os.path.basename(words[0])
    if _DRIVER.search(name):
        tool = describe_cc(session.probes, path).tool
        return [env.Value(tool.identity, name=tool.name)]
    return [env.Value(session.probes.digest_of_files([path]), name=name)]


def _words(env: Any, text: str, target: Any, source: Any) -> list[str]:
    nested = env.subst_list(text, target=target, source=source)
    return [str(word) for line in nested for word in line]
