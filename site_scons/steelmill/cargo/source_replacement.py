"""Where packages are taken from instead of the place that the lock file names: vendored folders and mirrors.

Follows https://doc.rust-lang.org/cargo/reference/source-replacement.html.
"""

from __future__ import annotations

from typing import NamedTuple

from steelmill.cargo.config_value import ConfigValue
from steelmill.cargo.package_id import GitReference, Source
from steelmill.cargo.settings import Settings, resolve_path

CRATES_IO = "crates-io"
CRATES_IO_URL = "https://github.com/rust-lang/crates.io-index"
"""How lock files and package ids name crates.io, whatever protocol cargo reads it by."""
_FOLDERS = ("directory", "local-registry")
_LOCATIONS = ("registry", "local-registry", "directory", "git")
_REFERENCES = ("branch", "tag", "rev")


class ConfiguredSource(NamedTuple):
    """A ``[source.NAME]``, or a ``[registries.NAME]``."""

    name: str
    kind: str
    """``registry``, ``git``, or ``directory`` (vendored packages), ``local-registry`` (``.crate`` files)."""
    location: str
    """URL; of the two kinds of folder the absolute path."""
    reference: GitReference | None
    """Of a git source; None for its default branch."""
    replace_with: str | None


class Sources(NamedTuple):
    """All sources that are configured."""

    sources: tuple[ConfiguredSource, ...]

    def replacement(self, source: Source) -> ConfiguredSource | None:
        """Give what stands in for the source that a lock file names; None where it is taken from itself."""
        found = next((own for own in self.sources if _is(own, source)), None)
        return None if found is None or found.replace_with is None else self._last(found)

    def vendored_folder(self, source: Source) -> str | None:
        """Give the folder of vendored packages that stands in for a source, or None."""
        replacement = self.replacement(source)
        return replacement.location if replacement and replacement.kind == "directory" else None

    def _last(self, source: ConfiguredSource) -> ConfiguredSource:
        while source.replace_with is not None:
            source = next(own for own in self.sources if own.name == source.replace_with)
        return source


def read_sources(settings: Settings) -> Sources:
    """Read ``[source]`` and ``[registries]``; raise InputError where a chain of replacements leads nowhere."""
    configured = [_source(settings, name) for name in sorted(settings.table("source"))]
    names = {source.name for source in configured}
    for name in sorted(settings.table("registries").keys() - names):
        index = settings.string("registries", name, "index")
        if index is not None:
            configured.append(ConfiguredSource(name, "registry", index.text(), None, None))
    sources = {source.name: source for source in configured}
    for source in configured:
        _check_chain(settings, source, sources)
    return Sources(tuple(configured))


def _check_chain(settings: Settings, source: ConfiguredSource, sources: dict[str, ConfiguredSource]) -> None:
    seen = [source.name]
    while source.replace_with is not None:
        said = settings.table("source", source.name)["replace-with"].definition
        if source.replace_with not in sources:
            from steelmill.suggest import did_you_mean

            near = did_you_mean(source.replace_with, sources)
            raise settings.wrong(f"source.{source.name}: no source {source.replace_with!r}{near}", said)
        if source.replace_with in seen:
            raise settings.wrong(f"source.{source.name}: replaced with itself, by way of {', '.join(seen)}", said)
        source = sources[source.replace_with]
        seen.append(source.name)


def _source(settings: Settings, name: str) -> ConfiguredSource:
    table = settings.table("source", name)
    texts = {key: _string(settings, name, key) for key in (*_LOCATIONS, *_REFERENCES, "replace-with") if key in table}
    kinds = [kind for kind in _LOCATIONS if kind in texts]
    if not kinds and name == CRATES_IO:
        kinds, texts["registry"] = ["registry"], None
    if len(kinds) != 1:
        where = settings.table("source")[name].definition
        raise settings.wrong(f"source.{name}: {' and '.join(kinds) or 'no location'}; expected {_ONE}", where)
    kind = kinds[0]
    reference = next((key for key in _REFERENCES if key in texts), None)
    if reference is not None and kind != "git":
        raise settings.wrong(f"source.{name}: {reference} without git", table[reference].definition)
    at = texts[kind]
    return ConfiguredSource(
        name=name,
        kind=kind,
        location=CRATES_IO_URL if at is None else resolve_path(at) if kind in _FOLDERS else at.text(),
        reference=GitReference(reference, table[reference].text()) if reference else None,
        replace_with=table["replace-with"].text() if "replace-with" in table else None,
    )


_ONE = "one of registry, local-registry, directory or git"


def _string(settings: Settings, name: str, key: str) -> ConfigValue | None:
    return settings.string("source", name, key)


def _is(configured: ConfiguredSource, source: Source) -> bool:
    if configured.kind == "git":
        same_kind = source.kind == "git" and configured.reference == source.reference
    else:
        same_kind = configured.kind == "registry" and source.kind in ("registry", "sparse")
    return same_kind and _canonical(configured.location) == _canonical(source.url)


def _canonical(url: str) -> str:
    """Give one spelling to the URLs that cargo takes for the same repository."""
    return url.rstrip("/").removesuffix(".git").lower() if "//github.com/" in url else url.rstrip("/")
