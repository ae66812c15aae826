"""Which function does which kind of work. Apps register theirs in their `work` or `tasks` module; jobs imports none of them."""

from collections.abc import Callable
from typing import Any

from django.utils.module_loading import import_string

Work = Callable[..., dict[str, Any]]
_kinds: dict[str, str] = {}


def register(kind: str, path: str) -> None:
    """Name the function (dotted path) that does a kind of job. It is called as `work(progress, **arguments)` and returns the result."""
    _kinds[kind] = path


def work_of(kind: str) -> Work:
    """The function of a kind; KeyError when no app registered it."""
    return import_string(_kinds[kind])
