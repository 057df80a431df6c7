"""SCons's own Object, Library and Program, with the dependencies that stock SCons misses.

Nothing about their commands changes. Their nodes gain, by target scanners: the compiler, archiver and linker down to
cc1, as and ld; files of ``-include``, ``.incbin``, and headers below folders that only CCFLAGS name; linker scripts in
LINKFLAGS with all that they INCLUDE.

What cannot be read or found here adds nothing: the tools themselves judge a firmware that was built without Steelmill.
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
from collections.abc import Callable, Iterable
from typing import Any

import SCons.Node
import SCons.Scanner
import SCons.Tool
import SCons.Util

from rust_firmware.cc_toolchains import c_flags, describe_cc, flag_checker
from rust_firmware.linked_elf import LinkedElf, find_file, scan_scripts
from rust_firmware.session import Session
from rust_firmware.target_build import TargetBuild
from rust_firmware.tree import Tree, file_node
from steelmill.argument_files import argument_files
from steelmill.cc.flags import arguments
from steelmill.cc.include_scan import resolve
from steelmill.cc.named_files import named_files
from steelmill.cc.search_flags import parse_search_flags
from steelmill.cc.user_flags import check_whole_command, deciding_flags
from steelmill.errors import SteelmillError
from steelmill.linker.flags import parse_link_flags

# Suffix -> the program's variable and those of its flags, as SCons's own CCCOM, CXXCOM, ASPPCOM and ASCOM have them.
_C = ("CC", ("CCFLAGS", "CFLAGS", "_CCCOMCOM"))
_CXX = ("CXX", ("CCFLAGS", "CXXFLAGS", "_CCCOMCOM"))
_ASPP = ("CC", ("ASPPFLAGS", "_CCCOMCOM"))
_AS = ("AS", ("ASFLAGS",))
_COMMANDS = {
    **dict.fromkeys((".cpp", ".cc", ".cxx", ".c++", ".C"), _CXX),
    **dict.fromkeys((".S", ".spp", ".SPP", ".sx"), _ASPP),
    **dict.fromkeys((".s", ".asm", ".ASM"), _AS),
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


def check_stock_flags(build: TargetBuild, nodes: Iterable[Any]) -> None:
    """Raise InputError where an object of SCons's own builders, or one in a library of theirs, does not fit the target.

    Their commands are the user's alone, with none of the target's flags in them. A compiler that cannot be asked is
    left to the linker and the audit to judge.
    """
    checked: set[tuple[Any, ...]] = set()
    for node in nodes:
        if str(getattr(node.builder, "target_scanner", None)) == "FirmwareLibrary":
            check_stock_flags(build, node.sources)
        elif str(getattr(node.builder, "target_scanner", None)) == "FirmwareObject":
            env, source = node.get_build_env(), node.sources[0]
            program, variables = _COMMANDS.get(os.path.splitext(str(source))[1], _C)
            if (id(env), variables) not in checked:
                checked.add((id(env), variables))
                command = [*_words(env, f"${program}", None, None), *_flags(env, variables, node, source)]
                _check_command(build, env, command, f"{variables[0]} of {node}")


def _check_command(build: TargetBuild, env: Any, command: list[str], place: str) -> None:
    index = next((index for index, word in enumerate(command) if _DRIVER.search(os.path.basename(word))), None)
    path = None if index is None else shutil.which(command[index], path=env["ENV"].get("PATH"))
    if index is None or path is None:
        return
    given = deciding_flags(command[index + 1 :], lambda _: place, build.session.tree.read)
    try:
        cc = describe_cc(build.session.probes, path).made_for(build.target.spec.llvm_target)
        flags = c_flags(build.session.probes, cc, build.target)
    except SteelmillError:
        return
    check_whole_command(flag_checker(build.session.probes, cc, build.target, arguments(flags)), given, place)


def _flags(env: Any, variables: Iterable[str], node: Any, source: Any) -> list[str]:
    return [word for name in variables for word in _words(env, f"${name}", node, source)]


def _add_scanner(builder: Any, name: str, find: Find) -> None:
    """Let a builder's targets be scanned by ``find``, after the scanner that the builder has."""
    # a builder for several suffixes is a proxy; its nodes know only what is inside
    inner = builder.get() if isinstance(builder, SCons.Util.Proxy) else builder
    before = inner.target_scanner
    if before is not None and str(before) == name:
        # the tool was loaded twice: Clone() shares its builders
        return
    scans = itertools.count()

    def scan(node: Any, env: Any, path: Any) -> list[Any]:
        return [*(before(node, env, path[0]) if before else ()), *find(node, env)]

    def path_function(env: Any, folder: Any = None, target: Any = None, source: Any = None) -> tuple[Any, int]:
        # SCons keeps what a scanner found for a path; a source built since may have changed it
        return (before.path(env, folder, target, source) if before else ()), next(scans)

    inner.target_scanner = SCons.Scanner.ScannerBase(
        scan, name=name, node_class=SCons.Node.Node, path_function=path_function
    )


