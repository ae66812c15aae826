"""What the database itself refuses, sorts, finds and counts: the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from audit.models import Receipt
from problems.models import Problem, Step
from problems.terms import Colour, State
from tests.conftest import NOON, TODAY
from villages.access import access_of
from villages.models import Assignment

pytestmark = [pytest.mark.services, pytest.mark.django_db]


class TestConstraints:
    """Whatever a service forgets, the database does not take."""

    @pytest.fixture
    def problem(self, demo_township):
        return Problem.objects.get(pk=demo_township.problem[1].pk)

    @pytest.mark.parametrize(
        ("name", "values"),
        [
            ("problem_number", {"number": 2}),
            ("problem_due_by_kind", {"deadline_kind": "continuing", "due_on": TODAY}),
            ("problem_due_after_discovery", {"due_on": date(2020, 1, 1)}),
            ("problem_closed_state", {"state": State.CLOSED, "closed_on": None}),
            ("problem_closed_state", {"state": State.RECTIFYING, "closed_on": TODAY}),
        ],
    )
    def test_a_problem_cannot_be_nonsense(self, demo_township, db, problem, name, values):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            Problem.objects.filter(pk=problem.pk).update(**values)

        named = name if name != "problem_number" else "number"  # SQLite names the columns of a broken unique index
        assert named in str(refused.value)

    def test_a_problem_has_one_present_step(self, demo_township, db, problem):
        present = Step.objects.get(problem=problem, until=None)
        present.pk = None

        with pytest.raises(IntegrityError), transaction.atomic():
            present.save(force_insert=True)

    def test_a_step_does_not_end_before_it_began(self, demo_township, db, problem):
        with pytest.raises(IntegrityError), transaction.atomic():
            Step.objects.filter(problem=problem, until=None).update(until=date(2020, 1, 1))

    def test_a_post_names_exactly_the_place_its_role_asks_for(self, demo_township, db):
        post = Assignment.objects.filter(role="resident_cadre").first()
        with pytest.raises(IntegrityError), transaction.atomic():
            Assignment.objects.filter(pk=post.pk).update(township=demo_township.township["清溪镇"])

    def test_a_form_is_taken_once(self, demo_township, db):
        Receipt.objects.create(token="t", by=demo_township.user["wu"], at=NOON)
        with pytest.raises(IntegrityError), transaction.atomic():
            Receipt.objects.create(token="t", by=demo_township.user["wu"], at=NOON)


class TestStanding:
    def test_the_present_step_and_the_row_agree(self, demo_township, db):
        names = ["state", "degree", "deadline_kind", "due_on", "queue_on", "yellow_on", "closed_on", "last_progress_on"]
        later = TODAY + timedelta(days=400)

        now = Problem.objects.order_by("pk").values_list("pk", *names)
        then = Problem.objects.as_of(later).order_by("pk").values_list("pk", *(f"stood__{name}" for name in names))

        assert len(now) > 18
        assert list(then) == list(now)

    def test_every_day_of_the_round_has_one_step_for_each_problem(self, demo_township, db):
        logged = dict(Step.objects.filter(action="log").values_list("problem_id", "since"))
        for day in (date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 5), date(2026, 10, 31)):
            held = list(Problem.objects.as_of(day).values_list("pk", flat=True))
            assert sorted(held) == sorted(pk for pk, since in logged.items() if since <= day)

    def test_the_database_and_python_see_the_same_colours(self, demo_township, db):
        seen = set()
        for day in (date(2026, 4, 30), date(2026, 7, 31), date(2026, 10, 16), TODAY):
            steps = Step.objects.held_on(day).in_bulk()
            for colour in Colour.values:
                rows = Problem.objects.as_of(day).coloured(colour, day, "stood__")
                found = set(rows.values_list("stood__pk", flat=True))
                assert found == {pk for pk, step in steps.items() if step.colour_on(day) == colour}
                seen |= {colour} if found else set()
        assert seen == set(Colour.values)


class TestLists:
    @pytest.fixture
    def clerk(self, demo_township, db, client):
        with time_machine.travel(NOON, tick=False):
            client.force_login(demo_township.user["shen"], backend="django.contrib.auth.backends.ModelBackend")
            yield client

    def rows(self, page):
        return [row["number"] for row in page.context["paging"].rows]

    def test_red_first_then_the_nearest_limit_then_what_has_none(self, demo_township, clerk):
        numbers = self.rows(clerk.get("/problems/?state=open&round=2026-2"))
        rows = {p.number: p for p in Problem.objects.filter(round=demo_township.round)}

        days = [rows[number].queue_on for number in numbers]
        assert numbers[0] == 16  # overdue since 15 October
        assert numbers[-1] == 14  # 长期坚持
        assert days == sorted(days)

    @pytest.mark.parametrize(
        ("words", "numbers"), [("饮用", [16]), ("办公楼 石桥", [6]), ("16号", [16]), ("100%", []), ("饮_水", [])]
    )
    def test_search_by_words_and_nothing_else(self, clerk, words, numbers):
        assert self.rows(clerk.get("/problems/", {"q": words, "state": "ledger"})) == numbers

    def test_scope(self, demo_township, db):
        def villages(user):
            return set(Problem.objects.visible_to(access_of(user, TODAY)).values_list("village__name", flat=True))

        sees = {name: villages(demo_township.user[name]) for name in ("xugensheng", "shen", "baishi_ban")}
        assert sees["xugensheng"] == {"石桥村"}
        assert sees["shen"] == {"石桥村", "下塘村", "东岭村"}
        assert sees["baishi_ban"].isdisjoint(sees["shen"])
        assert villages(demo_township.admin) == set()
