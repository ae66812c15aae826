"""Pages of meetings: works, stranger, reader, nonsense, twice, two editors, how many queries."""

from datetime import date

import pytest

from meetings import services
from meetings.models import AgendaItem, Commitment, Meeting
from tests.conftest import NOON
from tests.meetings.conftest import problem_of
from villages.models import Unit


@pytest.fixture
def commitment(world, meeting, problem):
    return services.add_commitment(
        meeting, problem=problem, text="落实机耕路资金", unit=world.station, due_on=date(2026, 6, 30),
        by=world.office_clerk, at=NOON,
    )  # fmt: skip


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def opened(client, url, **values):
    """The form as its page gave it out, with what is typed."""
    page = client.get(url)
    assert page.status_code == 200
    hidden = {name: page.context[name] for name in ("submission", "base_version") if page.context[name]}
    return hidden | values


def meeting_form(world, **more):
    return {
        "round": world.round.pk, "kind": "coordination_meeting", "level": "township", "name": "用地协调会",
        "held_on": "2026-06-25", "departments": [world.station.pk],
    } | more  # fmt: skip


class TestMeetingList:
    def test_filters_stand_in_the_address(self, world, meeting):
        services.hold_meeting(
            township=world.township, round=world.round, kind="enlarged_committee_meeting", level="township",
            name="镇委扩大会议", held_on=date(2026, 3, 9), deployment=True, departments=[world.station],
            by=world.office_clerk, at=NOON,
        )  # fmt: skip
        client = world.client(world.office_clerk)

        def names(query):
            body = text(client.get(f"/meetings/?{query}"))
            return {name for name in ("后进村整治协调会", "镇委扩大会议</a>") if name in body}

        both = {"后进村整治协调会", "镇委扩大会议</a>"}
        assert names("round=2026-2") == both
        assert names("round=2025-1") == both  # a round nobody has is nonsense, and nonsense is ignored
        assert names("kind=coordination_meeting") == {"后进村整治协调会"}
        assert names("level=county") == {"后进村整治协调会"}
        assert names("deployment=1") == {"镇委扩大会议</a>"}
        assert names(f"unit={world.station.pk}") == {"镇委扩大会议</a>"}
        assert names("from=2026-04-01") == {"后进村整治协调会"}
        assert names("to=2026-04-01") == names("as_of=2026-04-01") == {"镇委扩大会议</a>"}
        assert names("from=gestern&as_of=x&village=999999") == both

    def test_village_filter_follows_the_problems(self, world, meeting, problem):
        services.add_agenda_item(meeting, problem=problem, by=world.office_clerk, at=NOON)
        client = world.client(world.office_clerk)

        assert meeting.name in text(client.get(f"/meetings/?village={world.village.pk}"))
        assert meeting.name not in text(client.get(f"/meetings/?village={world.sibling.pk}"))

    def test_empty_list_says_what_to_do(self, world):
        assert "还没有登记会议" in text(world.client(world.office_clerk).get("/meetings/"))

    def test_station_has_no_list_of_meetings(self, world):
        assert world.client(world.users["station"]).get("/meetings/").status_code == 403


class TestMeetingEntry:
    def test_clerk_records_a_meeting_once_however_often_he_clicks(self, world):
        client = world.client(world.office_clerk)
        form = opened(client, "/meetings/new/", **meeting_form(world))

        first, second = client.post("/meetings/new/", form), client.post("/meetings/new/", form)

        meeting = Meeting.objects.get()
        assert first.url == second.url == meeting.get_absolute_url()
        assert list(meeting.departments.all()) == [world.station]
        assert "登记会议" in text(client.get(first.url))

    def test_refused_form_keeps_what_was_typed(self, world):
        client = world.client(world.office_clerk)
        form = opened(client, "/meetings/new/", **meeting_form(world, held_on="2099-01-01", subject="写了很久的内容"))

        page = client.post("/meetings/new/", form)

        assert page.status_code == 422
        assert "尚未召开的会议不在本系统保存" in page.content.decode()
        assert "写了很久的内容" in page.content.decode()
        assert not Meeting.objects.exists()

    def test_rows_of_another_township_are_refused_by_the_field(self, world):
        client = world.client(world.office_clerk)
        foreign = Unit.objects.create(county=world.county, township=world.other_township, name="白石农技站")
        for name, value in (
            ("round", world.other_round.pk), ("village", world.foreign.pk), ("departments", [foreign.pk]),
            ("chair", world.stranger.cadre.pk),
        ):  # fmt: skip
            page = client.post(
                "/meetings/new/", opened(client, "/meetings/new/", **meeting_form(world, **{name: value}))
            )
            assert page.status_code == 422
            assert list(page.context["form"].errors) == [name]

    def test_reader_may_not_and_stranger_finds_nothing(self, world, meeting):
        for path in ("edit/", "agenda/new/", "commitments/new/"):
            url = f"{meeting.get_absolute_url()}{path}"
            assert world.client(world.party_secretary).get(url).status_code == 403
            assert world.client(world.stranger).get(url).status_code == 404
        assert world.client(world.party_secretary).get("/meetings/new/").status_code == 403
        assert world.client(world.stranger).get(meeting.get_absolute_url()).status_code == 404

    def test_second_of_two_editors_sees_the_difference_and_loses_nothing(self, world, meeting):
        client, url = world.client(world.office_clerk), f"{meeting.get_absolute_url()}edit/"
        form = opened(client, url, **meeting_form(world, name=meeting.name, place="我写的地点"))
        Meeting.objects.filter(pk=meeting.pk).update(place="别人写的地点", version=2)

        refused = client.post(url, form)

        assert refused.status_code == 409
        assert "别人写的地点" in refused.content.decode()
        assert "我写的地点" in refused.content.decode()
        assert client.post(url, form | {"base_version": refused.context["base_version"]}).status_code == 302
        assert Meeting.objects.get().place == "我写的地点"


