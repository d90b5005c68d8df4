"""Every edit kind against a slow, obvious twin in plain Python: on made-up encounters both find the same lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.domain.rule import Rule
from audit.edits import VOCABULARY

World = dict[str, Any]
Reference = Mapping[str, Any]
Found = list[tuple[str, int | None]]
Find = Callable[[World, list[Rule]], list[Found]]


@dataclass(frozen=True)
class Line:
    encounter: str
    line: int
    system: str
    code: str
    admitting: bool
    first: bool
    place: int
    poa: str
    modifiers: frozenset[str]
    units: Decimal
    pointers: tuple[int, ...]
    day: date
    patient: str
    provider: str
    setting: str
    claim_type: str
    payer: str
    pos: str
    age: int | None
    sampled: bool

    @property
    def dx(self) -> bool:
        return self.system == "ICD10CM" and not self.admitting

    @property
    def service(self) -> bool:
        return self.system == "HCPCS"


def lines_of(world: World) -> list[Line]:
    return [line for encounter in world["encounters"] for line in _of_encounter(world, encounter)]


def _of_encounter(world: World, encounter: Mapping[str, str]) -> list[Line]:
    rows = [row for row in world["codes"] if row["encounter_id"] == encounter["encounter_id"]]
    ranked = sorted(
        (row for row in rows if row["system"] == "ICD10CM" and row["role"] != "admitting"),
        key=lambda row: (int(row["sequence"] or 99), int(row["line"])),
    )
    principal = [row["line"] for row in ranked if row["role"] == "principal"]
    first = principal or [row["line"] for row in ranked[:1]]
    place = {row["line"]: n for n, row in enumerate(ranked, start=1)}
    return [_line(world, encounter, row, first=row["line"] in first, place=place.get(row["line"], 0)) for row in rows]


def _line(world: World, encounter: Mapping[str, str], row: Mapping[str, str], *, first: bool, place: int) -> Line:
    birth = next(p["birth_date"] for p in world["patients"] if p["patient_id"] == encounter["patient_id"])
    began = date.fromisoformat(encounter["service_from"])
    return Line(
        encounter=encounter["encounter_id"],
        line=int(row["line"]),
        system=row["system"],
        code=row["code"],
        admitting=row.get("role") == "admitting",
        first=first,
        place=place,
        poa=row.get("poa", ""),
        modifiers=frozenset(filter(None, row.get("modifiers", "").split(";"))),
        units=Decimal(row.get("units") or 1),
        pointers=tuple(int(p) for p in row.get("dx_pointers", "").split(";") if p),
        day=date.fromisoformat(row.get("service_date") or encounter["service_from"]),
        patient=encounter["patient_id"],
        provider=row.get("rendering_provider_id") or encounter["provider_id"],
        setting=encounter["setting"],
        claim_type="professional" if encounter["setting"] == "professional" else "institutional",
        payer=encounter["payer_type"],
        pos=encounter["place_of_service"],
        age=_age(birth, began),
        sampled=encounter["encounter_id"] in world["sampled"],
    )


def _age(birth: str, on: date) -> int | None:
    if not birth:
        return None
    born = date.fromisoformat(birth)
    if on < born:
        return -_full_years(on, born)
    return _full_years(born, on)


def _full_years(first: date, last: date) -> int:
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day))


def covered(code: str, item: str) -> bool:
    low, _, high = item.partition("-")
    return code.startswith(low) if not high else code[: len(low)] >= low and code[: len(high)] <= high


def under(code: str, codes: tuple[str, ...]) -> bool:
    return any(covered(code, item) for item in codes)


def edition(line: Line, reference: Reference) -> int | None:
    return next((n for n, (a, b) in enumerate(reference["editions"]) if a <= line.day <= b), None)


def known(line: Line, reference: Reference) -> bool:
    at = edition(line, reference)
    return at is not None and line.code in reference["codes"] and not (at == 1 and line.code == "A00.1")


def nodes(line: Line, reference: Reference) -> set[str]:
    return {node for code, node in reference["ancestors"] if code == line.code} if known(line, reference) else set()


def mates(line: Line, lines: list[Line]) -> list[Line]:
    return [other for other in lines if other.encounter == line.encounter and other.line != line.line]


def bound(line: Line, parameters: Mapping[str, Any]) -> bool:
    named = parameters.get("payer_types")
    return not named or line.payer in named or (parameters.get("unstated_payer", False) and not line.payer)


def same_provider(one: Line, other: Line) -> bool:
    return one.provider == other.provider and (one.provider != "" or one.encounter == other.encounter)


@dataclass(frozen=True)
class Scene:
    lines: list[Line]
    p: Mapping[str, Any]
    r: Reference


Twin = Callable[[Line, Scene], bool]


def in_edition(line: Line, scene: Scene) -> bool:
    return line.system == "ICD10CM" and edition(line, scene.r) is not None and not known(line, scene.r)


def billable(line: Line, scene: Scene) -> bool:
    return line.system == "ICD10CM" and known(line, scene.r) and not scene.r["codes"][line.code][1]


def in_hcpcs(line: Line, scene: Scene) -> bool:
    rows = [row for row in scene.r["hcpcs"] if row[0] == line.code and not row[1]]
    valid = any(added <= line.day and (ended is None or line.day <= ended) for _, _, added, ended in rows)
    level_two = line.system == "HCPCS" and line.code[0] in "ABCEFGHIJKLMNOPQRSTUV"
    return level_two and edition(line, scene.r) is not None and not valid


def code_system(line: Line, scene: Scene) -> bool:
    return line.system in scene.p["systems"]


def never_first(line: Line, scene: Scene) -> bool:
    return (
        line.dx
        and line.first
        and under(line.code, scene.p["codes"])
        and not under(line.code, scene.p.get("except", ()))
    )


def only_first(line: Line, scene: Scene) -> bool:
    alike = any(o.first and under(o.code, scene.p["codes"]) for o in mates(line, scene.lines))
    return line.dx and not line.first and under(line.code, scene.p["codes"]) and not alike


def manifestation_first(line: Line, scene: Scene) -> bool:
    return line.dx and line.first and known(line, scene.r) and line.code in scene.r["manifestations"]


def excludes1(line: Line, scene: Scene) -> bool:
    def excluded(one: Line, other: Line) -> bool:
        return any(
            owner in nodes(one, scene.r) and to in nodes(other, scene.r) for owner, to, _ in scene.r["excludes1"]
        )

    return line.dx and any(
        o.dx and o.line < line.line and o.code != line.code and (excluded(line, o) or excluded(o, line))
        for o in mates(line, scene.lines)
    )


def code_first(line: Line, scene: Scene) -> bool:
    if not line.dx or not under(line.code, scene.p["codes"]):
        return False
    owners = {owner for owner, _, closed in scene.r["code_first"] if closed and owner in nodes(line, scene.r)}
    beside = set().union(*(nodes(o, scene.r) for o in mates(line, scene.lines) if o.dx), set())
    return any(not any(to in beside for at, to, _ in scene.r["code_first"] if at == owner) for owner in owners)


def requires(line: Line, scene: Scene) -> bool:
    partner = any(o.dx and under(o.code, scene.p["partner"]) for o in [line, *mates(line, scene.lines)])
    return line.dx and under(line.code, scene.p["codes"]) and not partner


def not_beside(line: Line, scene: Scene) -> bool:
    return (
        line.dx
        and under(line.code, scene.p["codes"])
        and any(o.dx and under(o.code, scene.p["beside"]) for o in mates(line, scene.lines))
    )


def age(line: Line, scene: Scene) -> bool:
    if (
        not line.dx
        or line.age is None
        or not under(line.code, scene.p["codes"])
        or under(line.code, scene.p.get("except", ()))
    ):
        return False
    return line.age < scene.p.get("youngest", line.age) or line.age > scene.p.get("oldest", line.age)


def modifier_side(line: Line, scene: Scene) -> bool:
    left, right = (bool(line.modifiers & set(scene.p[side])) for side in ("left", "right"))
    if not line.service or left == right:
        return False
    pointed = [o for o in mates(line, scene.lines) if o.dx and o.place in line.pointers and known(o, scene.r)]
    titles = [scene.r["codes"][o.code][0].lower().split() for o in pointed]
    sides = [next((w for w in title if w in {"left", "right", "bilateral"}), None) for title in titles]
    sided = [side for side in sides if side]
    return bool(sided) and all(side == ("right" if left else "left") for side in sided)


def ptp(line: Line, scene: Scene) -> bool:
    def in_scope(one: Line) -> bool:
        return (
            one.service
            and one.claim_type == scene.p["claim_type"]
            and bound(one, scene.p)
            and edition(one, scene.r) is not None
        )

    def hit(first: Line) -> bool:
        for column1, column2, effective, deletion, indicator in scene.r["ptp"]:
            dated = effective <= line.day and (deletion is None or line.day <= deletion)
            if (column1, column2) != (first.code, line.code) or not dated or indicator not in scene.p["indicators"]:
                continue
            either = (line.modifiers | first.modifiers) & set(scene.p.get("bypass_either", ()))
            if indicator == "0" or not (line.modifiers & set(scene.p["bypass"]) or either):
                return True
        return False

    together = [
        o
        for o in scene.lines
        if in_scope(o) and o.patient == line.patient and o.day == line.day
        and (not scene.p.get("same_provider") or same_provider(o, line))
    ]  # fmt: skip
    return in_scope(line) and any(hit(o) for o in together)


def mue(line: Line, scene: Scene) -> bool:
    def in_scope(one: Line) -> bool:
        return (
            one.service
            and one.claim_type == scene.p["claim_type"]
            and bound(one, scene.p)
            and edition(one, scene.r) is not None
        )

    if not in_scope(line) or line.day < date(2026, 1, 1):
        return False
    _, value, adjudication = next((row for row in scene.r["mue"] if row[0] == line.code), ("", 0, ""))
    if adjudication not in scene.p["adjudication"]:
        return False
    if adjudication == "1":
        return line.units > value
    alike = [
        o for o in scene.lines
        if in_scope(o) and (o.code, o.patient, o.day) == (line.code, line.patient, line.day)
        and (not scene.p.get("same_provider") or same_provider(o, line))
    ]  # fmt: skip
    chosen = min((o for o in alike if o.sampled), key=lambda o: (-o.units, o.encounter, o.line))
    return sum(o.units for o in alike) > value and line == chosen


def poa_invalid(line: Line, scene: Scene) -> bool:
    return line.dx and line.setting == "inpatient" and line.poa not in {"", *scene.p["indicators"]}


def poa_missing(line: Line, scene: Scene) -> bool:
    reported = line.dx and line.setting == "inpatient" and edition(line, scene.r) is not None
    return reported and line.code not in scene.r["exempt"] and line.poa in {"", *scene.p["exempt_indicators"]}


def duplicate_diagnosis(line: Line, scene: Scene) -> bool:
    return line.dx and any(o.dx and o.code == line.code and o.line < line.line for o in mates(line, scene.lines))


def duplicate_service(line: Line, scene: Scene) -> bool:
    def alike(one: Line) -> tuple[object, ...]:
        return (one.patient, one.provider, one.day, one.claim_type, one.code, one.modifiers)

    earlier = [o for o in scene.lines if o.service and alike(o) == alike(line) and key(o) < key(line)]
    return line.service and bool(earlier) and not line.modifiers & set(scene.p["repeat_modifiers"])


def key(line: Line) -> tuple[str, int]:
    return (line.encounter, line.line)


def outside_place(line: Line, scene: Scene) -> bool:
    professional = line.dx and line.claim_type == "professional" and under(line.code, scene.p["codes"])
    return professional and line.pos != "" and line.pos not in scene.p["places"]


def add_on(line: Line, scene: Scene) -> bool:
    valid = [
        (primary, kind)
        for code, primary, kind, begins, ends in scene.r["add_ons"]
        if code == line.code and (begins or line.day) <= line.day <= (ends or line.day)
    ]
    there = {o.code for o in scene.lines if (o.patient, o.day) == (line.patient, line.day)}
    wanted = line.service and any(primary and kind in scene.p["types"] for primary, kind in valid)
    return wanted and edition(line, scene.r) is not None and not any(primary in there for primary, _ in valid)


def fee_indicator(line: Line, scene: Scene) -> bool:
    place = {"pctc": 2, "bilateral": 3}[scene.p["column"]]
    rows = [row for row in scene.r["fees"] if row[0] == line.code and row[1] is None]
    billed = line.service and line.claim_type == "professional" and bool(line.modifiers & set(scene.p["modifiers"]))
    there = line.pos in scene.p.get("places", (line.pos,))
    return billed and there and edition(line, scene.r) is not None and any(r[place] in scene.p["values"] for r in rows)


def coverage(line: Line, scene: Scene) -> bool:
    def codes(article: str, role: str, group: str) -> set[str]:
        return {row[3] for row in scene.r["articles"] if row[:3] == (article, role, group)}

    groups = {row[:3:2] for row in scene.r["articles"] if row[1] == "procedure" and row[3] == line.code}
    lists = [covered for article, group in groups if (covered := codes(article, "diagnosis", group))]
    present = {o.code for o in mates(line, scene.lines) if o.dx}
    governed = line.service and edition(line, scene.r) is not None and bool(lists)
    return governed and not any(covered & present for covered in lists)


def earlier_service(line: Line, scene: Scene) -> bool:
    def within(earlier: date) -> bool:
        return earlier < line.day and earlier > line.day.replace(year=line.day.year - int(scene.p["years"]))

    return line.service and under(line.code, scene.p["codes"]) and any(
        o.service and o.claim_type == "professional" and o.provider == line.provider != "" and within(o.day)
        for o in scene.lines
        if o.patient == line.patient
    )  # fmt: skip


PAYERS = {"payer_types": ("medicare",), "unstated_payer": True}
BYPASS = {"bypass": ("59", "LT", "RT"), "bypass_either": ("59",)}
CASES: list[tuple[Twin, dict[str, Any]]] = [
    (in_edition, {}),
    (billable, {}),
    (in_hcpcs, {}),
    (code_system, {"systems": ("ICD10CM",)}),
    (never_first, {"codes": ("V00-Y99", "Z00"), "except": ("Z00.1",)}),
    (only_first, {"codes": ("Z00", "O10")}),
    (manifestation_first, {}),
    (excludes1, {}),
    (code_first, {"codes": ("C00", "W00")}),
    (requires, {"codes": ("A00",), "partner": ("B00",)}),
    (not_beside, {"codes": ("A00.0",), "beside": ("B00-C00",)}),
    (age, {"codes": ("O00-O99", "A00"), "except": ("A00.1",), "youngest": 9, "oldest": 64}),
    (modifier_side, {"left": ("LT",), "right": ("RT",)}),
    (
        ptp,
        {
            "table": "ncci-ptp-practitioner",
            "claim_type": "professional",
            "same_provider": True,
            "indicators": ("0", "1"),
            **PAYERS,
            **BYPASS,
        },
    ),
    (ptp, {"table": "ncci-ptp-hospital", "claim_type": "institutional", "indicators": ("1",), "bypass": ("59",)}),
    (
        mue,
        {
            "table": "mue-practitioner",
            "claim_type": "professional",
            "same_provider": True,
            "adjudication": ("1", "2", "3"),
            **PAYERS,
        },
    ),
    (mue, {"table": "mue-hospital", "claim_type": "institutional", "adjudication": ("2",)}),
    (poa_invalid, {"indicators": ("Y", "N", "U", "W", "1")}),
    (poa_missing, {"exempt_indicators": ("1",)}),
    (duplicate_diagnosis, {}),
    (duplicate_service, {"repeat_modifiers": ("59", "76")}),
    (add_on, {"types": ("1",)}),
    (fee_indicator, {"column": "bilateral", "values": ("1",), "modifiers": ("LT",)}),
    (fee_indicator, {"column": "pctc", "values": ("0",), "modifiers": ("59", "LT"), "places": ("11",)}),
    (coverage, {}),
    (earlier_service, {"codes": ("X0001",), "years": 3}),
    (outside_place, {"codes": ("A00-C00",), "places": ("23",)}),
]


def agree(world: World, find: Find, make_rule: Callable[..., Rule], reference: Reference) -> set[str]:
    """Hold every kind against its twin; return the kinds that found something."""
    lines = lines_of(world)
    rules = [make_rule(twin.__name__, **parameters) for twin, parameters in CASES]
    finds = find(world, rules)
    for rule, (twin, _), found in zip(rules, CASES, finds, strict=True):
        scene = Scene(lines, rule.parameters, reference)
        in_force = [line for line in lines if line.sampled and rule.in_force_on(line.day)]
        assert found == sorted(key(line) for line in in_force if twin(line, scene)), rule.check
    return {rule.check for rule, found in zip(rules, finds, strict=True) if found}


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_sql_finds_what_the_twin_of_its_kind_finds(
    find: Find,
    make_rule: Callable[..., Rule],
    worlds: st.SearchStrategy[World],
    reference: Reference,
    data: st.DataObject,
) -> None:
    agree(data.draw(worlds), find, make_rule, reference)


def test_every_kind_finds_something_in_a_world_full_of_errors(
    find: Find, make_rule: Callable[..., Rule], reference: Reference, full_of_errors: World
) -> None:
    assert agree(full_of_errors, find, make_rule, reference) == set(VOCABULARY)


def test_every_kind_has_a_twin() -> None:
    assert {twin.__name__ for twin, _ in CASES} == set(VOCABULARY)
