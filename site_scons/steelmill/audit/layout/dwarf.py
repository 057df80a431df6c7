"""The DWARF of a linked ELF -> what C and Rust declare in it.

Rust's own library is passed over: its units hold nine tenths of the debug information, and nothing that C names. So the
time goes with the size of the project's own code. pyelftools is imported on first use.
"""

from __future__ import annotations

import io
import posixpath
import re
from collections.abc import Iterator
from typing import Any

from steelmill.audit.layout.model import (
    Alias,
    Array,
    Enum,
    Function,
    Language,
    Member,
    Named,
    Pointer,
    Prototype,
    Record,
    Scalar,
    ScalarKind,
    Tagged,
    Type,
    TypeId,
    Variable,
)
from steelmill.audit.layout.relocate import relocate
from steelmill.cc.compile import TOP

_LANGUAGES: dict[int, Language] = {
    **dict.fromkeys((0x01, 0x02, 0x0C, 0x1D, 0x2C), "C"),  # DW_LANG_C89, C, C99, C11, C17
    **dict.fromkeys((0x04, 0x1A, 0x21, 0x2A, 0x2B), "C"),  # DW_LANG_C_plus_plus, _11, _14, _17, _20
    0x1C: "Rust",
}
_CXX = (0x04, 0x1A, 0x21, 0x2A, 0x2B)
_ENCODINGS: dict[int, ScalarKind] = {
    0x02: "bool",
    0x03: "complex",
    0x04: "float",
    0x05: "signed",
    0x06: "signed",
    0x07: "unsigned",
    0x08: "unsigned",
    0x10: "unicode",
}
"""DW_ATE_* -> kind."""
_QUALIFIERS = {
    "DW_TAG_const_type": "const",
    "DW_TAG_volatile_type": "volatile",
    "DW_TAG_restrict_type": "restrict",
    "DW_TAG_atomic_type": "_Atomic",
}
_WORDS = {"DW_TAG_structure_type": "struct", "DW_TAG_class_type": "struct", "DW_TAG_union_type": "union"}
_POINTERS = ("DW_TAG_pointer_type", "DW_TAG_reference_type", "DW_TAG_rvalue_reference_type")
_NAMED = (*_WORDS, "DW_TAG_enumeration_type", "DW_TAG_typedef")
_LIBRARY = re.compile(r"^/rustc/|(^|/)library/(core|alloc|std|compiler-builtins)/")
"""Names of the units of Rust's own library, remapped or not."""
_MANGLED = re.compile(r"^(_R|_ZN)")


