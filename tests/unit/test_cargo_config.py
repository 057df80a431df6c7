"""What cargo's configuration files and variables say together, and which files were looked for."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelmill.cargo.config import Config, EnvVariable, read_config
from steelmill.cargo.package_id import GitReference, Source
from steelmill.cargo.settings import cargo_variables
from steelmill.cargo.source_replacement import CRATES_IO_URL
from steelmill.cargo.target_config import LinksOverride, TargetConfig, read_target_config
from steelmill.errors import InputError
from steelmill.rustc.cfg import Cfg, parse_cfg

FOLDER, HOME = "/work/team/board", "/home/user/.cargo"
ARM = parse_cfg('target_arch="arm"\ntarget_os="none"\n')
NO_FILES: Mapping[str, str] = {}
THUMB = "thumbv7em-none-eabihf"


def config(files: Mapping[str, str] | str, variables: Mapping[str, str] | None = None) -> Config:
    if isinstance(files, str):
        files = {f"{FOLDER}/.cargo/config.toml": files}
    return read_config(FOLDER, HOME, variables or {}, files.get)


def target(
    files: Mapping[str, str] | str,
    variables: Mapping[str, str] | None = None,
    name: str = THUMB,
    cfg: Cfg = ARM,
) -> TargetConfig:
    return read_target_config(config(files, variables), name, cfg)


def test_without_files_nothing_is_configured_and_all_places_were_looked_at() -> None:
    said = config({})
    assert [(lookup.path, lookup.text) for lookup in said.lookups] == [
        (f"{folder}/{name}", None)
        for folder in (f"{FOLDER}/.cargo", "/work/team/.cargo", "/work/.cargo", "/.cargo", HOME)
        for name in ("config", "config.toml")
    ]
    assert (said.build_target, said.build_rustflags, said.env) == ((), (), ())
    assert (said.profiles, said.sources.sources, said.offline) == ((), (), False)
    assert read_target_config(said, THUMB, ARM) == TargetConfig((), None, (), ())


def test_cargos_home_is_read_once_where_it_is_above_the_folder() -> None:
    said = read_config("/home/user/board", HOME, {}, NO_FILES.get)
    assert [lookup.path for lookup in said.lookups].count(f"{HOME}/config.toml") == 1


def test_the_deeper_folder_holds_and_arrays_are_joined_with_it_last() -> None:
    said = config(
        {
            f"{FOLDER}/.cargo/config.toml": '[build]\ntarget = "deep"\nrustflags = ["-C3"]\n[profile.release]\n',
            "/work/.cargo/config.toml": '[build]\ntarget = "high"\nrustflags = ["-C2"]\n[net]\noffline = true\n',
            f"{HOME}/config.toml": '[build]\nrustflags = ["-C1"]\n[profile.small]\ninherits = "release"\n',
        }
    )
    assert (said.build_target, said.build_rustflags) == (("deep",), ("-C1", "-C2", "-C3"))
    assert (said.profiles, said.offline) == (("release", "small"), True)


def test_the_file_without_toml_holds_and_the_other_is_not_read() -> None:
    said = config({f"{FOLDER}/.cargo/config": "net.offline = true", f"{FOLDER}/.cargo/config.toml": "no TOML"})
    assert said.offline
    assert f"{FOLDER}/.cargo/config.toml" not in [lookup.path for lookup in said.lookups]


def test_includes_are_read_first_and_looked_for() -> None:
    said = config(
        {
            f"{FOLDER}/.cargo/config.toml": """\
include = ["a.toml", { path = "../b.toml" }, { path = "absent.toml", optional = true }]
build.rustflags = ["-own"]
""",
            f"{FOLDER}/.cargo/a.toml": 'build.rustflags = ["-a"]\nbuild.target = "a"\n',
            f"{FOLDER}/b.toml": 'build.rustflags = ["-b"]\nbuild.target = "b"\n',
        }
    )
    assert (said.build_rustflags, said.build_target) == (("-a", "-b", "-own"), ("b",))
    looked_for = {lookup.path: lookup.text is not None for lookup in said.lookups}
    assert looked_for[f"{FOLDER}/b.toml"]
    assert not looked_for[f"{FOLDER}/.cargo/absent.toml"]


@pytest.mark.parametrize(
    ("files", "variables", "expected"),
    [
        ('build.rustflags = "-Ca  -Cb"', {}, ("-Ca", "-Cb")),
        ('build.rustflags = ["-Ca b"]', {}, ("-Ca b",)),
        ("build.rustflags = []", {"CARGO_BUILD_RUSTFLAGS": "-Ca -Cb"}, ("-Ca", "-Cb")),
        ('build.rustflags = ["-Ca"]', {"CARGO_BUILD_RUSTFLAGS": "-Cb"}, ("-Ca", "-Cb")),
        (f'build.rustflags = "-Ca"\ntarget.{THUMB}.rustflags = "-Cb"', {}, ("-Cb",)),
        (f'build.rustflags = "-Ca"\ntarget.{THUMB}.rustflags = []', {}, ("-Ca",)),
        (
            f"""\
