"""Where the data that ship with the program lie: inside the installed package, or in the checkout it runs from."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import audit


def data_root(name: str) -> Traversable:
    """Return the folder ``name`` (``policies`` or ``reports``) that belongs to this installation.

    Never the current directory, and a folder beside the package only where a ``pyproject.toml`` lies there too: a
    broken installation must not load a stranger's rules. Raises FileNotFoundError where neither exists.
    """
    return _resolve(files(audit), name)


def _resolve(package: Traversable, name: str) -> Traversable:
    bundled = package.joinpath("_bundled", name)
    if bundled.is_dir():
        return bundled
    if isinstance(package, Path):
        checkout = package.parent
        if (checkout / "pyproject.toml").is_file() and (checkout / name).is_dir():
            return checkout / name
    raise FileNotFoundError(f"this installation carries no {name}; reinstall it")
