"""RAT-STATS selections: replayed from a printed seed, and somebody else's list checked. No workspace, no trail."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from audit.errors import UnreadableFileError
from audit.sampling.ratstats import plain, replay
from audit.sampling.ratstats_check import Proof, UnreadableSelectionError, check_selection, parse_items

Ranges = Sequence[tuple[int, int]]


def replay_selection(seed: float, ranges: Ranges, sequential: int, spares: int) -> dict[str, Any]:
    """Return the selected numbers: all in the order drawn, and as the program prints them."""
    found = replay(seed, ranges, sequential, spares)
    return {
        "numbers": plain(found.selection_order),
        "sequential": plain(found.sequential),
        "spares": plain(found.spares),
        "selection_order": plain(found.selection_order),
    }


def verify_selection(path: Path, seed: float, ranges: Ranges, spares: int) -> Proof:
    """Check the list of items in ``path``. Raises SelectionDiffersError, UnreadableSelectionError and others."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UnreadableFileError.at(path, error) from error
    except UnicodeDecodeError:
        raise UnreadableSelectionError(f"{path.name}: not UTF-8", hint="save the list as plain text") from None
    try:
        items = parse_items(text, len(ranges))
    except UnreadableSelectionError as error:
        raise UnreadableSelectionError(f"{path.name}: {error.message}", hint=error.hint) from None
    return check_selection(items, seed, ranges, spares=spares)
