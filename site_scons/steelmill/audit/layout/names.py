"""Names across the two languages: ``struct sample_layout`` and ``hello::ffi::SampleLayout`` are one name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def plain(name: str) -> str:
    """Give a name without what only style adds: case, underscores, Rust's ``r#``."""
    return name.removeprefix("r#").replace("_", "").lower()


def last_segment(title: str) -> str:
    """Give a type's own name: ``Sample`` of ``hello::ffi::Sample``, ``sample`` of ``struct sample``."""
    head, separator, generics = title.partition("<")
    return head.rpartition("::")[2].rpartition(" ")[2] + separator + generics


def same_type_name(c: str, rust: str) -> bool:
    """Tell whether a C and a Rust title are one name; C's ending ``_t`` does not count."""
    name = last_segment(c)
    return plain(last_segment(rust)) in {plain(name), plain(name.removesuffix("_t"))}


def matches_path(title: str, path: str) -> bool:
    """Tell whether ``path`` is a type's title or the end of it: ``ffi::Sample`` of ``hello::ffi::Sample``."""
    return title == path or title.endswith(f"::{path}")


def variant_names(enumerators: Sequence[str], title: str) -> tuple[str, ...]:
    """Give enumerators as Rust calls them, in plain form: without the prefix that all have, or the enum's name."""
    prefix = _common_prefix(enumerators) if len(enumerators) > 1 else _own_prefix(enumerators, title)
    return tuple(plain(name[len(prefix) :]) for name in enumerators)


def _common_prefix(names: Iterable[str]) -> str:
    """Give the words that all names begin with, with the underscore behind."""
    split = [name.split("_") for name in names]
    words = []
    for column in zip(*(parts[:-1] for parts in split), strict=False):
        if len(set(column)) != 1:
            break
        words.append(column[0])
    return "".join(f"{word}_" for word in words)


def _own_prefix(names: Sequence[str], title: str) -> str:
    own = f"{last_segment(title).removesuffix('_t').upper()}_"
    return own if names and names[0].startswith(own) else ""
