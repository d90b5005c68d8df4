"""Canonical JSON and digests: one way to turn values into bytes that hash the same on any machine."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
_PLAIN = frozenset({str, int, bool, float, NoneType})


def to_json(value: Any) -> Any:  # noqa: PLR0911 - one line per form is the clearest table
    """Turn a domain value into plain JSON: dataclasses to objects, dates to ISO 8601, Decimal and enums to text."""
    if type(value) in _PLAIN:  # most of what there is, and the questions below are slow
        return value
    if type(value) is dict:
        return {str(key): to_json(item) for key, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_json(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [to_json(item) for item in value]
    return value


def from_json(cls: type[T], value: Any) -> T:
    """Rebuild what ``to_json`` wrote. Raises ValueError, KeyError or TypeError where the JSON is not of that shape."""
    hints = _hints(cls)  # type: ignore[arg-type]  # mypy 2.4 does not see that a class is hashable
    unknown = set(value) - set(hints)
    if unknown:
        raise ValueError(f"unknown key {min(unknown)}")
    return cls(**{name: _rebuild(hints[name], item) for name, item in value.items()})


@cache
def _hints(cls: Any) -> dict[str, Any]:
    """Return the hint of every field; resolving them is slow, and there are only a few classes."""
    hints = get_type_hints(cls)
    return {field.name: hints[field.name] for field in dataclasses.fields(cls)}


def _rebuild(hint: Any, value: Any) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (UnionType, Union):
        return None if value is None else _rebuild(next(a for a in arguments if a is not NoneType), value)
    if origin is tuple:
        if arguments[-1] is Ellipsis:
            return tuple(_rebuild(arguments[0], item) for item in value)
        return tuple(_rebuild(a, item) for a, item in zip(arguments, value, strict=True))
    if origin in (dict, Mapping) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return {key: _rebuild(arguments[1], item) for key, item in value.items()}
    return _rebuild_plain(hint, value)


def _rebuild_plain(hint: Any, value: Any) -> Any:
    if not isinstance(hint, type):
        return value
    if dataclasses.is_dataclass(hint):
        return from_json(hint, value)
    if issubclass(hint, Enum):
        return hint(value)
    if issubclass(hint, (date, datetime)):
        return hint.fromisoformat(value)
    if issubclass(hint, Decimal):
        return Decimal(value)
    return value


def canonical_bytes(value: Any) -> bytes:
    """Return sorted, compact UTF-8 JSON; without floats equal to RFC 8785."""
    return json.dumps(
        to_json(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of ``data`` in hex."""
    return hashlib.sha256(data).hexdigest()


def text_digest(text: str) -> str:
    """Return the SHA-256 (hex) of a stored text, as every span names it."""
    return sha256_hex(text.encode("utf-8", "surrogatepass"))
