"""The project's own virtual environment, made with uv if it is there and with venv and pip if not. No root needed."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv"
BIN = FOLDER / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
OLDEST = (3, 11)


def ready(extra: str = "") -> Path:
    """Return the environment's Python, with the project and ``extra`` installed; made anew when pyproject changes."""
    if sys.version_info < OLDEST:
        sys.exit("chartassay: needs Python 3.11 or newer")
    target = f"{ROOT}[{extra}]" if extra else str(ROOT)
    mark = FOLDER / f".chartassay-{extra or 'base'}"
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if PYTHON.exists() and mark.exists() and mark.read_text() == wanted:
        return PYTHON
    print(f"setting up {FOLDER.name}{' for ' + extra if extra else ''} (once) …", file=sys.stderr, flush=True)
    install = _with_uv() if shutil.which("uv") else _with_pip()
    subprocess.run([*install, "--editable", target], check=True)
    mark.write_text(wanted)
    return PYTHON


def _with_uv() -> list[str]:
    if not PYTHON.exists():
        subprocess.run(["uv", "venv", "--quiet", "--python", sys.executable, str(FOLDER)], check=True)
    return ["uv", "pip", "install", "--quiet", "--python", str(PYTHON)]


def _with_pip() -> list[str]:
    if not PYTHON.exists():
        made = subprocess.run([sys.executable, "-m", "venv", str(FOLDER)], check=False)
        if made.returncode:
            shutil.rmtree(FOLDER, ignore_errors=True)
            sys.exit("chartassay: this Python cannot make a virtual environment; on Debian: apt install python3-venv")
    return [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
