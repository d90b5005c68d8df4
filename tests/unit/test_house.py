"""The house rules that a linter does not know."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import audit
from audit.errors import AuditError, CheckFailedError, InputError, NotPermittedError, UsageError

ROOT = Path(audit.__file__).resolve().parent
FAMILIES = {CheckFailedError: 1, UsageError: 2, InputError: 3, NotPermittedError: 4}
BUG = 70
LONGEST_FILE = 400
LONGEST_FUNCTION = 60


def _modules() -> Iterator[str]:
    for module in pkgutil.walk_packages(audit.__path__, "audit."):
        if "__main__" not in module.name and ".migrations" not in module.name:
            yield module.name


def _reasons(family: type[AuditError]) -> Iterator[type[AuditError]]:
    for reason in family.__subclasses__():
        yield reason
        yield from _reasons(reason)


def test_every_reason_to_stop_belongs_to_one_family_with_its_exit_code() -> None:
    for name in _modules():
        importlib.import_module(name)
    reasons = {reason for reason in _reasons(AuditError) if reason.__module__.startswith("audit.")}
    assert len(reasons) > 40
    for reason in reasons - set(FAMILIES):
        families = [code for family, code in FAMILIES.items() if issubclass(reason, family)]
        assert families == [reason.exit_code] or (reason.exit_code == BUG and not families), reason


def _too_long(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    if text.count("\n") > LONGEST_FILE:
        yield f"{path.name}: {text.count(chr(10))} lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION:
            yield f"{path.name}:{node.lineno} {node.name}"


def test_files_and_functions_stay_small_enough_to_read() -> None:
    assert [place for path in sorted(ROOT.rglob("*.py")) for place in _too_long(path)] == []


def test_policies_and_reports_hold_no_python() -> None:
    for folder in ("policies", "reports"):
        assert list((ROOT.parent / folder).rglob("*.py")) == []


def test_only_the_command_line_prints() -> None:
    for path in ROOT.rglob("*.py"):
        if path.parent.name != "cli" and path.name != "verify_alone.py":
            calls = [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
            assert not any(isinstance(c.func, ast.Name) and c.func.id == "print" for c in calls), path.name
