"""The golden reports are promises to their readers: a difference here is to be read, then written and reviewed.

``python tests/golden/made_up.py`` writes them again.
"""

from pathlib import Path
from types import ModuleType

import pytest

REPORTS = Path(__file__).with_name("reports")


@pytest.mark.parametrize("name", sorted(path.name for path in REPORTS.iterdir()))
def test_a_report_of_the_same_audit_is_the_same_bytes_as_the_one_that_was_reviewed(
    name: str, made_up: ModuleType
) -> None:
    now = made_up.reports()[name]
    assert now == (REPORTS / name).read_bytes(), f"{name} changed: read the difference, then write it with made_up.py"


def test_every_kind_of_report_has_its_golden_form_in_every_format(made_up: ModuleType) -> None:
    assert sorted(made_up.reports()) == sorted(path.name for path in REPORTS.iterdir())