def _object_inputs(session: Session, node: Any, env: Any) -> list[Any]:
    tree = session.tree
    found: list[Any] = []
    for source in node.sources:
        # a variant folder may not hold its copy of the source yet
        path = tree.relative(str(source if source.is_derived() else source.srcnode()))
        program, variables = _COMMANDS.get(os.path.splitext(path)[1], _C)
        words = _flags(env, variables, node, source)
        search = parse_search_flags(words).search()
        files = resolve(path, session.scans.c, search, exists=tree.exists).files
        flagged = (*argument_files(words, tree.read), *named_files(words, tree.files_in))
        files = (*files, *map(tree.relative, flagged))
        found += [file_node(file) for file in files if file != path]
        found += _program_tool(session, env, f"${program}")
    return found


def _program_inputs(session: Session, node: Any, env: Any) -> list[Any]:
    tree = session.tree
    words = _words(env, "$LINKFLAGS $_LIBDIRFLAGS", node, node.sources)
    try:
        flags = parse_link_flags(words, f"LINKFLAGS of {node}")
    except SteelmillError:
        return _program_tool(session, env, "$LINK")
    paths = [path for script in flags.scripts if (path := find_file(tree, script, flags.search))]
    files = list(named_files(words, tree.files_in))
    files += [path for name in flags.files if (path := find_file(tree, name, flags.search))]
    files += [file for path in paths for file in _script_files(tree, path, flags.search)]
    return [*(file_node(tree.relative(file)) for file in files), *_program_tool(session, env, "$LINK")]


def _script_files(tree: Tree, path: str, search: tuple[str, ...]) -> Iterable[str]:
    linked = LinkedElf("", (path,), (*search, os.path.dirname(path) or "."), ())
    try:
        return scan_scripts(tree, linked).files
    except SteelmillError:
        return (path,)


def _program_tool(session: Session, env: Any, variable: str) -> list[Any]:
    """Give the identities of the programs that a construction variable names: ``ccache arm-none-eabi-gcc`` is two."""
    words = itertools.takewhile(lambda word: not word.startswith("-"), _words(env, variable, None, None))
    paths = [path for word in words if (path := shutil.which(word, path=env["ENV"].get("PATH")))]
    return [_identity(session, env, path) for path in paths]


def _identity(session: Session, env: Any, path: str) -> Any:
    name = os.path.basename(path)
    if _DRIVER.search(name):
        try:
            tool = describe_cc(session.probes, path).tool
        except SteelmillError:
            pass  # neither gcc nor clang, whatever it is called
        else:
            return env.Value(tool.identity, name=tool.name)
    return env.Value(session.probes.digest_of_files([path]), name=name)


def _words(env: Any, text: str, target: Any, source: Any) -> list[str]:
    nested = env.subst_list(text, target=target, source=source)
    return [str(word) for line in nested for word in line]
