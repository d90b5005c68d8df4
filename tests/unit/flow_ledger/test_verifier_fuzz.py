"""Whatever lies in the database, the verifier neither crashes nor takes it for the trail that was written."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.store import rows
from audit.store.database import expected_schema, open_store, read_schema
from audit.trail.verify import Stored, verify_trail

if TYPE_CHECKING:
    from tests.unit.flow_ledger.conftest import Office


@pytest.fixture
def stored(office: Office) -> Stored:
    office.write("one", "two", "three")
    with open_store(office.workspace.store_url, office.workspace.root) as store, store.reading() as connection:
        return Stored(
            entries=partial(iter, list(rows.read_entries(connection))),
            notes=rows.read_notes(connection),
            objects=partial(iter, list(rows.read_objects(connection))),
            case_keys=partial(iter, list(rows.read_case_keys(connection))),
            head=rows.read_head(connection),
            schema=read_schema(connection),
            expected_schema=expected_schema(connection, store.revision),
            nodes=partial(set, rows.read_all_nodes(connection)),
        )


def mutated(data: st.DataObject, record: bytes) -> bytes:
    """Cut out a piece, put one in, or write other bytes over it."""
    start = data.draw(st.integers(0, len(record)))
    end = data.draw(st.integers(start, min(len(record), start + 40)))
    return record[:start] + data.draw(st.binary(max_size=40)) + record[end:]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_mutation_crashes_the_verifier_or_is_accepted(office: Office, stored: Stored, data: st.DataObject) -> None:
    entries: list[Any] = list(stored.entries())
    notes = dict(stored.notes)
    what = data.draw(st.sampled_from(["record", "kind", "seq", "note", "order", "head", "drop"]))
    at = data.draw(st.integers(0, len(entries) - 1))
    seq, kind, record = entries[at]
    if what == "record":
        entries[at] = (seq, kind, mutated(data, record))
    elif what == "kind":
        entries[at] = (seq, data.draw(st.text(max_size=12)), record)
    elif what == "seq":
        entries[at] = (data.draw(st.integers(-5, 1 << 62)), kind, record)
    elif what == "note":
        size = data.draw(st.sampled_from(sorted(notes)))
        notes[size] = mutated(data, notes[size].encode()).decode("utf-8", "surrogateescape")
    elif what == "order":
        entries = data.draw(st.permutations(entries))
    elif what == "drop":
        del entries[at]
    head = data.draw(st.integers(-1, 1 << 62)) if what == "head" else stored.head
    same = (entries, notes, head) == (list(stored.entries()), dict(stored.notes), stored.head)
    changed = replace(stored, entries=partial(iter, entries), notes=notes, head=head)
    assert (verify_trail(changed, office.workspace.trail_id).damage is None) == same


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=st.lists(st.tuples(st.integers(0, 9), st.text(max_size=9), st.binary(max_size=200)), max_size=5))
def test_no_made_up_trail_is_accepted(office: Office, stored: Stored, entries: list[tuple[int, str, bytes]]) -> None:
    changed = replace(stored, entries=partial(iter, entries))
    assert verify_trail(changed, office.workspace.trail_id).damage is not None
