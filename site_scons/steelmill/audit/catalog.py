"""All rules of the audit, by id: of what is linked, and of the linked ELF."""

from __future__ import annotations

from collections.abc import Mapping

from steelmill.audit.elf_rules import ELF_RULES
from steelmill.audit.rules import RULES, Rule

ALL_RULES: Mapping[str, Rule] = {**RULES, **ELF_RULES}
