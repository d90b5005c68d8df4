"""The frame: the list a draw is made from, as one file of exact bytes, and its digest.

``frame.csv`` has the header ``unit,stratum,amount``, rows sorted by stratum and then unit as UTF-8 bytes, LF after
every row, and quotes (RFC 4180) only around a field that needs them. Whoever holds these bytes and the seed can repeat
the draw.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from audit.domain.canonical import sha256_hex
from audit.domain.sample import FrameUnit
from audit.errors import InputError

HEADER = ("unit", "stratum", "amount")
_NEED_QUOTES = frozenset(',"\r\n')


class EmptyFrameError(InputError):
    """The frame has no unit: there is nothing to draw from."""


class EmptyUnitError(InputError):
    """A row of the frame names no unit."""


class DuplicateUnitError(InputError):
    """A unit stands twice in the frame, which would give it twice the chance."""


class BadAmountError(InputError):
    """An amount of the frame is not a number, not finite, or negative."""


class UnwritableTextError(InputError):
    """A unit or stratum holds text that UTF-8 cannot carry."""


class NotAFrameError(InputError):
    """The bytes are not a frame file in its one form."""


def frame_csv(units: Iterable[FrameUnit]) -> bytes:
    """Return the bytes of ``frame.csv``.

    Errors count rows in the order given, from 1, because a unit's name may identify a patient.

    Raises:
        EmptyUnitError, DuplicateUnitError, BadAmountError, UnwritableTextError: a row cannot stand in a frame.
    """
    rows = checked(units)
    lines = [",".join(HEADER), *(_line(unit) for unit in sorted(rows, key=frame_order))]
    return ("\n".join(lines) + "\n").encode()


def frame_digest(frame: bytes) -> str:
    """Return the SHA-256 (hex) of the frame file."""
    return sha256_hex(frame)


def parse_frame(frame: bytes) -> tuple[FrameUnit, ...]:
    """Read a frame file back into its units, in file order.

    Raises:
        NotAFrameError: not UTF-8, another header, a row of another width, or not the one form ``frame_csv`` writes.
        EmptyUnitError, DuplicateUnitError, BadAmountError: as in ``frame_csv``.
    """
    units = tuple(_unit(number, row) for number, row in enumerate(_rows(frame), start=1))
    if frame_csv(units) != frame:
        raise NotAFrameError(
            "frame: rows are not sorted or not quoted as a frame file has them",
            hint="use the frame.csv that the draw wrote, unchanged",
        )
    return units


def frame_order(unit: FrameUnit) -> tuple[bytes, bytes]:
    """Return the place of a unit in the frame: its stratum, then its name, as UTF-8 bytes."""
    return unit.stratum.encode(), unit.unit.encode()


def checked(units: Iterable[FrameUnit]) -> tuple[FrameUnit, ...]:
    """Return the units unless one cannot stand in a frame (see ``frame_csv``)."""
    seen: dict[str, int] = {}
    rows = tuple(units)
    for number, unit in enumerate(rows, start=1):
        _check(number, unit)
        if unit.unit in seen:
            raise DuplicateUnitError(
                f"frame: row {number}: field unit: already in row {seen[unit.unit]}",
                hint="a unit may stand in one stratum only, once",
            )
        seen[unit.unit] = number
    return rows


def _check(number: int, unit: FrameUnit) -> None:
    if not unit.unit:
        raise EmptyUnitError(f"frame: row {number}: field unit: empty", hint="give every unit its id")
    if unit.amount is not None and not (unit.amount.is_finite() and unit.amount >= 0):
        raise BadAmountError(
            f"frame: row {number}: field amount: not finite or negative", hint="an amount is zero or more"
        )
    for field, text in (("unit", unit.unit), ("stratum", unit.stratum)):
        try:
            text.encode()
        except UnicodeEncodeError:
            raise UnwritableTextError(
                f"frame: row {number}: field {field}: not valid Unicode text", hint="save the table as UTF-8"
            ) from None


def _line(unit: FrameUnit) -> str:
    amount = "" if unit.amount is None else format(unit.amount.copy_abs(), "f")
    return ",".join(_quoted(field) for field in (unit.unit, unit.stratum, amount))


def _quoted(field: str) -> str:
    # By hand: what the csv module quotes differs between Python versions, and these bytes are evidence.
    if _NEED_QUOTES.isdisjoint(field):
        return field
    return '"' + field.replace('"', '""') + '"'


def _rows(frame: bytes) -> list[list[str]]:
    try:
        rows = list(csv.reader(io.StringIO(frame.decode(), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise NotAFrameError("frame: not a UTF-8 CSV file", hint="use the frame.csv that the draw wrote") from None
    if not rows or tuple(rows[0]) != HEADER:
        raise NotAFrameError(f"frame: the header is not {','.join(HEADER)}", hint="use the frame.csv the draw wrote")
    return rows[1:]


def _unit(number: int, row: list[str]) -> FrameUnit:
    if len(row) != len(HEADER):
        raise NotAFrameError(
            f"frame: row {number}: {len(row)} fields where {len(HEADER)} belong",
            hint="use the frame.csv the draw wrote",
        )
    name, stratum, amount = row
    try:
        return FrameUnit(name, stratum, Decimal(amount) if amount else None)
    except InvalidOperation:
        raise BadAmountError(
            f"frame: row {number}: field amount: not a number", hint="use digits and a point"
        ) from None
