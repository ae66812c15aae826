"""The scene of the access table: built once for a module, rolled back after it; every request in it is taken back at once."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client, override_settings

from tests.access.gate import Verdict, Visitor
from tests.access.records import Scene, make_scene
from tests.conftest import NOON


@pytest.fixture(scope="module")
def scene(django_db_setup: Any, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Scene]:
    with (
        django_db_blocker.unblock(),
        time_machine.travel(NOON, tick=False),
        # Said to the storages as well, which keep the folder they were first asked for.
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")),
    ):
        logging.disable(logging.WARNING)  # every refusal is a warning, and there are thousands
        outer = transaction.atomic()
        outer.__enter__()
        try:
            yield make_scene()
        finally:
            transaction.set_rollback(True)
            outer.__exit__(None, None, None)
            logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def clients(scene: Scene) -> dict[str, Client]:
    """Everybody with a session of his own, the disabled user with one from before."""
    found = {}
    for actor in scene.actors.values():
        client = Visitor()
        if actor.user is not None:
            client.force_login(actor.user, backend="django.contrib.auth.backends.ModelBackend")
        found[actor.name] = client
    return found


@pytest.fixture
def counted(record_property: Callable[[str, object], None]) -> Callable[[Verdict], list[str]]:
    """Adds a verdict to the counts printed at the end of the run (tests/conftest.py) and gives its faults."""

    def counted(verdict: Verdict) -> list[str]:
        record_property("access routes", 1)
        record_property("access cells", verdict.cells)
        record_property("access wrong", len(verdict.faults))
        return verdict.faults

    return counted
