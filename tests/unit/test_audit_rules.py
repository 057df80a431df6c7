"""What the audit's rules say, word for word; that they find what they must is proved on real objects."""

from __future__ import annotations

import pytest

from steelmill.audit.facts import FileFacts, MemberFacts
from steelmill.audit.finding import Finding
from steelmill.audit.pull import LinkedMember, pull_members
from steelmill.audit.rules import check_members
from steelmill.audit.target import AuditTarget, audit_target, dump_target, load_target
from steelmill.audit.x86_code import FunctionFacts
from steelmill.cc.arch.arm_fpu import Fpu
from steelmill.cc.flags import Flag
from steelmill.elf.machine import AARCH64, ARM, RISCV, X86_64
from steelmill.rustc.cfg import Cfg
from steelmill.target_spec.model import TargetSpec

CORTEX_M4 = AuditTarget(
    arch="arm",
    machine=ARM,
    bits=32,
    flags=("-mthumb", "-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16", "-fshort-enums"),
    float_abi="hard",
    architecture="v7E-M",
    thumb_only=True,
    fpu=Fpu(4),
    extensions=("dsp",),
    enum_bits=8,
    stack_align=8,
)
HARD = {
    "CPU_arch": 13,
    "CPU_arch_profile": 77,
    "THUMB_ISA_use": 2,
    "FP_arch": 6,
    "ABI_HardFP_use": 1,
    "ABI_VFP_args": 1,
}
THUMB = MemberFacts(machine=ARM, bits=32, flags=0x5000000, attributes=HARD, defined=("run",), producer="GNU C17")

RV32 = AuditTarget(
    arch="riscv32",
    machine=RISCV,
    bits=32,
    flags=("-march=rv32imac_zicsr_zifencei", "-mabi=ilp32"),
    float_abi="soft",
    extensions=("a", "c", "m", "zaamo", "zalrsc", "zca", "zicsr", "zifencei", "zmmul"),
    stack_align=16,
)
RV32_CODE = MemberFacts(machine=RISCV, bits=32, flags=1, attributes={"arch": "rv32i2p1_m2p0_c2p0"}, producer="GCC")

KERNEL = AuditTarget(
    arch="x86_64",
    machine=X86_64,
    bits=64,
    flags=("-mgeneral-regs-only", "-mno-red-zone", "-mcmodel=kernel"),
    float_abi="soft",
    code_model="kernel",
    stack_align=16,
)
X86_CODE = MemberFacts(machine=X86_64, bits=64, producer="GCC")


def judge(target: AuditTarget, facts: MemberFacts) -> list[str]:
    """Give the findings as lines ``rule level: subject: found; wanted; remedy``."""
    assert load_target(dump_target(target)) == target
    findings = check_members(target, [LinkedMember("a.o", facts)])

    return [f"{rule} {level}: {subject}: {'; '.join(rest)}" for rule, level, _, subject, *rest in findings]


def tagged(**changes: int) -> MemberFacts:
    attributes = {**HARD, **changes}
    return THUMB._replace(attributes={name: value for name, value in attributes.items() if value >= 0})


ABSENT = -1


