"""Reading the documents of one case: clauses, content words, assertion, hits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from audit.chart.assertion import NOT_OF_PATIENT, Assertion, Cues, Scope, assertion_of
from audit.chart.axes import Axes
from audit.chart.describe import Optional
from audit.chart.evidence_tables import EvidenceTables
from audit.chart.hits import Hit, ReadClause, find_hits
from audit.chart.table import TermTable
from audit.chart.text import Clause, Headings, clauses
from audit.chart.words import Speller
from audit.domain.canonical import text_digest
from audit.domain.encounter import Document
from audit.domain.finding import Span


@dataclass(frozen=True)
class Instruments:
    """What the lexicon gives the reader, built once per term table."""

    table: TermTable
    speller: Speller
    cues: Cues
    headings: Headings
    axes: Axes
    optional: Optional
    evidence: EvidenceTables

    @classmethod
    def of(cls, table: TermTable) -> Instruments:
        """Build the instruments of one table."""
        speller = Speller.of(table.lexicon)
        return cls(
            table=table,
            speller=speller,
            cues=Cues.of(table.lexicon),
            headings=Headings.of(table.lexicon),
            axes=Axes.of(table.lexicon, speller),
            optional=Optional.of(table.lexicon, speller),
            evidence=EvidenceTables.of(table.lexicon),
        )


@dataclass(frozen=True)
class Scanned:
    """All that was found in the documents of a case, before any code is looked at."""

    documents: tuple[Document, ...]
    clauses: tuple[ReadClause, ...]
    hits: tuple[Hit, ...]
    table: TermTable

    @cached_property
    def by_category(self) -> dict[str, tuple[Hit, ...]]:
        """The hits that may speak for a code of each category."""
        found: dict[str, list[Hit]] = {}
        for hit in self.hits:
            for category in {code[:3] for code in self.table.codes[hit.key]}:
                found.setdefault(category, []).append(hit)
        return {category: tuple(hits) for category, hits in found.items()}

    @cached_property
    def digests(self) -> tuple[str, ...]:
        """The digest of each document's stored text."""
        return tuple(text_digest(document.text) for document in self.documents)

    def span(self, document: int, start: int, end: int) -> Span:
        """Return a span of one document."""
        return Span(self.documents[document].document_id, start, end, self.digests[document])

    def spans(self, hits: Iterable[Hit], most: int = 3) -> tuple[Span, ...]:
        """Return the spans of the first hits, each once, in the order of the text."""
        places = sorted({(h.clause.document, h.start, h.end) for h in hits})
        return tuple(self.span(*place) for place in places[:most])


def scan(documents: tuple[Document, ...], tools: Instruments) -> Scanned:
    """Read every document."""
    read: list[ReadClause] = []
    hits: list[Hit] = []
    for number, document in enumerate(documents):
        for clause in clauses(document.text, tools.headings):
            one = _read_clause(document.text, number, len(read), clause, tools)
            read.append(one)
            hits.extend(find_hits(one, tools.table, document.text))
    return Scanned(documents, tuple(read), tuple(hits), tools.table)


_SECTION_SAYS = {
    "family": Assertion.FAMILY,
    "past": Assertion.HISTORICAL,
    "instructions": Assertion.HYPOTHETICAL,
    "allergies": Assertion.HYPOTHETICAL,
}


def _read_clause(text: str, document: int, number: int, clause: Clause, tools: Instruments) -> ReadClause:
    tokens = tuple(tools.speller.tokens(text, clause.start, clause.end))
    scopes = tools.cues.scopes(text, clause.start, clause.end)
    if clause.section in _SECTION_SAYS:
        scopes.append(Scope(clause.start, clause.end, _SECTION_SAYS[clause.section], clause.end, clause.end))
    asserted = frozenset(t.word for t in tokens if not scopes or not assertion_of(scopes, (t.start,)) & NOT_OF_PATIENT)
    return ReadClause(document, number, clause, tokens, tuple(scopes), asserted)
