from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.domain.membership import Compartment, MemberRole
from audit.trail.form import Kind, head_of_record, parse_record
from audit.trail.rights import MemberNameError, RightsError, Roster, added, check_name, founded, revoked
from audit.trail.walk import _epoch_of, _grants_of

WORDS = st.sampled_from(
    [
        "officer",
        "recovery",
        "name",
        "hpke",
        "sign",
        "role",
        "member",
        "commit",
        "wraps",
        "key",
        "actor",
        "to",
        "ab" * 32,
    ]
)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=12,
)


def person(name: str, number: int, **more: Any) -> dict[str, Any]:
    return {"name": name, "hpke": f"{number:064x}", "sign": f"{number + 1:064x}", **more}


@pytest.fixture
def roster() -> Roster:
    return founded({"officer": person("olga", 10), "recovery": person("spare", 20)})


def test_the_first_officer_and_the_recovery_identity_stand_in_genesis(roster: Roster) -> None:
    assert [(member.name, member.role) for member in roster.active()] == [
        ("olga", MemberRole.OFFICER),
        ("recovery", None),
    ]


def test_a_managers_keys_are_of_ops_only(roster: Roster) -> None:
    roster = added(roster, person("max", 30, role="manager"), 5)
    holders = {c: [member.name for member in roster.active() if member.may_hold(c)] for c in Compartment}
    assert holders == {Compartment.OPS: ["olga", "recovery", "max"], Compartment.PHI: ["olga", "recovery"]}


@pytest.mark.parametrize(
    "clear",
    [
        person("olga", 30, role="auditor"),
        person("max", 10, role="auditor"),
        person("max", 30, role="king"),
        person("", 30, role="auditor"),
        {**person("max", 30, role="auditor"), "sign": "00"},
    ],
)
def test_a_name_or_key_is_given_once_and_in_a_known_role(roster: Roster, clear: dict[str, Any]) -> None:
    with pytest.raises(RightsError):
        added(roster, clear, 5)


def test_a_revoked_name_is_free_again_but_the_key_is_not(roster: Roster) -> None:
    roster = added(roster, person("max", 30, role="manager"), 5)
    max_ = roster.named("max")
    assert max_ is not None
    roster = revoked(roster, {"member": max_.id}, 6)
    assert roster.find(max_.id) is None
    with pytest.raises(RightsError):
        added(roster, person("max", 30, role="manager"), 7)
    assert added(roster, person("max", 40, role="manager"), 7).named("max")


def test_the_last_officer_and_the_recovery_identity_stay(roster: Roster) -> None:
    for member in roster.active():
        with pytest.raises(RightsError):
            revoked(roster, {"member": member.id}, 5)


@pytest.mark.parametrize("name", ["", " ", "recovery", "x" * 65, "a\nb"])
def test_a_name_that_cannot_be_printed_in_a_line_is_refused(name: str) -> None:
    with pytest.raises(MemberNameError):
        check_name(name)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(WORDS, ANY_JSON, max_size=6))
def test_no_json_makes_the_rules_of_rights_fail_in_another_way(clear: dict[str, Any]) -> None:
    start = founded({"officer": person("olga", 10)})
    head = head_of_record(
        kind=Kind.EPOCH_OPEN, trail=bytes(32), seq=1, commit=1, epoch=bytes(16), body_bytes=0, clear=clear
    )
    record = parse_record(head + bytes(64))
    for rule in (
        lambda: founded(clear),
        lambda: added(start, clear, 1),
        lambda: revoked(start, clear, 1),
        lambda: _epoch_of(record),
        lambda: _grants_of(record),
    ):
        with contextlib.suppress(RightsError):
            rule()
