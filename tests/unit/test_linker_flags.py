"""What LINKFLAGS mean, and rustc's linker flavors."""

from __future__ import annotations

import pytest

from steelmill.errors import InputError
from steelmill.linker.flags import LinkFlags, join_link_flags, parse_link_flags
from steelmill.linker.flavor import GNU, GNU_CC, GNU_LLD, GNU_LLD_CC, Flavor, parse_flavor, spec_link_args


@pytest.mark.parametrize(
    "words",
    [
        "-T x.ld",
        "-Tx.ld",
        "-Wl,-Tx.ld",
        "-Wl,-T,x.ld",
        "-Wl,-T -Wl,x.ld",
        "-Wl,--script=x.ld",
        "-Wl,--script,x.ld",
        "--script=x.ld",
        "--script x.ld",
        "-script=x.ld",
        "-Xlinker -T -Xlinker x.ld",
        "-Xlinker -Tx.ld",
        "-Xlinker --script=x.ld",
        "-dT x.ld",
        "-Wl,-dT,x.ld",
        "-Wl,--default-script=x.ld",
    ],
)
def test_scripts_in_every_form(words: str) -> None:
    assert parse_link_flags(words.split()) == LinkFlags(scripts=("x.ld",))


@pytest.mark.parametrize(
    "words",
    [
        "-Ttext=0x8000000",
        "-Ttext 0x8000000",
        "-Tdata=0",
        "-Tbss=0",
        "-Ttext-segment=0x100000",
        "--section-start=.x=0x10",
        "-z max-page-size=4096",
        "-m elf_i386",
        "-melf32lriscv",
        "-marmelf",
        "-u keep -e main --defsym a=1",
        "-Bstatic -pie --gc-sections -s",
        "--print-memory-usage --cref -check-sections",
    ],
)
def test_what_goes_to_ld_unchanged(words: str) -> None:
    flags = parse_link_flags(words.split())
    assert flags._replace(entry=None, undefined=(), defined=()) == LinkFlags(ld_args=tuple(words.split()))


@pytest.mark.parametrize(
    "words",
    [
        "-e main -u keep -u more --defsym a=1 --defsym=b=0x10",
        "--entry=main -ukeep --undefined more --defsym=a=1 -defsym b=a+1",
        "-e first -emain --require-defined=keep --undefined=more -Wl,--defsym,a=1,--defsym=b=2",
    ],
)
def test_symbols_that_are_named(words: str) -> None:
    flags = parse_link_flags(words.split())
    assert (flags.entry, flags.undefined, flags.defined) == ("main", ("keep", "more"), ("a", "b"))


@pytest.mark.parametrize(
    "words",
    [
        "-nostdlib -nostartfiles -nodefaultlibs -static -ffreestanding",
        "-mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard -m32",
        "-specs=nano.specs --specs=nosys.specs",
        "-flto -Os -g3 -Wall -fuse-ld=lld",
        "-isystem inc -D A=1 -Xassembler -T",
        "--target=armv7em-none-eabi",
    ],
)
def test_what_only_the_driver_understands(words: str) -> None:
    assert parse_link_flags(words.split()) == LinkFlags(driver_args=tuple(words.split()))


def test_options_of_several_places_are_joined_in_their_order() -> None:
    first, second = (
        parse_link_flags(["-T", "a.ld", "-u", "first", "-e", "early"]),
        parse_link_flags(["-Tb.ld", "-u", "second", "-lm"]),
    )
    joined = join_link_flags(first, second, parse_link_flags(["-elate"]), LinkFlags())
    assert (joined.scripts, joined.undefined, joined.libraries) == (("a.ld", "b.ld"), ("first", "second"), ("m",))
    assert joined.entry == "late"
    assert joined.ld_args == (*first.ld_args, *second.ld_args, "-elate")


def test_an_existing_firmware() -> None:
    words = "-mthumb -T stm32.ld -Lboot -L lib -Wl,-L,more -Wl,--start-group -lc -l m -l:libx.a -Wl,--end-group"
    assert parse_link_flags([*words.split(), "-Wl,-Map=out.map,--cref", "-Wl,-Map,last.map", "-o", "x"]) == LinkFlags(
        scripts=("stm32.ld",),
        search=("boot", "lib", "more"),
        libraries=("c", "m", ":libx.a"),
        map_file="last.map",
        ld_args=(
            "-Lboot",
            "-L",
            "lib",
            "-L",
            "more",
            "--start-group",
            "-lc",
            "-l",
            "m",
            "-l:libx.a",
            "--end-group",
            "--cref",
        ),
        driver_args=("-mthumb",),
    )


