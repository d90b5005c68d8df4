"""One detector for all tests of the room: building it imports presidio."""

from pathlib import Path

import pytest

from audit.deid.detector import Detector
from audit.deid.lexicon import Lexicon, load_lexicon
from audit.deid.transform import SafeHarbor

POLICY = Path(__file__).parents[3] / "policies" / "deid"


@pytest.fixture(scope="session")
def policy() -> Path:
    return POLICY


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return load_lexicon(POLICY)


@pytest.fixture(scope="session")
def detector(lexicon: Lexicon) -> Detector:
    return Detector(lexicon)


@pytest.fixture(scope="session")
def safe_harbor(lexicon: Lexicon) -> SafeHarbor:
    return SafeHarbor(lexicon.restricted_zip3, lexicon.states)


@pytest.fixture(scope="session")
def masked(detector: Detector, safe_harbor: SafeHarbor):  # noqa: ANN201 - a function of text to text
    def mask(text: str, record=None) -> str:  # noqa: ANN001 - KnownRecord or None
        return safe_harbor.transform(text, detector.find(text, record)).text

    return mask
