"""Determinations: what persons decided, parsed, merged, exported. Pure."""
