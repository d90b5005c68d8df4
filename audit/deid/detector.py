"""The detector: our finders as presidio recognizers in one registry, under an engine that needs no model.

presidio is the plumbing (registry, recognizer interface, per-call recognizers for a known record). Its stock
recognizers are left out: they find no names, take most of the time, drop numbers by validation and look for a public
suffix list on the network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

from audit.deid.addresses import AddressFinder
from audit.deid.ages import AgeFinder
from audit.deid.contacts import ContactFinder
from audit.deid.dates import DateFinder
from audit.deid.identifiers import Identifier, IdentifierType, merge
from audit.deid.known import KnownRecord
from audit.deid.lexicon import Lexicon
from audit.deid.names import NameFinder, Propagation
from audit.deid.numbers import NumberFinder
from audit.deid.organizations import OrganizationFinder
from audit.deid.places import PlaceFinder
from audit.deid.record import RecordFinder

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine, EntityRecognizer

_OVERLAP = 200
_PIECE = 40_000
"""Characters analysed at once: presidio compares every result with every other, too much for a note of 20 MB."""


class Finder(Protocol):
    """Anything that finds identifiers of certain types in a text."""

    @property
    def types(self) -> tuple[IdentifierType, ...]:
        """Return the types it can find."""
        ...

    def find(self, text: str) -> Iterator[Identifier]:
        """Yield what it finds; offsets are of ``text``."""
        ...


class Detector:
    """Finds every identifier of a text. Built once; about a quarter of a second beside the import of presidio."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Register the finders of all types."""
        self._lexicon = lexicon
        self._propagation = Propagation(lexicon)
        self._recognizer = _recognizer_class()
        self._engine = _engine(self._recognizer(finder) for finder in _finders(lexicon))

    def find(self, text: str, record: KnownRecord | None = None) -> tuple[Identifier, ...]:
        """Return the identifiers of ``text`` in order, without overlap; offsets are code points of ``text``."""
        own = [self._recognizer(RecordFinder(record, self._lexicon))] if record else []
        found = [item for piece in _pieces(text) for item in self._analyse(text, piece, own)]
        names = (item.words(text) for item in found if item.type is IdentifierType.NAME)
        again = self._propagation.spans(text, self._propagation.parts(names))
        found.extend(Identifier(start, end, IdentifierType.NAME) for start, end in again)
        return merge(found)

    def _analyse(self, text: str, piece: slice, own: list[EntityRecognizer]) -> Iterator[Identifier]:
        results = self._engine.analyze(text[piece], language="en", ad_hoc_recognizers=own)
        for result in results:
            yield Identifier(result.start + piece.start, result.end + piece.start, IdentifierType(result.entity_type))


def _finders(lexicon: Lexicon) -> tuple[Finder, ...]:
    return (
        NumberFinder(lexicon.labels),
        ContactFinder(),
        DateFinder(lexicon.holidays),
        AgeFinder(),
        AddressFinder(lexicon),
        OrganizationFinder(lexicon),
        PlaceFinder(lexicon),
        NameFinder(lexicon),
    )


def _pieces(text: str) -> Iterator[slice]:
    """Yield slices that cover ``text``: cut at line ends, or within a long line at blanks, and overlapping there."""
    start = 0
    while len(text) - start > _PIECE:
        end = max(text.rfind("\n\n", start + 1, start + _PIECE), text.rfind("\n", start + _OVERLAP, start + _PIECE))
        if end > start:
            yield slice(start, end)
            start = end
            continue
        yield slice(start, start + _PIECE)
        blank = text.rfind(" ", start + 1, start + _PIECE - _OVERLAP)
        start = blank if blank > start else start + _PIECE - _OVERLAP
    yield slice(start, len(text))


def _engine(recognizers: Iterable[EntityRecognizer]) -> AnalyzerEngine:
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NoOpNlpEngine

    nothing = NoOpNlpEngine(models=[{"lang_code": "en", "model_name": "no_op"}])
    nothing.load()
    registry = RecognizerRegistry(recognizers=list(recognizers), supported_languages=["en"])
    return AnalyzerEngine(registry=registry, nlp_engine=nothing, supported_languages=["en"])


def _recognizer_class() -> Callable[[Finder], EntityRecognizer]:
    """Return the adapter class; made on demand so that importing this module does not import presidio."""
    from presidio_analyzer import EntityRecognizer, RecognizerResult

    class FinderRecognizer(EntityRecognizer):
        """One of our finders as presidio sees it."""

        def __init__(self, finder: Finder) -> None:
            self._finder = finder
            super().__init__(supported_entities=[str(kind) for kind in finder.types], name=type(finder).__name__)

        def load(self) -> None:
            """Load nothing: finders are ready when built."""

        def analyze(self, text: str, entities: list[str], nlp_artifacts: object) -> list[RecognizerResult]:
            """Return what the finder finds, as presidio's results."""
            return [RecognizerResult(str(i.type), i.start, i.end, 1.0) for i in self._finder.find(text)]

    return FinderRecognizer
