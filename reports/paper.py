"""What is printed for a summary: of a signed one what was frozen, of a draft what stands in it now. Every renderer asks here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reports import document_model
from reports.document.blocks import Document
from reports.document.errors import MissingGlyph
from reports.document.glyphs import missing_glyphs
from reports.models import Issue, Summary


@dataclass(frozen=True)
class Paper:
    """All a file is made from. The same paper and the same faces give the same bytes; a frozen one asks no record any more."""

    document: Document
    figures: dict[str, Any]
    created_at: datetime
    identifier: str
    is_frozen: bool

    @property
    def figures_json(self) -> bytes:
        """The figures as they are carried inside the PDF. Half a character, which has no bytes, is left out as it is on paper."""
        return json.dumps(self.figures, ensure_ascii=False, sort_keys=True, indent=1).encode(errors="ignore")

    def missing_glyphs(self) -> list[MissingGlyph]:
        """Characters no face has; sign-off refuses them. Raises FontsMissing where the faces are not installed."""
        return missing_glyphs(self.document)


def paper_of(summary: Summary) -> Paper:
    """One query for a signed summary, two for a draft."""
    if summary.is_frozen:
        return paper_of_issue(Issue.objects.get(summary=summary))
    return Paper(
        document=document_model.document(summary, list(summary.parts.all())),
        figures=summary.figures,
        created_at=summary.computed_at,
        identifier=f"summary-{summary.pk}-{summary.version}",
        is_frozen=False,
    )


def paper_of_issue(issue: Issue) -> Paper:
    return Paper(issue.document, issue.figures, issue.signed_at, f"issue-{issue.code}", is_frozen=True)
