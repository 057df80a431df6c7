"""How cargo names packages and sources, in every spelling."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelmill.cargo.package_id import GitReference, PackageId, Source, parse_package_id, parse_source
from steelmill.errors import ToolchainError

INDEX = "https://github.com/rust-lang/crates.io-index"
CRATES_IO = Source("registry", INDEX)
SPARSE = Source("sparse", "sparse+https://packages.example.org/index/")
HERE = Source("path", "file:///home/user/my%20board")
REPOSITORY = "https://git.example.org/team/hal.git"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"registry+{INDEX}#cortex-m-rt@0.7.7", PackageId("cortex-m-rt", "0.7.7", CRATES_IO)),
        (f"registry+{INDEX}#libc@0.2.1+linux.6", PackageId("libc", "0.2.1+linux.6", CRATES_IO)),
        ("sparse+https://packages.example.org/index/#hal@1.0.0-rc.1", PackageId("hal", "1.0.0-rc.1", SPARSE)),
        ("path+file:///home/user/my%20board#blink@0.1.0", PackageId("blink", "0.1.0", HERE)),
        ("path+file:///home/user/blink#0.1.0", PackageId("blink", "0.1.0", Source("path", "file:///home/user/blink"))),
        (f"git+{REPOSITORY}#hal@2.0.0", PackageId("hal", "2.0.0", Source("git", REPOSITORY))),
        (
            f"git+{REPOSITORY}?branch=feat%2Fa%2Bb#hal@2.0.0",
            PackageId("hal", "2.0.0", Source("git", REPOSITORY, GitReference("branch", "feat/a+b"))),
        ),
        (
            "git+https://git.example.org/team/hal?tag=v2#2.0.0",
            PackageId("hal", "2.0.0", Source("git", "https://git.example.org/team/hal", GitReference("tag", "v2"))),
        ),
        # cargo metadata before 1.77
        (f"serde 1.0.200 (registry+{INDEX})", PackageId("serde", "1.0.200", CRATES_IO)),
        ("blink 0.1.0 (path+file:///home/user/my%20board)", PackageId("blink", "0.1.0", HERE)),
        (
            f"hal 2.0.0 (git+{REPOSITORY}?branch=feat/a+b#0123abc)",
            PackageId("hal", "2.0.0", Source("git", REPOSITORY, GitReference("branch", "feat/a+b"), "0123abc")),
        ),
    ],
)
def test_a_package_id(text: str, expected: PackageId) -> None:
    assert parse_package_id(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"git+{REPOSITORY}#0123abc", Source("git", REPOSITORY, None, "0123abc")),
        (f"git+{REPOSITORY}?rev=0123abc#0123abc", Source("git", REPOSITORY, GitReference("rev", "0123abc"), "0123abc")),
        (f"git+{REPOSITORY}?ref=old#0123abc", Source("git", REPOSITORY, GitReference("branch", "old"), "0123abc")),
        ("directory+file:///vendor", Source("directory", "file:///vendor")),
        ("local-registry+file:///crates", Source("local-registry", "file:///crates")),
    ],
)
def test_a_source(text: str, expected: Source) -> None:
    assert parse_source(text) == expected


def test_only_paths_may_be_edited() -> None:
    assert (HERE.is_immutable, HERE.folder) == (False, "/home/user/my board")
    for source in (CRATES_IO, SPARSE, Source("git", REPOSITORY)):
        assert (source.is_immutable, source.folder) == (True, None)


@given(name=st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), min_size=1))
def test_the_name_of_a_branch_is_read_in_both_spellings(name: str) -> None:
    expected = Source("git", REPOSITORY, GitReference("branch", name), "0123abc")
    assert parse_source(f"git+{REPOSITORY}?branch={quote(name, safe='')}#0123abc") == expected
    assert parse_source(f"git+{REPOSITORY}?branch={name}#0123abc", encoded=False) == expected


@pytest.mark.parametrize("text", ["", "serde", "serde@1.0.0", "https://example.org/a#b@1", "svn+https://example.org/a"])
def test_what_is_no_source(text: str) -> None:
    with pytest.raises(ToolchainError) as caught:
        parse_source(text)
    assert str(caught.value) == (
        f"cargo named a source {text!r}; expected registry+URL, sparse+URL, git+URL, path+URL, local-registry+URL "
        "or directory+URL\n  remedy   use cargo 1.95 or 1.96, whose spelling is known"
    )


@pytest.mark.parametrize("text", [f"registry+{INDEX}", f"registry+{INDEX}#serde", f"registry+{INDEX}#@1.0.0"])
def test_what_is_no_package_id(text: str) -> None:
    with pytest.raises(ToolchainError) as caught:
        parse_package_id(text)
    assert caught.value.what == (f"cargo named a package id {text!r}; expected SOURCE#NAME@VERSION or SOURCE#VERSION")
