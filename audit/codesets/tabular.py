"""The official ICD-10-CM tabular list (XML of CDC/NCHS) as a tree of frozen nodes, notes attached where they stand.

Notes are not copied down: a node inherits the notes of its ancestors, block and chapter included, and the reader walks
up. Codes with a 7th character are no elements of the file; ``expand`` makes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from xml.etree import ElementTree as ET

from audit.errors import InputError

_SEVENTH_AT = 6
_DOTTED = 3
_NEVER = re.compile(
    r"7th characters? (?P<seventh>[0-9A-Z](?: and [0-9A-Z])*) do not apply .* with 6th character (?P<sixth>.*)"
)
_SIXTH = re.compile(r"\b([0-9A-Z]) - ")


class NotTabularError(InputError):
    """The file is not the ICD-10-CM tabular XML."""


class NoteKind(StrEnum):
    """The notes that relate one code to others, by their element names."""

    EXCLUDES1 = "excludes1"
    EXCLUDES2 = "excludes2"
    CODE_FIRST = "codeFirst"
    USE_ADDITIONAL = "useAdditionalCode"
    CODE_ALSO = "codeAlso"


class Level(StrEnum):
    """What a node is: only codes can be submitted."""

    CHAPTER = "chapter"
    BLOCK = "block"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One node. ``name`` is the code with dot, the block's range, or ``chapter N``; ``order`` its place in the list.

    ``last`` is the order of its last descendant, so a node covers ``order`` to ``last``. ``seventh`` maps the 7th
    characters this node defines to their meaning; descendants without their own definition use it too.
    """

    name: str
    level: Level
    description: str
    parent: str | None
    order: int
    last: int
    leaf: bool
    notes: Mapping[NoteKind, tuple[str, ...]]
    inclusion_terms: tuple[str, ...]
    includes: tuple[str, ...]
    seventh: Mapping[str, str]
    never: frozenset[tuple[str, str]]
    """(6th, 7th) characters that a note of this node rules out together."""


class Tabular:
    """The whole tree: nodes in the order of the list, and by name."""

    def __init__(self, version: str, nodes: tuple[Node, ...]) -> None:
        """Keep the file's ``version`` and its nodes in list order."""
        self.version = version
        self.nodes = nodes
        self.by_name: Mapping[str, Node] = {node.name: node for node in nodes}

    def ancestors(self, name: str) -> Iterator[Node]:
        """Yield the node itself, then its parents up to the chapter."""
        at: str | None = name
        while at is not None:
            node = self.by_name[at]
            yield node
            at = node.parent

    def seventh_of(self, name: str) -> Mapping[str, str]:
        """Return the 7th characters of the nearest definition at or above ``name``, empty where there is none."""
        return next((node.seventh for node in self.ancestors(name) if node.seventh), {})

    def expand(self, node: Node) -> Iterator[tuple[str, str]]:
        """Yield (code, description) for each submittable code of a leaf: itself, or one for each 7th character."""
        seventh = self.seventh_of(node.name)
        if not seventh:
            yield node.name, node.description
            return
        never = {pair for ancestor in self.ancestors(node.name) for pair in ancestor.never}
        for character, meaning in seventh.items():
            code = with_seventh(node.name, character)
            if (code[_SEVENTH_AT], character) not in never:
                yield code, f"{node.description}, {meaning}"


def cut_short(code: str) -> Iterator[str]:
    """Yield ``code`` with one placeholder X and more, up to where its 7th character is missing (T68.X, T68.XX, …)."""
    bare = code.replace(".", "")
    for length in range(len(bare) + 1, _SEVENTH_AT + 1):
        padded = bare.ljust(length, "X")
        yield f"{padded[:_DOTTED]}.{padded[_DOTTED:]}"


def with_seventh(code: str, character: str) -> str:
    """Return ``code`` padded with placeholders X to six characters, then the 7th (S72.00, A → S72.00XA)."""
    bare = code.replace(".", "").ljust(_SEVENTH_AT, "X") + character
    return f"{bare[:_DOTTED]}.{bare[_DOTTED:]}"


def parse_tabular(data: bytes, shown: str) -> Tabular:
    """Read the tabular XML. ``shown`` names the file in errors. Raises NotTabularError."""
    try:
        root = ET.fromstring(data)  # noqa: S314 - expat bounds entity expansion and opens no external entity
    except ET.ParseError as error:
        raise NotTabularError(f"{shown}, line {error.position[0]}: not xml", hint="give the tabular XML") from None
    if root.tag != "ICD10CM.tabular":
        raise NotTabularError(f"{shown}, line 1: not the icd-10-cm tabular list", hint="give the tabular XML of CDC")
    nodes: list[Node] = []
    for chapter in root.iterfind("chapter"):
        _walk(chapter, None, nodes)
    if not any(node.level is Level.CODE for node in nodes):
        raise NotTabularError(f"{shown}: holds no code", hint="the file is truncated or not the tabular XML")
    return Tabular((root.findtext("version") or "").strip(), tuple(nodes))


def _walk(element: ET.Element, parent: str | None, nodes: list[Node]) -> None:
    """Append the node of ``element`` and, after it, those of its descendants."""
    place = len(nodes)
    name, level = _name(element)
    nodes.append(_BLANK)
    children = [child for child in element if child.tag in {"section", "diag"}]
    for child in children:
        _walk(child, name, nodes)
    nodes[place] = Node(
        name=name,
        level=level,
        description=_text(element.find("desc")),
        parent=parent,
        order=place,
        last=len(nodes) - 1,
        leaf=level is Level.CODE and not children,
        notes={kind: found for kind in NoteKind if (found := _notes(element, kind.value))},
        inclusion_terms=_notes(element, "inclusionTerm"),
        includes=_notes(element, "includes"),
        seventh=_seventh(element),
        never=_never(element),
    )


def _name(element: ET.Element) -> tuple[str, Level]:
    if element.tag == "chapter":
        return f"chapter {_text(element.find('name'))}", Level.CHAPTER
    if element.tag == "section":
        # a block of one category (C7A) would share the category's name
        return f"block {element.get('id', '')}", Level.BLOCK
    return _text(element.find("name")), Level.CODE


def _notes(element: ET.Element, tag: str) -> tuple[str, ...]:
    return tuple(text for block in element.iterfind(tag) for note in block.iterfind("note") if (text := _text(note)))


def _seventh(element: ET.Element) -> Mapping[str, str]:
    return {
        extension.get("char", ""): _text(extension)
        for block in element.iterfind("sevenChrDef")
        for extension in block.iterfind("extension")
    }


def _never(element: ET.Element) -> frozenset[tuple[str, str]]:
    """Read ``7th characters D and S do not apply to codes in category S06 with 6th character 7 - …, or 8 - …``."""
    rules = (_NEVER.match(note) for note in _notes(element, "notes"))
    return frozenset(
        (sixth, seventh)
        for rule in rules
        if rule
        for sixth in _SIXTH.findall(rule["sixth"])
        for seventh in rule["seventh"].split(" and ")
    )


def _text(element: ET.Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


_BLANK = Node(
    name="",
    level=Level.CODE,
    description="",
    parent=None,
    order=0,
    last=0,
    leaf=False,
    notes={},
    inclusion_terms=(),
    includes=(),
    seventh={},
    never=frozenset(),
)
