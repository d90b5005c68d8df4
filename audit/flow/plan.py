"""The plan of an audit: one table of its keys, a strict reader, and the values the flows use."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from audit.domain.canonical import canonical_bytes, sha256_hex
from audit.errors import InputError, UnreadableFileError
from audit.flow.frame import AMOUNT, STRATUM_FIELDS, UNITS, Sampling
from audit.flow.plan_tables import MEANING as TABLES_MEANING
from audit.flow.plan_tables import SECTION as TABLES_SECTION
from audit.flow.plan_tables import PlanTable, read_plan_tables
from audit.intake.columns import PATIENTS
from audit.sampling.draw import ALLOCATIONS, METHODS, PURPOSIVE, Design

NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
NEED_SIZE = tuple(method for method in METHODS if method not in {"all", "discovery", PURPOSIVE})
NO_SIZE = ("all", PURPOSIVE)
MOST_CUTS = 50
MOST_MONEY = 10**12
REPORTS = ("manager", "auditor", "officer")
FORMULAS = (
    "code.auditor_denominator",
    "code.coder_denominator",
    "encounter.all_correct",
    "drg.correct",
    "code.symmetric",
)
IDENTIFIER_TYPES = (
    "NAME", "LOCATION", "ZIP", "DATE", "PHONE", "FAX", "EMAIL", "SSN", "MRN", "HEALTH_PLAN", "ACCOUNT", "LICENSE",
    "VEHICLE", "DEVICE", "URL", "IP", "BIOMETRIC", "PHOTO", "ORGANIZATION", "OTHER_ID",
)  # fmt: skip


class PlanError(InputError):
    """The plan is not TOML, has an unknown or missing key, or a value that cannot be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key of the plan: what it holds, what it is when left out, what it means."""

    section: str
    name: str
    holds: type
    meaning: str
    required: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()


KEYS = (
    Key(section="audit", name="name", holds=str, required=True, meaning="names the audit, once in a workspace"),
    Key(section="audit", name="target", holds=float, default=0.95, meaning="the accuracy to be shown, 0 to 1"),
    Key(section="population", name="encounters", holds=str, required=True, meaning="table, relative to the plan"),
    Key(section="population", name="codes", holds=str, required=True, meaning="table, relative to the plan"),
    Key(section="population", name="documents", holds=str, required=True, meaning="table, relative to the plan"),
    Key(section="population", name="patients", holds=str, required=True, meaning="table, relative to the plan"),
    Key(section="population", name="coders", holds=str, meaning="optional table"),
    Key(section="population", name="providers", holds=str, meaning="optional table"),
    Key(section="population", name="quarantine", holds=bool, default=False, meaning="exclude defective encounters"),
    Key(section="sample", name="method", holds=str, required=True, choices=METHODS, meaning="how units are drawn"),
    Key(section="sample", name="size", holds=int, meaning="units in all, or per coder where the method has strata"),
    Key(section="sample", name="unit", holds=str, default="encounter", choices=UNITS, meaning="what is drawn"),
    Key(
        section="sample",
        name="stratum",
        holds=str,
        default="coder_id",
        choices=STRATUM_FIELDS,
        meaning="makes the strata of stratified, the clusters of cluster",
    ),
    Key(
        section="sample",
        name="cuts",
        holds=list,
        default=(),
        meaning="amounts that end strata 01, 02, … of paid_amount",
    ),
    Key(
        section="sample",
        name="allocation",
        holds=str,
        default="fixed",
        choices=ALLOCATIONS,
        meaning="stratified: size of each stratum, or in all and split",
    ),
    Key(
        section="sample", name="take_all", holds=list, default=(), meaning="stratified: strata taken whole, beside size"
    ),
    Key(section="sample", name="units", holds=list, default=(), meaning="purposive: ids; never feeds an estimate"),
    Key(section="sample", name="seed", holds=str, meaning="text; left out: 64 hex digits drawn once, in the trail"),
    Key(section="checks", name="packs", holds=list, meaning="names or folders; left out: every bundled pack"),
    Key(section="checks", name="off", holds=list, default=(), meaning="[{rule, reason}], printed on every report"),
    Key(section="scoring", name="verdict_on", holds=str, default=FORMULAS[0], choices=FORMULAS, meaning="judges"),
    Key(section="outputs", name="directory", holds=str, default="out", meaning="folder, relative to the plan"),
    Key(section="outputs", name="reports", holds=list, default=("manager",), meaning=f"of {', '.join(REPORTS)}"),
)
FREE_SECTIONS = {
    "identifiers": f"further columns of patients and the identifier type of each: {IDENTIFIER_TYPES}",
    TABLES_SECTION: TABLES_MEANING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSwitchedOff:
    """A rule the plan switches off, and the reason every report prints."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan that was read and found whole. ``content`` is what the audit id is made from."""

    folder: Path
    content: Mapping[str, Any]
    name: str
    target: float
    tables: Mapping[str, Path]
    identifiers: Mapping[str, str]
    brought: tuple[PlanTable, ...]
    quarantine: bool
    sampling: Sampling
    seed: str | None
    packs: tuple[str, ...] | None
    off: tuple[RuleSwitchedOff, ...]
    verdict_on: str
    directory: Path
    reports: tuple[str, ...]

    @property
    def recorded(self) -> dict[str, Any]:
        """The content as the trail keeps it: units picked by hand are ids, so only their digest stands."""
        sample = dict(self.content["sample"])
        if "units" in sample:
            sample["units"] = {"count": len(sample["units"]), "sha256": sha256_hex(canonical_bytes(sample["units"]))}
        return {**self.content, "sample": sample}