def test_several_scripts_and_the_default_one() -> None:
    assert parse_link_flags(["-dT", "d.ld", "-T", "a.ld", "-Tb.ld"]).scripts == ("a.ld", "b.ld")
    assert parse_link_flags(["-dT", "d.ld", "-dT", "e.ld"]).scripts == ("e.ld",)


def test_other_files() -> None:
    words = "crt0.o -Wl,--version-script=v.map -Wl,-R,rom.elf -Wl,--just-symbols=r.o -Wl,@args"
    assert parse_link_flags(words.split()).files == ("crt0.o", "v.map", "rom.elf", "r.o", "args")


@pytest.mark.parametrize("word", ["-T", "-L", "-Wl,-T", "-Xlinker", "--script", "-z", "-isystem"])
def test_a_value_is_missing(word: str) -> None:
    with pytest.raises(InputError, match="is the last word; expected its value") as caught:
        parse_link_flags([word], "SConscript: LINKFLAGS")
    assert caught.value.place == "SConscript: LINKFLAGS"


@pytest.mark.parametrize(
    ("name", "flavor"),
    [
        ("gnu", GNU),
        ("gnu-lld", GNU_LLD),
        ("gnu-cc", GNU_CC),
        ("gnu-lld-cc", GNU_LLD_CC),
        ("ld", GNU),
        ("ld.lld", GNU_LLD),
        ("gcc", GNU_CC),
    ],
)
def test_flavors(name: str, flavor: Flavor) -> None:
    assert parse_flavor(name) == flavor
    assert parse_flavor(flavor.name) == flavor


def test_unknown_flavor() -> None:
    with pytest.raises(InputError) as caught:
        parse_flavor("gnu-ldd", place="t.json")
    assert str(caught.value).startswith(
        "t.json: linker-flavor: unknown linker flavor 'gnu-ldd'; expected one of gnu, gnu-lld, gnu-cc, gnu-lld-cc, ld, "
        "ld.lld, gcc; did you mean 'gnu-lld'?\n"
    )


@pytest.mark.parametrize(
    ("args", "linker", "expected"),
    [
        ({}, GNU, ()),
        ({"gnu": ["-a"]}, GNU, ("-a",)),
        ({"gnu": ["-a"]}, GNU_LLD, ("-a",)),
        ({"ld": ["-a"]}, GNU_LLD, ("-a",)),
        ({"gnu": ["-a"], "gnu-lld": ["-b"]}, GNU_LLD, ("-b",)),
        ({"gnu": ["-a"], "gnu-lld": ["-b"]}, GNU, ("-a",)),
        ({"ld": ["-old"], "gnu": ["-new"]}, GNU, ("-new",)),
        ({"gcc": ["-m64"], "gnu": ["-a"]}, GNU_LLD_CC, ("-m64",)),
        ({"gnu-cc": [], "gnu-lld": []}, GNU, ()),
    ],
)
def test_spec_link_args(args: dict[str, list[str]], linker: Flavor, expected: tuple[str, ...]) -> None:
    assert spec_link_args(args, linker, "pre-link-args") == expected


@pytest.mark.parametrize(
    ("args", "linker"), [({"gnu-cc": ["-m64"]}, GNU), ({"gnu-lld": ["-a"]}, GNU), ({"gnu": ["-a"]}, GNU_CC)]
)
def test_spec_link_args_for_another_linker(args: dict[str, list[str]], linker: Flavor) -> None:
    with pytest.raises(InputError) as caught:
        spec_link_args(args, linker, "pre-link-args", "t.json")
    assert str(caught.value).startswith(
        f"t.json: pre-link-args: arguments are for flavor {next(iter(args))}, "
        f"but the linker in use has flavor {linker.name}\n"
    )


def test_spec_link_args_of_an_unknown_flavor() -> None:
    with pytest.raises(InputError, match=r"late-link-args: unknown linker flavor 'gnuu'.*did you mean 'gnu'"):
        spec_link_args({"gnu": ["-a"], "gnuu": ["-b"]}, GNU, "late-link-args")
