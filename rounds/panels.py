"""Panels that apps above this one add to a designation's page (acceptance), so that imports keep going downward.

An app registers in its `ready()`: `panels.register("acceptances.panels.of_designation")`, a dotted path to a function that takes
(designation, access) and returns (template, context), or None when there is nothing to show. At most two queries each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.template.loader import render_to_string
from django.utils.module_loading import import_string

from rounds.models import Designation
from villages.access import Access

Panel = Callable[[Designation, Access], "tuple[str, dict[str, Any]] | None"]
_panels: list[str] = []


def register(panel: str) -> None:
    """Add a panel below the designation's own facts; registering twice is harmless."""
    if panel not in _panels:
        _panels.append(panel)


def panels_of(designation: Designation, access: Access) -> list[str]:
    """Every registered panel that has something to show, as finished HTML."""
    functions: list[Panel] = [import_string(path) for path in _panels]
    made = (panel(designation, access) for panel in functions)
    return [render_to_string(template, context) for template, context in filter(None, made)]
