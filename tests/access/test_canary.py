"""Foreign words are looked for where an address asks for them by name, and in what is computed from records."""

from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.urls import reverse

from archives.services import path_of, request_archive
from archives.work import make_archive
from common.errors import Refused
from ledgers.definitions import LEDGERS
from ledgers.importing.importers import IMPORTERS
from reports.models import Part
from reports.services import draft_summary
from rounds.models import Round
from tests.access.gate import TOKENS, knock, url_of
from tests.access.records import MISSING, export
from tests.access.table import LEDGER_READERS, ROUTES
from tests.conftest import NOON, TODAY

# Filters and entry pages say the same on every database; what reads it in its own way is marked for the services below.
pytestmark = pytest.mark.django_db

LISTS = [route for route in ROUTES if route.kind == "list"]
CURIOUS = (
    "village_secretary",
    "office_clerk",
    "station",
    "linked_leader",
    "sibling_secretary",
    "stranger",
    "county_reader",
)

SEARCHED = {"problems:problem_list", "meetings:commitment_list", "problems:measure_list", "villages:village_list"}
COUNTS = {"G", "J", "K", "L1"}  # ledgers of numbers: no words of a record stand in them


def asking_for(records, record):
    """An address that names foreign places, people, rounds and rows in every way a list understands."""
    keys = [str(r.pk) for r in records.values() if isinstance(getattr(r, "pk", None), int)]
    return {
        "township": records["township"].pk,
        "village": records["village"].pk,
        "round": f"{records['round'].year}-{records['round'].number}",
        "unit": records["unit"].pk,
        "person": records["cadre"].pk,
        "cadre": records["cadre"].pk,
        "owner": records["cadre"].pk,
        "state": "",
        "as_of": TODAY.isoformat(),
        "only": ".".join(keys[:40]),
    }


@pytest.mark.parametrize(
    "route", [pytest.param(r, marks=[pytest.mark.services] if r.name in SEARCHED else [], id=str(r)) for r in LISTS]
)
def test_a_filter_does_not_reach_over_the_border(route, scene, clients):
    leaks = []
    foreign = asking_for(scene.records["foreign"], route.record)
    questions = [foreign, {"only": foreign["only"]}, {"township": foreign["township"]}, {"q": "Qz"}]
    for name in CURIOUS:
        actor = scene.actors[name]
        if actor.role not in route.roles:
            continue
        for question in questions:
            answer = knock(clients[name], "GET", reverse(route.name), question)
            shown = sorted(t for t in TOKENS - actor.tokens if t in answer.text)
            if shown or answer.status != 200:
                leaks.append((name, question, answer.status, shown))
    assert leaks == []


@pytest.mark.parametrize("record", ["village", "round", "cadre", "meeting", "problem"])
def test_a_foreign_record_in_the_question_of_a_form_stays_unknown(record, scene, clients):
    """Entry pages take hints from the address (?village=…, ?place=…): a foreign one names nothing."""
    leaks = []
    pk = scene.records["foreign"][record].pk
    for route in ROUTES:
        if route.kind != "form" or route.record:
            continue
        for name in ("office_clerk", "resident_cadre"):
            actor = scene.actors[name]
            if actor.role not in route.roles:
                continue
            for question in ({record: pk}, {"place": f"{record}-{pk}"}, {record: MISSING}, {"township": pk}):
                answer = knock(clients[name], "GET", url_of(route), question)
                if answer.status not in (200, 302, 403, 404) or any(t in answer.text for t in TOKENS - actor.tokens):
                    leaks.append((route.name, name, question, answer.status))
    assert leaks == []


@pytest.mark.services
def test_a_summary_holds_only_words_of_its_township(scene):
    """The figures count by round: neither they nor a sentence made of them may hold another township's words."""
    own, world = scene.actors["office_clerk"], scene.world

    summary = draft_summary(
        round=world.round, kind="stage", starts_on=date(2026, 3, 5), ends_on=TODAY, as_of=TODAY,
        by=own.user, at=NOON,
    )  # fmt: skip

    text = str(summary.figures) + str(summary.missing) + "".join(p.text for p in Part.objects.filter(summary=summary))
    assert "own" in text
    assert [t for t in TOKENS - own.tokens if t in text] == []


