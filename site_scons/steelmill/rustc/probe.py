"""The codegen probe: a crate of nothing that costs 0.05 s and fails where core would fail after 20 s.

``rustc --print cfg`` accepts a wrong data-layout and made-up features; generating an object does not.
"""

from __future__ import annotations

from steelmill.rustc.toolchain import RustToolchain
from steelmill.step import OUT, Step, write_step

PROBE_SOURCE = "#![feature(no_core)]\n#![no_core]\n"


def probe_steps(toolchain: RustToolchain, spec_path: str, out_dir: str, target_name: str) -> tuple[Step, Step]:
    """Give the Steps that write the probe's source and compile it for the target in ``spec_path``."""
    source = f"{out_dir}/probe.rs"
    write = write_step(PROBE_SOURCE, source, ("WRITE", f"probe.rs  {target_name}"))
    compile_ = Step(
        label=("PROBE", target_name),
        argv=(
            toolchain.rustc,
            "--crate-name=probe",
            "--crate-type=rlib",
            "--edition=2021",
            source,
            "--target",
            spec_path,
            "-Zunstable-options",
            f"--out-dir={OUT}",
            f"--emit=obj={OUT}/probe.o",
        ),
        out_dir=out_dir,
        outputs=("probe.o",),
        inputs=(source, spec_path),
        env=toolchain.env,
        tools=(toolchain.compiler,),
        refuse=("is not a recognized feature", "is not a recognized processor"),
    )
    return write, compile_
