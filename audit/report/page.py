"""HTML from a view: one file that asks for nothing when it is opened.

The only style sheet stands in the page and is allowed by its digest; scripts, images, fonts, frames and forms are
forbidden by the page's own policy (CSP Level 3), so even a note full of markup can load nothing.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any

from audit.domain.percent import percent, percent_up, whole_percent
from audit.errors import AuditError
from audit.report.marks import excerpt, quotes, runs
from audit.report.tracks import scale_for
from audit.report.words import label, number, plural, quantity

if TYPE_CHECKING:
    from jinja2 import Environment

STYLE = "_base/report.css"


class MissingTemplateError(AuditError):
    """The installation carries no such template: it is damaged."""

    @classmethod
    def of(cls, name: str) -> MissingTemplateError:
        """Build the error for the template ``name``."""
        return cls(f"the report template {name} is missing", hint="reinstall chartassay")


def page(view: Mapping[str, Any], kind: str, templates: Traversable) -> bytes:
    """Return the page of ``kind`` for ``view``. Raises MissingTemplateError."""
    from markupsafe import Markup

    style = _read(templates, STYLE)
    environment = _environment(templates)
    text = environment.get_template(f"{kind}/{kind}.html.j2").render(
        view=view,
        style=Markup(style),  # noqa: S704 - our own style sheet, and escaping it would break its digest
        policy=_policy(style),
    )
    return text.encode("utf-8", "replace")


def _policy(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _environment(templates: Traversable) -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(_loader(templates)),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "label": label,
        "number": number,
        "percent": percent,
        "percent_up": percent_up,
        "whole_percent": whole_percent,
        "plural": plural,
        "quantity": quantity,
        "positions": lambda rows, key: {row[key]: place for place, row in enumerate(rows, start=1)},
        "basis_shown": lambda coders, basis: any(s["basis"] == basis for coder in coders for s in coder["scores"]),
        "named_scores": lambda coders: [(coder["coder_id"], coder["scores"]) for coder in coders],
    }
    environment.globals |= {"scale_for": scale_for, "runs": runs, "excerpt": excerpt, "quotes": quotes}
    return environment


def _loader(templates: Traversable) -> Callable[[str], str]:
    return lambda name: _read(templates, name)


def _read(templates: Traversable, name: str) -> str:
    try:
        return templates.joinpath(*name.split("/")).read_text(encoding="utf-8")
    except OSError:
        raise MissingTemplateError.of(name) from None