@pytest.mark.services
@pytest.mark.parametrize("code", LEDGERS)
def test_a_workbook_holds_only_what_its_asker_may_see(code, scene):
    """The worker's function, asked for every round there is: it writes those in sight, and of them the rows in sight."""
    rounds = list(Round.objects.all())
    wrong = {}
    for name in (*CURIOUS, "administrator", "ended"):
        actor = scene.actors[name]
        try:
            words = words_in(export(actor.user, code, rounds).path)
        except Refused:
            words = None
        if (words is not None) != (actor.role in LEDGER_READERS[code]):
            wrong[name] = "refused" if words is None else "not refused"
        elif words and (leaked := sorted(t for t in TOKENS - actor.tokens if t in words)):
            wrong[name] = leaked
        elif words and actor.village and code not in COUNTS and not any(t in words for t in actor.tokens):
            wrong[name] = "empty"
    assert wrong == {}


@pytest.mark.parametrize("name", CURIOUS)
def test_the_search_box_finds_nothing_foreign(name, scene, clients):
    """Asked for what every foreign record carries; the control: what is one's own is found."""
    actor = scene.actors[name]
    for words in ("Qz", "zQ", "王岩", "历史遗留"):
        answer = knock(clients[name], "GET", reverse("search:search"), {"q": words})
        assert answer.status == 200
        assert [t for t in TOKENS - actor.tokens if t in answer.text.replace("<mark>", "").replace("</mark>", "")] == []
    marked = knock(clients[name], "GET", reverse("search:search"), {"q": "Qz"}).text
    assert "<mark>Qz</mark>" in marked


@pytest.mark.parametrize("name", ["village_secretary", "office_clerk", "county_reader"])
def test_a_village_s_package_holds_only_its_own(name, scene, monkeypatch):
    """Words of the sheets before they are set in type, and everything else in the ZIP."""
    words = []

    def set_in_type(paper, **_):
        words.append(str(paper))
        return b"%PDF"

    monkeypatch.setattr("archives.work.render_pdf_bounded", set_in_type)
    own = scene.records["own"]
    job = request_archive(own["village"], round=own["round"], by=scene.actors[name].user, at=NOON)

    make_archive(lambda *_: None, **job.arguments)

    with ZipFile(path_of(job.arguments["token"])) as package:
        for entry in package.namelist():
            if entry.endswith(".xlsx"):
                words.append(words_in(BytesIO(package.read(entry))))
            else:
                words.append(entry + package.read(entry).decode("utf-8", "replace"))
    held = "".join(words)
    allowed = scene.actors["village_secretary"].tokens
    assert [t for t in TOKENS - allowed if t in held] == []
    assert sum(t in held for t in allowed) >= 2


def test_a_package_of_a_foreign_village_is_not_made(scene):
    job = request_archive(
        scene.records["foreign"]["village"],
        round=scene.records["foreign"]["round"],
        by=scene.actors["office_clerk"].user,
        at=NOON,
    )
    with pytest.raises(Refused):
        make_archive(lambda *_: None, **job.arguments)


def test_every_ledger_has_its_readers():
    assert set(LEDGER_READERS) == set(LEDGERS)


@pytest.mark.parametrize("code", IMPORTERS)
def test_a_template_offers_only_names_of_its_township(code, scene, clients):
    wrong = {}
    for name in ("office_clerk", "stranger", "abroad"):
        actor = scene.actors[name]
        response = clients[name].get(reverse("ledgers:import_template", args=[code]))
        words = words_in(BytesIO(response.content))
        if leaked := sorted(t for t in TOKENS - actor.tokens if t in words):
            wrong[name] = leaked
    assert wrong == {}


def words_in(path):
    """Everything in a workbook: cells, sheet names, properties."""
    with ZipFile(path) as book:
        return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