[target.'cfg(target_os = "none")']
rustflags = ["-Cz"]
[target.'cfg(target_arch = "arm")']
rustflags = ["-Ca"]
[target.'cfg(unix)']
rustflags = ["-Cnot"]
[target.{THUMB}]
rustflags = ["-Cown"]
""",
            {"CARGO_TARGET_THUMBV7EM_NONE_EABIHF_RUSTFLAGS": "-Cvar"},
            ("-Cown", "-Cvar", "-Ca", "-Cz"),
        ),
        (f'target.{THUMB}.rustflags = "-Ca"', {"RUSTFLAGS": " -Cb   -Cc\t"}, ("-Cb", "-Cc")),
        (f'target.{THUMB}.rustflags = "-Ca"', {"RUSTFLAGS": ""}, ()),
        ("", {"RUSTFLAGS": "-Ca", "CARGO_ENCODED_RUSTFLAGS": "-Cb c\x1f-Cd"}, ("-Cb c", "-Cd")),
        ("", {"RUSTFLAGS": "-Ca", "CARGO_ENCODED_RUSTFLAGS": ""}, ()),
    ],
)
def test_the_first_place_that_says_flags_holds(
    files: str, variables: Mapping[str, str], expected: tuple[str, ...]
) -> None:
    assert target(files, variables).rustflags == expected


def test_a_dot_in_the_name_of_a_target_parts_its_table() -> None:
    name = "thumbv8m.main-none-eabihf"
    variables = {"CARGO_TARGET_THUMBV8M_MAIN_NONE_EABIHF_RUSTFLAGS": "-Cb"}
    assert target(f'[target.{name}]\nrustflags = "-Ca"', variables, name=name).rustflags == ("-Ca", "-Cb")
    assert target(f'[target."{name}"]\nrustflags = "-Ca"', name=name).rustflags == ()


@pytest.mark.parametrize(
    ("files", "variables", "linker", "runner"),
    [
        (f'[target.{THUMB}]\nlinker = "ld.lld"\nrunner = "qemu -M x"', {}, "ld.lld", ("qemu", "-M", "x")),
        (f'target.{THUMB} = {{ linker = "tools/ld" }}', {}, f"{FOLDER}/tools/ld", ()),
        (f'target.{THUMB}.runner = ["./run it", "-a b"]', {}, None, (f"{FOLDER}/run it", "-a b")),
        ("target.'cfg(all())'.linker = 'any'", {}, "any", ()),
        (f"target.'cfg(all())'.linker = 'any'\ntarget.{THUMB}.linker = 'own'", {}, "own", ()),
        (
            f"target.{THUMB} = {{ linker = 'own', runner = ['own', 'x'] }}",
            {
                "CARGO_TARGET_THUMBV7EM_NONE_EABIHF_LINKER": "./var",
                "CARGO_TARGET_THUMBV7EM_NONE_EABIHF_RUNNER": "var y",
            },
            f"{FOLDER}/var",
            ("var", "y"),
        ),
    ],
)
def test_linker_and_runner(
    files: str, variables: Mapping[str, str], linker: str | None, runner: tuple[str, ...]
) -> None:
    said = target(files, variables)
    assert (said.linker, said.runner) == (linker, runner)


def test_a_runner_is_taken_whole_from_one_file() -> None:
    files = {
        f"{FOLDER}/.cargo/config.toml": f'target.{THUMB}.runner = ["deep", "1"]\nbuild.jobs = 2\n',
        f"{HOME}/config.toml": f'target.{THUMB}.runner = ["home", "2"]\nbuild.jobs = 3\n',
    }
    assert target(files).runner == ("deep", "1")


def test_a_path_is_relative_to_the_folder_above_its_file() -> None:
    files = {
        "/work/.cargo/config.toml": """\
build.target = "specs/board.json"
[env]
HERE = { value = "lib", relative = true }
PLAIN = "lib"
FORCED = { value = "x", force = true }
"""
    }
    said = config(files)
    assert said.build_target == ("/work/specs/board.json",)
    assert said.env == (
        EnvVariable("FORCED", "x", force=True, relative=False),
        EnvVariable("HERE", "/work/lib", force=False, relative=True),
        EnvVariable("PLAIN", "lib", force=False, relative=False),
    )


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        ('build.target = ["a", "b.json"]', {}, ("a", f"{FOLDER}/b.json")),
        ('build.target = "a"', {"CARGO_BUILD_TARGET": "x.json"}, (f"{FOLDER}/x.json",)),
        ("", {"CARGO_BUILD_TARGET": "x"}, ("x",)),
    ],
)
def test_the_default_target(text: str, variables: Mapping[str, str], expected: tuple[str, ...]) -> None:
    assert config(text, variables).build_target == expected


def test_an_override_of_a_build_script_is_what_it_would_have_printed() -> None:
    said = target(
        f"""\
