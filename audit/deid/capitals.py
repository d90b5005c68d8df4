"""Names that no list holds: capitalised words amid a sentence that neither English nor medicine knows.

English writes few words with a capital inside a sentence: names, and the words of trades. What the lists of medicine,
of products and of the classification do not hold, and running English hardly ever says, is taken for a name there.
A heading or a list of capitalised words is no sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache

from audit.deid.lexicon import Lexicon
from audit.deid.naming import COMMON, EPONYM_NOUN, LONE, STRONG, NameOdds, bare, is_initial
from audit.deid.words import UPPER, begins_sentence

Span = tuple[int, int]
RunWord = tuple[int, int, str]

_SHAPE = re.compile(
    rf"[{UPPER}][^\W\d_A-Z]{{2,}}(?:[A-Z][^\W\d_A-Z]{{2,}})?(?:['\u2019-][^\W\d_]{{2,}}){{0,2}}"
    rf"|[DO]['\u2019][{UPPER}][^\W\d_]+"
)
"""A capital and small letters, perhaps double (LaToya) or hyphenated; no X-ray, no UTIs, no LFTs."""
_INFLECTED = re.compile(r"(?:e?s|e?d|ing)$")
_LOWER = re.compile(r"(?<![\w'\u2019-])[a-z]{2,}(?![\w-])")
_NEAR_LOWER = 2
"""Words in lower case that a line must hold beside a capitalised one to be a sentence."""
_DRUG = re.compile(
    r"(?:mab|nib|pril|sartan|statin|olol|azole|cillin|mycin|floxacin|vir|parin|gliptin|gliflozin|glutide|triptan|setron|"
    r"prazole|dipine|azepam|barbital|caine|"
    r"cycline|thiazide|semide|tidine|oxetine|triptyline|zepine|zine|amide|idone|"
    r"profen|coxib|sone|solone|terol|phylline|mide|ase|gen|tox|vax|ium|pathy|plasty|stomy|tomy|gram|scope|meter|oid|uria|"
    r"algia|plegia|trophy|genic|metry|lysis|penia|cyte|oma|omas|ular|eal|ous|ally|ness|ment|ated|ized|ing)$"
)
_PREFIX = re.compile(
    r"(?:poly|hydro|anti|post|hyper|hypo|micro|immuno|cardio|neuro|gastro|electro|hemo|osteo|pneumo|thrombo|cyto|lympho|"
    r"broncho|endo|supra|intra|inter|retro|ultra|chemo|radio|psycho|physio|under|over|hepato|nephro|dermato|cryo|laparo)"
)
_DOSE = re.compile(
    r"(?:['\u2019]s)?[ \t]*(?:\(\w+\)[ \t]*)?(?:\d|x\d|daily|BID|TID|QID|QHS|PRN|po\b|PO\b|IV\b|"
    r"tab|cap|cream|gel|drops|"
    r"inhaler|patch|therapy|treatment|injection|infusion|vaccine|pump|implant|stent|valve|suture|dressing|device|"
    r"graft|"
    r"solution|ointment|cell|cells|antigen|antibod|virus|strain|species|agar|staining|stain)"
)
_ACTS = re.compile(
    r"(?:['\u2019]s)?[ \t]+(?:(?:also|then|now|still|has|had|will|is now)[ \t]+)?(?:"
    r"answered|moved|lives?|lived|works?|worked|drove|came|"
    r"comes|went|goes|said|says|told|tells|thinks|thought|felt|feels|wants|wanted|likes|brought|called|calls|asked|asks|"
    r"agree[sd]?|refused|declined|attended|arrived|returned|returns|walked|ate|slept|fell|turned|resting|sleeping|"
    r"family|mother|father|wife|husband|daughter|son|brother|sister|present|aware|who|and (?:his|her|I)|at bedside|"
    r"verbali[sz]ed|stated|states|reports|reported|denies|denied|endorses|understands|understood|remembers|knows|knew|"
    r"helped|helps|stays|stayed|takes|took|smokes|quit|drinks|plans|has been|speaks|spoke|joined|left|needs)\b"
)
"""What only a person does, so that a capital at the beginning of a sentence is a name's."""
_TAKEN = re.compile(
    r"\b(?:taking|takes|took|prescri\w+|start(?:ed|ing)?(?:[ \t]+on)?|continu\w+|"
    r"refill\w*|tried|using|uses?|dose of|mg of|"
    r"held|hold|stopp?(?:ed|ing)?|increas\w+|decreas\w+|tab(?:let)?s? of|allergic to|allergy to|intolerant to|sutures?|"
    r"plus|added|adding|add)[ \t]+(?:her[ \t]+|his[ \t]+|the[ \t]+)?$"
)
_BEFORE = 32
_REMEMBERED = 50_000
"""Words whose judgement is kept."""
_DASHED, _DASHES = 3, frozenset("-\u2013\u2014")


