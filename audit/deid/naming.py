"""What a person's name looks like, and the odds that a word is one."""

from __future__ import annotations

import re
from functools import lru_cache

from audit.deid.lexicon import Lexicon
from audit.deid.words import BLANK, UPPER, WORD

PARTICLE = (
    r"(?:de|la|las|los|del|della|di|da|das|dos|do|van|von|der|den|ter|bin|ibn|al|el|le|du|y|[Ss]t\.?|San|Santa|De|La)"
)
INITIAL = rf"(?:(?:[{UPPER}]\.){{2,3}}|[{UPPER}]\.?)(?![\w'\u2019-])"
_PART = rf"(?:{INITIAL}|(?:[Aa]l-|[Ee]l-|[Bb]en-)?{WORD})"
PERSON = rf"(?:{PARTICLE}{BLANK}){{0,2}}{_PART}(?:{BLANK}(?:{PARTICLE}{BLANK}){{0,2}}{_PART}){{0,3}}"
COMMA_FORM = (
    rf"(?:(?i:{PARTICLE}|mac){BLANK}){{0,2}}{WORD}(?:{BLANK}(?:Jr|Sr|II|III)\.?)?,[ \t]*{WORD}"
    rf"(?:[ \t]+{INITIAL})?"
)
PIECE = re.compile(rf"{INITIAL}|(?:[Aa]l-|[Ee]l-|[Bb]en-)?{WORD}|{PARTICLE}\b")
TOKEN = re.compile(WORD)
SUBJECT_VERB = re.compile(
    r"\s+(?:is|was|has|had|states|stated|reports|reported|denies|denied|says|said|notes|noted|presents|presented|"
    r"complains|returns|returned|comes|came|underwent|will|would|does|did|also|continues|admits|endorses|feels|felt|"
    r"describes|described|tells|told|and (?:his|her|their|I)|who|can|takes|lives|works|mentions|mentioned)\b"
)
EPONYM_NOUN = re.compile(
    r"(?:['\u2019]s?)?[ -](?:disease|syndrome|sign|test|score|scale|criteria|fracture|catheter|lymphoma|sarcoma|"
    r"tumou?r|palsy|phenomenon|maneuver|procedure|operation|classification|index|reflex|law|triad|retractor|"
    r"forceps|clamp|"
    r"esophagus|thyroiditis|contracture|dementia|bodies|cyst|nodes?|ulcer|duct|point|hernia|tear|lesion|angle|"
    r"position|stain|technique|protocol|monitor|bag|drain|block|murmur|wave|method|tube|needle|screw|plate|"
    r"osteotomy|repair|risk|coma|"
    r"anemia|deformity|spot|line|body|ring|sphincter|view|exercises?|grade|grading|stage|staging|scan|ultrasound)\b"
)
DISEASE = re.compile(
    r"(?:['\u2019]s?)?[ -]"
    r"(?:disease|syndrome|sign|murmur|phenomenon|maneuver|lymphoma|sarcoma|palsy|classification|triad)\b"
)

PERSON_AFTER = re.compile(
    r"\s+(?:also[ \t]+)?(?:states|stated|reports|reported|denies|denied|endorses|endorsed|complains|says|said|presents|"
    r"returns|comes|came|agrees|agreed|tolerated|c/o|wants|wanted|lives|works|resting|thinks|believes|verbali[sz]e[sd]|"
    r"ambulated|refuses|refused|declines|declined|requests|requested|called|asks|asked|"
    r"is an?\b|is \d|is here|is seen|was seen|has been seen|is being seen)\b"
    r"|[ \t]*[,(|]{1,2}[ \t]*(?:DOB|D\.O\.B|MRN|[Aa]ge|a \d|\d{1,3}[ -]?(?:y/?o|yrs?\b|year|[MF]\b))"
)
"""What follows the full name of a person who is spoken of: a verb only persons do, or the particulars."""
SPEAKS = re.compile(
    r"\s+(?:also[ \t]+)?(?:states|stated|denies|denied|endorses|endorsed|complains|says|said|agrees|agreed|c/o|"
    r"wants|thinks|declines|declined|refuses|refused|ambulated|at bedside)\b"
)
STRONG, WEAK = 0.3, -0.8
"""log10 of name against word: surely a name beside other evidence; surely a word unless evidence says otherwise."""
LONE = 1.0
"""From which a given name is believed without evidence beside it."""
COMMON = 3e-6
"""Share of running English from which on a word is a word first."""
_RARE, _UNCOMMON = 1e-6, 1e-5
_SHORTEST_UNKNOWN = 4
_NEVER = -9.0
_REMEMBERED = 50_000
"""Words whose judgement is kept."""
_POSSESSIVE = re.compile(r"['\u2019]s$")
_NO_NAME_ENDINGS = (
    *("ology", "ologist", "iatry", "iatrist", "ics", "itis", "osis"),
    *("emia", "ectomy", "scopy", "graphy", "therapy", "ician", "tion"),
)
_MIXED = re.compile(r"^(?!Mc|Mac|De|Di|Du|La|Le|Fitz|Van|Von|St)\w*[a-z][A-Z]")
"""A capital inside a word where no surname has one (IgM, but not McKay, DeLuca, LaRue)."""
_CAPITAL_PARTICLES = frozenset({"St", "San", "Santa", "De", "La", "Van", "Von"})


