"""What bindgen says of headers, and cbindgen of crates."""

from __future__ import annotations

from steelmill.hints.hint import Hint

HINTS = (
    Hint(
        "header-for-bindgen",
        # a header that is not found is explained as for a compiler
        (r"Unable to generate bindings: (?:ClangDiagnostic\(\"|clang diagnosed error: )(?!.*file not found)",),
        "the header does not compile by itself for this target, as clang reads it",
        "mend what stands above: a header includes all that it uses, and what only gcc takes stands under "
        "#ifndef __clang__; -D and -I of [c] (CPPDEFINES, CPPPATH) hold here too",
    ),
    Hint(
        "source-for-cbindgen",
        (r"ERROR: Parsing crate `[^`\n]+`:`(?P<file>[^`\n]+)`:\nError\(",),
        "{file} has words that this cbindgen does not know; it does not say where",
        "let rustc tell whether it is right; cbindgen before 0.28 knows neither #[unsafe(no_mangle)] nor unsafe "
        "extern: take a newer one (cargo install --locked cbindgen), or give what C sees a crate of its own with "
        'edition = "2021" and #[no_mangle]',
    ),
    Hint(
        "configuration-of-cbindgen",
        (r"Couldn't parse config file: ",),
        "this cbindgen does not take its configuration: a key is misspelt or newer than it, or a value is not TOML",
        "correct the file that [[cbindgen]] config (CBINDGEN_CONFIG) names; the tool lists the keys that it knows",
    ),
)
