"""The fenced blocks of the READMEs, which tests build and run."""

from __future__ import annotations

import re
import textwrap

from project import CHECKOUT


def blocks(path: str, language: str) -> list[str]:
    """Give the fenced blocks of a language, as they are without the indentation of a list."""
    text = (CHECKOUT / path).read_text(encoding="utf-8")
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(block) for _, block in found]


def sconstruct_of_another_project() -> str:
    """Give the SConstruct that README.md shows, for a project that finds the package in this checkout."""
    *_, sconstruct = blocks("README.md", "python")
    return f"import sys; sys.path.insert(0, {str(CHECKOUT / 'site_scons')!r})\n{sconstruct}"
