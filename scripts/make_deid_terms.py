"""Write ``policies/deid/terms.txt``: the rare words of the ICD-10-CM tabular list, which are no names.

The list is the public text of the classification (NCHS, April 2026 edition) as the bundled package reads it; only
words that running English hardly knows are kept, for the others are judged by their frequency already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "policies" / "deid" / "terms.txt"
_WORD = re.compile(r"[^\W\d_]{4,}")
_KNOWN = 3e-5
_HEAD = """# Words of the ICD-10-CM tabular list (public, NCHS, edition of April 2026) that English hardly knows.
# Written by scripts/make_deid_terms.py. A capitalised word of an unknown kind is no name where it stands here.
"""


def main() -> None:
    """Write the list, in order."""
    import wordfreq

    frequency = wordfreq.get_frequency_dict("en", "large")
    words = {word.lower() for text in _texts() for word in _WORD.findall(text)}
    kept = sorted(word for word in words if frequency.get(word, 0.0) < _KNOWN)
    TARGET.write_text(_HEAD + "\n".join(kept) + "\n", encoding="utf-8")
    print(f"{len(kept)} words: {TARGET.name}")


def _texts() -> Iterator[str]:
    import simple_icd_10_cm as tabular

    for code in tabular.get_all_codes():
        yield tabular.get_description(code)
        yield from tabular.get_inclusion_term(code)


if __name__ == "__main__":
    main()
