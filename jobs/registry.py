"""Which function does which kind of work. Apps register theirs in `AppConfig.ready`; jobs imports none of them."""

from collections.abc import Callable
from typing import Any

from django.utils.module_loading import import_string

Work = Callable[..., dict[str, Any]]
_kinds: dict[str, str] = {}
_shared: dict[str, str] = {}
_daily: dict[str, tuple[str, int]] = {}


def register(kind: str, path: str, *, shared_with: str = "") -> None:
    """Name the function (dotted path) that does a kind of job. It is called as `work(progress, **arguments)` and returns the result.

    A result may carry {"url": …, "label": …}, or several of them as {"links": […]}: where to go when it is done.
    `shared_with` is the permission with which colleagues of the job's township may look at it; without it only who asked may.
    """
    _kinds[kind] = path
    _shared.pop(kind, None)
    if shared_with:
        _shared[kind] = shared_with


def daily(kind: str, title: str, *, hour: int = 0) -> None:
    """A registered kind that is done once every day, not before `hour`. It is called with `day` (ISO) and must bear a day left out or done twice."""
    _daily[kind] = (title, hour)


def daily_kinds(hour: int = 24) -> dict[str, str]:
    """Kind → title of the jobs of every day that are due by an hour of the day."""
    return {kind: title for kind, (title, first) in _daily.items() if first <= hour}


def work_of(kind: str) -> Work:
    """The function of a kind; KeyError when no app registered it."""
    return import_string(_kinds[kind])


def shared_kinds() -> dict[str, str]:
    """Kind → permission, for the kinds whose jobs colleagues may see."""
    return dict(_shared)
