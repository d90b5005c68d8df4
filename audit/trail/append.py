"""Append under the locked head."""