@pytest.mark.parametrize(
    ("target", "facts", "said"),
    [
        (CORTEX_M4, THUMB, []),
        (CORTEX_M4, THUMB._replace(attributes={}), []),
        (
            CORTEX_M4,
            tagged(ABI_VFP_args=ABSENT, FP_arch=ABSENT, ABI_FP_number_model=3)._replace(
                undefined=("__aeabi_dadd", "memcpy")
            ),
            [
                "float-abi error: Tag_ABI_VFP_args: floats passed in integer registers (it calls __aeabi_dadd);"
                " floats passed in FPU registers (llvm-floatabi); compile it with -mfloat-abi=hard"
            ],
        ),
        (
            CORTEX_M4,
            tagged(ABI_VFP_args=ABSENT, FP_arch=ABSENT, ABI_FP_number_model=3),
            [
                "float-abi warning: Tag_ABI_VFP_args: floats passed in integer registers, though none is in sight;"
                " floats passed in FPU registers (llvm-floatabi); compile it with -mfloat-abi=hard"
            ],
        ),
        (CORTEX_M4, tagged(ABI_VFP_args=ABSENT), []),
        (CORTEX_M4, tagged(ABI_VFP_args=3), []),
        (
            CORTEX_M4,
            tagged(FP_arch=8, ABI_HardFP_use=ABSENT),
            [
                "fpu error: Tag_FP_arch: code for FPv5-D16, double precision; FPv4, single precision, 16 registers"
                " (features, cpu); compile it with -mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16"
            ],
        ),
        (CORTEX_M4._replace(fpu_known=False), tagged(FP_arch=8), []),
        (
            CORTEX_M4,
            tagged(CPU_arch=17),
            [
                "cpu error: Tag_CPU_arch: Armv8-M.main code; Armv7E-M code (llvm-target);"
                " compile it with -mthumb -mcpu=cortex-m4"
            ],
        ),
        (CORTEX_M4, tagged(CPU_arch=12), []),
        (CORTEX_M4._replace(architecture=""), tagged(CPU_arch=17), []),
        (CORTEX_M4, tagged(CPU_arch=2, CPU_arch_profile=0, ARM_ISA_use=1)._replace(states=("thumb",)), []),
        (
            CORTEX_M4,
            tagged(CPU_arch=2, CPU_arch_profile=0, ARM_ISA_use=1)._replace(states=("arm", "thumb")),
            [
                "instruction-set error: Tag_ARM_ISA_use: Armv4T code in ARM state; Armv7E-M code (llvm-target);"
                " compile it with -mthumb -mcpu=cortex-m4"
            ],
        ),
        (
            CORTEX_M4,
            tagged(ABI_enum_size=2),
            [
                "enum-size error: Tag_ABI_enum_size: enums of at least 32 bits; enums as small as their values"
                " (c-enum-min-bits); compile it with -fshort-enums"
            ],
        ),
        (CORTEX_M4, tagged(ABI_enum_size=3, ABI_PCS_wchar_t=4), []),
        (
            CORTEX_M4,
            THUMB._replace(machine=AARCH64, bits=64),
            ["machine error: : 64-bit AArch64 code; 32-bit ARM code (arch); compile it for arm"],
        ),
        (
            CORTEX_M4,
            THUMB._replace(os_abi=9),
            ["machine error: EI_OSABI: code for FreeBSD; code for no system; compile it for arm"],
        ),
        (CORTEX_M4, MemberFacts(kind="other"), []),
        (AuditTarget("avr"), MemberFacts(machine=83, bits=32), []),
        (RV32, RV32_CODE, []),
        (
            RV32,
            RV32_CODE._replace(attributes={"arch": "rv32i2p1_m2p0_c2p0_zba1p0_zbb1p0"}),
            [
                "isa-extensions error: Tag_RISCV_arch: extensions zba, zbb (rv32i2p1_m2p0_c2p0_zba1p0_zbb1p0);"
                " rv32imac (features); compile it with -march=rv32imac_zicsr_zifencei"
            ],
        ),
        (
            RV32._replace(extensions=(*RV32.extensions, "forced-atomics", "relax", "zicsr")),
            RV32_CODE._replace(attributes={"arch": "rv32i2p1_zba1p0"}),
            [
                "isa-extensions error: Tag_RISCV_arch: extension zba (rv32i2p1_zba1p0);"
                " rv32imac (features); compile it with -march=rv32imac_zicsr_zifencei"
            ],
        ),
        (RV32, RV32_CODE._replace(attributes={"arch": "rv32i2p1_zmmul1p0_zaamo1p0_zca1p0_zicsr2p0"}), []),
        (RV32._replace(extensions_known=False), RV32_CODE._replace(attributes={"arch": "rv32i_zbb"}), []),
        (
            RV32._replace(extensions=("m", "zmmul")),
            RV32_CODE,
            [
                "rvc error: Tag_RISCV_arch: compressed instructions (rv32i2p1_m2p0_c2p0);"
                " no compressed instructions (features); compile it with -march=rv32imac_zicsr_zifencei"
            ],
        ),
        (KERNEL, X86_CODE, []),
        (
            KERNEL,
            X86_CODE._replace(functions=(FunctionFacts("f", ("sse", "x87"), "fld1"), FunctionFacts("g", ("sse",)))),
            [
                "sse error: f: SSE and x87 registers: fld1, and 1 more function;"
                " general registers alone (rustc-abi, features); compile it with -mgeneral-regs-only"
            ],
        ),
        (
            KERNEL,
            X86_CODE._replace(functions=(FunctionFacts("save", ("sse",), "movaps xmm0, xmm1"),), producer=""),
            [
                "sse warning: save: SSE registers: movaps xmm0, xmm1; general registers alone (rustc-abi, features);"
                " allow it where assembly saves a task's registers"
            ],
        ),
        (
            KERNEL,
            X86_CODE._replace(functions=(FunctionFacts("rint", ("x87",)),), name="compiler_builtins.x.o"),
            [],
        ),
        (
            KERNEL,
            X86_CODE._replace(relocations=(2, 4, 10, 11)),
            [
                "code-model error: R_X86_64_32: addresses of 32 bits; the highest 2 GiB of memory (code-model kernel);"
                " compile it with -mcmodel=kernel"
            ],
        ),
        (KERNEL, X86_CODE._replace(relocations=(10,), producer=""), []),
        (
            KERNEL,
            X86_CODE._replace(functions=(FunctionFacts("isr", red_zone="mov [rsp - 8], rdi"),), producer=""),
            [
                "red-zone error: isr: a store below the stack pointer: mov [rsp - 8], rdi;"
                " no red zone, for an interrupt would overwrite it (disable-redzone);"
                " lower the stack pointer before the store"
            ],
        ),
        (KERNEL._replace(red_zone=True), X86_CODE._replace(functions=(FunctionFacts("f", red_zone="mov"),)), []),
    ],
)
def test_what_is_said(target: AuditTarget, facts: MemberFacts, said: list[str]) -> None:
    assert judge(target, facts) == said


