"""What linkers say of linker scripts, of memory, and of what they look for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from steelmill.hints.facts import Failure
from steelmill.hints.hint import Hint, Study
from steelmill.linker.overflow import measure_overflow


def _overflow(_matches: Sequence[re.Match[str]], failure: Failure) -> Study:
    facts = failure.facts
    overflow = measure_overflow(failure.output, facts.regions, facts.map_text, facts.profile)
    image = failure.step.target_paths[0]
    return Study({"what": overflow.what, "ways": overflow.ways}, (("image", image), *overflow.details))


def _searched(_matches: Sequence[re.Match[str]], failure: Failure) -> Study:
    """Give the folders in which the linker looked."""
    folders = [word.removeprefix("-L") for word in failure.step.argv if word.startswith("-L")]
    return Study(details=(("searched", ", ".join(folders) or "no folder: there is no -L"),))


HINTS = (
    Hint(
        "region-overflow",
        (
            r"region [`'](?P<region>[^']+)' overflowed by \d+ bytes?",
            r"section [`'][^']+' will not fit in region [`'](?P<region>[^']+)'",
        ),
        "{what}",
        "{ways}",
        _overflow,
    ),
    Hint(
        "region-missing",
        (r"no memory region specified for (?:loadable )?section [`'](?P<section>[^']+)'",),
        "the script has a MEMORY, but says of {section} neither a region nor an address",
        "write '> REGION' behind the section, name it in a section that has one, or put it into /DISCARD/",
    ),
    Hint(
        "region-unknown",
        (
            r"memory region [`'](?P<region>[^']+)' not declared",
            r"undefined MEMORY region [`'](?P<region>[^']+)' referenced",
        ),
        "the script uses a region {region} that no MEMORY declares",
        "correct the name, add [memory.{region}] to firmware.toml, or INCLUDE the file with the MEMORY",
    ),
    Hint(
        "region-later",
        (r"memory region not defined: (?P<region>\S+)",),
        "no MEMORY above this line declares {region}, and LLD reads a script from top to bottom, which GNU ld does not",
        "move the line below the MEMORY, correct the name, or link by GNU ld: linker=ld",
    ),
    Hint(
        "sections-overlap",
        (
            r"section (?P<one>\S+) (?P<kind>LMA|VMA) \[[^\]]*\] overlaps section (?P<other>\S+)",
            r"section (?P<one>\S+) (?P<kind>virtual address|load address|file) range overlaps with (?P<other>\S+)",
        ),
        "{one} and {other} want the same memory ({kind})",
        "let sections follow each other by '> REGION' and 'AT > REGION' instead of fixed addresses; LMA is the address "
        "in flash, VMA where it runs",
    ),
    Hint(
        "section-discarded",
        (
            r"[`'](?P<symbol>[^']+)' referenced in section [`'][^']+' of \S+ defined in discarded section",
            r"relocation refers to a (?:symbol in a )?discarded section: (?P<symbol>\S+)",
        ),
        "the script discards a section that is in use: {symbol}",
        "take its name out of /DISCARD/, and place it by a pattern such as *(.rodata .rodata.*)",
    ),
    Hint(
        "script-symbol-unknown",
        (
            r"undefined symbol [`'](?P<symbol>[^']+)' referenced in expression",
            r"symbol not found: (?P<symbol>\S+)",
        ),
        "the script reckons with {symbol}, which nothing defines",
        "define it in the script above, give it by --defsym={symbol}=VALUE in [link] flags, or correct the name",
    ),
    Hint(
        "script-missing",
        (
            r"cannot open linker script file (?P<file>[^:\n]+): No such file",
            r"cannot find linker script (?P<file>\S+)",
        ),
        "no linker script {file} is there",
        "correct the path in [link] script (LDSCRIPT) or INCLUDE, or add its folder to [link] search (LIBPATH)",
        _searched,
    ),
    Hint(
        "script-syntax",
        (
            r":(?P<place>[^\s:]+:\d+): syntax error",
            r"error: (?P<place>[^\s:]+:\d+): (?:unexpected|malformed|expected|unclosed|unknown directive)\b",
        ),
        "{place}: the linker cannot read the script from here on",
        "look for a missing brace, semicolon or region name at the line or before it; a script with #include or macros "
        "needs a name that ends in .ld.S",
    ),
    Hint(
        "program-headers",
        (r"not enough room for program headers", r"could not allocate headers"),
        "the script asks for the ELF's own headers in memory (FILEHDR, PHDRS, SIZEOF_HEADERS), and there is no room "
        "before the first section",
        "take FILEHDR and PHDRS out of the segment, or begin the first section at . + SIZEOF_HEADERS",
    ),
    Hint(
        "entry-missing",
        (r"cannot find entry symbol (?P<symbol>[^\s;]+);",),
        "nothing that is linked defines the entry symbol {symbol}: the image starts at the wrong place, or is empty",
        "define it under this very name (Rust: #[unsafe(no_mangle)]), or name another one in ENTRY() or [link] entry",
    ),
    Hint(
        "library-missing",
        (r"cannot find (?P<library>-l[^\s:]+)", r"unable to find library (?P<library>-l\S+)"),
        "no folder that is searched has the archive for {library}",
        "name a library of the toolchain in [c] libraries (TOOLCHAIN_LIBS), your own archive in [c] objects, or its "
        "folder in [link] search (LIBPATH)",
        _searched,
    ),
    Hint(
        "input-missing",
        (r"cannot find (?P<file>[^\s:-][^\s:]*): No such file", r"cannot open (?P<file>[^:\n]+): No such file"),
        "no file {file} is there",
        "correct the path in [link] flags (LINKFLAGS) or INPUT(), or name the file in [c] objects",
        _searched,
    ),
    Hint(
        "linker-option",
        (r"unrecognized option '(?P<option>[^']+)'", r"error: unknown argument '(?P<option>[^']+)'"),
        "the linker has no option {option}",
        "correct it in [link] flags (LINKFLAGS); LLD lacks some of GNU ld's, and one of the compiler driver's needs "
        "linker=cc",
    ),
    Hint(
        "executable-stack",
        (r"(?P<file>[^\s:]+): missing \.note\.GNU-stack section implies executable stack",),
        "{file} does not say whether it needs code on the stack, so GNU ld assumes that it does",
        'add to the assembly: .section .note.GNU-stack,"",%progbits (or pass -z noexecstack in [link] flags)',
    ),
    Hint(
        "writable-code",
        (r"(?P<file>[^\s:]+) has a LOAD segment with RWX permissions",),
        "code and data share one segment of {file}, which can be written and executed",
        "give them segments of their own: separate regions, or PHDRS with text and data; harmless without memory "
        "protection, where --no-warn-rwx-segments in [link] flags quiets it",
    ),
)