[target.{THUMB}]
linker = "ld"
[target.{THUMB}.phy]
rustc-link-lib = ["static=phy"]
rustc-link-search = ["/opt/phy"]
rustc-cfg = ['speed="fast"']
rustc-env = {{ PHY = "1" }}
rustc-flags = "-L /opt"
rustc-cdylib-link-arg = ["-x"]
root = "/opt/phy"
"""
    )
    lines = (
        "metadata=root=/opt/phy",
        'rustc-cfg=speed="fast"',
        "rustc-env=PHY=1",
        "rustc-flags=-L /opt",
        "rustc-link-arg-cdylib=-x",
        "rustc-link-lib=static=phy",
        "rustc-link-search=/opt/phy",
    )
    (override,) = said.links_overrides
    assert override.links == "phy"
    assert sorted(override.output.splitlines()) == [f"cargo::{line}" for line in lines]
    assert target("").links_overrides == ()
    assert isinstance(override, LinksOverride)


VENDORED = """\
[source.crates-io]
replace-with = "vendored-sources"
[source."git+https://git.example.org/hal?branch=main"]
git = "https://git.example.org/hal"
branch = "main"
replace-with = "vendored-sources"
[source.mine]
registry = "sparse+https://packages.example.org/index/"
replace-with = "mirror"
[source.vendored-sources]
directory = "vendor"
[registries.mirror]
index = "sparse+https://mirror.example.org/index/"
"""


@pytest.mark.parametrize(
    ("source", "folder"),
    [
        (Source("registry", CRATES_IO_URL), f"{FOLDER}/vendor"),
        (Source("git", "https://git.example.org/hal", GitReference("branch", "main"), "0123abc"), f"{FOLDER}/vendor"),
        (Source("git", "https://git.example.org/hal", GitReference("tag", "v1"), "0123abc"), None),
        (Source("git", "https://git.example.org/other"), None),
        (Source("sparse", "sparse+https://packages.example.org/index/"), None),
        (Source("path", "file:///x"), None),
    ],
)
def test_the_folder_of_vendored_packages(source: Source, folder: str | None) -> None:
    assert config(VENDORED).sources.vendored_folder(source) == folder


def test_a_mirror_is_a_replacement_and_no_folder() -> None:
    sources = config(VENDORED).sources
    mirror = sources.replacement(Source("sparse", "sparse+https://packages.example.org/index/"))
    assert mirror is not None
    assert (mirror.kind, mirror.location) == ("registry", "sparse+https://mirror.example.org/index/")
    assert config("").sources.replacement(Source("registry", CRATES_IO_URL)) is None


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"CARGO_NET_OFFLINE": "yes"}, "environment variable CARGO_NET_OFFLINE: 'yes'; expected true or false"),
    ],
)
def test_a_wrong_variable(variables: Mapping[str, str], message: str) -> None:
    with pytest.raises(InputError) as caught:
        config("", variables)
    assert str(caught.value).splitlines()[0] == message


def test_only_variables_that_configure_a_build_count() -> None:
    kept = {
        "RUSTFLAGS": "-Ca",
        "CARGO_ENCODED_RUSTFLAGS": "-Ca",
        "CARGO_INCREMENTAL": "0",
        "CARGO_PROFILE_RELEASE_LTO": "fat",
        "CARGO_TARGET_THUMBV7EM_NONE_EABIHF_LINKER": "ld",
        "CARGO_BUILD_TARGET": "x",
        "CARGO_NET_OFFLINE": "true",
    }
    others = {"CARGO_REGISTRY_TOKEN": "secret", "CARGO_REGISTRIES_X_TOKEN": "s", "HOME": "/h", "CARGO_PKG_NAME": "p"}
    assert dict(cargo_variables({**kept, **others})) == kept
    assert config("", {**kept, **others}).variables == tuple(sorted(kept.items()))


_FLAGS = st.lists(st.sampled_from(["-Ca", "-Cb", "-Cc"]), max_size=3)


@given(st.lists(_FLAGS, min_size=4, max_size=4))
def test_flags_of_any_hierarchy_are_joined_from_the_top(flags: list[list[str]]) -> None:
    folders = [HOME, "/.cargo", "/work/.cargo", f"{FOLDER}/.cargo"]
    files = {
        f"{folder}/config.toml": f"build.rustflags = {words!r}\n" for folder, words in zip(folders, flags, strict=True)
    }
    assert config(files).build_rustflags == tuple(word for words in flags for word in words)
