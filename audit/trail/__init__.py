"""The append-only trail: form, append, checkpoint, proof, verify. FORMAT.md gives the exact bytes."""
