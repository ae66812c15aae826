"""Sections that apps above this one add to a problem's page (meetings, inspections), so that imports keep going downward.

An app registers in its `ready()`: `sections.register(agenda_of, AgendaItem, Commitment)`, where `agenda_of(problem, access)` returns
(template, context), or None when there is nothing to show. At most one query each: the page's budget is twelve. The models (each with a
foreign key `problem`) are those whose rows the section shows: the page learns with its first query which problems have any, and asks only
sections that have something to say. A section named without models is always asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.template.loader import render_to_string

if TYPE_CHECKING:
    from problems.models import Problem
    from villages.access import Access

Section = Callable[["Problem", "Access"], "tuple[str, dict[str, Any]] | None"]
_sections: list[Section] = []
_models: dict[Section, tuple[type[Model], ...]] = {}


def register(section: Section, *models: type[Model]) -> None:
    """Add a section after those registered before; the same one twice stands once."""
    if section not in _sections:
        _sections.append(section)
        _models[section] = models


def shown_models() -> list[type[Model]]:
    """The models whose rows decide whether a section is asked."""
    return [model for models in _models.values() for model in models]


def related_sections(problem: Problem, access: Access, present: Collection[str] | None = None) -> list[str]:
    """Every registered section that has something to say about this problem, as finished HTML.

    `present`: labels of the models that hold rows of this problem, when the page knows them; sections without any are not asked.
    """

    def asked(section: Section) -> bool:
        models = _models[section]
        return not models or present is None or any(model._meta.label in present for model in models)

    found = (section(problem, access) for section in _sections if asked(section))
    return [render_to_string(*made) for made in found if made]
