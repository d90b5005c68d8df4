"""Whatever members do in whatever order: everyone reads exactly what a plain model says he may, and the trail holds."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from audit.domain.membership import MemberRole
from audit.flow.founding import Officer, found_workspace
from audit.flow.keyring import NoKeyError, RoleError
from audit.flow.ledger import Act, NotAMemberError, open_ledger
from audit.flow.membership import add_user, grant_keys, revoke_user
from audit.flow.trail_view import verify_workspace
from audit.flow.workspace import Unlocked
from audit.vault.identity import new_identity


@dataclass
class Person:
    name: str
    role: MemberRole
    unlocked: Unlocked
    active: bool = True
    may_open: set[str] = field(default_factory=set)


class Workplace(RuleBasedStateMachine):
    people = Bundle("people")

    @initialize(target=people)
    def found(self) -> Person:
        self.folder = tempfile.TemporaryDirectory()
        self.root = Path(self.folder.name)
        self.patch = pytest.MonkeyPatch()
        self.patch.setenv("CHARTASSAY_STATE", str(self.root / "state"))
        self.olga = Person("olga", MemberRole.OFFICER, Unlocked(new_identity()))
        first = Officer(identity=self.olga.unlocked.identity, path=self.root / "k", locked=None)
        made = found_workspace(self.root / "ws", first, "olga", store_url=None, recovery=False)
        self.workspace, self.members = made.workspace, [self.olga]
        self.written: list[str] = []
        return self.olga

    @rule(target=people, role=st.sampled_from(list(MemberRole)))
    def join(self, role: MemberRole) -> Person:
        person = Person(f"person {len(self.members)}", role, Unlocked(new_identity()))
        public = self.root / "public"
        public.write_text(person.unlocked.identity.public.text())
        add_user(self.workspace, self.olga.unlocked, person.name, role=role, public=public, coder=None)
        self.members.append(person)
        return person

    @rule(person=consumes(people))
    def leave(self, person: Person) -> None:
        if person is not self.olga:
            revoke_user(self.workspace, self.olga.unlocked, person.name)
            person.active = False

    @rule(person=people)
    def hand_on(self, person: Person) -> None:
        grant_keys(self.workspace, self.olga.unlocked, person.name)
        person.may_open = set(self.written)

    @rule(person=people, payload=st.binary(max_size=600))
    def act(self, person: Person, payload: bytes) -> None:
        name = f"act {len(self.written)}"
        with open_ledger(self.workspace, person.unlocked, need=MemberRole.MANAGER) as ledger:
            act = Act(name, {"payload": payload.hex()})
            if person.role is not MemberRole.MANAGER:
                act.seal_case(None, "case", payload)
            ledger.write(act)
        self.written.append(name)
        for member in self.members:
            if member.active:
                member.may_open.add(name)

    @rule(person=people)
    def look(self, person: Person) -> None:
        with open_ledger(self.workspace, person.unlocked, need=MemberRole.MANAGER) as ledger:
            found = {entry.kind: entry for entry in ledger.entries() if entry.kind.startswith("act ")}
            assert set(found) == person.may_open
            for entry in found.values():
                try:
                    content = set(ledger.read(entry.objects, purpose="look").values())
                except (RoleError, NoKeyError):
                    assert person.role is MemberRole.MANAGER
                    continue
                assert content <= {bytes.fromhex(entry.ops["payload"])}

    @rule()
    def those_who_left_stay_outside(self) -> None:
        for person in self.members:
            if not person.active:
                with (
                    pytest.raises(NotAMemberError),
                    open_ledger(self.workspace, person.unlocked, need=MemberRole.MANAGER),
                ):
                    pass

    @invariant()
    def the_trail_holds(self) -> None:
        if hasattr(self, "workspace"):
            assert verify_workspace(self.workspace, None)["verdict"] == "intact"

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.patch.undo()
            self.folder.cleanup()


TestWorkplace = Workplace.TestCase
TestWorkplace.settings = settings(
    max_examples=8,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