def test_a_weak_function_may_be_defined_elsewhere() -> None:
    caller = LinkedMember("a.o", X86_CODE._replace(weak_calls=("__cxa_begin_cleanup", "hook")))
    assert check_members(KERNEL, [caller]) == (
        Finding(
            "weak-undefined",
            "warning",
            "a.o",
            "hook",
            "a call of a weak function that nothing defines",
            "a definition, or a test of its address before the call",
            "define hook, or link what does",
        ),
    )
    definer = LinkedMember("libx.a", X86_CODE._replace(name="b.o", defined=("hook",)))
    assert check_members(KERNEL, [caller, definer]) == ()
    assert check_members(KERNEL, [caller], provided=["hook"]) == ()


def test_a_member_is_named_with_its_archive() -> None:
    bitcode = FileFacts("libx.a", archive=True, members=(MemberFacts("b.o", "bitcode"),))
    (finding,) = check_members(KERNEL, pull_members([bitcode], []))
    assert finding.object == "libx.a(b.o)"


def specification(**keys: object) -> TargetSpec:
    return TargetSpec("t", "t.json", {name.replace("_", "-"): value for name, value in keys.items()})


def test_the_target_of_a_specification() -> None:
    spec = specification(
        arch="arm", llvm_target="thumbv8m.main-none-eabihf", target_pointer_width=32, cpu="cortex-m33",
        features="+fp-armv8d16sp", llvm_floatabi="hard", c_enum_min_bits=8,
    )  # fmt: skip
    cfg = Cfg(frozenset({("target_feature", "dsp")}))
    assert audit_target(spec, cfg, [Flag("-mthumb", "llvm-target")]) == AuditTarget(
        arch="arm",
        machine=ARM,
        bits=32,
        flags=("-mthumb",),
        float_abi="hard",
        architecture="v8-M.main",
        thumb_only=True,
        fpu=Fpu(5),
        extensions=("dsp",),
        enum_bits=8,
        stack_align=8,
    )
    spec = specification(
        arch="riscv64", llvm_target="riscv64", target_pointer_width=64, features="+m,+a,+f,+d,-c",
        code_model="medium",
    )  # fmt: skip
    target = audit_target(spec, None, ())
    assert (target.float_abi, target.code_model, target.stack_align) == ("double", "medium", 16)
    assert {"m", "zmmul", "d", "f"} <= set(target.extensions)
    assert not {"c", "zca"} & set(target.extensions)
    spec = specification(arch="x86_64", llvm_target="x86_64-unknown-none-elf", target_pointer_width=64, features="+avx")
    target = audit_target(spec, None, ())
    assert (target.float_abi, target.extensions, target.red_zone) == ("hard", ("avx", "mmx", "sse", "x87"), True)
    spec = specification(
        arch="x86_64", llvm_target="x86_64", target_pointer_width=64, features="-sse,+soft-float",
        rustc_abi="softfloat", disable_redzone=True,
    )  # fmt: skip
    target = audit_target(spec, None, ())
    assert (target.float_abi, target.extensions, target.red_zone) == ("soft", (), False)


def test_a_target_of_an_unknown_architecture_judges_what_every_object_has() -> None:
    target = audit_target(specification(arch="avr", llvm_target="avr", target_pointer_width=16), None, ())
    assert (target.arch, target.machine, target.bits) == ("avr", 0, 16)
    (finding,) = check_members(target, [LinkedMember("a.o", MemberFacts(machine=83, bits=32, slim_lto=True))])
    assert finding.rule == "lto-opaque"
