"""Identities, keys, sealing and opening. Keys live only as long as one command."""
