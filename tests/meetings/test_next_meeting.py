"""The agenda from the ledger, decisions that become commitments, the next meeting that opens with what was not kept, the minutes."""

from datetime import date, timedelta

import pytest

from audit.services import history
from common.errors import Refused
from meetings import services
from meetings.models import AgendaItem, Commitment, Meeting
from tests.conftest import NOON, TODAY
from tests.meetings.conftest import problem_of


def hold(world, day, kind="coordination_meeting", **more):
    values = {
        "township": world.township, "round": world.round, "kind": kind, "level": "township", "name": "镇级协调会",
        "held_on": day, "by": world.office_clerk, "at": NOON,
    }  # fmt: skip
    return services.hold_meeting(**values | more)


def promise(world, meeting, text="落实资金", due=date(2026, 6, 30), **more):
    values = {"unit": world.station, "by": world.office_clerk, "at": NOON}
    return services.add_commitment(meeting, text=text, due_on=due, **values | more)


def opened(client, url, **values):
    page = client.get(url)
    assert page.status_code == 200
    return {name: page.context[name] for name in ("submission", "base_version") if page.context[name]} | values


@pytest.fixture
def unkept(world, meeting, problem):
    """Three promises of the meeting of 18 May: one about the problem, one without, one kept before the next meeting."""
    first = promise(world, meeting, "落实机耕路资金", problem=problem)
    second = promise(world, meeting, "拿出统一口径", due=date(2026, 12, 1))
    kept = promise(world, meeting, "书面答复")
    services.keep_commitment(kept, kept_on=date(2026, 6, 1), note="已答复", by=world.office_clerk, at=NOON)
    return first, second


class TestOpensWithUnkept:
    def test_same_kind_only_first_on_the_agenda_once(self, world, meeting, problem, unkept):
        other_kind = hold(world, date(2026, 6, 1), kind="cadre_meeting", name="机关干部例会")
        promise(world, other_kind, "别的会议的事项")
        following = hold(world, date(2026, 7, 10))
        services.add_agenda_item(following, problem=problem, by=world.office_clerk, at=NOON)
        services.add_agenda_item(following, matter="其他事项", by=world.office_clerk, at=NOON)

        services.open_with_unkept(following, by=world.office_clerk, at=NOON)

        rows = [(i.number, i.commitment, i.problem) for i in following.agenda.all()]
        assert rows == [(1, unkept[0], problem), (2, unkept[1], None), (3, None, problem), (4, None, None)]
        assert "自然资源所，应于2026年6月30日前完成" in following.agenda.first().matter
        assert history(following.agenda.first())[0].verb.startswith("列入上次会议未落实")
        with pytest.raises(Refused, match="没有尚未落实"):
            services.open_with_unkept(following, by=world.office_clerk, at=NOON)
        assert following.agenda.count() == 4

    def test_a_later_promise_joins_those_there(self, world, meeting, unkept):
        following = hold(world, date(2026, 7, 10))
        services.open_with_unkept(following, by=world.office_clerk, at=NOON)
        late = promise(world, meeting, "补登的事项")
        services.open_with_unkept(following, by=world.office_clerk, at=NOON)
        assert [i.commitment for i in following.agenda.all()] == [*unkept, late]

    def test_first_meeting_has_nothing_to_open_with(self, world, meeting):
        with pytest.raises(Refused, match="没有尚未落实"):
            services.open_with_unkept(meeting, by=world.office_clerk, at=NOON)

    def test_a_villages_meeting_looks_at_its_own(self, world):
        place = {"kind": "village_mobilisation", "level": "village"}
        ours = hold(world, date(2026, 3, 12), village=world.village, **place)
        theirs = hold(world, date(2026, 3, 12), village=world.sibling, **place)
        for held in (ours, theirs):
            promise(world, held)
        following = hold(world, date(2026, 7, 1), village=world.village, **place)
        [item] = services.open_with_unkept(following, by=world.office_clerk, at=NOON)
        assert item.commitment.meeting == ours

    def test_the_button_counts_what_it_will_list(self, world):
        other = {"kind": "other", "name": "其他会议"}
        promise(world, hold(world, date(2026, 3, 12), village=world.village, level="village", **other), "村里的事项")
        ours = hold(world, date(2026, 3, 12), **other)
        following = hold(world, date(2026, 7, 10), **other)
        client = world.client(world.office_clerk)
        assert "列为第一部分议题" not in client.get(following.get_absolute_url()).content.decode()
        for n in range(12):  # more than the page lists
            promise(world, ours, f"事项{n}")
        assert "未落实的12项列为第一部分议题" in client.get(following.get_absolute_url()).content.decode()
        assert len(services.open_with_unkept(following, by=world.office_clerk, at=NOON)) == 12

    def test_one_click_on_the_page_and_its_outcome_on_the_problem(self, world, meeting, problem, unkept):
        client = world.client(world.office_clerk)
        following = hold(world, date(2026, 7, 10))
        url = following.get_absolute_url()
        assert "未落实的2项列为第一部分议题" in client.get(url).content.decode()

        client.post(f"{url}agenda/unkept/")
        body = client.get(url).content.decode()
        assert "第一部分：此前会议议定事项落实情况（2项）" in body
        assert "列为第一部分议题" not in body
        item = following.agenda.first()
        form = opened(
            client, f"/meetings/agenda/{item.pk}/edit/", problem=problem.pk, matter=item.matter, outcome="pending",
            decision="请财政所本月底前拨付",
        )  # fmt: skip
        assert client.post(f"/meetings/agenda/{item.pk}/edit/", form).status_code == 302
        shown = client.get(problem.get_absolute_url()).content.decode()
        assert "请财政所本月底前拨付" in shown
        form |= opened(client, f"/meetings/agenda/{item.pk}/edit/", problem="")
        assert list(client.post(f"/meetings/agenda/{item.pk}/edit/", form).context["form"].errors) == ["problem"]

    def test_next_meeting_starts_from_the_last_one(self, world, meeting):
        client = world.client(world.office_clerk)
        initial = client.get(f"/meetings/new/?after={meeting.pk}").context["form"].initial
        assert (initial["name"], initial["kind"]) == ("后进村整治协调会", "coordination_meeting")
        assert "held_on" not in initial
        for nonsense in ("x", "999999", ""):
            assert client.get(f"/meetings/new/?after={nonsense}").context["form"].initial == {}

    def test_the_day_does_not_move_before_what_it_reviews(self, world, meeting, unkept):
        following = hold(world, date(2026, 7, 10))
        services.open_with_unkept(following, by=world.office_clerk, at=NOON)
        values = {name: getattr(following, name) for name in services.meetings.FIELDS}
        values |= {"departments": [], "base_version": 1, "by": world.office_clerk, "at": NOON}
        with pytest.raises(Refused, match="先核对第一部分议题"):
            services.change_meeting(following, **values | {"held_on": date(2026, 5, 18)})


