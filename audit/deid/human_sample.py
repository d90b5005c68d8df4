"""The sample of notes that a person reads after an export, and what it can show.

No leak in a simple random sample of n of N notes shows, at 95 % confidence, that at most a certain share of all of them
leak: exact hypergeometric, so a small export needs fewer notes than the rule of three says (300 for 1 %).
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Sequence

SHARE, CONFIDENCE = 0.01, 0.95
HEADER = ("document_id", "identifier_left", "type", "remark")


def size_to_show(notes: int) -> int:
    """Return how many of ``notes`` must be read without a leak to show that at most 1 % of them leak; 0 for none.

    The least n for which one leak more than the share allows would pass unseen in at most 5 % of draws.
    """
    leaking = math.floor(SHARE * notes) + 1
    unseen = 1.0
    for drawn in range(notes):
        unseen *= max(notes - leaking - drawn, 0) / (notes - drawn)
        if unseen <= 1 - CONFIDENCE:
            return drawn + 1
    return notes


def draw_notes(ids: Sequence[str]) -> list[str]:
    """Return the random ids of the notes to be read, in their order."""
    return sorted(secrets.SystemRandom().sample(list(ids), size_to_show(len(ids))))
