"""The 7th character of an injury code: the phase of care, which the note must tell unless it is active treatment.

ICD-10-CM Official Guidelines I.C.19.a: A (B, C for open fractures) while the patient receives active treatment, D and
the characters of healing after it, S for what the injury left behind.
"""

from __future__ import annotations

from dataclasses import replace

from audit.chart.decide import Decision, Reason
from audit.chart.scan import Instruments, Scanned
from audit.domain.finding import Support

_LENGTH = 7


def in_phase(decision: Decision, scanned: Scanned, tools: Instruments) -> Decision:
    """Return the decision, lowered to the category where nothing in the documents tells the phase of the code."""
    bare = decision.code.replace(".", "")
    if decision.support is not Support.SUPPORTED or decision.code[0] not in "ST" or len(bare) != _LENGTH:
        return decision
    told = tools.evidence.phases.get(bare[-1])
    if told is None or any(told.search(document.text) for document in scanned.documents):
        return decision
    return replace(decision, support=Support.NOT_FOUND, reason=Reason.DETAIL, detail="phase", suggested=())
