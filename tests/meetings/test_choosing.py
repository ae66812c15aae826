"""Many problems put on an agenda at once."""

from datetime import date

import pytest

from audit.models import Entry
from common.errors import Refused
from meetings import services
from meetings.models import AgendaItem
from meetings.views.agenda import AgendaChoose
from tests.conftest import NOON
from tests.meetings.conftest import problem_of
from tests.meetings.test_pages import opened, text


@pytest.fixture
def problems(world):
    return [problem_of(world, world.village, n, title=f"问题{n}", due_on=date(2026, 3, n)) for n in range(1, 8)]


def put(world, meeting, problems):
    return services.add_problems(meeting, problems=problems, by=world.office_clerk, at=NOON)


class TestService:
    def test_many_cost_as_many_questions_as_one(self, world, meeting, problems, django_assert_max_num_queries):
        put(world, meeting, problems[:1])
        with django_assert_max_num_queries(8):  # savepoint included
            items = put(world, meeting, list(reversed(problems[1:])))

        assert [(i.number, i.matter) for i in items] == [(n, f"问题{9 - n}") for n in range(2, 8)]
        told = Entry.objects.filter(object_type="meetings.agendaitem", object_id__in=[i.pk for i in items])
        assert {e.verb for e in told} == {f"列入议题“问题{n}”" for n in range(2, 8)}
        assert {e.township_id for e in told} == {world.township.pk}

    def test_one_that_cannot_be_keeps_out_all(self, world, meeting, problems):
        put(world, meeting, problems[:1])
        later = problem_of(world, world.village, 20, discovered_on=date(2026, 5, 19))
        for wrong, sentence in (
            (problems[0], "1号 问题1已在本次会议"),
            (problems[1], "2号 问题2已在本次会议"),  # named twice
            (later, "2026-05-19才发现"),
            (problem_of(world, world.foreign, 1), "不是本乡镇的"),
        ):
            with pytest.raises(Refused, match=sentence) as refused:
                put(world, meeting, [problems[1], wrong])
            assert refused.value.field == "problems"
        assert AgendaItem.objects.count() == 1
        with pytest.raises(Refused, match="请勾选"):
            put(world, meeting, [])


class TestPage:
    def address(self, meeting):
        return f"{meeting.get_absolute_url()}agenda/choose/"

    def test_says_how_many_are_not_shown_and_a_village_narrows(self, world, meeting, problems, monkeypatch):
        elsewhere = problem_of(world, world.sibling, 30, title="邻村问题", due_on=date(2026, 4, 1))
        client, url = world.client(world.office_clerk), self.address(meeting)
        assert "没有列出" not in text(client.get(f"{url}?all=1"))  # control: all are there
        monkeypatch.setattr(AgendaChoose, "limit", 5)

        page = text(client.get(f"{url}?all=1"))
        assert "共8个问题，下面列出最紧要的5个，还有3个没有列出：请在上面选一个村查看" in page
        assert elsewhere.title not in page

        page = text(client.get(f"{url}?all=1&village={world.sibling.pk}"))
        assert elsewhere.title in page
        assert "没有列出" not in page
        assert f"?village={world.sibling.pk}" in page  # the other look keeps the village
        assert elsewhere.title not in text(client.get(f"{url}?all=1&village={world.foreign.pk}"))  # nonsense is ignored

    def test_those_ticked_are_on_the_agenda_once_however_often_sent(
        self, world, meeting, problems, django_assert_max_num_queries
    ):
        client, url = world.client(world.office_clerk), self.address(meeting)
        with django_assert_max_num_queries(12):
            form = opened(client, f"{url}?all=1", problems=[p.pk for p in problems])
        first, second = client.post(url, form), client.post(url, form)

        assert first.url == second.url == meeting.get_absolute_url()
        assert AgendaItem.objects.count() == 7