class TestAgendaFromTheLedger:
    @pytest.fixture
    def ledger(self, world):
        """Red, yellow, green; one found after the meeting; one of another township."""
        soon = {"started_on": date(2026, 3, 1), "yellow_on": TODAY - timedelta(days=1)}
        return {
            "red": problem_of(world, world.village, 11, queue_on=date(2026, 9, 30), **soon),
            "yellow": problem_of(world, world.sibling, 12, queue_on=date(2026, 11, 5), **soon),
            "green": problem_of(world, world.village, 13, queue_on=date(2026, 12, 30), yellow_on=date(2026, 12, 1)),
            "later": problem_of(world, world.village, 14, queue_on=date(2026, 9, 1), discovered_on=date(2026, 8, 1)),
            "foreign": problem_of(world, world.foreign, 15, queue_on=date(2026, 9, 1)),
        }

    def test_red_and_yellow_with_boxes_many_at_once(self, world, meeting, ledger):
        client, url = world.client(world.office_clerk), f"{meeting.get_absolute_url()}agenda/choose/"

        def shown(query=""):
            return [key for key, _ in client.get(url + query).context["form"].fields["problems"].choices]

        assert shown() == [ledger["red"].pk, ledger["yellow"].pk]
        assert shown("?all=1") == [ledger[name].pk for name in ("red", "yellow", "green")]
        assert "红灯·逾期" in client.get(url).content.decode()
        form = opened(client, url, problems=[ledger["red"].pk, ledger["yellow"].pk])
        assert [client.post(url, form).status_code for _ in range(2)] == [302, 302]
        assert [item.problem for item in meeting.agenda.all()] == [ledger["red"], ledger["yellow"]]
        assert shown() == []

    @pytest.mark.parametrize("name", ["foreign", "later"])
    def test_what_is_not_offered_is_refused(self, world, meeting, ledger, name):
        client, url = world.client(world.office_clerk), f"{meeting.get_absolute_url()}agenda/choose/"
        for chosen in ([ledger[name].pk], []):
            page = client.post(url, opened(client, url, problems=chosen))
            assert list(page.context["form"].errors) == ["problems"]
        assert not meeting.agenda.exists()

    def test_who_may(self, world, meeting):
        for path in ("agenda/choose/", "agenda/unkept/"):
            url = f"{meeting.get_absolute_url()}{path}"
            assert world.client(world.party_secretary).post(url).status_code == 403
            assert world.client(world.stranger).post(url).status_code == 404


