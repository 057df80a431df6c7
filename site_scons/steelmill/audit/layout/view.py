"""View: what the references between types come to: names passed over, sizes, how a type is written."""

from __future__ import annotations

from steelmill.audit.layout.model import (
    Alias,
    Array,
    Enum,
    Member,
    Pointer,
    Prototype,
    Record,
    Type,
    TypeId,
    Types,
)


class View:
    """The types of one file."""

    def __init__(self, types: Types) -> None:
        self._types = types

    def named(self, type_id: TypeId | None) -> Type | None:
        """Give a type without typedefs and qualifiers; a struct without a name takes the typedef's."""
        title = ""
        while type_id is not None:
            kind = self._types(type_id)
            if not isinstance(kind, Alias):
                return kind._replace(title=title) if isinstance(kind, Record | Enum) and not kind.title else kind
            title = title if kind.qualifier else kind.title
            type_id = kind.target
        return None

    def inmost(self, type_id: TypeId | None) -> Type | None:
        """Give a type without names and without structs around a single member."""
        kind = self.named(type_id)
        while isinstance(kind, Record):
            only = self.only(kind)
            if only is None:
                return kind
            kind = self.named(only.type)
        return kind

    def only(self, record: Record) -> Member | None:
        """Give the one member that fills a struct or union; members without a size do not count."""
        sized = [member for member in record.members if self.member_size(member) != 0]
        if len(sized) == 1 and not sized[0].bits and self.member_size(sized[0]) == record.size:
            return sized[0]
        return None

    def member_size(self, member: Member) -> int | None:
        """Give the size of a member in bytes; None where its type has none."""
        return self.size(self.named(member.type))

    def size(self, kind: Type | None) -> int | None:
        """Give a size in bytes; 0 for void and for an array without a length."""
        if kind is None:
            return 0
        if isinstance(kind, Array):
            return (kind.length or 0) * (self.size(self.named(kind.element)) or 0)
        return None if isinstance(kind, Prototype | Alias) else kind.size

    def natural_align(self, record: Record) -> int | None:
        """Give the alignment that the members ask for at most; None where the struct is packed."""
        aligns = [1]
        for member in record.members:
            kind = self.named(member.type)
            while isinstance(kind, Array):
                kind = self.named(kind.element)
            natural = self.natural_align(kind) if isinstance(kind, Record) else self.size(kind)
            align = member.align or (kind.align if isinstance(kind, Record) else None) or natural
            if not align or member.offset % align:
                return None
            aligns.append(align)
        return max(aligns)

    def c_title(self, type_id: TypeId | None) -> str:
        """Write a type as C does."""
        if type_id is None:
            return "void"
        kind = self._types(type_id)
        match kind:
            case Alias(title, target, qualifier):
                return f"{title} {self.c_title(target)}" if qualifier else title
            case Pointer(_, _, target):
                inner = self.named(target)
                if isinstance(inner, Prototype):
                    return self._c_function(inner)
                text = self.c_title(target)
                return f"{text}*" if text.endswith("*") else f"{text} *"
            case Array(element, length):
                return f"{self.c_title(element)}[{'' if length is None else length}]"
            case Prototype():
                return self._c_function(kind)
            case Record(word, title):
                return title or f"{word} without a name"
            case Enum(title):
                return title or "enum without a name"
        return kind.title

    def _c_function(self, prototype: Prototype) -> str:
        words = [*map(self.c_title, prototype.parameters), *(["..."] if prototype.variadic else [])]
        return f"{self.c_title(prototype.result)} (*)({', '.join(words) or 'void'})"

    def rust_title(self, type_id: TypeId | None) -> str:
        """Write a type as Rust does."""
        if type_id is None:
            return "()"
        kind = self._types(type_id)
        match kind:
            case Array(element, length):
                return f"[{self.rust_title(element)}; {length}]"
            case Prototype(parameters, result):
                arrow = "" if result is None else f" -> {self.rust_title(result)}"
                return f"fn({', '.join(map(self.rust_title, parameters))}){arrow}"
        return kind.title