class DebugInfo:
    """What the debug information of a file tells; types are read when they are asked for."""

    def __init__(self, content: bytes) -> None:
        """Read the declarations of a linked ELF, or of an object without code."""
        self.functions: list[Function] = []
        self.variables: list[Variable] = []
        self.named: list[Named] = []
        self.languages: set[Language] = set()
        """Those with debug information of types; line tables alone do not count."""
        self._types: dict[TypeId, Type] = {}
        self._dies: dict[TypeId, Any] = {}
        self._titles: dict[TypeId, str] = {}
        self._files: dict[int, tuple[str, ...]] = {}
        self._read(content)

    def type(self, type_id: TypeId) -> Type:
        """Give a type that another one, a declaration or a name refers to."""
        if type_id not in self._types:
            self._types[type_id] = self._convert(self._dies[type_id])
        return self._types[type_id]

    def _read(self, content: bytes) -> None:
        from elftools.elf.elffile import ELFFile

        elf = ELFFile(io.BytesIO(relocate(content)))
        if not elf.has_dwarf_info():
            return
        self._dwarf: Any = elf.get_dwarf_info(relocate_dwarf_sections=False)
        for unit in self._dwarf.iter_CUs():
            top = unit.get_top_DIE()
            code = _value(top, "DW_AT_language")
            language = _LANGUAGES.get(code)
            if language is None or (language == "Rust" and _LIBRARY.search(_text(top, "DW_AT_name"))):
                continue
            self._read_unit(top, language, cxx=code in _CXX)

    def _read_unit(self, top: Any, language: Language, *, cxx: bool) -> None:
        declarations: list[tuple[Any, str]] = []
        typed = False
        for die, scope in _walk(top, ""):
            typed = typed or die.tag == "DW_TAG_base_type"
            if die.tag in ("DW_TAG_subprogram", "DW_TAG_variable"):
                declarations.append((die, scope))
            elif die.tag in _NAMED and "DW_AT_name" in die.attributes:
                self._add_named(die, scope, language)
        # -g1 tells of functions without their parameters: such a unit says nothing of layout
        if not typed:
            return
        self.languages.add(language)
        for die, _ in declarations:
            self._add_declaration(die, language, cxx=cxx)

    def _add_named(self, die: Any, scope: str, language: Language) -> None:
        name = f"{scope}{_text(die, 'DW_AT_name')}"
        if language == "C" and die.tag != "DW_TAG_typedef":
            word = _WORDS.get(die.tag, "enum")
            name = f"{word} {name}"
        self._titles[die.offset] = name
        if "DW_AT_declaration" not in die.attributes:
            self.named.append(Named(name, language, self._keep(die)))

    def _add_declaration(self, die: Any, language: Language, *, cxx: bool) -> None:
        name = _text(die, "DW_AT_linkage_name") or _text(die, "DW_AT_name")
        if not name or _value(die, "DW_AT_external") is None or _MANGLED.match(name):
            return
        defined = "DW_AT_declaration" not in die.attributes
        if die.tag == "DW_TAG_variable":
            self.variables.append(Variable(name, language, defined, self._target(die), self._place_of(die)))
            return
        known = language == "Rust" or cxx or "DW_AT_prototyped" in die.attributes
        prototype = self._prototype(die, known=known)
        self.functions.append(Function(name, language, defined, prototype, self._place_of(die)))

    def _prototype(self, die: Any, *, known: bool) -> Prototype:
        children = list(die.iter_children())
        parameters = tuple(self._target(child) for child in children if child.tag == "DW_TAG_formal_parameter")
        return Prototype(
            parameters,
            self._target(die),
            variadic=any(child.tag == "DW_TAG_unspecified_parameters" for child in children),
            known=known or bool(parameters),
            returns="DW_AT_noreturn" not in die.attributes,
        )

    def _target(self, die: Any) -> TypeId | None:
        if "DW_AT_type" not in die.attributes:
            return None
        return self._keep(die.get_DIE_from_attribute("DW_AT_type"))

    def _keep(self, die: Any) -> TypeId:
        self._dies[die.offset] = die
        return int(die.offset)

    def _convert(self, die: Any) -> Type:
        tag = die.tag
        name = self._titles.get(die.offset) or _text(die, "DW_AT_name")
        size = _value(die, "DW_AT_byte_size")
        if tag == "DW_TAG_base_type":
            kind = _ENCODINGS.get(_value(die, "DW_AT_encoding"), "other")
            return Scalar(name, size, "char" if name == "char" and kind != "unicode" else kind)
        if tag in _WORDS:
            return self._record(die, name, size)
        if tag == "DW_TAG_enumeration_type":
            values = tuple(
                (_text(child, "DW_AT_name"), _value(child, "DW_AT_const_value"))
                for child in die.iter_children()
                if child.tag == "DW_TAG_enumerator"
            )
            return Enum(self._title(die, name, "enum"), size or 0, values, self._place_of(die))
        if tag in _POINTERS:
            return Pointer(name, size or die.cu["address_size"], self._target(die))
        if tag == "DW_TAG_array_type":
            return self._array(die)
        if tag == "DW_TAG_subroutine_type":
            rust = _LANGUAGES.get(_value(die.cu.get_top_DIE(), "DW_AT_language")) == "Rust"
            return self._prototype(die, known=rust or "DW_AT_prototyped" in die.attributes)
        if tag in _QUALIFIERS:
            return Alias(_QUALIFIERS[tag], self._target(die), qualifier=True)
        if tag == "DW_TAG_typedef":
            return Alias(name, self._target(die))
        return Tagged(name or tag, size or 0)

    def _record(self, die: Any, name: str, size: int | None) -> Type:
        members, variants = [], None
        for child in die.iter_children():
            if child.tag == "DW_TAG_member" and "DW_AT_external" not in child.attributes:
                members.append(self._member(child))
            elif child.tag == "DW_TAG_variant_part":
                variants = child
        if variants is not None:
            payload = self._payload(variants, size or 0)
            return Tagged(name, size or 0) if payload is None else Alias(name, payload)
        return Record(
            "union" if die.tag == "DW_TAG_union_type" else "struct",
            self._title(die, name, _WORDS[die.tag]),
            None if "DW_AT_declaration" in die.attributes else size,
            _value(die, "DW_AT_alignment"),
            tuple(members),
            self._place_of(die),
        )

    def _payload(self, variants: Any, size: int) -> TypeId | None:
        """Give what an Option holds that is as large as what it holds: of a pointer, or of a NonZero; else None."""
        found = []
        for variant in variants.iter_children():
            for branch in variant.iter_children() if variant.tag == "DW_TAG_variant" else ():
                inner = self.type(self._target(branch) or 0)
                if isinstance(inner, Record):
                    found += [member.type for member in inner.members]
        if len(found) != 1 or found[0] is None:
            return None
        return found[0] if self._spares(found[0], size) else None

    def _spares(self, type_id: TypeId, size: int) -> bool:
        """Tell whether it is a pointer or a number of this size, alone or in structs of one member."""
        kind = self.type(type_id)
        while isinstance(kind, Record) and len(kind.members) == 1 and kind.members[0].type is not None:
            kind = self.type(kind.members[0].type)
        number = isinstance(kind, Scalar) and kind.kind in ("signed", "unsigned")
        return (number or isinstance(kind, Pointer)) and kind.size == size  # type: ignore[union-attr]

    def _member(self, die: Any) -> Member:
        bits = any(name in die.attributes for name in ("DW_AT_bit_size", "DW_AT_data_bit_offset"))
        offset = _value(die, "DW_AT_data_member_location")
        if offset is None and bits:
            offset = (_value(die, "DW_AT_data_bit_offset") or 0) // 8
        if isinstance(offset, list):  # an expression, which DWARF 2 had: DW_OP_plus_uconst
            offset = _uleb128(offset[1:])
        align = _value(die, "DW_AT_alignment")
        return Member(_text(die, "DW_AT_name"), self._target(die), offset or 0, bits, align, self._place_of(die))

    def _array(self, die: Any) -> Array:
        counts = [_count(child) for child in die.iter_children() if child.tag == "DW_TAG_subrange_type"]
        element = self._target(die)
        # the last dimension is the innermost; inner arrays get numbers that no DIE has
        for level, count in enumerate(reversed(counts[1:])):
            inner = -(die.offset * 16 + level + 1)
            self._types[inner] = Array(element, count)
            element = inner
        return Array(element, counts[0] if counts else None)

    def _title(self, die: Any, name: str, word: str) -> str:
        """Give a type its name; one that stands inside another was not seen on the way and has no word yet."""
        if not name or die.offset in self._titles:
            return name
        language = _LANGUAGES.get(_value(die.cu.get_top_DIE(), "DW_AT_language"))
        return name if language == "Rust" else f"{word} {name}"

    def _place_of(self, die: Any) -> str:
        line, file = _value(die, "DW_AT_decl_line"), _value(die, "DW_AT_decl_file")
        if line is None or file is None:
            return ""
        unit = die.cu
        if unit.cu_offset not in self._files:
            self._files[unit.cu_offset] = self._file_names(unit)
        files = self._files[unit.cu_offset]
        return f"{files[file]}:{line}" if file < len(files) and files[file] else ""

    def _file_names(self, unit: Any) -> tuple[str, ...]:
        program = self._dwarf.line_program_for_CU(unit)
        if program is None:
            return ()
        base = _text(unit.get_top_DIE(), "DW_AT_comp_dir")
        folders = [_decode(folder) for folder in program["include_directory"]]
        names = []
        # gcc writes a line table of version 3 beside units of version 5; numbers begin at 1 before version 5
        if program["version"] < 5:
            folders.insert(0, "")
            names.append("")
        for entry in program["file_entry"]:
            folder = folders[entry.dir_index] if entry.dir_index < len(folders) else ""
            path = posixpath.normpath(posixpath.join(base, folder, _decode(entry.name)))
            names.append(path.removeprefix(f"{TOP}/"))
        return tuple(names)


def _walk(die: Any, scope: str) -> Iterator[tuple[Any, str]]:
    """Give what stands in a unit and in its namespaces, with the namespace's path: ``hello::ffi::``."""
    for child in die.iter_children():
        if child.tag == "DW_TAG_namespace":
            yield from _walk(child, f"{scope}{_text(child, 'DW_AT_name')}::")
        else:
            yield child, scope


def _value(die: Any, name: str) -> Any:
    attribute = die.attributes.get(name)
    return None if attribute is None else attribute.value


def _text(die: Any, name: str) -> str:
    return _decode(_value(die, name) or b"")


def _decode(text: bytes | str) -> str:
    return text.decode(errors="replace") if isinstance(text, bytes) else text


def _count(subrange: Any) -> int | None:
    count, upper = _value(subrange, "DW_AT_count"), _value(subrange, "DW_AT_upper_bound")
    if isinstance(count, int):
        return count
    return upper + 1 if isinstance(upper, int) else None


def _uleb128(code: list[int]) -> int:
    return sum((byte & 0x7F) << (7 * index) for index, byte in enumerate(code))
