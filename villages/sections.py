"""What apps above add to a village's page, without villages knowing them.

An app registers in its `ready()`:  sections.register("problems.sections.of_village")
The function takes (village, access) and returns (template, context), or None when it has nothing to show to this visitor.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import import_string

from villages.access import Access
from villages.models import Village

Section = Callable[[Village, Access], tuple[str, dict[str, Any]] | None]
_sections: list[Section | str] = []


@dataclass(frozen=True)
class Drawn:
    """One section ready for its template, which finds its context as `section`."""

    template: str
    context: dict[str, Any]


def register(section: Section | str) -> None:
    """Add a section (a function, or its dotted path) below the village's own facts; registering twice is harmless."""
    if section not in _sections:
        _sections.append(section)


def sections_of(village: Village, access: Access) -> list[Drawn]:
    """Every section that has something to show, in the order of registration."""
    found = []
    for section in _sections:
        function: Section = import_string(section) if isinstance(section, str) else section
        drawn = function(village, access)
        if drawn:
            found.append(Drawn(*drawn))
    return found
