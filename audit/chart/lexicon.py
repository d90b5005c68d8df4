"""The lexicon: what an auditor may read and correct in ``policies/lexicon``, as values the reader works with.

Every file has one line per entry, ``head: item; item``; ``#`` starts a comment. The file name says what its lines mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from audit.domain.canonical import canonical_bytes, sha256_hex
from audit.errors import InputError

Entries = tuple[tuple[str, tuple[str, ...]], ...]

FILES = (
    "words",
    "abbreviations",
    "phrases",
    "optional",
    "axes",
    "headings",
    "cues",
    "drugs",
    "history",
    "told",
    "family",
    "combinations",
    "circumstances",
    "phase",
    "reasons",
)
"""The files beside ``terms/``; each must be there, so that none is lost by a misspelt name."""


class LexiconLineError(InputError):
    """A line of a lexicon file does not have the form ``head: item; item``."""


class LexiconFileError(InputError):
    """A lexicon file is missing or is not one of the known files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """The parsed files. ``terms`` are the entries of every file under ``terms/``: code, then its spoken names."""

    files: Mapping[str, Entries]
    terms: Entries
    digest: str

    def entries(self, name: str) -> Entries:
        """Return the entries of one file."""
        return self.files[name]


def parse_lexicon(files: Mapping[str, str]) -> Lexicon:
    """Parse the texts of ``policies/lexicon``: names relative to that folder, such as ``words.txt``, to text.

    Raises LexiconLineError for a line without head or item, LexiconFileError for a file missing or not known.
    """
    parsed: dict[str, Entries] = {}
    terms: list[tuple[str, tuple[str, ...]]] = []
    for name in sorted(files):
        if not name.endswith(".txt"):
            continue
        entries = tuple(_entries(name, files[name]))
        stem = name.removesuffix(".txt")
        if stem.startswith("terms/"):
            terms.extend(entries)
        elif stem in FILES:
            parsed[stem] = entries
        else:
            raise LexiconFileError(f"{name}: not a file of the lexicon", hint=f"known are {', '.join(FILES)}, terms/*")
    missing = [name for name in FILES if name not in parsed]
    if missing:
        raise LexiconFileError(f"lexicon: {missing[0]}.txt is missing", hint="every file of the lexicon must be there")
    digest = sha256_hex(canonical_bytes({"files": parsed, "terms": terms}))
    return Lexicon(files=parsed, terms=tuple(terms), digest=digest)


def _entries(name: str, text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.split("#", 1)[0].strip()
        if not line:
            continue
        head, colon, rest = line.partition(":")
        items = tuple(item.strip() for item in rest.split(";") if item.strip())
        if not colon or not head.strip() or not items:
            raise LexiconLineError(
                f"{name}:{number}: no entry of the form head: item; item", hint="see README.md there"
            )
        yield head.strip(), items
