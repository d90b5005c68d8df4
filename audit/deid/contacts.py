"""Phone and fax numbers, e-mail addresses, web addresses, IP addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from audit.deid.identifiers import Identifier, IdentifierType

_EMAIL = re.compile(
    r"(?<![\w.+-])[A-Za-z0-9][\w.+'-]{0,63}\s?@\s?[A-Za-z0-9][\w-]{0,62}(?:\.[\w-]{1,63}){0,6}\.[A-Za-z]{2,24}\b"
)
_HANDLE = re.compile(r"(?<![\w@.])@[A-Za-z_]\w{2,}")
_URL = re.compile(
    r"\b(?:https?|ftp)://[^\s<>\"|]*[^\s<>\"|.,;:!?)\]'\u2019]|\bwww\.[\w-]+\.[^\s<>\"|]*[^\s<>\"|.,;:!?)\]'\u2019]"
    r"|(?<![\w.-])[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,6}\.(?:com|org|net|edu|gov|io|health|info)\b(?:/[^\s<>\"|]*[^\s<>\"|.,;:!?)\]'\u2019])?"
)
_IP = re.compile(r"(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?!\d|\.\d)")
_COLONS = re.compile(r":[0-9A-Fa-f]{0,4}:|-[0-9A-Fa-f]{2}-[0-9A-Fa-f]{2}-")
_HARDWARE = re.compile(
    r"(?<![\w:])(?:[0-9A-Fa-f]{1,4}:){3,7}:?[0-9A-Fa-f]{1,4}(?![\w:])"
    r"|(?<![\w:])(?:[0-9A-Fa-f]{1,4}:){1,6}(?::[0-9A-Fa-f]{1,4}){1,6}(?![\w:])"
    r"|(?<![\w:])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?![\w:])"
)
_EXTENSION = r"(?:[ ,]{0,2}(?:x|ext\.?|extension)[ .]?\d{1,6})?"
_PHONE = re.compile(
    r"(?<![\w.+/-])(?:"
    r"(?:\+?1[ .-]?)?\(\d{3}\)[ .-]{0,2}\d{3}[ .-]?\d{4}"
    r"|(?:\+?1[ .-])?\d{3}[ .\u2013-]\d{3}[ .\u2013-]\d{4}"
    r"|\+\d{1,3}[ -]?\(?\d[\d -]{6,13}\d"
    rf"){_EXTENSION}(?![\w-]|\.\d)"
    rf"|(?<![\w.+/-])[2-9]\d{{2}}-\d{{4}}{_EXTENSION}(?![\w-]|\.\d)"
)
_PHONE_LABEL = re.compile(
    r"\b(?:phone|ph|tel|telephone|cell|mobile|pager|contact|call(?:ed)?|reached at|home|work|fax)\b[^\w\n]{0,4}"
    rf"(?:(?:number|no|is|at|\#)[^\w\n]{{0,4}}){{0,2}}(\+?\d[\d .()\u2013-]{{5,16}}\d{_EXTENSION})",
    re.IGNORECASE,
)
_FAX_BEFORE = re.compile(r"\bfax\b[^\d\n]{0,14}$", re.IGNORECASE)


class ContactFinder:
    """Finds the ways to reach a person or a machine."""

    types = (IdentifierType.PHONE, IdentifierType.FAX, IdentifierType.EMAIL, IdentifierType.URL, IdentifierType.IP)

    def find(self, text: str) -> Iterator[Identifier]:
        """Yield every contact of ``text``; spans may overlap."""
        if "@" in text:
            yield from _all(_EMAIL, text, IdentifierType.EMAIL)
            yield from _all(_HANDLE, text, IdentifierType.URL)
        yield from _all(_URL, text, IdentifierType.URL)
        for match in _IP.finditer(text):
            if not match.start() or text[match.start() - 1] not in ".0123456789":
                yield Identifier(*match.span(), IdentifierType.IP)
        if _COLONS.search(text):
            yield from _all(_HARDWARE, text, IdentifierType.IP)
        for match in _PHONE.finditer(text):
            yield Identifier(*match.span(), _phone_or_fax(text, match.start()))
        for match in _PHONE_LABEL.finditer(text):
            yield Identifier(*match.span(1), _phone_or_fax(text, match.start(1)))


def _all(pattern: re.Pattern[str], text: str, kind: IdentifierType) -> Iterator[Identifier]:
    for match in pattern.finditer(text):
        yield Identifier(*match.span(), kind)


def _phone_or_fax(text: str, start: int) -> IdentifierType:
    before = text[max(0, start - 24) : start]
    return IdentifierType.FAX if _FAX_BEFORE.search(before) else IdentifierType.PHONE