class TestMeetingPage:
    def test_shows_agenda_commitments_and_history(self, world, meeting, problem, commitment):
        services.add_agenda_item(
            meeting, problem=problem, outcome="settled", decision="由市财政安排", by=world.office_clerk, at=NOON
        )

        body = text(world.client(world.party_secretary).get(meeting.get_absolute_url()))

        assert "当场议定解决1项" in body
        assert "由市财政安排" in body
        assert problem.get_absolute_url() in body
        assert "逾期" in body
        assert "登记议题" in body
        assert "登记议定事项" in body
        assert "修改会议" not in body

    def test_opens_with_what_was_not_kept(self, world, meeting, commitment):
        later = services.hold_meeting(
            township=world.township, round=world.round, kind="coordination_meeting", level="township",
            name="第二次协调会", held_on=date(2026, 6, 25), by=world.office_clerk, at=NOON,
        )  # fmt: skip

        body = text(world.client(world.office_clerk).get(later.get_absolute_url()))
        assert "到本次会议时尚未落实" in body
        assert "落实机耕路资金" in body
        assert "办理中" in body  # on the day of the meeting it was not late yet

        services.keep_commitment(commitment, kept_on=date(2026, 6, 20), note="资金到位", by=world.office_clerk, at=NOON)
        assert "到本次会议时尚未落实" not in text(world.client(world.office_clerk).get(later.get_absolute_url()))

    def test_village_sees_its_own_matters_only(self, world, meeting, problem):
        services.add_agenda_item(meeting, problem=problem, by=world.office_clerk, at=NOON)
        services.add_agenda_item(
            meeting, problem=problem_of(world, world.sibling, 2), matter="邻村事项", by=world.office_clerk, at=NOON
        )

        body = text(world.client(world.village_secretary).get(meeting.get_absolute_url()))

        assert problem.title in body
        assert "邻村事项" not in body


class TestAgendaPages:
    def test_clerk_adds_a_problem_and_its_outcome(self, world, meeting, problem):
        client, url = world.client(world.office_clerk), f"{meeting.get_absolute_url()}agenda/new/"
        form = opened(client, url, problem=problem.pk, outcome="settled", decision="由市财政安排")

        first, second = client.post(url, form), client.post(url, form)

        assert first.url == second.url == meeting.get_absolute_url()
        assert AgendaItem.objects.get().problem == problem

    def test_problem_of_another_township_is_refused(self, world, meeting):
        client, url = world.client(world.office_clerk), f"{meeting.get_absolute_url()}agenda/new/"
        foreign = problem_of(world, world.foreign, 1)

        page = client.post(url, opened(client, url, problem=foreign.pk, outcome="pending"))

        assert page.status_code == 422
        assert list(page.context["form"].errors) == ["problem"]

    def test_list_answers_what_was_settled_there_and_then(self, world, meeting, problem):
        services.add_agenda_item(
            meeting, problem=problem, outcome="settled", decision="由市财政安排", by=world.office_clerk, at=NOON
        )
        services.add_agenda_item(meeting, matter="用地指标", by=world.office_clerk, at=NOON)
        client = world.client(world.office_clerk)
        query = "/meetings/agenda/?outcome=settled&kind=coordination_meeting&round=2026-2&as_of="

        assert "共 <strong>1</strong> 项议题" in text(client.get(query + "2026-10-31"))
        assert "共 <strong>0</strong> 项议题" in text(client.get(query + "2026-05-17"))
        assert "共 <strong>2</strong> 项议题" in text(client.get("/meetings/agenda/"))
        assert "共 <strong>1</strong> 项议题" in text(client.get("/meetings/agenda/?outcome=recorded"))
        assert "待记录结果1项" in text(client.get(meeting.get_absolute_url()))
        assert "（待记录结果）" in text(client.get(f"{meeting.get_absolute_url()}minutes/"))

    def test_edit_keeps_scope(self, world, meeting, problem):
        item = services.add_agenda_item(meeting, problem=problem, by=world.office_clerk, at=NOON)
        url = f"/meetings/agenda/{item.pk}/edit/"

        assert world.client(world.stranger).get(url).status_code == 404
        assert world.client(world.village_secretary).get(url).status_code == 403
        client = world.client(world.office_clerk)
        client.post(url, opened(client, url, problem=problem.pk, matter="资金", outcome="settled", decision="安排"))
        item.refresh_from_db()
        assert (item.matter, item.outcome) == ("资金", "settled")


