"""BuildScriptOutput: what a build script says on its standard output.

Follows The Cargo Book, "Build Scripts", "Outputs of the Build Script",
https://doc.rust-lang.org/cargo/reference/build-scripts.html#outputs-of-the-build-script, with both spellings of an
instruction: ``cargo::KEY=VALUE`` (since 1.77) and ``cargo:KEY=VALUE``, where a key that is not reserved is metadata.
"""

from __future__ import annotations

from typing import NamedTuple

from steelmill.errors import InputError, StepFailed
from steelmill.suggest import did_you_mean


class ScriptPackage(NamedTuple):
    """The package that a build script belongs to, as far as its instructions are judged by it."""

    name: str
    """Name and version, for messages: ``cortex-m-rt 0.7.5``."""
    script: str
    """Path of the script's crate root."""
    targets: tuple[tuple[str, str], ...]
    """Kind (``lib``, ``bin``, ``cdylib``, ``test``, ``bench``, ``example``) and name of each target of the package."""
    rust_version: str = ""
    """``rust-version`` of the manifest, or empty."""


class LinkArg(NamedTuple):
    """An argument for the linker."""

    applies_to: str
    """``all``, or the kind of target that it is for."""
    argument: str
    target: str = ""
    """The name of the one target it is for; empty for all of the kind."""


