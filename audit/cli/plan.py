"""``chartassay plan``: what a plan may say."""

from __future__ import annotations

import click

from audit.cli.common import Session, emit, session_options


@click.group()
def plan() -> None:
    """Show what a plan may say."""


@plan.command()
@session_options
def schema(session: Session) -> None:
    """Print every key of a plan with its type, default and meaning."""
    from audit.flow.plan import schema as keys

    emit(session, {"keys": keys()}, [_line(key) for key in keys()])


def _line(key: dict[str, object]) -> str:
    need = "required" if key["required"] else f"default {key['default']}"
    choices = (
        f"; one of {', '.join(map(str, key['choices']))}" if isinstance(key["choices"], list) and key["choices"] else ""
    )
    return f"[{key['section']}] {key['key']}: {key['type']}, {need}{choices}: {key['meaning']}"
