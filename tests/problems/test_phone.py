"""我的事: the right problems, red first, with the right buttons."""

import re
from datetime import timedelta

from django.utils import timezone

from problems.services import progress
from problems.terms import State

URL = "/problems/mine/"


def titles(page: str) -> list[str]:
    return re.findall(r"\d+号 (\S+?)</a></h2>", page)


def due(days: int):
    return timezone.localdate() + timedelta(days=days)


class TestPhoneHome:
    def test_red_then_yellow_then_green_each_with_its_word(self, world, desk):
        today = timezone.localdate()
        for title, days in (("绿", 90), ("红", -5), ("黄", 10)):
            desk.accept(title=title, due_on=due(days))
            problem = world.round.problems.get(title=title)
            progress.post_progress(
                problem, text=f"{title}的进展", happened_on=today, by=world.village_secretary, at=timezone.now()
            )

        page = world.client(world.village_secretary).get(URL).content.decode()

        assert titles(page) == ["红", "黄", "绿"]
        for words in ("红灯·逾期", "逾期5天", "黄灯·临期或无进展", "剩10天", "绿灯·正常", "绿的进展"):
            assert words in page

    def test_own_village_only_and_nothing_that_is_closed_or_not_yet_accepted(self, world, desk):
        desk.accept(title="本村的")
        desk.accept(title="邻村的", village=world.sibling)
        desk.in_state(State.CLOSED, title="销号的")
        desk.in_state(State.SUBMITTED, title="待审的")

        page = world.client(world.village_secretary).get(URL).content.decode()

        assert titles(page) == ["本村的"]

    def test_a_station_sees_what_it_answers_for_and_helps_with(self, world, desk):
        desk.accept(title="负责的", responsible_unit=world.station)
        desk.accept(title="协助的", assisting_units=[world.station], village=world.sibling)
        desk.accept(title="无关的")

        page = world.client(world.users["station"]).get(URL).content.decode()

        assert set(titles(page)) == {"负责的", "协助的"}
        assert page.count(">报进展<") == 2
        assert "申请销号" not in page

    def test_buttons_follow_the_post_and_the_state(self, world, desk):
        problem = desk.accept()
        secretary = world.client(world.village_secretary).get(URL).content.decode()
        assert f"/problems/{problem.pk}/progress/new/?back=%2Fproblems%2Fmine%2F" in secretary
        assert "申请延期" in secretary
        assert "申请销号" in secretary

        leader = world.client(world.linked_leader).get(URL).content.decode()
        assert titles(leader) == ["机耕路水泥路面硬化"]
        assert "报进展" not in leader

        desk.ask_close(problem, timezone.localdate())
        closing = world.client(world.village_secretary).get(URL).content.decode()
        assert "待销号" in closing
        assert "申请销号" not in closing

    def test_empty_says_what_to_do(self, world):
        page = world.client(world.village_secretary).get(URL).content.decode()

        assert "现在没有需要您办理的问题" in page
        assert "查看全部问题" in page

    def test_administrators_see_no_business(self, world):
        assert world.client(world.administrator).get(URL).status_code == 403

    def test_queries_do_not_grow_with_the_cards(self, world, desk, django_assert_max_num_queries):
        for n in range(8):
            desk.accept(title=f"问题{n}", assisting_units=[world.station])
        for person in (world.village_secretary, world.users["station"], world.party_secretary):
            client = world.client(person)
            with django_assert_max_num_queries(12):
                client.get(URL)

    def test_the_bar_is_there_for_the_field_and_not_for_the_desk(self, world):
        assert "phone-bar" in world.client(world.village_secretary).get(URL).content.decode()
        assert "phone-bar" not in world.client(world.office_clerk).get(URL).content.decode()

    def test_the_bar_leads_to_the_tasks_that_are_not_done(self, world):
        client = world.client(world.village_secretary)

        assert 'href="/problems/measures/?state=open"' in client.get(URL).content.decode()
        page = client.get("/problems/measures/?state=open").content.decode()
        assert 'href="/problems/measures/?state=open" aria-current="page"' in page

    def test_what_lasts_offers_no_extension_on_its_own_page_either(self, world, desk):
        client = world.client(world.village_secretary)
        lasting = desk.accept(title="长期的", deadline_kind="continuing", due_on=None)
        dated = desk.accept(title="限期的")

        assert "申请延期" not in client.get(f"/problems/{lasting.pk}/").content.decode()
        assert "申请延期" in client.get(f"/problems/{dated.pk}/").content.decode()

    def test_the_way_back_is_called_what_it_leads_to(self, world, desk):
        client = world.client(world.village_secretary)
        problem = desk.accept()

        for back, word in (
            ("", "问题台账"),
            ("/problems/?state=open", "问题台账"),
            (URL, "我的事"),
            ("/archives/1/", "返回"),
        ):
            page = client.get(problem.get_absolute_url(), {"back": back} if back else {}).content.decode()
            assert f">{word}</a> ›" in page

    def test_says_where_the_other_things_asked_of_him_are(self, world):
        page = world.client(world.village_secretary).get(URL).content.decode()

        assert '督办单和议定事项，在<a href="/">首页</a>“待我办理”里' in page
