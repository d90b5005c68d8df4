"""Packs of rules: strict loader, digest, what is in force on a date. A pack is data; loading one runs nothing."""
