"""Relational checks: one module per kind turns a rule into SQL over the canonical and code-set tables. Pure."""
