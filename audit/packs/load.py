"""A folder of rules → a ``Pack``, whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from importlib.resources.abc import Traversable

from audit.domain.check import CheckKind
from audit.domain.rule import Pack, Rule
from audit.errors import InputError, UnreadableFileError
from audit.packs.page import PageError, read_page
from audit.packs.rule_page import read_rule

PACK_FILE = "pack.yaml"


class EmptyPackError(InputError):
    """A pack without a single rule: nothing vacuous passes."""


class DuplicateRuleError(PageError):
    """The same rule id on two pages of one pack."""


class StrayFileError(InputError):
    """A file among the rules that is not a rule page, and would be passed over without a word."""


def load_pack(root: Traversable, vocabulary: Mapping[str, CheckKind]) -> Pack:
    """Read the pack in folder ``root``: ``pack.yaml`` (name, edition, title) and ``rules/*.yaml``, in name order.

    Raises PageError (``file:line``), EmptyPackError, StrayFileError or UnreadableFileError.
    """
    head = read_page(_shown(root, PACK_FILE), _bytes(root.joinpath(PACK_FILE), _shown(root, PACK_FILE)))
    found = head.fields(("name", "edition", "title"))
    name, edition = found["name"].text(), found["edition"].text()
    return Pack(
        name=name,
        edition=edition,
        title=found["title"].text(),
        digest=pack_digest(root),
        rules=_rules(root, vocabulary, name, edition),
    )


def pack_digest(root: Traversable) -> str:
    """Return the SHA-256 (hex) over every file's relative name, length and bytes, in name order; hidden files aside."""
    digest = hashlib.sha256()
    for name, file in sorted(_files(root, "")):
        data = _bytes(file, f"{root}/{name}")
        digest.update(f"{name}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()


def _rules(root: Traversable, vocabulary: Mapping[str, CheckKind], name: str, edition: str) -> tuple[Rule, ...]:
    rules: dict[str, Rule] = {}
    for relative, file in sorted(_files(root, "")):
        if not relative.startswith("rules/"):
            continue
        shown = _shown(root, relative)
        if not relative.endswith(".yaml") or relative.count("/") > 1:
            raise StrayFileError(f"{shown}: not a rule page", hint="rules/ holds one .yaml file per rule, nothing else")
        page = read_page(shown, _bytes(file, shown))
        rule = read_rule(page, vocabulary, name, edition)
        if rule.id in rules:
            raise DuplicateRuleError(page.where, f"rule id {rule.id} stands on two pages of this pack")
        rules[rule.id] = rule
    if not rules:
        raise EmptyPackError(f"{root}: the pack has no rule", hint="a pack holds its rules in rules/*.yaml")
    return tuple(rules.values())


def _files(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _files(entry, f"{prefix}{entry.name}/")
        else:
            yield f"{prefix}{entry.name}", entry


def _bytes(file: Traversable, shown: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UnreadableFileError.at(shown, error) from None


def _shown(root: Traversable, relative: str) -> str:
    return f"{root}/{relative}"