def read_plan(path: Path) -> Plan:
    """Read and check the plan at ``path``. Raises PlanError or UnreadableFileError."""
    try:
        content = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise UnreadableFileError.at(path, error) from error
    except UnicodeDecodeError:
        raise PlanError(f"{path.name}: not UTF-8", hint="save the plan as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise PlanError(f"{path.name}: not TOML: {_place(error)}", hint="chartassay plan schema shows a plan") from None
    _refuse_unknown(path.name, content)
    values = {(key.section, key.name): _value(path.name, content, key) for key in KEYS}
    return _plan(path, content, values)


def schema() -> list[dict[str, Any]]:
    """Return every key of a plan with its type, default, choices and meaning."""
    keys = [
        {
            "section": key.section,
            "key": key.name,
            "type": {str: "text", float: "number", int: "whole number", bool: "true or false", list: "list"}[key.holds],
            "required": key.required,
            "default": list(key.default) if isinstance(key.default, tuple) else key.default,
            "choices": list(key.choices),
            "meaning": key.meaning,
        }
        for key in KEYS
    ]
    free: list[dict[str, Any]] = [
        {
            "section": section,
            "key": "*",
            "type": "text",
            "required": False,
            "default": None,
            "choices": [],
            "meaning": text,
        }
        for section, text in FREE_SECTIONS.items()
    ]
    return [*keys, *free]


def _place(error: tomllib.TOMLDecodeError) -> str:
    found = re.search(r"line \d+, column \d+", str(error))
    return found.group(0) if found else "at the end of the file"


def _refuse_unknown(file: str, content: Mapping[str, Any]) -> None:
    sections = {key.section for key in KEYS} | set(FREE_SECTIONS)
    for section, keys in content.items():
        if section not in sections:
            raise PlanError(f"{file}: unknown section [{section}]", hint=_near(section, sorted(sections)))
        if not isinstance(keys, Mapping):
            raise PlanError(f"{file}: {section} must be a section, not a value")
        known = [key.name for key in KEYS if key.section == section]
        for name in keys:
            if section not in FREE_SECTIONS and name not in known:
                raise PlanError(f"{file}, [{section}]: unknown key {name}", hint=_near(name, known))


def _near(word: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {close[0]}?" if close else f"known are: {', '.join(known)}"


def _value(file: str, content: Mapping[str, Any], key: Key) -> Any:
    place = f"{file}, [{key.section}] {key.name}"
    if key.name not in content.get(key.section, {}):
        if key.required:
            raise PlanError(f"{place}: is missing", hint=key.meaning)
        return key.default
    value = content[key.section][key.name]
    if key.holds is float and type(value) is int:
        value = float(value)
    if type(value) is not key.holds:
        raise PlanError(f"{place}: is of the wrong type", hint="chartassay plan schema shows the types")
    if key.choices and value not in key.choices:
        raise PlanError(f"{place}: is none of {', '.join(key.choices)}")
    return value


def _plan(path: Path, content: Mapping[str, Any], values: Mapping[tuple[str, str], Any]) -> Plan:
    file, folder = path.name, path.resolve().parent
    name, target = values["audit", "name"], values["audit", "target"]
    if not NAME.fullmatch(name):
        raise PlanError(f"{file}, [audit] name: must be 1 to 64 of the characters A-Z a-z 0-9 . _ -")
    if not 0 < target < 1:
        raise PlanError(f"{file}, [audit] target: must lie between 0 and 1, such as 0.95")
    tables = {key.name: folder / values["population", key.name] for key in KEYS
              if key.section == "population" and key.holds is str and values["population", key.name]}  # fmt: skip
    return Plan(
        folder=folder,
        content=content,
        name=name,
        target=target,
        tables=tables,
        identifiers=_identifiers(file, content.get("identifiers", {})),
        brought=read_plan_tables(file, folder, content.get(TABLES_SECTION, {})),
        quarantine=values["population", "quarantine"],
        sampling=_sampling(file, {key: value for (section, key), value in values.items() if section == "sample"}),
        seed=_seed(file, values["sample", "seed"]),
        packs=_texts(file, "[checks] packs", values["checks", "packs"]),
        off=tuple(_switched_off(file, item) for item in values["checks", "off"]),
        verdict_on=values["scoring", "verdict_on"],
        directory=folder / values["outputs", "directory"],
        reports=_reports(file, values["outputs", "reports"]),
    )


def _sampling(file: str, given: Mapping[str, Any]) -> Sampling:
    method, cuts = given["method"], _cuts(file, given["cuts"])
    _refuse_unused(file, given)
    if (given["stratum"] == AMOUNT) != bool(cuts):
        raise PlanError(f"{file}, [sample] cuts: belong to stratum {AMOUNT}, and to it alone")
    return Sampling(
        method=method,
        size=_size(file, method, given["size"]),
        unit=given["unit"],
        stratum=given["stratum"],
        cuts=cuts,
        design=Design(
            allocation=given["allocation"],
            take_all=_texts(file, "[sample] take_all", given["take_all"] or None) or (),
            named=_texts(file, "[sample] units", given["units"] or None) or (),
        ),
    )


_ONLY_FOR = {
    "stratum": ("stratified", "cluster"),
    "cuts": ("stratified",),
    "allocation": ("stratified",),
    "take_all": ("stratified",),
    "units": (PURPOSIVE,),
}


def _refuse_unused(file: str, given: Mapping[str, Any]) -> None:
    defaults = {key.name: key.default for key in KEYS if key.section == "sample"}
    for name, methods in _ONLY_FOR.items():
        if given["method"] not in methods and given[name] != defaults[name]:
            raise PlanError(
                f"{file}, [sample] {name}: method {given['method']} does not use it",
                hint=f"it belongs to {' and '.join(methods)}",
            )


def _cuts(file: str, values: Sequence[Any]) -> tuple[Decimal, ...]:
    if any(type(value) not in (int, float) or not 0 < value < MOST_MONEY for value in values):
        raise PlanError(f"{file}, [sample] cuts: must be amounts above 0")
    cuts = tuple(Decimal(str(value)) for value in values)
    if list(cuts) != sorted(set(cuts)) or len(cuts) >= MOST_CUTS:
        raise PlanError(f"{file}, [sample] cuts: must rise, and be fewer than {MOST_CUTS}")
    return cuts


def _size(file: str, method: str, size: int | None) -> int | None:
    if method in NEED_SIZE and size is None:
        raise PlanError(f"{file}, [sample] size: is missing", hint=f"method {method} needs the number of units")
    if method in NO_SIZE and size is not None:
        raise PlanError(f"{file}, [sample] size: method {method} takes no size", hint="leave size out")
    if size is not None and size < 1:
        raise PlanError(f"{file}, [sample] size: must be 1 or more")
    return size


def _seed(file: str, seed: str | None) -> str | None:
    if seed is not None and (not seed or "\n" in seed):
        raise PlanError(f"{file}, [sample] seed: must be one line of text", hint="or leave it out: one will be drawn")
    return seed


def _texts(file: str, place: str, values: list[Any] | None) -> tuple[str, ...] | None:
    if values is None:
        return None
    if not values or not _are_texts(values):
        raise PlanError(f"{file}, {place}: must be a list of texts with at least one", hint="or leave it out")
    return tuple(values)


def _are_texts(values: Iterable[Any]) -> bool:
    return all(isinstance(value, str) and value for value in values)


def _switched_off(file: str, item: Any) -> RuleSwitchedOff:
    if not isinstance(item, Mapping) or set(item) != {"rule", "reason"} or not _are_texts(item.values()):
        raise PlanError(f'{file}, [checks] off: each must be {{rule = "…", reason = "…"}}')
    return RuleSwitchedOff(rule=item["rule"], reason=item["reason"])


def _reports(file: str, values: Sequence[Any]) -> tuple[str, ...]:
    unknown = [value for value in values if value not in REPORTS]
    if unknown:
        raise PlanError(f"{file}, [outputs] reports: is none of {', '.join(REPORTS)}")
    return tuple(dict.fromkeys(values))


def _identifiers(file: str, mapping: Mapping[str, Any]) -> dict[str, str]:
    for column, kind in mapping.items():
        if column in PATIENTS.names:
            raise PlanError(f"{file}, [identifiers] {column}: is a column of its own", hint="leave it out")
        if kind not in IDENTIFIER_TYPES:
            raise PlanError(f"{file}, [identifiers] {column}: is none of {', '.join(IDENTIFIER_TYPES)}")
    return dict(mapping)
