"""Names of persons: by what stands before or after them, and by the odds of the Census lists against plain English.

Evidence, strongest first: a title, a label ("Attending:"), a kinship word or credentials beside it; a given name with a
surname or initial after it; a lone given name in the middle of a sentence. A name found by any of these is looked for
again in the whole text (``Propagation``). Eponyms yield only to evidence beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from audit.deid.identifiers import Identifier, IdentifierType
from audit.deid.lexicon import Lexicon
from audit.deid.words import BLANK, UPPER, WORD, begins_sentence

_PARTICLE = r"(?:de|la|las|los|del|della|di|da|das|dos|do|van|von|der|den|ter|bin|ibn|al|el|le|du|y|[Ss]t\.?|San|Santa)"
_INITIAL = rf"[{UPPER}]\.?(?![\w'\u2019-])"
_PART = rf"(?:{_INITIAL}|{WORD})"
PERSON = rf"(?:{_PARTICLE}{BLANK}){{0,2}}{_PART}(?:{BLANK}(?:{_PARTICLE}{BLANK}){{0,2}}{_PART}){{0,3}}"
_TOKEN = re.compile(WORD)
_POSSESSIVE = re.compile(r"['\u2019]s$")
_SUBJECT_VERB = re.compile(
    r"\s+(?:is|was|has|had|states|stated|reports|reported|denies|denied|says|said|notes|noted|presents|presented|"
    r"complains|returns|returned|comes|came|underwent|will|would|does|did|also|continues|admits|endorses|feels|felt|"
    r"describes|described|tells|told|and (?:his|her|their|I)|who|can|takes|lives|works|mentions|mentioned)\b"
)
_EPONYM_NOUN = re.compile(
    r"(?:['\u2019]s?)?[ -](?:disease|syndrome|sign|test|score|scale|criteria|fracture|catheter|lymphoma|sarcoma|tumou?r|"
    r"palsy|phenomenon|maneuver|procedure|operation|classification|index|reflex|law|triad|retractor|forceps|clamp|"
    r"esophagus|thyroiditis|contracture|dementia|bodies|cyst|nodes?|ulcer|duct|point|hernia|tear|lesion|angle|"
    r"position|stain|monitor|bag|drain|block|murmur|wave|method|tube|needle|screw|plate|osteotomy|repair|risk|coma|"
    r"anemia|deformity|spot|line|body|ring|sphincter|view|exercises?|grade|grading|stage|staging|scan|ultrasound)\b"
)
_STRONG, _WEAK = 0.3, -0.8
_LONE = 1.0
_TITLE = 3
"""Letters of the titles that never are plain words: Dr, Mr, Mrs, Ms."""
_CAPITAL_PARTICLES = frozenset({"St", "San", "Santa", "De", "La", "Van", "Von"})
_COMMON = 3e-6
"""Share of running English from which on a word is a word first."""
_NO_NAME_ENDINGS = (
    "ology",
    "ologist",
    "iatry",
    "iatrist",
    "ics",
    "itis",
    "osis",
    "emia",
    "ectomy",
    "scopy",
    "graphy",
    "therapy",
    "ician",
    "tion",
)


@dataclass(frozen=True, slots=True)
class _Run:
    """Words beside each other that may be one name, with their offsets."""

    parts: tuple[tuple[int, int, str], ...]


class NameFinder:
    """Finds the names of persons."""

    types = (IdentifierType.NAME,)

    def __init__(self, lexicon: Lexicon) -> None:
        """Compile the patterns from the word lists."""
        self._lexicon = lexicon
        self._credentials = frozenset(c.upper() for c in lexicon.credentials)
        titles = _any_of(lexicon.honorifics)
        written = _any_of(t.capitalize() for t in lexicon.honorifics)
        labels = _any_of(lexicon.name_labels)
        kin = _any_of(lexicon.kinship)
        credentials = _any_of(lexicon.credentials, dotted=True)
        self._titled = re.compile(
            rf"(?<![\w-])({written}|(?i:{titles})(?=\.))\b\.?(?:[ \t]+|[ \t]*\r?\n[ \t]*|(?<=\.))(?:(?i:{titles})\b\.?[ \t]+)?({PERSON})"
        )
        self._titled_high = re.compile(rf"(?<![\w-])(?:{titles.upper()})[ \t]+({PERSON})")
        self._titled_low = re.compile(rf"(?<![\w-])(?:{titles})\b\.?[ \t]+([a-z]{{3,}})\b")
        self._labelled = re.compile(
            rf"(?<![\w-])(?i:{labels})(?:[ \t]*[:|=#-][ \t]*|[ \t]+|,[ \t]+)(?:is[ \t]+)?(?P<who>{_comma_form()}|{PERSON})"
        )
        self._firmly = re.compile(rf"(?<![\w-])(?i:{labels})[ \t]*[:|][ \t]*((?P<comma>{_comma_form()})|{PERSON})")
        self._kin = re.compile(
            rf"(?<![\w-])(?i:{kin}),?[ \t]+(?:(?:is[ \t]+)?(?:named|called)[ \t]+|is[ \t]+)?\(?(?P<who>{PERSON})"
        )
        self._credited = re.compile(rf"(?<![\w-])({PERSON}),?[ \t]+(?:{credentials})(?![\w-])")
        self._comma = re.compile(rf"(?<![\w-])({WORD}),[ \t]*({WORD})(?:[ \t]+({_INITIAL}))?")
        self._initialed = re.compile(rf"(?<![\w.-])({_INITIAL})(?:[ \t]*{_INITIAL})?[ \t]+({WORD})")

    def find(self, text: str) -> Iterator[Identifier]:
        """Yield every name of ``text``; spans may overlap."""
        for start, end in self.spans(text):
            yield Identifier(start, end, IdentifierType.NAME)

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the offsets of every name that evidence beside it or the lists show."""
        yield from self._beside(text)
        yield from self._forms(text)
        yield from self._listed(text)

    def _beside(self, text: str) -> Iterator[tuple[int, int]]:
        for match in self._titled.finditer(text):
            short = len(match.group(1)) <= _TITLE
            if span := self._trimmed(text, match.span(2), firmly=True, certain=short):
                yield match.start(), span[1]
        for match in self._titled_high.finditer(text):
            if match.group(1).isupper() and self._plausible(_bare(match.group(1).split()[0])):
                yield match.span(1)
        for match in self._titled_low.finditer(text):
            if max(self._odds(match.group(1))) > _STRONG:
                yield match.span(1)
        for match in self._firmly.finditer(text):
            if match.group("comma"):
                yield match.span("comma")
            elif span := self._trimmed(text, match.span(1), firmly=True):
                yield span
        for pattern in (self._labelled, self._kin):
            for match in pattern.finditer(text):
                phrase = match.group()[: match.start("who") - match.start()].strip()
                rare = pattern is self._kin or " " in phrase
                if span := self._trimmed(text, match.span("who"), firmly=False, rare=rare):
                    yield span
        for match in self._credited.finditer(text):
            if span := self._credited_name(text, match.span(1)):
                yield span

    def _forms(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield "LAST, FIRST M" and "C. Last" where the lists agree."""
        odds = self._lexicon
        for match in self._comma.finditer(text):
            last, first = match.group(1), match.group(2)
            surname = odds.family_odds(_bare(last)) > _WEAK or self._rare(_bare(last))
            if surname and odds.given_odds(_bare(first)) > _LONE and not self._place(last, first):
                yield match.span()
        for match in self._initialed.finditer(text):
            word = _bare(match.group(2))
            if (
                odds.family_odds(word) > _STRONG
                and not self._known_word(word)
                and not _EPONYM_NOUN.match(text, match.end())
            ):
                yield match.span()

    def _listed(self, text: str) -> Iterator[tuple[int, int]]:
        for run in _runs(text):
            yield from self._in_run(text, run)

    def _in_run(self, text: str, run: _Run) -> Iterator[tuple[int, int]]:
        parts = run.parts
        at = 0
        while at < len(parts):
            taken = self._taken(text, parts, at)
            if taken:
                yield parts[at][0], _end(parts[at + taken - 1])
            at += max(taken, 1)

    def _taken(self, text: str, parts: Sequence[tuple[int, int, str]], at: int) -> int:
        """Return how many words from ``at`` on are one name; 0 for none."""
        word = _bare(parts[at][2])
        given = self._given(word)
        if given <= _STRONG or word.lower() in self._lexicon.not_names:
            return 0
        count = 1
        while at + count < len(parts) and count < 4 and self._continues(parts[at + count][2], parts[at][2]):
            count += 1
        if count > 1:
            return count
        return 1 if self._alone(text, parts, at, given) else 0

    def _continues(self, word: str, first: str) -> bool:
        """Return whether ``word`` may be a middle name, initial or surname after a given name."""
        if len(word.rstrip(".")) == 1:
            return True
        bare = _bare(word)
        if bare.isupper() != first.isupper() or self._non_name(bare, after_given=self._given(_bare(first)) > _LONE):
            return False
        return self._lexicon.family_odds(bare) > _WEAK or self._given(bare) > _STRONG or self._rare(bare)

    def _alone(self, text: str, parts: Sequence[tuple[int, int, str]], at: int, given: float) -> bool:
        """Return whether a lone given name is a person: no eponym, no city, no shouted heading."""
        start, end, word = parts[at]
        bare = _bare(word).lower()
        if given < _LONE or bare in self._lexicon.eponyms or bare in self._lexicon.cities or word.isupper():
            return False
        if len(parts) > 1 or _EPONYM_NOUN.match(text, _end(parts[at])):
            return False
        return not begins_sentence(text, start) or bool(_SUBJECT_VERB.match(text, end)) or given > _LONE + 1.5

    def _trimmed(
        self, text: str, span: tuple[int, int], *, firmly: bool, certain: bool = False, rare: bool = True
    ) -> tuple[int, int] | None:
        """Return the part of a triggered run that can be a name: up to the first word that cannot.

        ``firmly``: the first word need not look like a name; ``certain``: it may even be a plain word ("Dr. Days").
        ``rare``: a word no list holds may be a name.
        """
        start, end = span
        kept: list[tuple[int, int]] = []
        likely = shouted = clear = False
        for match in _PIECE.finditer(text, start, end):
            word = _bare(match.group())
            if not _particle(word) and (
                (self._non_name(word, after_given=clear) and not (certain and not kept))
                or (kept and word.isupper() and len(word) > 2 and not shouted)
            ):
                break
            clear = self._given(word) > _LONE
            shouted = shouted or (word.isupper() and len(word) > 1)
            likely = likely or (self._plausible(word) if rare else max(self._odds(word)) > _STRONG)
            kept.append((match.start(), match.start() + len(word) + (match.group().endswith("."))))
        if not (firmly or rare) and len(kept) == 1 and self._known_word(text[slice(*kept[0])]):
            return None
        if not kept or not (likely or firmly) or (len(kept) == 1 and not firmly and kept[0][1] - kept[0][0] < 3):
            return None
        return kept[0][0], kept[-1][1]

    def _credited_name(self, text: str, span: tuple[int, int]) -> tuple[int, int] | None:
        """Return the name before credentials: the longest tail of the run whose words can all be names."""
        pieces = list(_PIECE.finditer(text, *span))
        first = len(pieces)
        while first and not self._non_name(_bare(pieces[first - 1].group())):
            first -= 1
        if len(pieces) > 1 and first == len(pieces) and len(pieces[-2].group().rstrip(".")) == 1:
            first = len(pieces) - 2  # an initial makes even a plain word a surname: "A. Means, NP"
        words = [_bare(p.group()) for p in pieces[first:]]
        initialed = len(words) > 1 and len(words[0].rstrip(".")) == 1
        if (
            not words
            or not (initialed or any(self._plausible(w) for w in words))
            or (len(words) == 1 and max(self._odds(words[0])) < _STRONG)
        ):
            return None
        return pieces[first].start(), pieces[-1].end()

    def _plausible(self, word: str) -> bool:
        return max(self._odds(word)) > _STRONG or (len(word) > 3 and self._rare(word) and not self._known_word(word))

    def _non_name(self, word: str, *, after_given: bool = False) -> bool:
        """Return whether a capitalised word is a word of English or medicine rather than of a name.

        ``after_given``: a clear given name stands before it, so that any surname of the Census may follow ("Gloria House").
        """
        lowered = word.lower()
        if len(word.rstrip(".")) == 1:
            return False
        if lowered.endswith(_NO_NAME_ENDINGS) or word.upper() in self._credentials or any(c.isdigit() for c in word):
            return True
        given, family = self._odds(word)
        if after_given and family > _WEAK:
            return False
        if lowered in self._lexicon.not_names and max(given, family) < _STRONG:
            return True
        return max(given, family) < _WEAK and self._lexicon.words.get(lowered, 0.0) > _COMMON

    def _rare(self, word: str) -> bool:
        return self._lexicon.words.get(word.lower(), 0.0) < _COMMON / 3 and not word.lower().endswith(_NO_NAME_ENDINGS)

    def _known_word(self, word: str) -> bool:
        lowered = word.lower()
        return lowered in self._lexicon.eponyms or lowered in self._lexicon.not_names

    def _place(self, last: str, first: str) -> bool:
        return last.lower() in self._lexicon.cities and first.lower() in self._lexicon.cities

    def _given(self, word: str) -> float:
        return max((self._lexicon.given_odds(part) for part in word.split("-")), default=-9.0)

    def _odds(self, word: str) -> tuple[float, float]:
        parts = [p for p in re.split(r"[-'\u2019]", word) if p] or [word]
        family = max(self._lexicon.family_odds(p) for p in (*parts, word.replace("'", "").replace("\u2019", "")))
        return self._given(word), family


class Propagation:
    """Looks for the parts of names found in one text again in all of it."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Take the lists: a part that is a common word is followed only in the middle of a sentence."""
        self._lexicon = lexicon

    def parts(self, names: Iterable[str]) -> dict[str, bool]:
        """Return the parts of ``names`` worth following (lower case) → whether it is a plain word as well."""
        found: dict[str, bool] = {}
        for name in names:
            for word in _TOKEN.findall(name):
                bare = _bare(word).lower()
                if len(bare) > 2 and bare not in self._lexicon.honorific_set:
                    found[bare] = max(self._lexicon.given_odds(bare), self._lexicon.family_odds(bare)) < _LONE
        return found

    def spans(self, text: str, parts: dict[str, bool]) -> Iterator[tuple[int, int]]:
        """Yield the offsets of every capitalised word that is one of ``parts``."""
        if not parts:
            return
        for match in _TOKEN.finditer(text):
            bare = _bare(match.group())
            ambiguous = parts.get(bare.lower())
            if ambiguous is None or self._eponym(text, match, bare):
                continue
            if not ambiguous or not (begins_sentence(text, match.start()) or bare.isupper()):
                yield match.start(), match.start() + len(bare)

    def _eponym(self, text: str, match: re.Match[str], bare: str) -> bool:
        if bare.lower() not in self._lexicon.eponyms:
            return bool(_EPONYM_NOUN.match(text, match.start() + len(bare)))
        return bool(_EPONYM_NOUN.match(text, match.start() + len(bare))) or not _SUBJECT_VERB.match(text, match.end())


_PIECE = re.compile(rf"{_INITIAL}|{WORD}|{_PARTICLE}\b")
_RUN_PART = re.compile(rf"{_INITIAL}|{WORD}")
_JOIN = re.compile(rf"[ \t]+(?:{_PARTICLE}[ \t]+){{0,2}}|[ \t]*\r?\n[ \t]*")


def _runs(text: str) -> Iterator[_Run]:
    """Yield the runs of capitalised words joined by one blank, particles or one line break."""
    parts: list[tuple[int, int, str]] = []
    for match in _RUN_PART.finditer(text):
        if parts and not _JOIN.fullmatch(text, parts[-1][1], match.start()):
            yield _Run(tuple(parts))
            parts = []
        parts.append((match.start(), match.end(), match.group()))
    if parts:
        yield _Run(tuple(parts))


def _end(part: tuple[int, int, str]) -> int:
    """Return where a word ends without its possessive."""
    return part[0] + len(_POSSESSIVE.sub("", part[2]))


def _bare(word: str) -> str:
    return _POSSESSIVE.sub("", word).rstrip("'\u2019.") or word


def _particle(word: str) -> bool:
    return word[:1].islower() or word in _CAPITAL_PARTICLES


def _comma_form() -> str:
    return rf"{WORD},[ \t]*{WORD}(?:[ \t]+{_INITIAL})?"


def _any_of(phrases: Iterable[str], *, dotted: bool = False) -> str:
    ordered = sorted(set(phrases), key=len, reverse=True)
    escaped = [re.escape(p).replace(r"\ ", r"[ \t]+") for p in ordered]
    if dotted:
        escaped += [r"\.".join(re.escape(c) for c in p) + r"\.?" for p in ordered if p.isalpha() and len(p) <= 3]
    return "|".join(escaped)