@lru_cache(_REMEMBERED)
def bare(word: str) -> str:
    """Return a word without its possessive and full stop."""
    return _POSSESSIVE.sub("", word).rstrip("'\u2019.") or word


def is_particle(word: str) -> bool:
    """Return whether a piece of a name is no name by itself: de, van, St."""
    return word[:1].islower() or word in _CAPITAL_PARTICLES


def is_initial(word: str) -> bool:
    """Return whether a piece is one letter, with or without its full stop, or letters with full stops: J.R."""
    return len(word.rstrip(".")) == 1 or (word[1:2] == "." and not word[1:].replace(".", "").islower())


class NameOdds:
    """How likely a capitalised word is part of a name."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Take the lists and statistics."""
        self._lexicon = lexicon
        self._credentials = frozenset(c.upper() for c in lexicon.credentials)
        # Notes say the same words over and over: what was judged once is remembered.
        self.given = lru_cache(_REMEMBERED)(self._given)
        self.family = lru_cache(_REMEMBERED)(self._family)
        self.is_word = lru_cache(_REMEMBERED)(self._is_word)
        self.is_uncommon = lru_cache(_REMEMBERED)(self._is_uncommon)

    def _given(self, word: str) -> float:
        """Return the odds of a given name; of a double name those of its worse half (X-ray)."""
        return min((self._lexicon.given_odds(part) for part in word.split("-")), default=_NEVER)

    def _family(self, word: str) -> float:
        """Return the odds of a family name, whole or in parts (O'Rourke, Smith-Jones)."""
        if any(len(part) == 1 for part in word.split("-")) and "-" in word:
            return _NEVER
        parts = [p for p in re.split(r"[-'\u2019]", word) if p]
        joined = word.replace("'", "").replace("\u2019", "")
        return max(self._lexicon.family_odds(p) for p in (*parts, joined))

    def either(self, word: str) -> float:
        """Return the better of both."""
        return max(self.given(word), self.family(word))

    def is_rare(self, word: str) -> bool:
        """Return whether English hardly knows the word, so that it may be a name no list holds."""
        low = word.lower()
        return self._lexicon.words.get(low, 0.0) < _RARE and not low.endswith(_NO_NAME_ENDINGS)

    def _is_uncommon(self, word: str) -> bool:
        """Return whether English seldom uses the word, medicine has none of it and it does not look like a term."""
        low = word.lower()
        seldom = self._lexicon.words.get(low, 0.0) < _UNCOMMON and not low.endswith(_NO_NAME_ENDINGS)
        return seldom and not self.is_clinical(word) and not _MIXED.search(word)

    def is_clinical(self, word: str) -> bool:
        """Return whether medicine or the language of notes uses the word: an eponym, or on the list of words."""
        low = word.lower()
        return low in self._lexicon.eponyms or low in self._lexicon.not_names

    def is_no_surname(self, word: str) -> bool:
        """Return whether the word is on the list of words of notes and nobody bears it ("MS Contin")."""
        return word.lower() in self._lexicon.not_names and self.family(word) <= _NEVER

    def is_plausible(self, word: str) -> bool:
        """Return whether the word may be a name where evidence stands beside it."""
        unknown = len(word) >= _SHORTEST_UNKNOWN and self.is_rare(word) and not self.is_clinical(word)
        return unknown or self.either(word) > STRONG

    def _is_word(self, word: str, *, after_given: bool = False) -> bool:
        """Return whether a capitalised word is a word of English or medicine rather than of a name.

        ``after_given``: a clear given name stands before it, so any surname of the Census may follow ("Gloria House").
        """
        low = word.lower()
        if is_initial(word):
            return False
        if (
            _MIXED.search(word)
            or low.endswith(_NO_NAME_ENDINGS)
            or word.upper() in self._credentials
            or any(c.isdigit() for c in word)
        ):
            return True
        if after_given and self.family(word) > WEAK:
            return False
        best = self.either(word)
        listed = low in self._lexicon.not_names and best < STRONG
        return listed or (best < WEAK and self._lexicon.words.get(low, 0.0) > COMMON)
