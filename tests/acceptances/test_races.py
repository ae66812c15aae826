"""Two people at the same moment: the one who comes second gets a sentence and keeps what was typed; the number of the first is not reused.

A race is made by letting a service's look at what is there see nothing the first time, as if the other's row had come between the look and
the write. What is refused is then the database's doing.
"""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError
from django.db.models import QuerySet

from acceptances.models import Acceptance, ScoreSheet
from acceptances.services import sheets
from common import clashes
from inspections.models import Notice
from inspections.services import issue_notice, surveys
from rounds.models import Round
from tests.acceptances.test_pages import url
from tests.conftest import NOON
from tests.inspections.conftest import inspect
from tests.meetings.test_pages import opened
from villages.pages import WritingPage


@pytest.fixture
def blind(monkeypatch):
    """`blind(Model)`: the next look whether such a row exists, and at the newest of them, sees none; `blind(Model, looks=None)`: every look."""

    def make(model: Any, *, looks: int | None = 1) -> None:
        left = {"exists": looks, "first": looks, "aggregate": looks}

        def closing(name: str) -> Any:
            real = getattr(QuerySet, name)

            def look(self: QuerySet, *args: Any, **named: Any) -> Any:
                if self.model is not model or left[name] == 0:
                    return real(self, *args, **named)
                left[name] = None if left[name] is None else left[name] - 1
                return real(self.none(), *args, **named)

            return look

        for name in left:
            monkeypatch.setattr(QuerySet, name, closing(name))

    return make


@pytest.fixture
def once_only(monkeypatch):
    """The pages without the second look."""

    def dispatch(self: Any, *args: Any, **named: Any) -> Any:
        return super(WritingPage, self).dispatch(*args, **named)

    monkeypatch.setattr(WritingPage, "dispatch", dispatch)


class TestAskingTwice:
    @pytest.fixture
    def late(self, world, course):
        """The village's form, opened before somebody else asked."""
        client, address = world.client(world.village_secretary), url("acceptance_create", course.designation.pk)
        form = opened(client, address, statement="班子配齐", explanation="方案另报", asked_on="2026-10-08")
        course.ask()
        return client, address, form

    def test_the_second_is_told_by_the_service_and_keeps_the_text(self, late, blind):
        client, address, form = late
        blind(Acceptance)

        page = client.post(address, form)

        assert page.status_code == 422
        assert "这个村已有正在办理的验收申请，请等待结果。" in page.content.decode()
        assert page.context["form"]["statement"].value() == "班子配齐"
        assert Acceptance.objects.count() == 1
        again = client.post(address, form)  # the form itself was not taken: it can still be sent
        assert again.status_code == 422

    def test_what_the_database_refuses_again_is_a_sentence_too(self, late, blind):
        client, address, form = late
        blind(Acceptance, looks=None)

        page = client.post(address, form)

        assert page.status_code == 422
        assert clashes.GENERAL in page.content.decode()
        assert Acceptance.objects.count() == 1

    def test_without_the_second_look_it_is_an_error(self, late, blind, once_only):
        client, address, form = late
        blind(Acceptance)

        with pytest.raises(IntegrityError):
            client.post(address, form)


def test_two_set_up_the_score_sheet(world, course, blind):
    round = Round.objects.create(
        township=world.township, campaign="整顿", year=2027, number=1, starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31)
    )  # fmt: skip
    client, address = world.client(world.office_clerk), url("sheet_create", round.pk)
    form = opened(client, address)
    sheets.set_up_sheet(round=round, by=world.office_clerk, at=NOON)
    blind(ScoreSheet)

    page = client.post(address, form)

    assert page.status_code == 422
    assert "本轮已有评分表，请直接修改。" in page.content.decode()
    assert ScoreSheet.objects.filter(round=round).count() == 1


def test_two_notices_at_once_get_two_numbers(world, blind):
    inspection = inspect(world)
    client, address = world.client(world.office_clerk), f"{inspection.get_absolute_url()}notices/new/"
    values = {
        "village": world.village,
        "requirement": "补记录",
        "issued_on": date(2026, 6, 20),
        "reply_due_on": date(2026, 6, 30),
    }
    form = opened(client, address, **values | {"village": world.village.pk})
    issue_notice(inspection, by=world.office_clerk, at=NOON, **values)
    blind(Notice)

    assert client.post(address, form).status_code == 302
    assert sorted(Notice.objects.values_list("number", flat=True)) == [1, 2]


class TestSentences:
    """Which sentence a refusal of the database becomes, on SQLite and PostgreSQL alike."""

    def test_a_constraint_speaks_for_itself(self, world, course):
        survey = course.survey()
        other = course.survey(held_on=date(2026, 10, 11))

        with pytest.raises(IntegrityError) as unique:
            type(survey).objects.filter(pk=other.pk).update(held_on=survey.held_on)

        assert clashes.is_clash(unique.value)
        assert clashes.sentence(unique.value) == "这个村当天的同类测评已登记，请直接修改。"

    def test_a_check_too(self, world, course):
        survey = course.survey()
        with pytest.raises(IntegrityError) as check:
            type(survey).objects.filter(pk=survey.pk).update(satisfied=1)
        assert clashes.sentence(check.value) == "满意、基本满意、不满意、不了解四项之和须等于有效票。"

    def test_a_column_left_empty_is_a_fault_and_stays_one(self, world, course):
        survey = course.survey()
        with pytest.raises(IntegrityError) as fault:
            type(survey).objects.filter(pk=survey.pk).update(held_on=None)
        assert not clashes.is_clash(fault.value)


def test_who_waited_in_vain_keeps_what_was_typed(world, course, monkeypatch):
    client, address = world.client(world.village_secretary), url("acceptance_create", course.designation.pk)
    form = opened(client, address, statement="班子配齐", explanation="方案另报", asked_on="2026-10-08")
    looks = []

    def locked(*_: Any, **__: Any) -> None:
        looks.append(1)
        raise OperationalError("database is locked")

    monkeypatch.setattr(Acceptance.objects, "create", locked)
    page = client.post(address, form)

    assert (page.status_code, len(looks)) == (422, 1)
    assert clashes.BUSY in page.content.decode()
    assert page.context["form"]["statement"].value() == "班子配齐"


def test_a_fault_is_not_hidden_behind_a_sentence(world, course, monkeypatch):
    client, address = world.client(world.office_clerk), "/inspections/surveys/new/"
    ballots = {"issued": 1, "returned": 1, "valid": 1, "satisfied": 1, "mostly": 0, "dissatisfied": 0, "unknown": 0}
    form = opened(
        client, address, round=world.round.pk, village=world.village.pk, kind="midterm", held_on="2026-09-25", **ballots
    )
    monkeypatch.setattr(surveys, "_write_questions", lambda survey, _: type(survey).objects.update(held_on=None))

    with pytest.raises(IntegrityError):
        client.post(address, form)
