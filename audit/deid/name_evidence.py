"""Names by what stands beside them: a title, a label ("Attending:"), a kinship word, credentials."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from audit.deid.alternation import any_of
from audit.deid.lexicon import Lexicon
from audit.deid.naming import COMMA_FORM, LONE, PARTICLE, PERSON, PIECE, STRONG, NameOdds, bare, is_initial, is_particle
from audit.deid.words import BLANK, WORD

Span = tuple[int, int]

_SHORT = 3
"""Letters of the titles that never are plain words (Dr, Mr, Mrs, Ms), of the credentials that bear full stops, and of
the least name that a weak label makes."""

_OFTEN_NO_PERSON = frozenset({"cc", "re", "signed", "called"})
"""Labels that as often stand before a complaint, a subject or a time."""


class EvidenceFinder:
    """Finds names that something beside them gives away."""

    def __init__(self, lexicon: Lexicon, odds: NameOdds) -> None:
        """Compile the patterns from the word lists."""
        self._odds = odds
        titles = any_of(lexicon.honorifics)
        printed = any_of(t.capitalize() for t in lexicon.honorifics)
        shouted = any_of(t.upper() for t in lexicon.honorifics)
        labels, kin = any_of(lexicon.name_labels), any_of(lexicon.kinship)
        self._titled = re.compile(
            rf"(?<![\w-])({printed}|(?i:{titles})(?=\.))\b\.?(?:[ \t]+|[ \t]*\r?\n[ \t]*|(?<=\.))"
            rf"(?:(?i:{titles})\b\.?[ \t]+)?({PERSON})"
        )
        self._spoken = re.compile(rf"(?<![\w-])(?:{titles})[ \t]+({PERSON})")
        self._shouted = re.compile(rf"(?<![\w-])(?:{shouted})[ \t]+({PERSON})")
        self._whispered = re.compile(rf"(?<![\w-])(?:{titles})\b\.?[ \t]+([a-z]{{3,}})\b")
        self._broken = re.compile(
            rf"(?im:^[ \t]*(?:patient|name|patient name|pt name|pt)[ \t]*:)[ \t]*({WORD})[ \t]*\r?\n[ \t]*"
            rf"((?:{PARTICLE}{BLANK}){{0,2}}{WORD})[ \t]*\r?$",
            re.MULTILINE,
        )
        firm = any_of(label for label in lexicon.name_labels if label not in _OFTEN_NO_PERSON)
        self._firm = re.compile(rf"(?<![\w-])(?i:{firm})[ \t.#]*[:|][ \t]*((?P<comma>{COMMA_FORM})|{PERSON})")
        self._loose = re.compile(
            rf"(?<![\w-])(?P<article>\b(?:the|this|a)[ \t]+)?"
            rf"(?i:(?P<label>{labels}))(?:\.?[ \t]*[:|=#-][ \t]*|[.,]?[ \t]+)(?:is[ \t]+)?"
            rf"(?P<who>{COMMA_FORM}|{PERSON})"
        )
        self._kin = re.compile(
            rf"(?<![\w-])(?i:{kin}),?[ \t]+(?:(?:is[ \t]+)?(?:named|called)[ \t]+|is[ \t]+)?\(?(?P<who>{PERSON})"
        )
        credentials = any_of(_with_dots(lexicon.credentials))
        posts = any_of(c for c in lexicon.credentials if c.isupper() and c.isalpha())
        self._posted = re.compile(rf"(?<![A-Za-z,.)-] )(?<![\w,-])(?:{posts})[ \t]+({PERSON})(?=[ \t]*[:,(\n])")
        self._credited = re.compile(rf"(?<![\w-])({PERSON}),?[ \t]+(?:{credentials})(?![\w-])")

    def spans(self, text: str) -> Iterator[Span]:
        """Yield the offsets of every name with evidence beside it; a title belongs to its name."""
        yield from self._by_title(text)
        yield from self._by_label(text)
        for match in self._kin.finditer(text):
            if span := self._trimmed(text, match.span("who"), firmly=False):
                yield span
        for match in self._posted.finditer(text):
            if span := self._trimmed(text, match.span(1), firmly=False):
                yield span
        for match in self._credited.finditer(text):
            if span := self._before_credentials(text, match.span(1)):
                yield span

    def _by_title(self, text: str) -> Iterator[Span]:
        for match in self._titled.finditer(text):
            title, broken = match.group(1), "\n" in text[match.end(1) : match.start(2)]
            if title == "ms" or (broken and not self._odds.is_plausible(bare(match.group(2).split()[0]))):
                continue  # milliseconds; or the title ends its line by chance
            certain = len(title) <= _SHORT
            if span := self._trimmed(text, match.span(2), firmly=True, certain=certain):
                yield match.start(), span[1]
        for match in self._shouted.finditer(text):
            span = self._trimmed(text, match.span(1), firmly=False)
            if span and text[slice(*span)].isupper():
                yield match.start(), span[1]
        for match in self._spoken.finditer(text):
            spoken = match.group()[:2] != "ms"
            if spoken and (span := self._trimmed(text, match.span(1), firmly=True, certain=True)):
                yield span
        for match in self._whispered.finditer(text):
            if self._odds.either(match.group(1)) > STRONG:
                yield match.span(1)

    def _by_label(self, text: str) -> Iterator[Span]:
        for match in self._broken.finditer(text):
            yield match.span(1)
            yield match.span(2)
        for match in self._firm.finditer(text):
            if match.group("comma"):
                yield match.span("comma")
            elif span := self._trimmed(text, match.span(1), firmly=True, certain=_ends_line(text, match.end())):
                yield span
        for match in self._loose.finditer(text):
            whole = " " in match.group("who") and not match.group("article")
            rare = whole or " " in match.group("label")
            if span := self._trimmed(text, match.span("who"), firmly=False, rare=rare):
                yield span

    def _trimmed(self, text: str, span: Span, *, firmly: bool, certain: bool = False, rare: bool = True) -> Span | None:
        """Return the part of a triggered run that can be a name: up to the first word that cannot.

        ``firmly``: the first word need not look like a name; ``certain``: it may even be a plain word ("Dr. Days").
        ``rare``: a word that no list holds may be a name.
        """
        kept = self._kept(text, span, certain=certain)
        if not kept:
            return None
        start, end = kept[0][0], kept[-1][1]
        if firmly:
            return start, end
        words = [text[a:b] for a, b in kept]
        likely = any(self._odds.is_plausible(w) if rare else self._odds.either(w) > STRONG for w in map(bare, words))
        doubtful = len(kept) == 1 and (end - start < _SHORT or (not rare and self._odds.is_clinical(words[0])))
        return None if doubtful or not likely else (start, end)

    def _kept(self, text: str, span: Span, *, certain: bool) -> list[Span]:
        """Return the offsets of the words up to the first that cannot belong to the name."""
        kept: list[Span] = []
        shouted = clear = False
        for match in PIECE.finditer(text, *span):
            word = bare(match.group())
            heading = bool(kept) and not shouted and word.isupper() and len(word) >= _SHORT
            excused = certain and not kept and not self._odds.is_no_surname(word)
            if not is_particle(word) and (heading or (self._odds.is_word(word, after_given=clear) and not excused)):
                break
            clear = self._odds.given(word) > LONE
            shouted = shouted or (word.isupper() and len(word) > 1)
            kept.append((match.start(), match.start() + len(word) + match.group().endswith(".")))
        return kept

    def _before_credentials(self, text: str, span: Span) -> Span | None:
        """Return the name before credentials: the longest tail of the run whose words can all be of a name."""
        pieces = list(PIECE.finditer(text, *span))
        first = len(pieces)
        while first and not self._odds.is_word(bare(pieces[first - 1].group())):
            first -= 1
        if len(pieces) > 1 and first == len(pieces) and is_initial(pieces[-2].group()):
            first -= 2  # an initial makes even a plain word a surname: "A. Means, NP"
        words = [bare(p.group()) for p in pieces[first:]]
        if not words or (len(words) == 1 and self._odds.either(words[0]) < STRONG):
            return None
        initialed = len(words) > 1 and is_initial(words[0])
        if not initialed and not any(self._odds.is_plausible(w) for w in words):
            return None
        return pieces[first].start(), pieces[-1].end()


def _ends_line(text: str, at: int) -> bool:
    return text[at : at + 2].strip(" \t\r")[:1] in ("", "\n")


def _with_dots(credentials: Iterable[str]) -> Iterator[str]:
    """Yield credentials as they stand and, the short ones, with full stops: MD, M.D."""
    for title in credentials:
        yield title
        if title.isalpha() and len(title) <= _SHORT:
            yield ".".join(title)
            yield ".".join(title) + "."
