"""Assertions: what a C header says of types and functions, as Rust that does not compile where Rust says otherwise.

They are written from the debug information of a probe (``probe.py``), for the module that declares the same to include.
So nothing is written down twice, and every profile is checked, before the link.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from steelmill.audit.layout.dwarf import DebugInfo
from steelmill.audit.layout.model import Array, Enum, Pointer, Prototype, Record, TypeId
from steelmill.audit.layout.probe import HeaderLayout, variable_name
from steelmill.audit.layout.view import View

_KEYWORDS = frozenset(
    re.findall(
        r"\w+",
        "as async await become box break const continue do dyn else enum extern false final fn for gen if impl in let "
        "loop macro match mod move mut override priv pub ref return static struct trait true try type typeof unsafe "
        "unsized use virtual where while yield",
    )
)
"""Names that a C member may have and a Rust field only as ``r#name``."""
_SIZE_OF = "::core::mem::size_of"


def rust_assertions(info: DebugInfo, layout: HeaderLayout) -> str:
    """Write the Rust from the debug information of the compiled probe."""
    targets = {each.symbol: each.type for each in info.variables}
    view = View(info.type)
    lines = [
        f"// What {layout.header} says of these types and functions, for the module that declares them in Rust:",
        f'//     include!(env!("{variable_name(layout.header)}"));',
        f"// Written by the build, by {layout.place}.",
    ]
    for index, (c, rust) in enumerate(layout.types):
        align = view.named(_behind(view, targets[f"steelmill_align_{index}"]))
        length = align.length if isinstance(align, Array) else None
        lines += _block(_type_lines(view, c, rust, _behind(view, targets[f"steelmill_type_{index}"]), length))
    for index, name in enumerate(layout.functions):
        lines += _block(_function_lines(view, name, _behind(view, targets[f"steelmill_function_{index}"])))
    return "\n".join(lines) + "\n"


def _block(lines: Iterable[str]) -> list[str]:
    """Wrap statements so that each block is refused by itself."""
    return ["const _: () = {", *(f"    {line}" for line in lines), "};"]


def _behind(view: View, type_id: TypeId | None) -> TypeId | None:
    pointer = view.named(type_id)
    return pointer.target if isinstance(pointer, Pointer) else None


def _type_lines(view: View, c: str, rust: str, type_id: TypeId | None, align: int | None) -> Iterator[str]:
    kind = view.named(type_id)
    # no lines: a line more in the header would compile the crate again
    place = kind.place.rpartition(":")[0] if isinstance(kind, Record | Enum) else ""
    what = f"{c} of {place}" if place else c
    yield f"// {what}"
    members = kind.members if isinstance(kind, Record) else ()
    if members:
        yield "const fn size_of_member<T, M>(_: fn(*const T) -> *const M) -> usize {"
        yield f"    {_SIZE_OF}::<M>()"
        yield "}"
    for member in members:
        member_size = view.member_size(member)
        if not member.name or member.bits or not member_size:
            continue
        name = f"r#{member.name}" if member.name in _KEYWORDS else member.name
        at = f"{c}.{member.name} of {place}"
        offset = f"::core::mem::offset_of!({rust}, {name}) == {member.offset}"
        yield _assert(offset, f"{at} is at offset {member.offset} in C, {rust}.{name} is not")
        pointer = f"|value: *const {rust}| unsafe {{ ::core::ptr::addr_of!((*value).{name}) }}"
        told = f"{at} is {view.c_title(member.type)} in C, {_bytes(member_size)}; {rust}.{name} is of another size"
        yield _assert(f"size_of_member({pointer}) == {member_size}", told)
    size = view.size(kind)
    yield _assert(f"{_SIZE_OF}::<{rust}>() == {size}", f"{what} has {_bytes(size)} in C, {rust} has not")
    yield _assert(f"::core::mem::align_of::<{rust}>() == {align}", f"{what} is aligned to {align} in C, {rust} is not")


def _function_lines(view: View, name: str, type_id: TypeId | None) -> Iterator[str]:
    prototype = view.named(type_id)
    if not isinstance(prototype, Prototype) or not prototype.known:
        return
    titles = [*map(view.c_title, prototype.parameters), *(["..."] if prototype.variadic else [])]
    told = f"{view.c_title(prototype.result)} {name}({', '.join(titles) or 'void'})"
    sizes = [view.size(view.inmost(each)) for each in (*prototype.parameters, prototype.result)]
    generics = [f"A{number}" for number in range(len(prototype.parameters))]
    arguments = ", ".join([*generics, *(["..."] if prototype.variadic else [])])
    yield f"// {told}"
    yield f'const fn {name}_sizes<{", ".join([*generics, "R"])}>(_: unsafe extern "C" fn({arguments}) -> R)'
    yield f"-> [usize; {len(sizes)}] {{"
    yield f"    [{', '.join(f'{_SIZE_OF}::<{each}>()' for each in (*generics, 'R'))}]"
    yield "}"
    shape = f"matches!({name}_sizes({name}), {list(sizes)})"
    yield _assert(shape, f"C declares {told}; what Rust declares has arguments or a result of other sizes")


def _assert(condition: str, message: str) -> str:
    text = message.replace("\\", "\\\\").replace('"', '\\"').replace("{", "{{").replace("}", "}}")
    return f'assert!({condition}, "{text}");'


def _bytes(size: int | None) -> str:
    return f"{size} byte{'' if size == 1 else 's'}"
