"""Progress and milestones: the service's rules, the page, and what comes back when it is refused."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from audit.models import Entry
from common.errors import Refused
from problems.models import Milestone, ProgressEntry, Step
from problems.services import progress
from problems.terms import Colour, FactKind, State
from tests.conftest import TODAY, TZ
from tests.problems.conftest import noon

MARCH = date(2026, 3, 20)


def post(problem, world, on=MARCH, **given):
    values = {
        "text": "与村民商谈2次，达成初步意见。",
        "happened_on": on,
        "by": world.village_secretary,
        "at": noon(on),
    } | given
    return progress.post_progress(problem, **values)


class TestPostProgress:
    def test_an_entry_is_kept_and_the_problem_moves_on(self, world, desk):
        problem = desk.accept()

        entry = post(problem, world, role="村党组织书记")

        problem.refresh_from_db()
        assert problem.last_progress_on == MARCH
        assert entry.role == "村党组织书记"
        step = Step.objects.get(problem=problem, until=None)
        assert (step.action, step.since, step.last_progress_on) == ("progress", MARCH, MARCH)
        assert Entry.objects.filter(object_type="problems.problem", object_id=problem.pk, verb="填报进展").exists()

    def test_an_entry_takes_the_yellow_light_away(self, world, desk):
        problem = desk.accept(on=date(2026, 9, 1))
        assert problem.colour_on(TODAY) == Colour.YELLOW  # sixty days left, but two months without progress

        post(problem, world, on=TODAY - timedelta(days=3))

        assert problem.colour_on(TODAY) == Colour.GREEN

    def test_a_day_before_the_present_step_is_kept_on_the_entry_and_history_stands(self, world, desk):
        problem = desk.accept()
        post(problem, world, on=date(2026, 4, 10))

        post(problem, world, on=date(2026, 4, 1), at=noon(date(2026, 4, 12)))

        problem.refresh_from_db()
        assert problem.last_progress_on == date(2026, 4, 10)
        assert Step.objects.get(problem=problem, until=None).since == date(2026, 4, 10)
        assert list(problem.progress.values_list("happened_on", flat=True)) == [date(2026, 4, 10), date(2026, 4, 1)]

    def test_a_closed_problem_takes_no_entry(self, world, desk):
        problem = desk.in_state(State.CLOSED)

        with pytest.raises(Refused, match="已销号"):
            post(problem, world, on=date(2026, 6, 1))

        assert not ProgressEntry.objects.exists()

    def test_a_problem_not_yet_accepted_takes_none_either(self, world, desk):
        with pytest.raises(Refused, match="审核通过后"):
            post(desk.in_state(State.SUBMITTED), world)

    @pytest.mark.parametrize("state", [State.SUSPENDED, State.CLOSING, State.RELAPSED])
    def test_every_open_state_takes_one(self, world, desk, state):
        post(desk.in_state(state), world, on=date(2026, 6, 1))

        assert ProgressEntry.objects.count() == 1

    def test_days_are_neither_in_the_future_nor_before_discovery(self, world, desk):
        problem = desk.accept()

        with pytest.raises(Refused, match="不能晚于今天") as future:
            post(problem, world, on=date(2026, 4, 2), at=noon(date(2026, 4, 1)))
        with pytest.raises(Refused, match="不能早于这个问题的发现时间（2026年3月10日）") as early:
            post(problem, world, on=date(2026, 3, 9), at=noon(MARCH))

        assert future.value.field == early.value.field == "happened_on"

    def test_today_is_the_day_in_china(self, world, desk):
        problem = desk.accept()
        just_after_midnight = datetime(2026, 4, 2, 0, 5, tzinfo=TZ)  # still 1 April in UTC

        post(problem, world, on=date(2026, 4, 2), at=just_after_midnight)

        assert ProgressEntry.objects.count() == 1

    def test_a_milestone_counts_as_progress_and_stands_in_the_history(self, world, desk):
        problem = desk.accept()

        progress.add_milestone(
            problem,
            kind=FactKind.AGREEMENT,
            happened_on=MARCH,
            fact="征地协议已签订",
            by=world.office_clerk,
            at=noon(MARCH),
        )

        problem.refresh_from_db()
        assert problem.last_progress_on == MARCH
        assert Entry.objects.get(verb="登记节点事实").changes[0]["new"] == "征地协议已签订"


@pytest.fixture
def problem(desk):
    return desk.accept()


def url_of(problem) -> str:
    return f"/problems/{problem.pk}/progress/new/"


def filled(client, url, **given) -> dict:
    page = client.get(url)
    assert page.status_code == 200
    return {
        "submission": page.context["submission"],
        "text": "路基已完成300米。",
        "happened_on": timezone.localdate().isoformat(),
    } | given


class TestProgressPage:
    def test_secretary_reports_once_however_often_he_taps(self, world, problem):
        client = world.client(world.village_secretary)
        form = filled(client, url_of(problem), back="/problems/mine/")

        first = client.post(url_of(problem), form)
        second = client.post(url_of(problem), form)

        assert first.status_code == second.status_code == 302
        assert first["Location"] == second["Location"] == "/problems/mine/"
        entry = ProgressEntry.objects.get()
        assert (entry.text, entry.role, entry.by) == ("路基已完成300米。", "村党组织书记", world.village_secretary)

    def test_the_day_is_today_already(self, world, problem):
        page = world.client(world.village_secretary).get(url_of(problem)).content.decode()

        assert f'value="{timezone.localdate().isoformat()}"' in page

    def test_a_station_reports_in_its_own_name_on_what_it_helps_with_only(self, world, desk):
        helped = desk.accept(assisting_units=[world.station])
        foreign = desk.accept(title="别的问题")
        client = world.client(world.users["station"])  # world.station is the unit

        client.post(url_of(helped), filled(client, url_of(helped)))

        assert ProgressEntry.objects.get().unit == world.station
        assert client.get(url_of(foreign)).status_code == 404

    def test_who_may_not(self, world, problem):
        assert world.client(world.stranger).get(url_of(problem)).status_code == 404
        assert world.client(world.sibling_secretary).get(url_of(problem)).status_code == 404
        assert world.client(world.linked_leader).get(url_of(problem)).status_code == 403
        assert world.client(world.office_clerk).get(url_of(problem)).status_code == 403

    def test_refusals_stand_at_their_field_and_the_text_stays(self, world, problem):
        client = world.client(world.village_secretary)
        tomorrow = timezone.localdate() + timedelta(days=1)
        form = filled(client, url_of(problem), happened_on=tomorrow.isoformat())

        refused = client.post(url_of(problem), form)

        assert refused.status_code == 422
        page = refused.content.decode()
        assert "不能晚于今天" in page
        assert "路基已完成300米。" in page
        assert not ProgressEntry.objects.exists()

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [("", "必填"), ("长" * 100_000, "文字过长"), ("联系人身份证11010519491231002X", "身份证号码")],
    )
    def test_bad_texts(self, world, problem, text, sentence):
        client = world.client(world.village_secretary)

        refused = client.post(url_of(problem), filled(client, url_of(problem), text=text))

        assert refused.status_code == 422
        assert sentence in refused.content.decode()

    def test_a_closed_problem_says_so_before_anything_is_typed(self, world, desk):
        closed = desk.in_state(State.CLOSED)
        client = world.client(world.village_secretary)

        answer = client.get(url_of(closed) + "?back=/problems/mine/", follow=True)

        assert "已销号" in answer.content.decode()
        assert answer.redirect_chain[0][0] == "/problems/mine/"

    def test_closed_while_it_was_being_typed(self, world, desk, problem):
        client = world.client(world.village_secretary)
        form = filled(client, url_of(problem))
        desk.close(problem, date(2026, 5, 20))

        refused = client.post(url_of(problem), form)

        assert refused.status_code == 422
        assert "已销号" in refused.content.decode()
        assert "路基已完成300米。" in refused.content.decode()


class TestExpiredSession:
    def expired(self, world, problem, text="写了很久的一段进展"):
        client = world.client(world.village_secretary)
        form = filled(client, url_of(problem), text=text)
        client.session.flush()
        answer = client.post(url_of(problem), form)
        assert answer.status_code == 302
        assert "/accounts/login/" in answer["Location"]
        return client

    def test_the_text_is_there_again_after_login(self, world, problem):
        client = self.expired(world, problem)

        answer = client.post(
            f"/accounts/login/?next={url_of(problem)}",
            {"username": "village_secretary", "password": "secret-village_secretary"},
            follow=True,
        )

        page = answer.content.decode()
        assert "写了很久的一段进展" in page
        assert "已恢复" in page
        form = {
            "submission": answer.context["submission"],
            "text": "写了很久的一段进展",
            "happened_on": timezone.localdate().isoformat(),
        }
        assert client.post(url_of(problem), form).status_code == 302
        assert ProgressEntry.objects.get().text == "写了很久的一段进展"

    def test_somebody_else_who_signs_in_there_gets_nothing(self, world, problem):
        client = self.expired(world, problem)

        answer = client.post(
            f"/accounts/login/?next={url_of(problem)}",
            {"username": "resident_cadre", "password": "secret-resident_cadre"},
            follow=True,
        )

        assert answer.status_code == 200
        assert "写了很久的一段进展" not in answer.content.decode()


class TestMilestonePage:
    def test_village_and_office_record_a_fact(self, world, problem):
        url = f"/problems/{problem.pk}/milestones/new/"
        for person in (world.village_secretary, world.office_clerk):
            client = world.client(person)
            form = {
                "submission": client.get(url).context["submission"],
                "kind": "money_paid",
                "fact": "征地款已到位",
                "happened_on": "2026-03-20",
            }
            assert client.post(url, form).status_code == 302

        assert Milestone.objects.filter(fact="征地款已到位").count() == 2

    def test_a_leader_may_not(self, world, problem):
        assert world.client(world.linked_leader).get(f"/problems/{problem.pk}/milestones/new/").status_code == 403