class BuildScriptOutput(NamedTuple):
    """The instructions of one run, each list in the order in which they were printed."""

    cfgs: tuple[str, ...] = ()
    check_cfgs: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    """Variables for rustc; of two with one name the later holds."""
    link_search: tuple[str, ...] = ()
    """``[KIND=]PATH``, as rustc's ``-L`` takes it."""
    link_libs: tuple[str, ...] = ()
    """``[KIND[:MODIFIERS]=]NAME``, as rustc's ``-l`` takes it."""
    link_args: tuple[LinkArg, ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()
    """What the build scripts of dependents see as ``DEP_<links>_<key>``."""
    rerun_if_changed: tuple[str, ...] = ()
    """Paths, relative to the package's folder."""
    rerun_if_env_changed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


_SINCE = (1, 77)
"""The Rust release that knows ``cargo::``."""

_LINK_ARGS = {
    "rustc-link-arg": "all",
    "rustc-link-arg-cdylib": "cdylib",
    "rustc-cdylib-link-arg": "cdylib",
    "rustc-link-arg-bins": "bin",
    "rustc-link-arg-tests": "test",
    "rustc-link-arg-benches": "bench",
    "rustc-link-arg-examples": "example",
}
"""Whose linker each key speaks to."""
_ONE_BIN = "rustc-link-arg-bin"
_LISTS = (
    "rustc-cfg",
    "rustc-check-cfg",
    "rustc-link-lib",
    "rustc-link-search",
    "rerun-if-changed",
    "rerun-if-env-changed",
    "warning",
)
"""Keys whose values are kept as they are."""
_RESERVED = (*_LISTS, *_LINK_ARGS, _ONE_BIN, "rustc-env", "rustc-flags")
"""What ``cargo:`` does not take for metadata; fixed for ever, since the old spelling gets no new keys."""
_KEYS = (*_RESERVED, "metadata", "error")
_UNKNOWN = "print a key that cargo knows, or cargo::metadata=KEY=VALUE"


def parse_build_script(stdout: bytes, package: ScriptPackage) -> BuildScriptOutput:
    """Read what a build script printed; lines that are no instruction, or no UTF-8, are passed over.

    Raises InputError for an instruction that cargo refuses, and StepFailed where the script reports an error.
    """
    reader = _Reader(package)
    for raw in stdout.split(b"\n"):
        try:
            line = raw.decode().strip()
        except UnicodeDecodeError:
            continue
        if line.startswith("cargo::"):
            reader.read_new(line, line.removeprefix("cargo::"))
        elif line.startswith("cargo:"):
            reader.read_old(line, line.removeprefix("cargo:"))
    return reader.output()


class _Reader:
    """Collects the instructions of one script."""

    def __init__(self, package: ScriptPackage) -> None:
        self._package = package
        self._lists: dict[str, list[str]] = {key: [] for key in (*_LISTS, "error")}
        self._env: list[tuple[str, str]] = []
        self._link_args: list[LinkArg] = []
        self._metadata: list[tuple[str, str]] = []

    def read_new(self, line: str, data: str) -> None:
        """Read ``cargo::KEY=VALUE``."""
        version = self._package.rust_version
        if version and _numbers(version) < _SINCE:
            raise self._error(
                line,
                f"`cargo::` is known since Rust 1.77, and the package says rust-version {version}",
                "print the instruction with one colon, or raise rust-version",
            )
        key, value = self._split(line, data, "cargo::KEY=VALUE")
        if key == "metadata":
            self._metadata.append(self._split(line, value, "cargo::metadata=KEY=VALUE"))
        elif key in _KEYS:
            self._take(line, key, value)
        else:
            raise self._error(line, f"unknown key {key!r}{did_you_mean(key, _KEYS)}", _UNKNOWN)

    def read_old(self, line: str, data: str) -> None:
        """Read ``cargo:KEY=VALUE``."""
        key, value = self._split(line, data, "cargo:KEY=VALUE")
        if key in _RESERVED:
            self._take(line, key, value)
        else:
            self._metadata.append((key, value))

    def output(self) -> BuildScriptOutput:
        """Give what was read; raise StepFailed where the script reported errors."""
        lists = {key: tuple(values) for key, values in self._lists.items()}
        if lists["error"]:
            first, *others = lists["error"]
            raise StepFailed(
                f"the build script of {self._package.name} reports: {first}",
                place=self._package.script,
                details=[
                    *(("error", text) for text in others),
                    *(("warning", text) for text in lists["warning"]),
                ],
                remedy="do what it asks for",
            )
        return BuildScriptOutput(
            cfgs=lists["rustc-cfg"],
            check_cfgs=lists["rustc-check-cfg"],
            env=tuple(self._env),
            link_search=lists["rustc-link-search"],
            link_libs=lists["rustc-link-lib"],
            link_args=tuple(self._link_args),
            metadata=tuple(self._metadata),
            rerun_if_changed=lists["rerun-if-changed"],
            rerun_if_env_changed=lists["rerun-if-env-changed"],
            warnings=lists["warning"],
        )

    def _take(self, line: str, key: str, value: str) -> None:
        if key in self._lists:
            self._lists[key].append(value)
        elif key in _LINK_ARGS:
            self._take_link_arg(line, _LINK_ARGS[key], value)
        elif key == _ONE_BIN:
            self._take_one_bin(line, value)
        elif key == "rustc-env":
            self._take_env(line, value)
        else:
            self._take_flags(line, value)

    def _take_link_arg(self, line: str, applies_to: str, value: str) -> None:
        has_target = any(kind == applies_to for kind, _ in self._package.targets)
        if applies_to == "cdylib" and not has_target:
            # cargo 1.50 let it pass by mistake (rust-lang/cargo#9562)
            self._lists["warning"].append(f"{line}: the package has no cdylib")
        elif applies_to != "all" and not has_target:
            raise self._error(line, f"the package has no {applies_to} target", "print it where there is one")
        self._link_args.append(LinkArg(applies_to, value))

    def _take_one_bin(self, line: str, value: str) -> None:
        name, separator, argument = value.partition("=")
        if not separator:
            raise self._error(line, "expected BIN=ARGUMENT", "name the bin target before the argument")
        bins = [target for kind, target in self._package.targets if kind == "bin"]
        if name not in bins:
            raise self._error(line, f"the package has no bin {name!r}{did_you_mean(name, bins)}", "name one it has")
        self._link_args.append(LinkArg("bin", argument, name))

    def _take_env(self, line: str, value: str) -> None:
        name, separator, text = value.partition("=")
        if not separator:
            raise self._error(line, "expected NAME=VALUE", "give the variable a value; it may be empty")
        if name == "RUSTC_BOOTSTRAP":
            # the build of a target specification has it set already
            self._lists["warning"].append(f"{line}: not for a crate to say")
        else:
            self._env.append((name, text))

    def _take_flags(self, line: str, value: str) -> None:
        words = value.split()
        while words:
            word = words.pop(0)
            flag, text = word[:2], word[2:]
            if flag not in ("-l", "-L"):
                raise self._error(line, f"only -l and -L are flags here, not {word!r}", "print rustc-cfg or the like")
            if not text and not words:
                raise self._error(line, f"{flag} has no value", "give it one")
            self._lists["rustc-link-lib" if flag == "-l" else "rustc-link-search"].append(text or words.pop(0))

    def _split(self, line: str, data: str, form: str) -> tuple[str, str]:
        key, separator, value = data.partition("=")
        if not separator:
            raise self._error(line, f"expected {form}", "print it in that form")
        return key, value.rstrip()

    def _error(self, line: str, reason: str, remedy: str) -> InputError:
        return InputError(
            f"the build script of {self._package.name} printed {line!r}: {reason}",
            place=self._package.script,
            remedy=remedy,
        )


def _numbers(version: str) -> tuple[int, int]:
    major, _, rest = version.partition(".")
    return int(major), int(rest.partition(".")[0] or 0)
