"""Panels that apps above this one add to the page of a kind (where its sentence stands in the papers), so that imports keep going downward.

An app registers in its `ready()`: `panels.register("reports.otherwork.of_kind")`, a dotted path to a function that takes (kind, access) and
returns (template, context), or None when there is nothing to show. At most two queries each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.module_loading import import_string

from otherwork.models import WorkKind
from villages.access import Access

Panel = Callable[[WorkKind, Access], "tuple[str, dict[str, Any]] | None"]
_panels: list[str] = []


def register(panel: str) -> None:
    """Add a panel below the kind's own facts; registering twice is harmless."""
    if panel not in _panels:
        _panels.append(panel)


def panels_of(kind: WorkKind, access: Access, request: HttpRequest) -> list[str]:
    """Every registered panel that has something to show, as finished HTML; the request lends its token to the buttons."""
    functions: list[Panel] = [import_string(path) for path in _panels]
    made = (panel(kind, access) for panel in functions)
    return [render_to_string(template, context, request) for template, context in filter(None, made)]
