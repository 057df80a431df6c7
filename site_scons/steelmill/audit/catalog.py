"""All rules of the audit, by id: of what is linked, of the linked ELF, and of its debug information."""

from __future__ import annotations

from collections.abc import Mapping

from steelmill.audit.elf_rules import ELF_RULES
from steelmill.audit.layout.rules import LAYOUT_RULES
from steelmill.audit.rules import RULES, Rule

ALL_RULES: Mapping[str, Rule] = {**RULES, **ELF_RULES, **LAYOUT_RULES}
