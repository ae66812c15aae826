"""Knocks at a door as somebody and judges the answer by the table. Returns faults as sentences, so that a control can show that it finds them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.access.records import MISSING, PLACES, Actor, Scene, token
from tests.access.table import KINDS, PERSONAL, RECORDS, ROUTES, Route

TOKENS = frozenset(token(place, layer) for place in PLACES for layer in "VTN")
# One's own session may be written by reading: a message shown is a message gone.
OWN_TABLES = {"django_session"}
NOWHERE = "missing"
METHODS = ("GET", "POST")
# Pages that show no words of their record; a workbook is compressed, and read in test_canary.py.
WORDLESS = {"jobs:job_state", "ledgers:export_download", "archives:archive_download", "reports:outline_detail"}


class Visitor(Client):
    """A client without the instruments: thousands of answers are judged by status and text alone."""

    def request(self, **request: Any) -> Any:
        return self.handler(self._base_environ(**request))


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    location: str
    wrote: frozenset[str]  # tables


WRITE = re.compile(r'^\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')


@contextmanager
def watched() -> Iterator[set[str]]:
    """The tables written to meanwhile, also when the write is taken back."""
    tables: set[str] = set()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if match := WRITE.match(sql):
            tables.add(match[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield tables


def knock(client: Client, method: str, url: str, data: Any = None) -> Answer:
    """One request, taken back afterwards."""
    with watched() as tables, transaction.atomic():
        response = client.generic(method, url) if data is None else client.get(url, data)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    return Answer(
        response.status_code,
        CSRF.sub("", body.decode("utf-8", "replace")),
        response.headers.get("Location", ""),
        frozenset(tables - OWN_TABLES),
    )


def in_view(actor: Actor, route: Route, place: str) -> bool:
    record = RECORDS.get(route.record)
    return record is None or (actor.role in record.seen_by and place in actor.places(record.reach))


def expected(actor: Actor, route: Route, place: str, method: str) -> frozenset[int]:
    """What may be answered. Who holds the right somewhere gets 404 elsewhere; who lacks it 403, or 404 for what he cannot even see.

    A method the page does not know may be refused as such whoever asks: it says nothing about the record.
    """
    if not actor.signed_in:
        return frozenset({302})
    opens = KINDS[route.kind][METHODS.index(method)]
    unknown_method = opens & {405}
    may, seen = actor.role in route.roles, in_view(actor, route, place)
    if may and (seen or route.kind == "forget"):
        return opens
    if may:
        return frozenset({404}) | unknown_method
    return (frozenset({403}) if seen else frozenset({403, 404})) | unknown_method


def address(scene: Scene, route: Route, place: str) -> str:
    record = MISSING if place == NOWHERE else scene.records[place].get(route.record)
    return url_of(route, record)


def url_of(route: Route, record: Any = None) -> str:
    return reverse(route.name, kwargs=route.kwargs(record, parameters()[route.name]))


@cache
def parameters() -> dict[str, tuple[str, ...]]:
    """What each address asks for, from the URLconf itself: renamed there, it need not be renamed here."""
    return {name: tuple(pattern.pattern.regex.groupindex) for name, pattern in patterns()}


def doors(scene: Scene, route: Route, actor: Actor, method: str) -> list[str]:
    """The places a route is tried at; one without a record has one door.

    The neighbour village and the other county say something only about who may somewhere. That a missing record answers like a foreign one is
    seen by asking.
    """
    if route.record not in RECORDS:
        return ["own"]
    far = [] if actor.role in route.roles else ["sibling", "abroad"]
    places = [place for place in scene.places_of(route.record) if place not in far]
    return [*places, NOWHERE] if method == "GET" else places


@dataclass
class Verdict:
    cells: int
    faults: list[str]


def judge(
    scene: Scene, clients: dict[str, Client], route: Route, method: str, *, actors: Iterable[Actor] = (),
    places: Iterable[str] = (),
) -> Verdict:  # fmt: skip
    """Try one route with one method: every actor at every door, unless told which."""
    verdict = Verdict(0, [])
    for actor in actors or scene.actors.values():
        closed: set[tuple[int, str]] = set()
        for place in places or doors(scene, route, actor, method):
            answer = knock(clients[actor.name], method, address(scene, route, place))
            verdict.cells += 1
            cell = f"{method} {route.name} as {actor} at {place}"
            verdict.faults += [f"{cell}: {fault}" for fault in faults(scene, actor, route, place, method, answer)]
            if route.record in RECORDS and not in_view(actor, route, place):
                # The error page has no address in it; a POST's answer is compared by its status.
                closed.add((answer.status, answer.text if method == "GET" and answer.status != 302 else ""))
        if len(closed) > 1:
            verdict.faults.append(f"{method} {route.name} as {actor}: a record elsewhere answers unlike a missing one")
    return verdict


def faults(scene: Scene, actor: Actor, route: Route, place: str, method: str, answer: Answer) -> Iterator[str]:
    allowed = expected(actor, route, place, method)
    if answer.status not in allowed:
        yield f"{answer.status}, expected {sorted(allowed)}"
    if not actor.signed_in and not answer.location.startswith(reverse("accounts:login")):
        yield f"does not lead to the login but to {answer.location!r}"
    opened = actor.role in route.roles and in_view(actor, route, place)
    if answer.wrote and (method == "GET" or not opened):
        yield f"wrote to {sorted(answer.wrote)}"
    if leaked := sorted(t for t in TOKENS - actor.tokens if t in answer.text):
        yield f"shows {leaked}"
    if method == "GET" and answer.status == 200 and opened and not speaks(scene, actor, route, place, answer.text):
        yield "does not show what it is about"


def speaks(scene: Scene, actor: Actor, route: Route, place: str, text: str) -> bool:
    """A page that shows nothing leaks nothing: what is in scope must be there."""
    if route.name in WORDLESS or (route.kind != "list" and (route.kind != "page" or not route.record)):
        return True
    if route.kind == "list":
        names = [scene.records[place]["village"].name for place in actor.village]
        return any(word in text for word in [*actor.tokens, *names])
    return any(token(place, layer) in text for layer in "VTN") or scene.records[place]["village"].name in text


def personal(scene: Scene, clients: dict[str, Client], name: str, method: str) -> Verdict:
    """The pages that need no post."""
    is_open, *answers = PERSONAL[name]
    verdict = Verdict(0, [])
    for actor in scene.actors.values():
        answer = knock(clients[actor.name], method, reverse(name))
        verdict.cells += 1
        allowed = answers[METHODS.index(method)] if is_open or actor.signed_in else frozenset({302})
        if answer.status not in allowed:
            verdict.faults.append(f"{method} {name} as {actor}: {answer.status}, expected {sorted(allowed)}")
        if leaked := sorted(t for t in TOKENS - actor.tokens if t in answer.text):
            verdict.faults.append(f"{method} {name} as {actor}: shows {leaked}")
    return verdict


def patterns(found: Any = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """(name with its namespaces, pattern) of every address of the portal."""
    for pattern in get_resolver().url_patterns if found is None else found:
        if isinstance(pattern, URLResolver):
            space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from patterns(pattern.url_patterns, space)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name or pattern.pattern}", pattern


def listed() -> list[str]:
    return [route.name for route in ROUTES] + list(PERSONAL)


def fingerprint() -> str:
    """A hash of every row of every table, sessions aside."""
    digest = hashlib.sha256()
    for table in sorted(set(connection.introspection.table_names()) - OWN_TABLES):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} ORDER BY 1")
            for row in cursor.fetchall():
                digest.update(repr((table, row)).encode())
    return digest.hexdigest()