class TestDecisionBecomesCommitment:
    def test_with_unit_and_deadline_at_once(self, world, meeting, problem):
        client, url = world.client(world.office_clerk), f"{meeting.get_absolute_url()}agenda/new/"
        form = opened(
            client, url, problem=problem.pk, outcome="committed", decision="由自然资源所明确口径",
            unit=world.station.pk, due_on="2026-07-15",
        )  # fmt: skip
        assert [client.post(url, form).status_code for _ in range(2)] == [302, 302]
        made = Commitment.objects.get()
        assert (made.text, made.problem, made.item) == ("由自然资源所明确口径", problem, AgendaItem.objects.get())
        edit = f"/meetings/agenda/{made.item_id}/edit/"
        assert "due_on" not in client.get(edit).context["form"].fields

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"due_on": "2026-05-17"}, "due_on"),
            ({"due_on": ""}, "due_on"),
            ({"unit": ""}, "unit"),
            ({"decision": ""}, "decision"),
            ({"outcome": "pending"}, "outcome"),
        ],
    )
    def test_refusals_keep_nothing(self, world, meeting, more, field):
        client, url = world.client(world.office_clerk), f"{meeting.get_absolute_url()}agenda/new/"
        values = {
            "matter": "用地口径", "outcome": "committed", "decision": "明确口径", "unit": world.station.pk,
            "due_on": "2026-07-15",
        }  # fmt: skip
        page = client.post(url, opened(client, url, **values | more))
        assert list(page.context["form"].errors) == [field]
        assert not AgendaItem.objects.exists()


class TestMinutes:
    def test_say_what_was_reviewed_decided_and_promised(self, world, meeting, problem, unkept):
        following = hold(world, date(2026, 7, 10), chair=world.party_secretary.cadre, place="镇二楼会议室")
        services.open_with_unkept(following, by=world.office_clerk, at=NOON)
        services.add_agenda_item(
            following, problem=problem, outcome="settled", decision="由市财政安排。", by=world.office_clerk, at=NOON
        )
        promise(world, following, "一周内拨付", due=date(2026, 7, 17))

        body = world.client(world.party_secretary).get(f"{following.get_absolute_url()}minutes/").content.decode()

        for words in (
            "会议纪要",
            "2026年7月10日",
            "镇二楼会议室",
            "会议当天：逾期",
            "由市财政安排",
            "一周内拨付",
            "记录人（签字）",
        ):
            assert words in body
        assert "。。" not in body

    def test_at_most_twelve_queries(self, world, meeting, unkept, django_assert_max_num_queries):
        for n in range(12):
            problem = problem_of(world, world.village, 20 + n, queue_on=date(2026, 9, 1))
            services.add_agenda_item(meeting, problem=problem, by=world.office_clerk, at=NOON)
            promise(world, meeting, f"事项{n}", problem=problem)
        following = hold(world, date(2026, 7, 10))
        services.open_with_unkept(following, by=world.office_clerk, at=NOON)
        client = world.client(world.office_clerk)
        for path in ("", "minutes/", "agenda/choose/?all=1", "agenda/new/"):
            with django_assert_max_num_queries(12):
                assert client.get(f"{following.get_absolute_url()}{path}").status_code == 200


class TestVillageMeeting:
    url = "/meetings/villages/new/"

    @pytest.mark.parametrize("who", ["village_secretary", "resident_cadre"])
    def test_recorded_from_the_phone_once(self, world, who):
        client = world.client(world.users[who])
        shown = client.get(self.url).context["form"]
        assert (shown.initial["name"], shown.initial["chair"]) == ("石桥村部署会", world.village_secretary.cadre.pk)
        assert [title for title, _ in shown.fields["chair"].choices[1:]] == ["本村", "包村驻村", "乡镇"]
        form = opened(
            client, self.url, village=world.village.pk, name="石桥村部署会", held_on="2026-03-12", subject="部署任务",
            deployment="on",
        )  # fmt: skip
        assert [client.post(self.url, form).status_code for _ in range(2)] == [302, 302]
        meeting = Meeting.objects.get()
        assert (meeting.kind, meeting.level, meeting.village) == ("village_mobilisation", "village", world.village)
        assert meeting.round == world.round
        edit = f"/meetings/villages/{meeting.pk}/edit/"
        assert edit in client.get(meeting.get_absolute_url()).content.decode()
        form |= opened(client, edit, place="文化礼堂")
        assert client.post(edit, form).status_code == 302
        assert Meeting.objects.get().place == "文化礼堂"

    def test_other_villages_and_days_to_come_are_refused(self, world):
        client = world.client(world.village_secretary)
        values = {"name": "部署会", "subject": "部署任务", "held_on": "2026-03-12"}
        for more, field in (
            ({"village": world.sibling.pk}, "village"),
            ({"village": world.village.pk, "held_on": "2026-11-01"}, "held_on"),
        ):
            page = client.post(self.url, opened(client, self.url, **values | more))
            assert list(page.context["form"].errors) == [field]
        assert world.client(world.linked_leader).get(self.url).status_code == 403
        held = hold(world, date(2026, 3, 12), kind="village_mobilisation", level="village", village=world.sibling)
        assert client.get(f"/meetings/villages/{held.pk}/edit/").status_code == 404
