"""Earlier problems like the one being typed."""

from datetime import date, timedelta

import pytest

from problems.models import KeyProject, Problem
from problems.similar import CANDIDATES, similar_to
from problems.terms import State
from rounds.models import Round

TITLE = "机耕路路面硬化资金有缺口"

pytestmark = pytest.mark.django_db


class TestSimilar:
    def found(self, world, title=TITLE, user=None, **given):
        access = world.access(user or world.office_clerk)
        return [alike.title for alike in similar_to(title, access, **{"village_id": world.village.pk} | given)]

    def test_like_wording_of_the_village_closed_ones_and_earlier_rounds_too(self, world, desk):
        closed = desk.in_state(State.CLOSED, title="机耕路水泥路面硬化")
        desk.accept(title="村干部报酬发放不及时")
        desk.accept(title="机耕路水泥路面硬化", village=world.sibling)
        old_round = Round.objects.create(
            township=world.township, campaign="整顿", year=2024, number=1, deployed_by="县委",
            starts_on=date(2024, 3, 1), ends_on=date(2024, 11, 30),
        )  # fmt: skip
        Problem.objects.filter(pk=closed.pk).update(round=old_round)

        [alike] = similar_to(TITLE, world.access(world.office_clerk), village_id=world.village.pk)

        assert (alike.title, alike.round, alike.state_words, alike.degree_words) == (
            "机耕路水泥路面硬化", "2024年第一轮", "已销号", "已化解",
        )  # fmt: skip

    def test_of_the_key_project_in_other_villages_within_scope_only(self, world, desk):
        project = KeyProject.objects.create(township=world.township, name="高速公路")
        desk.accept(title="高速公路青苗补偿未到位", village=world.sibling, key_project=project)
        title = "高速公路青苗补偿款没有到位"

        assert self.found(world, title) == []
        assert self.found(world, title, key_project_id=project.pk) == ["高速公路青苗补偿未到位"]
        assert self.found(world, title, user=world.resident_cadre, key_project_id=project.pk) == []
        assert self.found(world, title, user=world.stranger, key_project_id=project.pk) == []

    def test_told_in_a_description_counts_when_most_of_it_is(self, world, desk):
        desk.accept(title="道路问题", description="村东机耕路路面硬化资金有缺口，群众多次反映。")
        desk.accept(title="饮水问题", description="资金紧张。")
        assert self.found(world) == ["道路问题"]

    def test_nothing_is_looked_for_without_a_place_or_words(self, world, desk, django_assert_num_queries):
        desk.accept(title=TITLE)
        access = world.access(world.office_clerk)
        with django_assert_num_queries(0):
            assert similar_to(TITLE, access, village_id=None) == []
            assert similar_to("路", access, village_id=world.village.pk) == []

    def test_looks_at_a_bounded_number(self, world, desk, django_assert_num_queries):
        first = desk.accept(title=TITLE)
        Problem.objects.bulk_create(
            Problem(
                township=world.township, village=world.village, round=world.round, number=n + 10, category="legacy",
                title="村务公开栏更新不及时", discovered_on=first.discovered_on, due_on=first.due_on + timedelta(days=n),
                created_by=world.office_clerk, created_at=first.created_at, updated_at=first.updated_at,
            )
            for n in range(CANDIDATES)
        )  # fmt: skip
        access = world.access(world.office_clerk)
        with django_assert_num_queries(1):
            assert similar_to(TITLE, access, village_id=world.village.pk) == []  # older than those looked at


class TestPages:
    def test_a_fragment_while_typing(self, world, desk):
        desk.accept(title="机耕路水泥路面硬化")
        query = f"/problems/similar/?title={TITLE}&village={world.village.pk}"

        answer = world.client(world.office_clerk).get(query).content.decode()

        assert "机耕路水泥路面硬化" in answer
        assert "<html" not in answer
        assert world.client(world.village_secretary).get(query).status_code == 403
        assert world.client(world.office_clerk).get("/problems/similar/?village=x&title=").status_code == 200

    def test_without_a_village_nothing_is_said_to_be_new(self, world):
        client = world.client(world.office_clerk)
        asked = f"/problems/similar/?title={TITLE}"
        assert "没有相近的问题" not in client.get(asked).content.decode()
        assert "没有相近的问题" in client.get(f"{asked}&village={world.village.pk}").content.decode()

    def test_the_button_shows_them_saves_nothing_and_keeps_what_was_typed(self, world, desk):
        desk.accept(title="机耕路水泥路面硬化")
        client = world.client(world.office_clerk)
        url = "/problems/new/infrastructure/"
        page = client.get(url)
        typed = {
            "submission": page.context["submission"], "round": world.round.pk, "village": world.village.pk, "title": TITLE,
            "discovered_on": "2026-03-20", "severity": "medium", "source": "visit", "deadline_kind": "date",
            "due_on": "2026-12-20", "check": "1",
        }  # fmt: skip

        shown = client.post(url, typed)

        assert shown.status_code == 200
        assert "机耕路水泥路面硬化" in shown.content.decode()
        assert TITLE in shown.content.decode()
        assert Problem.objects.count() == 1
        del typed["check"]
        assert client.post(url, typed).status_code == 302
        assert Problem.objects.count() == 2
