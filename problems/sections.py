"""Sections that apps above this one add to a problem's page (meetings, inspections), so that imports keep going downward.

An app registers in its `ready()`: `sections.register(agenda_of)`, where `agenda_of(problem, access)` returns (template, context), or None
when there is nothing to show. At most one query each: the page's budget is twelve.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string

if TYPE_CHECKING:
    from problems.models import Problem
    from villages.access import Access

Section = Callable[["Problem", "Access"], "tuple[str, dict[str, Any]] | None"]
_sections: list[Section] = []


def register(section: Section) -> None:
    """Add a section after those registered before; the same one twice stands once."""
    if section not in _sections:
        _sections.append(section)


def related_sections(problem: Problem, access: Access) -> list[str]:
    """Every registered section that has something to say about this problem, as finished HTML."""
    found = (section(problem, access) for section in _sections)
    return [render_to_string(*made) for made in found if made]
