"""The estimators on their own: one JSON file of inputs in, one object of outputs out. No workspace, no trail."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from audit.errors import InputError, UnreadableFileError, UsageError
from audit.sampling.ratstats import replay_inputs
from audit.scoring.estimate.inputs import BadInputError, ImpossibleSampleError, Inputs
from audit.scoring.estimate.methods import METHODS, Method

_REPLAYS: Mapping[str, Method] = {
    name: Method(name, f"replay RAT-STATS random numbers: {what}", lambda inputs: replay_inputs(inputs.values))
    for name, what in (
        ("ratstats_rng_single_stage", "single numbers"),
        ("ratstats_rng_sets_of_2", "sets of 2"),
        ("ratstats_rng_sets_of_3", "sets of 3"),
        ("ratstats_rng_sets_of_4", "sets of 4"),
    )
}
ALL: Mapping[str, Method] = {**METHODS, **_REPLAYS}
"""Every method that can be asked for, in the order of the list."""


class UnknownEstimatorError(UsageError):
    """No estimator has that name."""


class NotJsonError(InputError):
    """The file of inputs is not one JSON object."""


class NotATableError(InputError):
    """The table that the inputs name is not a CSV file with one row of distinct headers."""


def methods() -> list[dict[str, str]]:
    """Return name and purpose of every method."""
    return [{"method": method.name, "estimates": method.summary} for method in ALL.values()]


def estimate_file(method: str, path: Path) -> dict[str, Any]:
    """Run a method on the JSON object in ``path``; a ``csv`` in it is read relative to ``path``.

    Raises:
        UnknownEstimatorError, UnreadableFileError, NotJsonError, NotATableError.
        Another InputError: file and key, never the value.
    """
    if method not in ALL:
        raise UnknownEstimatorError("estimate: no such method", hint="chartassay estimate list")
    inputs = _read_inputs(path)
    table = _read_table(path, inputs["csv"]) if "csv" in inputs else ()
    try:
        return _finite(ALL[method].run(Inputs(inputs, table=table)))
    except ArithmeticError:
        raise ImpossibleSampleError(
            f"{path.name}: the numbers give no finite answer", hint="check their sizes against each other"
        ) from None
    except InputError as error:
        place = error.message.removeprefix("estimate: ")
        raise type(error)(f"{path.name}: {place}", hint=error.hint) from None


def _read_inputs(path: Path) -> dict[str, Any]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UnreadableFileError.at(path, error) from error
    except UnicodeDecodeError:
        raise NotJsonError(f"{path.name}: not UTF-8", hint="save the file as UTF-8") from None
    try:
        inputs = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise NotJsonError(
            f"{path.name}: not JSON at line {error.lineno}, column {error.colno}", hint="write one JSON object"
        ) from None
    except InputError as error:
        raise type(error)(f"{path.name}: {error.message}", hint=error.hint) from None
    except (ValueError, RecursionError):  # a number of thousands of digits, brackets without end
        raise NotJsonError(f"{path.name}: not JSON that can be read", hint="write one JSON object") from None
    if not isinstance(inputs, dict):
        raise NotJsonError(f"{path.name}: not a JSON object", hint="write the inputs as one object of keys")
    return inputs


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadInputError("a key stands twice in one object", hint="give every key once")
    return found


def _no_constant(name: str) -> Any:
    raise BadInputError(f"holds {name}, which is no number", hint="leave the unit out, with its reason, or price it")


def _read_table(path: Path, named: Any) -> list[dict[str, str]]:
    if not isinstance(named, str) or not named:
        raise BadInputError(f"{path.name}: inputs.csv: not the name of a file", hint="name it relative to this file")
    place = path.parent / named
    try:
        rows = list(csv.reader(io.StringIO(place.read_bytes().decode("utf-8-sig"), newline=""), strict=True))
    except (OSError, ValueError) as error:
        if isinstance(error, OSError):
            raise UnreadableFileError.at(place, error) from error
        raise NotATableError(f"{place.name}: not UTF-8 text", hint="save the table as UTF-8 CSV") from None
    except csv.Error:
        raise NotATableError(f"{place.name}: not a CSV file", hint="write the table as RFC 4180 CSV") from None
    return _with_header(place.name, rows)


def _with_header(name: str, rows: list[list[str]]) -> list[dict[str, str]]:
    header = rows[0] if rows else []
    if not header or len(set(header)) != len(header):
        raise NotATableError(f"{name}: no header, or one name in it twice", hint="name every column once")
    for number, row in enumerate(rows[1:], start=1):
        if row and len(row) != len(header):
            raise NotATableError(
                f"{name}: row {number}: {len(row)} fields where {len(header)} belong", hint="check the quotes"
            )
    return [dict(zip(header, row, strict=True)) for row in rows[1:] if row]


def _finite(found: dict[str, Any]) -> dict[str, Any]:
    if not _all_finite(found):
        raise OverflowError("an output is not finite")
    return found


def _all_finite(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(map(_all_finite, value.values()))
    if isinstance(value, (list, tuple)):
        return all(map(_all_finite, value))
    return not isinstance(value, float) or math.isfinite(value)