class TestCommitmentPages:
    def test_matter_of_the_agenda_fills_the_form(self, world, meeting, problem):
        services.add_agenda_item(
            meeting, problem=problem, outcome="committed", decision="六月底前安排资金", by=world.office_clerk, at=NOON
        )
        client, url = world.client(world.office_clerk), f"{meeting.get_absolute_url()}commitments/new/?item=1"

        assert "六月底前安排资金" in text(client.get(url))
        form = opened(client, url, problem=problem.pk, text="安排资金", unit=world.station.pk, due_on="2026-06-30")
        assert client.post(url, form).url == meeting.get_absolute_url()
        assert Commitment.objects.get().unit == world.station
        text(client.get(url.replace("item=1", "item=²")))

    def test_station_reports_its_own(self, world, commitment):
        client, url = world.client(world.users["station"]), f"/meetings/commitments/{commitment.pk}/report/"
        assert url in text(client.get("/meetings/commitments/"))

        client.post(url, opened(client, url, note="正在报批"))
        commitment.refresh_from_db()
        assert (commitment.note, commitment.kept_on) == ("正在报批", None)

        client.post(url, opened(client, url, note="资金到位", kept_on="2026-06-29"))
        commitment.refresh_from_db()
        assert commitment.kept_on == date(2026, 6, 29)
        body = text(client.get(commitment.get_absolute_url()))
        assert "已落实" in body
        assert "报告落实" in body
        assert "/report/" not in body

    def test_others_do_not_report(self, world, meeting, problem, commitment):
        other = Unit.objects.create(county=world.county, township=world.township, name="财政所")
        theirs = services.add_commitment(
            meeting, text="别的承诺", unit=other, due_on=date(2026, 6, 30), by=world.office_clerk, at=NOON
        )
        station, reader = world.client(world.users["station"]), world.client(world.party_secretary)

        assert station.get(theirs.get_absolute_url()).status_code == 404
        assert station.get(f"/meetings/commitments/{theirs.pk}/report/").status_code == 404
        assert reader.get(f"/meetings/commitments/{commitment.pk}/report/").status_code == 403
        assert world.client(world.stranger).get(commitment.get_absolute_url()).status_code == 404

    def test_list_by_state_on_a_day(self, world, meeting, commitment):
        services.keep_commitment(commitment, kept_on=date(2026, 7, 5), note="到位", by=world.office_clerk, at=NOON)
        client = world.client(world.office_clerk)

        def count(query):
            return client.get(f"/meetings/commitments/?round=2026-2&{query}").context["paging"].total

        for day, states in (
            ("2026-06-30", {"open"}), ("2026-07-01", {"open", "late"}), ("2026-07-05", {"kept", "kept_late"}),
        ):  # fmt: skip
            for state in ("open", "late", "kept", "kept_late"):
                assert count(f"as_of={day}&state={state}") == (state in states), (day, state)
        assert count(f"unit={world.station.pk}&village={world.village.pk}&due_from=2026-06-30&due_to=2026-06-30") == 1
        assert count("due_from=2026-07-01") == 0
        assert count("as_of=2026-05-17") == 0

    def test_changed_deadline_asks_for_a_reason(self, world, problem, commitment):
        client, url = world.client(world.office_clerk), f"/meetings/commitments/{commitment.pk}/edit/"
        form = opened(client, url, problem=problem.pk, text=commitment.text, unit=world.station.pk, due_on="2026-08-01")

        page = client.post(url, form)

        assert page.status_code == 422
        assert "请写明原因" in page.content.decode()
        assert client.post(url, form | {"reason": "资金跨季度"}).status_code == 302
        assert "原因：资金跨季度" in text(client.get(commitment.get_absolute_url()))


class TestQueries:
    def test_few_and_the_same_for_many_rows(self, world, django_assert_max_num_queries):
        for n in range(12):
            meeting = services.hold_meeting(
                township=world.township, round=world.round, kind="coordination_meeting", level="township",
                name=f"协调会{n}", held_on=date(2026, 5, 1 + n), chair=world.commissioner.cadre,
                departments=[world.station], by=world.office_clerk, at=NOON,
            )  # fmt: skip
            problem = problem_of(world, world.village, n + 1)
            services.add_agenda_item(meeting, problem=problem, by=world.office_clerk, at=NOON)
            services.add_commitment(
                meeting, problem=problem, text=f"事项{n}", unit=world.station, due_on=date(2026, 6, 1),
                by=world.office_clerk, at=NOON,
            )  # fmt: skip
        client = world.client(world.office_clerk)
        pages = (
            "/meetings/", "/meetings/agenda/", "/meetings/commitments/", meeting.get_absolute_url(),
            f"{meeting.get_absolute_url()}edit/", "/meetings/new/", f"{meeting.get_absolute_url()}commitments/new/",
        )  # fmt: skip
        for page in pages:
            with django_assert_max_num_queries(12):
                text(client.get(page))
