import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from audit.domain.canonical import text_digest
from audit.report.page import MissingTemplateError
from audit.report.render import UnknownReportError, render
from audit.report.views import auditor_view, manager_view, officer_view


class _Notes(HTMLParser):
    """Collects the words of each note as a reader sees them, without the numbers of the findings."""

    def __init__(self) -> None:
        super().__init__()
        self.notes: list[str] = []
        self.tags: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "pre":
            self.notes.append("")
        if tag in ("pre", "sup"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "pre":
            self.notes[-1] += data


def _html(view: dict[str, Any], templates: Path) -> str:
    return render(view, kind=view["report"], format="html", templates=templates).decode()


def _with_note(made_up: ModuleType, text: str) -> dict[str, Any]:
    audited = made_up.cases(2)[1]
    document = replace(audited.case.documents[0], text=text)
    case = replace(audited.case, documents=(document,))
    finding = audited.findings[0]
    span = replace(finding.spans[0], start=0, end=len(text), sha256=text_digest(text))
    changed = replace(audited, case=case, findings=(replace(finding, spans=(span,)),), readings=())
    return auditor_view(made_up.summary(), [changed])


def test_markup_in_a_note_is_shown_as_text_and_never_run(made_up: ModuleType, templates: Path) -> None:
    note = "<script>alert(1)</script> <img src=https://example.org/x.png> & 'so' \"on\""
    html = _html(_with_note(made_up, note), templates)
    parsed = _Notes()
    parsed.feed(html)
    assert "script" not in parsed.tags
    assert "img" not in parsed.tags
    assert parsed.notes[0].removeprefix("\n").removesuffix("\n") == note


def test_every_note_is_shown_whole_and_to_the_letter(made_up: ModuleType, templates: Path) -> None:
    view = auditor_view(made_up.summary(), made_up.cases(12), descriptions=made_up.DESCRIPTIONS)
    parsed = _Notes()
    parsed.feed(_html(view, templates))
    texts = [document["text"] for row in view["encounters"] for document in row["documents"]]
    assert [note.removeprefix("\n") for note in parsed.notes[: len(texts)]] == texts


def test_the_page_allows_its_own_style_sheet_and_nothing_else(made_up: ModuleType, templates: Path) -> None:
    html = _html(manager_view(made_up.summary()), templates)
    style = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert len(style) == 1
    digest = base64.b64encode(hashlib.sha256(style[0].encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    assert policy[1].replace("&#39;", "'") == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert not re.search(r"url\(|@import| style=| src=|<script|<link|<iframe|<form|\son\w+=", html)


def test_the_managers_and_the_officers_page_name_no_patient(made_up: ModuleType, templates: Path) -> None:
    cases = made_up.cases(40)
    secrets = {c.case.encounter.encounter_id for c in cases} | {c.case.encounter.patient_id for c in cases}
    secrets |= {c.case.patient.family_name for c in cases} | {c.case.patient.mrn for c in cases}
    for view in (manager_view(made_up.summary()), officer_view(made_up.summary())):
        html = _html(view, templates)
        assert not [secret for secret in secrets if secret in html]


def test_a_verdict_of_the_tool_is_labelled_tool_proposed(made_up: ModuleType, templates: Path) -> None:
    html = _html(manager_view(made_up.summary()), templates)
    assert html.count("tool-proposed") > 8
    assert "person-determined" in html
    for word in ("audited", "certified", "guarantee"):
        assert word not in html


def test_a_coder_with_too_few_encounters_is_drawn_without_a_per_cent(made_up: ModuleType, templates: Path) -> None:
    html = _html(manager_view(made_up.summary()), templates)
    row = next(part for part in html.split("<tr") if '<th scope="row">C12</th>' in part and "track" in part)
    assert "%" not in row
    assert "62 of 68" in row


@pytest.mark.parametrize("kind", ["manager", "officer", "auditor"])
def test_an_audit_in_which_nothing_was_found_can_be_printed(kind: str, made_up: ModuleType, templates: Path) -> None:
    facts = replace(
        made_up.summary(), scores=(), coders=(), rules=(), rules_off=(), not_assessed=(), notices=(), excluded=(),
        earlier_draws=(), size=None, sources=(),
    )  # fmt: skip
    views = {"manager": manager_view, "officer": officer_view, "auditor": lambda s: auditor_view(s, [])}
    assert "</html>" in _html(views[kind](facts), templates)


def test_the_same_view_gives_the_same_bytes(made_up: ModuleType, templates: Path) -> None:
    first, again = (auditor_view(made_up.summary(), made_up.cases(6)) for _ in range(2))
    for form in ("html", "json", "csv"):
        one = render(first, kind="auditor", format=form, templates=templates)
        assert one == render(again, kind="auditor", format=form, templates=templates)


def test_the_published_json_is_the_view_and_carries_its_schema_version(made_up: ModuleType, templates: Path) -> None:
    view = manager_view(made_up.summary())
    published = json.loads(render(view, kind="manager", format="json", templates=templates))
    assert published == {"schema_version": 1, **view}
    assert next(iter(published)) == "schema_version"


def test_half_a_surrogate_pair_in_a_note_breaks_no_format(made_up: ModuleType, templates: Path) -> None:
    view = _with_note(made_up, "asthma \ud83d end")
    for form in ("html", "csv"):
        render(view, kind="auditor", format=form, templates=templates).decode()
    published = json.loads(render(view, kind="auditor", format="json", templates=templates))
    assert published["encounters"][0]["documents"][0]["text"] == "asthma \ud83d end"


def test_an_unknown_kind_or_format_is_wrong_usage(templates: Path) -> None:
    with pytest.raises(UnknownReportError, match="no report kind nurse"):
        render({}, kind="nurse", format="html", templates=templates)
    with pytest.raises(UnknownReportError, match="no report format docx"):
        render({}, kind="manager", format="docx", templates=templates)


def test_a_damaged_installation_says_which_template_is_missing(made_up: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(MissingTemplateError, match=re.escape("_base/report.css is missing")):
        render(manager_view(made_up.summary()), kind="manager", format="html", templates=tmp_path)
