"""C, C++ and assembly objects."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NamedTuple

from rust_firmware.discovery import Found
from rust_firmware.target_build import TargetBuild
from steelmill.cc.compile import LANGUAGES, Compile, Language, compile_argv, compile_env, find_language
from steelmill.cc.flags import CXX_FLAGS, arguments
from steelmill.cc.include_scan import resolve
from steelmill.cc.search_flags import parse_search_flags
from steelmill.cc.user_flags import check_user_flags, deciding_flags
from steelmill.errors import ToolchainError
from steelmill.step import DepInfo, Step


class CcOptions(NamedTuple):
    """What a user says about how C is compiled; paths are relative to the top folder."""

    include_dirs: tuple[str, ...] = ()
    defines: tuple[tuple[str, str | None], ...] = ()
    forced_includes: tuple[str, ...] = ()
    ccflags: tuple[str, ...] = ()
    """For C and C++."""
    cflags: tuple[str, ...] = ()
    cxxflags: tuple[str, ...] = ()
    asflags: tuple[str, ...] = ()
    opt_level: str = "s"
    debug: str = "0"
    flag_place: Callable[[str, int], str] = lambda variable, _index: variable.upper()
    """Tells where the word of an index in one of the four is written, for messages."""

    def flags(self, language: Language) -> tuple[tuple[str, str], ...]:
        """Give the words for a language, each with the place where it is written, behind one another as they count."""
        return tuple(
            (word, self.flag_place(variable, index))
            for variable in _FLAGS.get(language.name, ("asflags",))
            for index, word in enumerate(getattr(self, variable))
        )


_FLAGS = {"c": ("ccflags", "cflags"), "c++": ("ccflags", "cxxflags")}
"""Language -> the fields of CcOptions that hold its flags; assembly's are ``asflags``."""

PROFILES = {
    "release": CcOptions(opt_level="s", debug="0"),
    "dev": CcOptions(opt_level="g", debug="2"),
}
"""What a profile sets for C; the rest is the user's."""


def add_object(build: TargetBuild, options: CcOptions, source: str, out_dir: str) -> str:
    """Add one object below ``out_dir``; give its path."""
    return add_object_in(build, options, source, f"{out_dir}/{_below(os.path.dirname(source))}")


def add_object_in(build: TargetBuild, options: CcOptions, source: str, folder: str) -> str:
    """Add one object in ``folder``; give its path."""
    compile_ = _compile(build, options, source)
    _check_flags(build, options, compile_.language)
    step = Step(
        label=(compile_.language.label, f"{source}  {build.target.name}"),
        argv=compile_argv(compile_),
        out_dir=folder,
        outputs=compile_.outputs,
        inputs=(source,),
        env=compile_env(compile_.program, source_date_epoch()),
        tools=(build.cc.tool,),
        dep_info=DepInfo(compile_.dep_info_name, "make") if compile_.lists_reads else None,
    )
    add_preprocessed(build, step, source)
    return step.target_paths[0]


def flag_notes(build: TargetBuild, options: CcOptions) -> tuple[str, ...]:
    """Give what is worth a note about the flags of objects that were added."""
    given = dict.fromkeys(_words(options, language) for language in LANGUAGES.values())
    return tuple(dict.fromkeys(note for words in given for note in build.checked_flags.get(words, ())))


def _check_flags(build: TargetBuild, options: CcOptions, language: Language) -> None:
    """Raise InputError where a user's flags do not fit the target."""
    flags = options.flags(language)
    words = _words(options, language)
    if words not in build.checked_flags:
        given = deciding_flags(words, lambda index: flags[index][1], build.session.tree.read)
        build.checked_flags[words] = tuple(map(str, check_user_flags(build.flag_checker, given))) if given else ()


def _words(options: CcOptions, language: Language) -> tuple[str, ...]:
    return tuple(word for word, _ in options.flags(language))


def add_preprocessed(build: TargetBuild, step: Step, source: str, *, listed: bool = True) -> None:
    """Add a Step whose command runs the preprocessor or the assembler on ``source``, with what that includes.

    ``listed`` is False where the command's own list of files may lack some.
    """
    session = build.session
    search = parse_search_flags(step.argv).search()

    def scan() -> Found:
        found = resolve(source, session.scans.c, search, exists=session.tree.exists)
        return Found(found.files, found.unlisted if listed else found.files)

    build.graph.add(step, scan)


def source_date_epoch() -> int:
    """Give the time that ``__DATE__`` and ``__TIME__`` show, in seconds since 1970: the environment's, else 0."""
    value = os.environ.get("SOURCE_DATE_EPOCH", "0")
    return int(value) if value.isdigit() else 0


def _compile(build: TargetBuild, options: CcOptions, source: str) -> Compile:
    language = find_language(source)
    return Compile(
        program=_program(build, source),
        source=source,
        object_name=f"{os.path.basename(source)}.o",
        target_flags=arguments((*build.c_flags, *(CXX_FLAGS if language.cxx else ()))),
        user_flags=_words(options, language),
        include_dirs=options.include_dirs,
        defines=options.defines,
        forced_includes=options.forced_includes if language.name in _FLAGS else (),
        opt_level=options.opt_level,
        debug=options.debug,
        family=build.cc.family,
    )


def _program(build: TargetBuild, source: str) -> str:
    if not find_language(source).cxx:
        return build.cc.programs["cc"]
    if "cxx" not in build.cc.programs:
        raise ToolchainError(
            f"{build.cc.programs['cc']} has no C++ compiler beside it",
            place=source,
            remedy=f"install {build.cc.prefix}g++, or give another toolchain with cc=",
        )
    return build.cc.programs["cxx"]


def _below(folder: str) -> str:
    """Map a source folder to one below the build folder: ``..`` and a leading ``/`` cannot leave it."""
    return "/".join("_" if part in ("..", "") else part for part in folder.split("/")) or "."
