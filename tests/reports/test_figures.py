"""Figures of the demo township: each equals the rows of the list it links to, on any day."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from inspections.models import Notice
from inspections.services import reissue_notice
from meetings.models import Commitment, Meeting
from pairings.models import Activity
from problems.models import Measure, Step
from reports.figures import Figure, Figures, Rule, compute
from reports.figures.figure import Tally
from rounds.models import CalendarItem
from tests.conftest import NOON
from villages.models import Post

pytestmark = pytest.mark.django_db
START, END = date(2026, 3, 5), date(2026, 10, 31)


def figures_of(demo, *, kind="stage", starts_on=START, ends_on=END, as_of=None, compared_with=None) -> Figures:
    return compute(
        demo.round, kind=kind, starts_on=starts_on, ends_on=ends_on, as_of=as_of or ends_on, compared_with=compared_with
    )


@pytest.fixture
def clerk(demo_township, db) -> Client:
    client = Client()
    client.force_login(User.objects.get(username="dangjianban"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def wrong_ones(figures: Figures, client: Client) -> list[str]:
    """Figures whose linked list shows another number of rows than the figure counts."""
    wrong, seen = [], {}
    for figure in figures.figures.values():
        if figure.rule == Rule.SHARE:
            continue
        if figure.rule == Rule.COUNT and figure.number != len(figure.ids):
            wrong.append(f"{figure.key}: {figure.text}, but {len(figure.ids)} records")
        if not figure.url or not figure.ids:
            continue
        if figure.url not in seen:
            page = client.get(figure.url)
            seen[figure.url] = page.context["paging"].total if page.status_code == 200 else page.status_code
        if seen[figure.url] != len(figure.ids):
            wrong.append(f"{figure.key}: {len(figure.ids)} records, the list shows {seen[figure.url]} ({figure.url})")
    return wrong


def a_notice_is_answered(round):
    notice = Notice.objects.get(inspection__round=round, replied_on=None)
    Notice.objects.filter(pk=notice.pk).update(replied_on=date(2026, 10, 20), reply="已逐户告知")
    return {"notices.answered", "notices.late"}


def test_a_notice_issued_again_later_stood_as_it_did(demo_township, clerk):
    notice = Notice.objects.filter(inspection__round=demo_township.round, replied_on__isnull=False).first()
    Notice.objects.filter(pk=notice.pk).update(closed_on=None, checked_by=None, reply_due_on=notice.issued_on)
    notice.refresh_from_db()
    days = (notice.replied_on - timedelta(days=1), notice.replied_on)
    names = [f"notices.{name}" for name in ("answered", "in_time", "late", "closed", "again")]

    def told():
        made = [figures_of(demo_township, ends_on=day) for day in days]
        assert [wrong_ones(figures, clerk) for figures in made] == [[], []]
        facts.append([figures.facts["notices"] for figures in made])
        return [[figures.get(name) and figures.get(name).ids for name in names] for figures in made]

    facts = []
    before = told()
    reissue_notice(
        notice,
        requirement="逐户登记后再报",
        checked_on=END,
        note="抽查仍无记录",
        reply_due_on=END,
        by=User.objects.get(username="wuxiaomin"),
        at=NOON,
    )
    assert told() == before
    assert notice.pk in before[0][2]
    assert facts[0] == facts[1]  # requirement, date and reply of the round that ran then
    assert "逐户登记后再报" not in str(facts[1])
    now = figures_of(demo_township).facts["notices"]
    assert "逐户登记后再报" in str(now)  # control: from the day of the check it is the new round that speaks
    assert [n["due_on"] for n in now if n["requirement"] == "逐户登记后再报"] == [END.isoformat()]


def a_visit_finds_more_households(round):
    round.visits.filter(pk=round.visits.order_by("visited_on").first().pk).update(households=F("households") + 4)
    return {"visits.households"}


def a_meeting_was_another_kind(round):
    Meeting.objects.filter(round=round, kind="enlarged_committee_meeting", held_on=date(2026, 4, 20)).update(
        kind="cadre_meeting"
    )
    return {"meetings.enlarged_committee_meeting", "meetings.cadre_meeting"}


def helpers_bring_more(round):
    activity = Activity.objects.filter(pairing__round=round, funds__isnull=False).order_by("pk").first()
    Activity.objects.filter(pk=activity.pk).update(funds=activity.funds + 5)
    return {"activities.funds"}


def a_measure_is_done(round):
    measure = Measure.objects.filter(problem__round=round, done_on=None).order_by("pk").first()
    Measure.objects.filter(pk=measure.pk).update(done_on=date(2026, 10, 30))
    return {"measures.done"}


def a_problem_is_closed_better(round):
    """No. 1 of 石桥村 was closed with the degree 基本化解; it is 已化解."""
    Step.objects.filter(problem__round=round, problem__number=1, state="closed").update(degree="full")
    return {"closed.full", "closed.basic"}


def a_promise_is_kept(round):
    Commitment.objects.filter(meeting__round=round, kept_on=None, due_on=date(2026, 9, 30)).update(
        kept_on=date(2026, 10, 30), note="资金已到位"
    )
    meeting = Meeting.objects.get(round=round, held_on=date(2026, 5, 18))
    key = f"coordination.{meeting.pk}"
    return {"commitments.open", "commitments.late", f"{key}.kept", f"{key}.late"}


def a_matter_was_only_listed(round):
    meeting = Meeting.objects.get(round=round, held_on=date(2026, 5, 18))
    meeting.agenda.filter(number=3).update(outcome="unrecorded", decision="")
    return {"coordination.matters", f"coordination.{meeting.pk}.matters"}


def a_calendar_item_is_done(round):
    item = CalendarItem.objects.filter(round=round, done_on=None).order_by("due_on").first()
    CalendarItem.objects.filter(pk=item.pk).update(done_on=date(2026, 10, 30))
    return {"calendar.done", "calendar.left", "calendar.next"}


def a_ballot_is_counted_again(round):
    survey = round.surveys.order_by("pk").first()
    type(survey).objects.filter(pk=survey.pk).update(satisfied=F("satisfied") + 1, mostly=F("mostly") - 1)
    one = f"survey.midterm.{survey.village_id}"
    return {"survey.satisfied", "survey.mostly", f"{one}.satisfied", f"{one}.mostly"}


CHANGES = [
    a_notice_is_answered, a_visit_finds_more_households, a_meeting_was_another_kind, helpers_bring_more, a_measure_is_done,
    a_problem_is_closed_better, a_promise_is_kept, a_matter_was_only_listed, a_calendar_item_is_done, a_ballot_is_counted_again,
]  # fmt: skip


class TestTraceable:
    @pytest.mark.parametrize(
        "asked",
        [
            {},
            {"kind": "monthly", "starts_on": date(2026, 9, 1), "ends_on": date(2026, 9, 30)},
            {"kind": "weekly", "starts_on": date(2026, 6, 15), "ends_on": date(2026, 6, 21)},
            {"kind": "monthly", "starts_on": date(2026, 10, 1), "compared_with": date(2026, 9, 30)},
            {
                "kind": "quarterly",
                "starts_on": date(2026, 7, 1),
                "ends_on": date(2026, 9, 30),
                "compared_with": date(2026, 6, 30),
            },
            {"kind": "annual", "compared_with": date(2026, 8, 31)},
            {"kind": "bulletin", "starts_on": date(2026, 9, 1)},
            {"kind": "acceptance"},
        ],
        ids=["stage", "september", "a-week-in-june", "october", "quarter", "annual", "bulletin", "acceptance"],
    )
    def test_every_figure_equals_the_rows_of_its_list(self, demo_township, clerk, asked):
        assert wrong_ones(figures_of(demo_township, **asked), clerk) == []

    def test_every_figure_that_counts_something_has_a_list(self, demo_township, db):
        figures = figures_of(demo_township)

        unlinked = [f.key for f in figures.figures.values() if f and not f.url]

        assert unlinked == []

    def test_control_a_figure_that_forgets_a_record_is_found(self, demo_township, clerk):
        figures = figures_of(demo_township)
        closed = figures["closed"]
        figures.figures["closed"] = replace(closed, value=closed.value - 1, ids=closed.ids[1:])

        assert any(text.startswith("closed:") for text in wrong_ones(figures, clerk))


class TestAmounts:
    def test_the_townships_figures(self, demo_township, db):
        f = figures_of(demo_township)

        stated = {
            key: f[key].text
            for key in (
                "problems", "closed", "closed.full", "closed.basic", "closed.rate", "open", "open.late", "open.relapsed",
                "open.preliminary", "measures", "measures.done", "plans", "stations", "inspections", "notices",
                "notices.answered", "visits", "visits.households", "activities", "activities.funds",
                "members.members", "leaders.trained", "income.above", "training.degree", "linked", "calendar", "calendar.done",
            )
        }  # fmt: skip

        assert stated == {
            "problems": "18", "closed": "12", "closed.full": "9", "closed.basic": "3", "closed.rate": "66.7", "open": "6",
            "open.late": "1", "open.relapsed": "1", "open.preliminary": "1", "measures": "41", "measures.done": "33",
            "plans": "3", "stations": "9", "inspections": "9", "notices": "6", "notices.answered": "5", "visits": "37",
            "visits.households": "212", "activities": "13", "activities.funds": "18", "members.members": "136",
            "leaders.trained": "11", "income.above": "3", "training.degree": "6", "linked": "7", "calendar": "24",
            "calendar.done": "19",
        }  # fmt: skip

    def test_an_earlier_day_shows_what_stood_then(self, demo_township, db):
        f = figures_of(demo_township, ends_on=date(2026, 7, 1))

        assert f["closed"].text == "2"  # no. 10, and no. 17 before it came back
        assert "open.relapsed" in f.figures
        assert not f["open.relapsed"]

    def test_the_number_of_queries_does_not_grow(self, demo_township, db, django_assert_max_num_queries):
        from django.db import connection

        with CaptureQueriesContext(connection) as few:
            compute(demo_township.first, kind="stage", starts_on=START, ends_on=END, as_of=END)
        with django_assert_max_num_queries(60) as many:
            figures_of(demo_township)

        assert len(many) - len(few) <= 12  # prefetches that an empty round does not ask for


class TestPlainData:
    def test_figures_survive_being_kept(self, demo_township, db):
        import json

        figures = figures_of(demo_township)

        again = Figures.from_json(json.loads(json.dumps(figures.to_json())))

        assert again.figures == figures.figures
        assert again.facts == figures.facts

    def test_only_the_figures_that_count_a_record_change_with_it(self, demo_township, db):
        before = figures_of(demo_township).figures
        visit = demo_township.round.visits.order_by("visited_on").first()
        type(visit).objects.filter(pk=visit.pk).update(households=visit.households + 4)

        after = figures_of(demo_township).figures

        changed = {key for key in after if after[key] != before[key]}
        assert changed == {"visits.households"}
        type(visit).objects.filter(pk=visit.pk).update(households=visit.households)

    @pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
    def test_after_a_change_exactly_the_figures_that_count_it_differ(self, demo_township, db, change):
        asked = {"compared_with": date(2026, 9, 30)}
        before = figures_of(demo_township, **asked).figures
        point = transaction.savepoint()
        expected = change(demo_township.round)
        after = figures_of(demo_township, **asked).figures
        transaction.savepoint_rollback(point)

        changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
        assert changed == expected

    def test_figures_of_several_townships_are_the_sum(self, demo_township, db, django_assert_max_num_queries):
        from rounds.models import Round

        rounds = list(Round.objects.filter(year=2026, number=2).select_related("township__county").order_by("pk"))
        asked = {"kind": "stage", "starts_on": START, "ends_on": END, "as_of": END, "compared_with": date(2026, 9, 30)}
        each = [compute(r, **asked).figures for r in rounds]
        with django_assert_max_num_queries(60):
            whole = compute(rounds, **asked)

        assert len(rounds) == 2
        for key in ("problems", "closed", "open", "open.late", "period.new", "period.closed", "period.relapsed", "measures", "measures.done",
                    "inspections", "notices.late", "visits.households", "before.closed", "since.degree", "listed", "income.above"):  # fmt: skip
            assert whole[key].number == sum(f[key].number for f in each), key
        assert whole.facts["problems"] == []
        assert "township" not in whole["problems"].params

    def test_rounds_of_different_years_are_not_counted_together(self, demo_township, db):
        from rounds.models import Round

        with pytest.raises(ValueError, match="one year and number"):
            compute(list(Round.objects.all()), kind="stage", starts_on=START, ends_on=END, as_of=END)

    def test_a_share_has_one_decimal_and_needs_a_whole(self):
        tally = Tally({})
        part, whole = Figure("a", "甲", 12), Figure("b", "乙", 18)

        assert tally.share("c", "率", part, whole).text == "66.7"
        assert tally.share("d", "率", part, Figure("e", "空", 0)) is None

    def test_a_sum_ignores_what_is_not_known(self):
        tally = Tally({})

        assert tally.total("a", "收入", "万元", [(1, Decimal("8.60")), (2, None), (3, Decimal("6.2"))]).text == "14.8"


def test_a_list_can_show_just_the_rows_a_figure_counts(demo_township, clerk):
    keys = list(Post.objects.filter(village__township=demo_township.round.township_id).values_list("pk", flat=True)[:2])

    page = clerk.get(f"/villages/posts/?only={keys[0]}.{keys[1]}.nonsense")

    assert page.context["paging"].total == 2
    assert "只看所选" in page.content.decode()
