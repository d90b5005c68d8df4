from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from audit.domain.check import CheckKind, Family, ParameterType

RULE = """\
id: ICD901
name: a code that is never first
summary: the code is listed first although it may only follow another
authority:
  - {cite: "OCG I.A.13", edition: FY2026, url: "https://www.cms.gov/icd10"}
in_force: {from: 2026-04-01, to: 2026-09-30}
verdict: error
category: sequencing
direction: neutral
owner: coder
check: position
with: {codes: [V00-Y99], limit: 2}
not_covered: what the note says
examples:
  - title: first
    codes:
      - {line: 1, code: W19.XXXA}
    finds: [{line: 1, verdict: error}]
  - title: second
    encounter: {setting: inpatient}
    codes: |
      line | code
      1    | S72.001A
      2    | W19.XXXA
    finds: []
"""


@pytest.fixture
def vocabulary() -> dict[str, CheckKind]:
    position = CheckKind(
        name="position",
        family=Family.EDIT,
        summary="where a code stands",
        may_be_error=True,
        required={"codes": ParameterType.CODES},
        optional={"limit": ParameterType.NUMBER, "strict": ParameterType.FLAG, "names": ParameterType.TEXTS},
    )
    excuse = CheckKind(name="excuse", family=Family.EDIT, summary="may be excused", may_be_error=False)
    return {"position": position, "excuse": excuse}


@pytest.fixture
def make_pack(tmp_path: Path) -> Callable[..., Path]:
    def make(*rules: str, head: str = "name: mine\nedition: '2026'\ntitle: My rules\n") -> Path:
        folder = tmp_path / "pack"
        (folder / "rules").mkdir(parents=True)
        (folder / "pack.yaml").write_text(head, encoding="utf-8")
        for number, rule in enumerate(rules):
            (folder / "rules" / f"R{number}.yaml").write_text(rule, encoding="utf-8")
        return folder

    return make


@pytest.fixture
def rule_text() -> str:
    return RULE
