"""One module per relational check kind: a rule becomes SQL over the canonical tables and the code-set tables. Pure."""

from __future__ import annotations

from audit.edits.shared import shared_tables
from audit.edits.sql import EditQuery
from audit.edits.vocabulary import VOCABULARY, compose

__all__ = ["VOCABULARY", "EditQuery", "compose", "shared_tables"]
