"""``chartassay estimate``: the estimators on their own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from audit.cli.common import Session, emit, session_options


@click.command()
@click.argument("method")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@session_options
def estimate(session: Session, method: str, file: Path | None) -> None:
    """Run one estimator on a JSON file of inputs; ``estimate list`` names them."""
    from audit.flow.estimate import estimate_file, methods

    if method == "list" and file is None:
        known = methods()
        emit(session, {"methods": known}, [f"{one['method']:<62} {one['estimates']}" for one in known])
        return
    if file is None:
        raise click.UsageError("missing FILE, the JSON file of inputs")
    found = estimate_file(method, file)
    emit(session, found, _lines(found))


def _lines(found: dict[str, Any]) -> list[str]:
    return [
        f"{key:<32} {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for key, value in found.items()
    ]
