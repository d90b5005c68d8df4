import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def made_up() -> ModuleType:
    """The made-up audit that the golden reports are made from."""
    spec = importlib.util.spec_from_file_location("made_up_audit", ROOT / "tests" / "golden" / "made_up.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def templates() -> Path:
    return ROOT / "reports"
