"""C toolchains on this machine: the first one made for a target's architecture."""

from __future__ import annotations

import glob
import os
import shutil
from collections.abc import Sequence

from rust_firmware.install import how_to_install
from rust_firmware.probes import Probes, ask_process, default_cache_dir, stamp
from steelmill.cc.flags import Flag, arguments, target_flags
from steelmill.cc.libraries import (
    LibraryRequest,
    library_requests,
    multi_directory_request,
    parse_library_answer,
    picolibc_path,
)
from steelmill.cc.macros import check_macros, parse_macros
from steelmill.cc.search_list import parse_search_list, search_list_request
from steelmill.cc.toolchain import (
    PREFIXES,
    CcToolchain,
    Probe,
    assemble_toolchain,
    check_host_gcc,
    cxx_name,
    missing_toolchain,
    parse_probe,
    probe_requests,
    standalone_flags,
)
from steelmill.cc.user_flags import Compiler, Predefined
from steelmill.errors import InputError
from steelmill.rustc.target import Target


def find_cc_toolchain(probes: Probes, arch: str, explicit: str | None) -> CcToolchain:
    """Give the toolchain named by ``cc=``, else the first of the architecture's prefixes that is there."""
    if explicit:
        path = _find_program(explicit)
        if path is None:
            raise InputError(
                f"cc={explicit} is no program on PATH", place="cc=", remedy="give the path of a C compiler"
            )
        return describe_cc(probes, path)
    names = [f"{prefix}gcc" for prefix in PREFIXES.get(arch, ())]
    for name in names:
        path = _find_program(name)
        if path is not None:
            return describe_cc(probes, path)
    raise missing_toolchain(arch, how_to_install(names or [f"a gcc for {arch}"]))


def _find_program(name: str) -> str | None:
    """Find a compiler on PATH, else among those that ``./bootstrap --with`` has built into the cache folder."""
    found = shutil.which(name)
    if found:
        return found
    built = glob.glob(os.path.join(glob.escape(default_cache_dir()), "toolchains", "*", "bin"))
    return shutil.which(name, path=os.pathsep.join(sorted(built)))


def describe_cc(probes: Probes, cc: str) -> CcToolchain:
    """Identify a compiler down to the binaries that do the work."""
    env = _environment(cc)
    outputs = probes.remember(
        "c compiler",
        [cc, stamp(cc)],
        lambda: {role: ask_process(argv, env).stdout for role, argv in probe_requests(cc)},
    )
    probe = parse_probe(cc, outputs)
    resolved = {role: path for role, name in probe.unresolved.items() if (path := _which_beside(cc, name))}
    cxx = _which_beside(cc, os.path.basename(cxx_name(cc)))
    if cxx:
        resolved["cxx"] = cxx
    return assemble_toolchain(cc, probe, resolved, _identity(probes, cc, probe, resolved))


def c_flags(probes: Probes, toolchain: CcToolchain, target: Target) -> tuple[Flag, ...]:
    """Give the flags that make C fit the target, after the compiler's own macros have confirmed them."""
    derived = target_flags(target.spec, target.cfg, toolchain.family, toolchain.numbers)
    flags = (*derived, *standalone_flags(toolchain.machine, toolchain.own_include))
    words = arguments(flags)
    macros, error = _predefined(probes, toolchain, words)
    # the check below says better what is wrong with the compiler of an operating system
    if error and toolchain.bare_metal:
        raise InputError(
            f"{os.path.basename(toolchain.programs['cc'])} refuses what this target asks for: {error}",
            place=target.spec.place,
            remedy="correct the key that asks for it (cpu, features), or give another compiler with cc=PATH",
        )
    if not toolchain.bare_metal:
        check_host_gcc(target.spec.arch, toolchain.machine, macros, words)
    check_macros(target.spec, target.cfg, macros, target.spec.place, toolchain.family, toolchain.numbers)
    return flags


def flag_checker(probes: Probes, toolchain: CcToolchain, target: Target, target_flags: tuple[str, ...]) -> Compiler:
    """Give what a user's flags are checked with; ``target_flags`` are those of ``c_flags``."""
    return Compiler(
        name=os.path.basename(toolchain.programs["cc"]),
        family=toolchain.family,
        version=toolchain.numbers,
        spec=target.spec,
        cfg=target.cfg,
        target_flags=target_flags,
        ask=lambda words: _predefined(probes, toolchain, words),
    )


def _predefined(probes: Probes, toolchain: CcToolchain, words: Sequence[str]) -> Predefined:
    """Ask for the predefined macros under some flags."""
    cc = toolchain.programs["cc"]

    def ask() -> tuple[str, str]:
        answer = ask_process([cc, *words, "-dM", "-E", "-x", "c", "/dev/null"], _environment(cc))
        return answer.stdout, _first_error(answer.stderr) if answer.status else ""

    text, error = probes.remember("macros and error", [toolchain.identity, list(words)], ask)
    return Predefined(parse_macros(text), error)


def search_list(probes: Probes, toolchain: CcToolchain, flags: Sequence[str]) -> tuple[str, ...]:
    """Give the folders in which the compiler itself looks for headers under some flags, those of its C library too."""
    cc = toolchain.programs["cc"]
    stderr = probes.remember(
        "search list",
        [toolchain.identity, list(flags)],
        lambda: ask_process(search_list_request(cc, flags), _environment(cc)).stderr,
    )
    return parse_search_list(stderr)


def toolchain_libraries(
    probes: Probes, toolchain: CcToolchain, flags: Sequence[str], names: Sequence[str]
) -> tuple[str, ...]:
    """Give the paths of the toolchain's own libraries for the multilib that ``flags`` select, in the order asked."""
    return tuple(
        _library_path(probes, toolchain, flags, request) for request in library_requests(toolchain, flags, names)
    )


def _library_path(probes: Probes, toolchain: CcToolchain, flags: Sequence[str], request: LibraryRequest) -> str:
    env = _environment(toolchain.programs["cc"])

    def find() -> str:
        answer = ask_process(request.argv, env).stdout
        if toolchain.family == "clang" and not os.path.isfile(answer.strip()):
            answer = ""  # it names a file that it would look for
        elif "/" not in answer:
            # Debian's picolibc lies where gcc looks only with --specs=picolibc.specs
            folder = ask_process(multi_directory_request(toolchain, flags), env).stdout
            path = picolibc_path(toolchain, folder, request.name)
            answer = path if os.path.isfile(path) else answer
        return parse_library_answer(toolchain, request.name, answer)

    return str(probes.remember("toolchain-library", [toolchain.identity, request.argv], find))


def _first_error(stderr: str) -> str:
    lines = stderr.strip().splitlines() or ["it does not say why"]
    return next((line.partition("error: ")[2] for line in lines if "error: " in line), lines[0])


def _identity(probes: Probes, cc: str, probe: Probe, resolved: dict[str, str]) -> str:
    paths = {cc, *probe.programs.values(), *resolved.values(), probe.libgcc, *probe.libraries}
    return probes.digest_of_files(sorted({os.path.realpath(path) for path in paths if os.path.isfile(path)}))


def _which_beside(cc: str, name: str) -> str | None:
    """Find a program as the driver does when a Step runs it."""
    return shutil.which(name, path=_environment(cc)["PATH"])


def _environment(cc: str) -> dict[str, str]:
    return {"LC_ALL": "C.UTF-8", "PATH": f"{os.path.dirname(cc)}:/usr/bin:/bin"}
