"""Names by their form and the odds of the Census lists, without evidence beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from audit.deid.capitals import CapitalFinder
from audit.deid.lexicon import Lexicon
from audit.deid.naming import (
    DISEASE,
    EPONYM_NOUN,
    INITIAL,
    LONE,
    PARTICLE,
    PERSON_AFTER,
    SPEAKS,
    STRONG,
    SUBJECT_VERB,
    WEAK,
    NameOdds,
    bare,
    is_initial,
)
from audit.deid.words import WORD, begins_sentence

Span = tuple[int, int]
_Word = tuple[int, int, str]
_LONGEST, _ACRONYM = 4, 3
_HL7 = re.compile(r"\b[A-Z][A-Z'-]+\^[A-Z]+(?:\^[A-Z]*)*")
_PARTICULARS = re.compile(
    r"[ \t]*[,(|/;-]{1,2}[ \t]*(?:DOB|D\.O\.B|MRN|[Aa]ge|\d{1,3}[ -]?(?:y/?o|yrs?\b|year|[MF]\b)|"
    r"\d{1,4}[-/. ]\w|[A-Z][a-z]{2} \d)"
    r"|\s{1,4}(?:DOB|D\.O\.B|MRN)\b"
)
_LINE_END = re.compile(r"[ \t]*(?:\r?\n|$)")
_GREETED = re.compile(
    r"\b(?:hi|hey|hello|thanks|thank you|okay|bye|goodbye|good morning|good afternoon),?[ \t]+([a-z]{3,})\b"
)
_SURE = 2.5
"""Odds from which a lone given name is believed even at the beginning of a sentence."""
_RUN_PART = re.compile(rf"{INITIAL}|{WORD}")
_JOIN = re.compile(rf"[ \t]+(?:{PARTICLE}[ \t]+){{0,2}}|[ \t]*\r?\n[ \t]*")
_COMMA = re.compile(rf"(?<![\w-])({WORD}),[ \t]*({WORD})(?:[ \t]+({INITIAL}))?")
_INITIALED = re.compile(rf"(?<![\w.-])({INITIAL})(?:[ \t]*{INITIAL})?[ \t]+({WORD})")


class ListFinder:
    """Finds "LAST, FIRST M", "C. Last", a given name with what follows it, and lone given names."""

    def __init__(self, lexicon: Lexicon, odds: NameOdds) -> None:
        """Take the lists and the odds."""
        self._lexicon = lexicon
        self._odds = odds
        self._states = lexicon.state_names
        self._capitals = CapitalFinder(lexicon, odds)

    def spans(self, text: str) -> Iterator[Span]:
        """Yield the offsets of every name the lists show."""
        for match in _COMMA.finditer(text):
            last, first = bare(match.group(1)), bare(match.group(2))
            if self._is_last_first(last, first) or self._is_unlisted_pair(text, match, last, first):
                yield match.span()
        for match in _INITIALED.finditer(text):
            word = bare(match.group(2))
            eponym = self._odds.is_clinical(word) or EPONYM_NOUN.match(text, match.end())
            if self._odds.family(word) > STRONG and not eponym:
                yield match.span()
        for match in _HL7.finditer(text):
            yield match.span()
        for match in _GREETED.finditer(text):
            if self._odds.given(match.group(1)) > LONE:
                yield match.span(1)
        runs = list(_runs(text))
        yield from self._capitals.in_runs(text, runs)
        for run in runs:
            yield from self._in_run(text, run)
            if span := self._unlisted(text, run):
                yield span

    def _unlisted(self, text: str, run: Sequence[_Word]) -> Span | None:
        """Return the name at the end of a run that no list need hold, where what follows speaks of a person."""
        end = _end(run[-1])
        if not PERSON_AFTER.match(text, end):
            return None
        first = len(run)
        while first and len(run) - first < _LONGEST and self._may_be_name(run[first - 1][2]):
            first -= 1
        words = [bare(word) for _, _, word in run[first:]]
        if len(words) > 1 and any(self._odds.is_rare(w) or self._odds.either(w) > STRONG for w in words):
            return run[first][0], end
        alone = len(words) == 1 and len(words[0]) > _ACRONYM and not words[0].isupper() and SPEAKS.match(text, end)
        return (run[first][0], end) if alone and self._odds.is_plausible(words[0]) else None

    def _may_be_name(self, printed: str) -> bool:
        word = bare(printed)
        if is_initial(word):
            return True
        shouted = word.isupper() and len(word) <= _ACRONYM
        return not shouted and (self._odds.is_uncommon(word) or self._odds.either(word) > STRONG)

    def _is_unlisted_pair(self, text: str, match: re.Match[str], last: str, first: str) -> bool:
        """Return whether "LAST, FIRST", of which the lists hold a part at most, is a person by its place."""
        if self._odds.is_clinical(first) or self._odds.is_word(first):
            return False
        may_be = [self._odds.is_plausible(w) or self._odds.is_uncommon(w) for w in (last, first)]
        if all(may_be) and _PARTICULARS.match(text, match.end()):
            return True
        if not (self._odds.is_plausible(last) and self._odds.is_plausible(first)):
            return False
        begins = not text[text.rfind("\n", 0, match.start()) + 1 : match.start()].strip()
        listed = max(self._odds.either(last), self._odds.either(first)) > STRONG
        return listed and begins and bool(_LINE_END.match(text, match.end()))

    def _is_last_first(self, last: str, first: str) -> bool:
        if last.isupper() != first.isupper() or self._odds.given(first) <= LONE:
            return False
        if last.lower() in self._states:
            return False
        if last.lower() in self._lexicon.cities and first.lower() in self._lexicon.cities:
            return False
        unknown = self._odds.is_rare(last) and not self._odds.is_clinical(last)
        return unknown or self._odds.family(last) > WEAK

    def _in_run(self, text: str, run: Sequence[_Word]) -> Iterator[Span]:
        at = 0
        while at < len(run):
            taken = self._taken(text, run, at)
            if taken:
                yield run[at][0], _end(run[at + taken - 1])
            at += max(taken, 1)

    def _taken(self, text: str, run: Sequence[_Word], at: int) -> int:
        """Return how many words from ``at`` on are one name; 0 for none."""
        word = bare(run[at][2])
        given = self._odds.given(word)
        if given <= STRONG or word.lower() in self._lexicon.not_names:
            return 0
        count = 1
        while at + count < len(run) and count < _LONGEST and self._continues(run[at + count][2], word):
            if self._is_next_line(text, run[at + count - 1], run[at + count]):
                break
            count += 1
        if count > 1:
            start, end = run[at][0], _end(run[at + count - 1])
            country = text[start:end].lower() in self._lexicon.countries
            return 0 if country or DISEASE.match(text, end) else count
        return 1 if len(run) == 1 and self._is_alone(text, run[at], given) else 0

    def _is_next_line(self, text: str, last: _Word, following: _Word) -> bool:
        """Return whether a line ends between two words and the second more likely begins the next one's matter."""
        word = bare(following[2])
        broken = "\n" in text[last[1] : following[0]]
        return broken and (self._odds.is_clinical(word) or self._odds.either(word) <= STRONG)

    def _continues(self, word: str, first: str) -> bool:
        """Return whether ``word`` may be a middle name, initial or surname after the given name ``first``."""
        if is_initial(word):
            return True
        name = bare(word)
        if name.isupper() != first.isupper() or self._odds.is_word(name, after_given=self._odds.given(first) > LONE):
            return False
        return self._odds.family(name) > WEAK or self._odds.given(name) > STRONG or self._odds.is_rare(name)

    def _is_alone(self, text: str, word: _Word, given: float) -> bool:
        """Return whether a lone given name is a person: no eponym, no city, no shouted heading."""
        start, end, printed = word
        low = bare(printed).lower()
        if given < LONE or low in self._lexicon.eponyms or low in self._lexicon.cities or bare(printed).isupper():
            return False
        if EPONYM_NOUN.match(text, _end(word)) or low in self._states:
            return False
        return given > _SURE or not begins_sentence(text, start) or bool(SUBJECT_VERB.match(text, end))


def _runs(text: str) -> Iterator[list[_Word]]:
    """Yield the runs of capitalised words joined by blanks, particles or one line break."""
    run: list[_Word] = []
    for match in _RUN_PART.finditer(text):
        if run and not _JOIN.fullmatch(text, run[-1][1], match.start()):
            yield run
            run = []
        run.append((match.start(), match.end(), match.group()))
    if run:
        yield run


def _end(word: _Word) -> int:
    """Return where a word ends without its possessive; an initial keeps its full stop."""
    start, end, printed = word
    return end if is_initial(printed) else start + len(bare(printed))
