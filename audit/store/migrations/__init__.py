"""Alembic migrations of the store; released ones are never edited."""
