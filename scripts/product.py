"""Run the installed product through its command line, in a throw-away workspace. Used by demo, measure and bench."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import environment


class CommandFailedError(RuntimeError):
    """A command of the product ended with another code than was expected."""


@dataclass(frozen=True, kw_only=True)
class Product:
    """A workspace with its officer, and the commands in it."""

    workspace: Path
    settings: Mapping[str, str]

    @classmethod
    def start(cls, folder: Path) -> Product:
        """Make a workspace under ``folder``, with identity, state and passphrase of its own."""
        settings = {
            "CHARTASSAY_PASSPHRASE": secrets.token_urlsafe(18),
            "CHARTASSAY_IDENTITY": str(folder / "officer.key"),
            "CHARTASSAY_STATE": str(folder / "state"),
        }
        product = cls(workspace=folder / "workspace", settings=settings)
        product.run("init", str(product.workspace), "--no-recovery")
        return product

    def run(self, *arguments: str) -> str:
        """Run one command in the workspace and return what it printed. Raises CommandFailedError."""
        command = [str(environment.BIN / "chartassay"), *arguments]
        place = {} if arguments[0] == "init" else {"CHARTASSAY_WORKSPACE": str(self.workspace)}
        done = subprocess.run(
            command, env={**os.environ, **self.settings, **place}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise CommandFailedError(f"chartassay {' '.join(arguments[:2])}: exit {done.returncode}\n{done.stderr}")
        return done.stdout

    def json(self, *arguments: str) -> Any:
        """Run one command with --json and return what it printed."""
        return json.loads(self.run(*arguments, "--json"))

    def lines(self, *arguments: str) -> list[dict[str, Any]]:
        """Run a command that prints JSONL and return its records."""
        return [json.loads(line) for line in self.run(*arguments).splitlines()]


def sampled(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the encounter ids of ``codes`` records, each once."""
    return list(dict.fromkeys(str(record["encounter_id"]) for record in records))
