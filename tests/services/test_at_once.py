"""Several people at the same moment: nobody overwrites, nobody doubles. Threads with a connection of their own, as in the office."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.test import Client

from acceptances.models import ScoreSheet
from audit import receipts
from audit.models import Entry
from common.models import RecordChanged
from inspections.models import Notice
from jobs import services as jobs
from jobs.models import Job
from problems.models import Problem
from problems.services import ledger
from tests.conftest import NOON, TODAY
from tests.inspections.conftest import inspect
from tests.problems.conftest import Desk, noon

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(world):
    return Desk(world)


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Let all begin together; what each returned or raised."""
    start = Barrier(len(works), timeout=120)

    def one(work: Callable[[], Any]) -> Any:
        try:
            start.wait()
            return work()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


class TestTwoEditors:
    def edit_both(self, desk: Desk) -> tuple[Problem, list[Any]]:
        """Both opened the form at the same version; one writes the place, the other the target, each with his whole form."""
        problem = desk.accept(place="村口", target="年底前完成")
        clerk, commissioner = desk.world.office_clerk, desk.world.commissioner

        def edit(by: Any, **fields: str) -> Problem:
            whole = {"place": "村口", "target": "年底前完成"} | fields
            return ledger.edit_problem(problem, base_version=problem.version, by=by, at=noon(TODAY), **whole)

        found = at_once(lambda: edit(clerk, place="村委会旁"), lambda: edit(commissioner, target="下月底前完成"))
        return Problem.objects.get(pk=problem.pk), found

    def test_one_wins_and_the_other_is_told(self, desk):
        problem, found = self.edit_both(desk)

        winners = [isinstance(answer, Problem) for answer in found]
        assert sorted(winners) == [False, True]
        told = found[winners.index(False)]
        assert isinstance(told, RecordChanged)
        assert (told.current.place, told.current.target) == (problem.place, problem.target)
        expected = ("村委会旁", "年底前完成") if winners[0] else ("村口", "下月底前完成")
        assert (problem.place, problem.target) == expected
        assert Entry.objects.filter(object_id=problem.pk, verb="修改问题").count() == 1

    def test_without_the_guard_one_edit_would_be_lost(self, desk, monkeypatch):
        """Negative control."""

        def save(instance: Any, *, expected_version: int, fields: list[str]) -> None:
            instance.save(update_fields=fields)

        monkeypatch.setattr(ledger, "save_if_unchanged", save)
        problem, found = self.edit_both(desk)

        assert all(isinstance(answer, Problem) for answer in found)
        assert (problem.place, problem.target) != ("村委会旁", "下月底前完成")  # both were told “saved”


class TestNumbers:
    def test_people_who_log_at_the_same_moment_get_numbers_of_their_own(self, desk):
        found = at_once(*(lambda i=i: desk.log(title=f"同时登记的问题{i}") for i in range(4)))

        assert [type(answer) for answer in found] == [Problem] * 4
        assert sorted(problem.number for problem in found) == [1, 2, 3, 4]


class TestTwoAtOneDoor:
    """What a service looked for comes between its look and its write: the pages look again, and nobody sees an error page."""

    def post_all(self, world: Any, address: str, count: int = 3, **values: Any) -> list[Any]:
        clients = [world.client(world.office_clerk) for _ in range(count)]
        with time_machine.travel(NOON, tick=True):
            forms = [values | {"submission": receipts.issue(world.office_clerk.pk)} for _ in clients]
            pairs = zip(clients, forms, strict=True)
            return at_once(*(lambda c=client, f=form: c.post(address, f) for client, form in pairs))

    def test_three_notices_get_three_numbers(self, world):
        inspection = inspect(world)
        address = f"{inspection.get_absolute_url()}notices/new/"
        answers = self.post_all(
            world,
            address,
            village=world.village.pk,
            requirement="补记录",
            issued_on="2026-06-20",
            reply_due_on="2026-06-30",
        )

        assert [answer.status_code for answer in answers] == [302] * 3
        assert sorted(Notice.objects.values_list("number", flat=True)) == [1, 2, 3]

    def test_one_sets_up_the_score_sheet_and_the_others_are_told(self, world):
        answers = self.post_all(world, f"/acceptances/rounds/{world.round.pk}/sheet/new/")

        assert sorted(answer.status_code for answer in answers) == [302, 422, 422]
        for answer in answers:
            assert answer.status_code == 302 or "本轮已有评分表，请直接修改。" in answer.content.decode()
        assert ScoreSheet.objects.count() == 1


class TestIdenticalForms:
    def post_five(self, world: Any, tokens: list[str]) -> list[Any]:
        clients = [world.client(world.office_clerk) for _ in tokens]
        fields = {
            "round": world.round.pk, "village": world.village.pk, "title": "五次发送的问题", "discovered_on": "2026-10-01",
            "severity": "medium", "source": "visit", "deadline_kind": "date", "submit": "on",
            "due_on": (TODAY + timedelta(days=30)).isoformat(),
        }  # fmt: skip

        def send(client: Client, token: str) -> Any:
            return client.post("/problems/new/infrastructure/", fields | {"submission": token})

        with time_machine.travel(NOON, tick=True):
            pairs = zip(clients, tokens, strict=True)
            return at_once(*(lambda c=client, t=token: send(c, t) for client, token in pairs))

    def test_five_at_once_make_one_record_and_all_lead_to_it(self, world):
        with time_machine.travel(NOON, tick=True):
            token = receipts.issue(world.office_clerk.pk)
        answers = self.post_five(world, [token] * 5)

        problem = Problem.objects.get()
        assert [answer.status_code for answer in answers] == [302] * 5
        assert {answer.url for answer in answers} == {problem.get_absolute_url()}

    def test_five_forms_make_five_records(self, world):
        """Negative control: it is the token that tells one form from another."""
        with time_machine.travel(NOON, tick=True):
            tokens = [receipts.issue(world.office_clerk.pk) for _ in range(5)]
        self.post_five(world, tokens)

        assert Problem.objects.count() == 5


class TestClaim:
    def test_of_several_workers_one_gets_the_job(self, world):
        job = jobs.enqueue("note", "x", by=world.office_clerk, at=NOON, arguments={})

        found = at_once(*(lambda: jobs.claim(job.pk) for _ in range(4)))

        assert [type(answer).__name__ for answer in found].count("Job") == 1
        assert found.count(None) == 3
        assert Job.objects.get().attempts == 1

    def test_one_key_is_one_job(self, world):
        def ask() -> Job:
            return jobs.enqueue("note", "x", by=world.office_clerk, at=NOON, arguments={}, key="summary:1:1")

        found = at_once(*(ask for _ in range(4)))

        assert {getattr(answer, "pk", answer) for answer in found} == {Job.objects.get().pk}
