from __future__ import annotations

from pathlib import Path

import pytest

from rust_firmware.probes import Probes
from rust_firmware.rust_toolchains import find_rust_toolchain
from steelmill.errors import InputError, ToolchainError

NEEDS_LIBRARIES = """\
#!/bin/sh
test -n "$LD_LIBRARY_PATH" || { echo "error while loading shared libraries: libLLVM.so" >&2; exit 127; }
echo /nowhere
"""


def test_a_rustc_that_could_not_start_is_asked_again_with_its_libraries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rustc = tmp_path / "rustc"
    rustc.write_text(NEEDS_LIBRARIES, encoding="utf-8")
    rustc.chmod(0o755)
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)
    with pytest.raises(ToolchainError, match="no rustc with its rust-src found") as caught:
        find_rust_toolchain(Probes(str(tmp_path / "cache")), str(rustc), str(tmp_path))
    assert caught.value.details == (("rustc=", f"{rustc}: does not answer --print sysroot"),)
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/llvm/lib")
    with pytest.raises(ToolchainError) as caught:
        find_rust_toolchain(Probes(str(tmp_path / "cache")), str(rustc), str(tmp_path))
    assert caught.value.details == (("rustc=", f"{rustc}: no rust-src in /nowhere/lib/rustlib/src/rust/library"),)


TOO_OLD = """\
#!/bin/sh
case $1 in
  -vV) printf 'rustc 1.84.1\\nhost: x86_64-unknown-linux-gnu\\nrelease: 1.84.1\\nLLVM version: 19.1.5\\n' ;;
  *) echo /opt/rust ;;
esac
"""


def test_a_rustc_that_is_too_old_is_said_to_be(tmp_path: Path) -> None:
    rustc = tmp_path / "rustc"
    rustc.write_text(TOO_OLD, encoding="utf-8")
    rustc.chmod(0o755)
    with pytest.raises(ToolchainError) as caught:
        find_rust_toolchain(Probes(str(tmp_path / "cache")), str(rustc), str(tmp_path))
    assert caught.value.details == (("rustc=", f"{rustc}: rustc 1.84.1 is too old: it takes 1.85 or newer"),)


def test_a_rustc_named_by_hand_is_never_passed_over(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        find_rust_toolchain(Probes(str(tmp_path)), str(tmp_path / "rustc"), str(tmp_path))
    assert str(caught.value) == (f"rustc=: rustc={tmp_path / 'rustc'} is no file\n  remedy   give the path of a rustc")
