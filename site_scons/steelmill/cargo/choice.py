"""What of a package becomes the image: its library, or one of its binaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from steelmill.cargo.metadata import Package
from steelmill.errors import InputError
from steelmill.firmware_toml.model import PackagePart
from steelmill.suggest import did_you_mean

_LIBRARY_KINDS = ("lib", "rlib", "staticlib", "cdylib", "dylib")


def choose_target(package: Package, name: str | None, *, library: bool, places: Mapping[str, str]) -> tuple[str, ...]:
    """Give cargo's option for the target: ``--lib`` or ``--bin=NAME``.

    ``name`` is the binary asked for, ``library`` is True where the library is; else a binary goes before the library.
    ``places`` says where each was said, and the package itself. Raises InputError where there is no such target.
    """
    bins = [target.name for target in package.targets if "bin" in target.kind]
    has_library = any(kind in _LIBRARY_KINDS for target in package.targets for kind in target.kind)
    if name is not None and name not in bins:
        raise InputError(
            f"{package.name} has no binary {name!r}{did_you_mean(name, bins)}",
            place=places["bin"],
            remedy=f"choose one of {', '.join(bins)}" if bins else "take bin out: the package has a library alone",
        )
    if library and not has_library:
        raise InputError(
            f"{package.name} has no library",
            place=places["lib"],
            remedy="take lib out, or add src/lib.rs to the package",
        )
    chosen = name or package.default_run or (bins[0] if len(bins) == 1 else None)
    if library or not bins:
        if not has_library:
            raise InputError(
                f"{package.name} has neither a library nor a binary",
                place=places["package"],
                remedy="give it a src/lib.rs or a src/main.rs",
            )
        return ("--lib",)
    if chosen is None:
        raise InputError(
            f"{package.name} has several binaries: {', '.join(bins)}",
            place=places["package"],
            remedy=f'add bin = "{bins[0]}", or lib = true for its library' if has_library else f'add bin = "{bins[0]}"',
        )
    return (f"--bin={chosen}",)


def check_features(package: Package, features: tuple[str, ...], place: str) -> None:
    """Raise InputError for a feature that the package does not declare; cargo checks ``DEPENDENCY/FEATURE``."""
    for feature in features:
        if "/" not in feature and feature not in package.features:
            known = ", ".join(package.features)
            raise InputError(
                f"{package.name} has no feature {feature!r}{did_you_mean(feature, package.features)}",
                place=place,
                remedy=f"choose among {known}" if known else "take it out: the package declares none",
            )


def feature_options(chosen: Sequence[tuple[Package, PackagePart]]) -> tuple[str, ...]:
    """Give cargo's options for the features of packages that are resolved together."""
    parts = [part for _, part in chosen]
    if len(chosen) == 1:
        names = parts[0].features
    else:
        # one --no-default-features is for all of them
        with_default = not all(part.default_features for part in parts)
        names = tuple(
            f"{package.name}/{feature}"
            for package, part in chosen
            for feature in (
                *(("default",) if with_default and part.default_features and "default" in package.features else ()),
                *part.features,
            )
        )
    return (
        *((f"--features={','.join(names)}",) if names else ()),
        *(() if all(part.default_features for part in parts) else ("--no-default-features",)),
    )