class CapitalFinder:
    """Finds unknown names by their capital."""

    def __init__(self, lexicon: Lexicon, odds: NameOdds) -> None:
        """Take what is known to be no name."""
        self._odds = odds
        self._lexicon = lexicon
        self._is_foreign = lru_cache(_REMEMBERED)(self._judge)
        self._known = (
            *(lexicon.terms, lexicon.products, lexicon.vocabulary, lexicon.departments, lexicon.countries),
            *(lexicon.state_names, lexicon.facility_generic),
        )

    def in_runs(self, text: str, runs: Sequence[Sequence[RunWord]]) -> Iterator[Span]:
        """Yield the offsets of the unknown names in the runs of capitalised words of ``text``."""
        said = _Said(text)
        for run in runs:
            foreign = any(self._is_foreign(bare(word)) for _, _, word in run)
            if foreign and said.is_sentence(run[0][0]):
                yield from self._in_run(text, run, said)

    def _in_run(self, text: str, run: Sequence[RunWord], said: _Said) -> Iterator[Span]:
        at = 0
        while at < len(run):
            stop = at
            while stop < len(run) and self._may_belong(run[stop][2], said):
                stop += 1
            part = run[at:stop]
            if part and self._is_name(text, part, said):
                yield part[0][0], _end(part[-1])
            at = max(stop, at + 1)

    def _is_name(self, text: str, part: Sequence[RunWord], said: _Said) -> bool:
        unknown = [word for word in part if self._is_unknown(word[2], said)]
        begins = len(part) == 1 and _begins(text, part[0][0])
        if not unknown or (begins and not self._acts(text, part[0])):
            return False
        start, end = part[0][0], _end(part[-1])
        if self._is_known(text[start:end].lower()) or EPONYM_NOUN.match(text, end) or _DOSE.match(text, end):
            return False
        return len(part) > 1 or not _TAKEN.search(text, max(0, start - _BEFORE), start)

    def _acts(self, text: str, first: RunWord) -> bool:
        """Return whether a word at the beginning of a sentence does what only a person does."""
        word = bare(first[2])
        certain = self._odds.is_rare(word) or self._odds.either(word) > LONE
        return certain and bool(_ACTS.match(text, first[1]))

    def _may_belong(self, printed: str, said: _Said) -> bool:
        """Return whether a word may stand in a name beside an unknown one."""
        word = bare(printed)
        if is_initial(printed) or self._is_unknown(printed, said):
            return True
        listed = not self._odds.is_clinical(word) and not word.isupper() and self._odds.either(word) > -1
        return listed and not self._is_known(word.lower())

    def _is_unknown(self, printed: str, said: _Said) -> bool:
        word = bare(printed)
        low = word.lower()
        return low not in said.lower and self._is_foreign(word)

    def _judge(self, word: str) -> bool:
        """Return whether a word has the shape of a name, and neither English nor medicine knows it."""
        low = word.lower()
        if not _SHAPE.fullmatch(word) or word[-1].isupper() or _DRUG.search(low):
            return False
        if self._is_known(low) or self._is_inflected(low):
            return False
        if self._odds.either(word) < STRONG and _PREFIX.match(low):
            return False
        return self._odds.is_uncommon(word) or (self._odds.given(word) > LONE) or self._odds.family(word) > 2 * STRONG

    def _is_inflected(self, low: str) -> bool:
        """Return whether a word is a form of a plain one: referrals, endorses, DX'd."""
        match = _INFLECTED.search(low)
        stem = low[: match.start()] if match else ""
        stems = (stem, f"{stem}e", f"{stem[:-1]}y") if match else ()
        return any(self._lexicon.words.get(s, 0.0) > COMMON and self._odds.either(s) < LONE for s in stems) or any(
            map(self._is_known, stems)
        )

    def _is_known(self, low: str) -> bool:
        parts = (low, *low.split("-")) if "-" in low else (low,)
        if any(map(self._odds.is_clinical, parts)):
            return True
        return any(part in words for words in self._known for part in parts)


class _Said:
    """What else a text says: the words it writes in lower case, and which of its lines are sentences."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines: dict[int, bool] = {}

    @cached_property
    def lower(self) -> frozenset[str]:
        """The words the text writes in lower case."""
        return frozenset(_LOWER.findall(self._text))

    def is_sentence(self, at: int) -> bool:
        """Return whether the line at an offset holds words in lower case, and no fewer than capitalised ones."""
        begin = self._text.rfind("\n", 0, at) + 1
        if begin not in self._lines:
            end = self._text.find("\n", at)
            line = self._text[begin : end if end >= 0 else len(self._text)]
            self._lines[begin] = len(_LOWER.findall(line)) >= _NEAR_LOWER
        return self._lines[begin]


def _begins(text: str, start: int) -> bool:
    """Return whether a word begins a sentence, or what stands for one after a dash."""
    return begins_sentence(text, start) or text[max(0, start - _DASHED) : start].rstrip()[-1:] in _DASHES


def _end(word: RunWord) -> int:
    start, end, printed = word
    return end if is_initial(printed) else start + len(bare(printed))
