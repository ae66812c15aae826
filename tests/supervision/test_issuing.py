"""Slips an official issues himself: one register, one open slip for a matter, in the inbox at once, rising and ending by the same rules."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from audit.models import Entry
from common.errors import Refused
from common.models import RecordChanged
from inspections.services import inspections, notices
from problems.services import moves
from supervision.models import InboxItem, Slip, SlipStep
from supervision.services import issuing, slips
from tests.conftest import TODAY
from tests.problems.conftest import noon
from tests.supervision.conftest import FRIDAY, MONDAY, again

pytestmark = [pytest.mark.django_db, pytest.mark.services]
D = date
ASKED = "三日内到村放样。"


def issue(world, item, kind="problem", **given):
    values = {
        "requirement": ASKED,
        "level": "yellow",
        "due_on": D(2026, 11, 6),
        "by": world.commissioner,
        "at": noon(FRIDAY),
    }
    return issuing.issue_slip(kind, item.pk, **values | given)


@pytest.fixture
def problem(desk):
    return desk.accept(due_on=D(2026, 12, 31))


@pytest.fixture
def notice(world):
    day = D(2026, 10, 12)
    inspection = inspections.add_inspection(
        township=world.township, round=world.round, mode="unannounced", held_on=day, leader=None, people="",
        villages=[world.village], summary="", by=world.office_clerk, at=noon(day),
    )  # fmt: skip
    return notices.issue_notice(
        inspection, village=world.village, requirement="补齐会议记录", issued_on=day, reply_due_on=D(2026, 11, 30),
        by=world.office_clerk, at=noon(day),
    )  # fmt: skip


def line(user, kind="problem"):
    return InboxItem.objects.filter(user=user, kind=kind).first()


class TestIssuing:
    def test_stands_in_the_same_series_and_in_the_inbox_at_once(self, world, desk, problem, night):
        desk.accept(due_on=D(2026, 10, 29))
        night(FRIDAY)
        slip = issue(world, problem)

        assert [(s.number, s.is_by_hand) for s in Slip.objects.order_by("number")] == [(1, False), (2, True)]
        assert (slip.level, slip.due_on, slip.issued_on, slip.requirement) == ("yellow", D(2026, 11, 6), FRIDAY, ASKED)
        assert slip.steps.get().reply_due_on == D(2026, 11, 4)  # three working days
        mine = InboxItem.objects.get(user=world.village_secretary, object_id=problem.pk)
        assert (mine.reason, mine.url) == ("slip_yellow", slip.get_absolute_url())
        assert ASKED in mine.note
        entry = Entry.objects.get(object_type="supervision.slip", object_id=slip.pk)
        assert (entry.verb, entry.by) == ("签发黄色督办", world.commissioner)
        assert [change["new"] for change in entry.changes] == [ASKED, "2026-11-06"]

    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            ({"requirement": " "}, "请写明督办要求"),
            ({"due_on": D(2026, 10, 29)}, "不能早于今天"),
            ({"due_on": D(2027, 1, 1)}, "不能晚于这件事原定的时限"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, world, problem, given, sentence):
        with pytest.raises(Refused, match=sentence):
            issue(world, problem, **given)
        assert not Slip.objects.exists()

    def test_nothing_about_what_is_settled_or_in_other_hands(self, world, desk, problem, notice):
        desk.ask_close(problem, D(2026, 10, 29))
        with pytest.raises(Refused, match="不在整改中"):
            issue(world, problem)
        notices.sign_notice(notice, signed_on=FRIDAY, by=world.village_secretary, at=noon(FRIDAY))
        notices.reply_notice(notice, replied_on=FRIDAY, reply="已补齐", by=world.village_secretary, at=noon(FRIDAY))
        with pytest.raises(Refused, match="已经办结"):
            issue(world, notice, "notice")

    def test_never_two_open_for_one_matter(self, world, desk, problem, night):
        slip = issue(world, problem)
        with pytest.raises(Refused, match=r"已有未办结的督办单〔2026〕1号（黄色督办）"):
            issue(world, problem)
        late = desk.accept(due_on=D(2026, 10, 29))
        night(FRIDAY)
        with pytest.raises(Refused, match="已有未办结"):
            issue(world, late)

        # The database has the last word, also over a deadline of its own.
        slip.pk, slip.number, slip.due_on = None, 99, D(2026, 11, 9)
        with pytest.raises(IntegrityError), transaction.atomic():
            slip.save(force_insert=True)

    def test_the_night_writes_no_second_one_and_raises_it_by_the_rules(self, world, desk, problem, night):
        slip = issue(world, problem, level="blue")
        night(FRIDAY)
        night(D(2026, 11, 9))  # the first working day after its own deadline
        again(D(2026, 11, 9))
        slip.refresh_from_db()
        assert (Slip.objects.count(), slip.level) == (1, "yellow")
        night(D(2026, 11, 16))
        assert list(slip.steps.values_list("level", flat=True)) == ["blue", "yellow", "red"]
        assert line(world.party_secretary).reason == "slip_red"

    def test_issued_between_the_nights_look_and_its_writing(self, world, desk, night, monkeypatch):
        late = desk.accept(due_on=D(2026, 10, 29))
        hold = slips.hold_numbers

        def meanwhile(townships):
            monkeypatch.setattr(slips, "hold_numbers", hold)
            if not Slip.objects.exists():
                issue(world, late, due_on=D(2026, 11, 3), level="blue")

        monkeypatch.setattr(slips, "hold_numbers", meanwhile)
        night(FRIDAY)

        slip = Slip.objects.get()
        assert (slip.is_by_hand, slip.level) == (True, "yellow")

    def test_a_deadline_moved_at_night_ends_the_slip_before_the_next_is_written(self, world, notice, night):
        night(D(2026, 11, 27))
        old = Slip.objects.get()
        type(notice).objects.filter(pk=notice.pk).update(reply_due_on=D(2026, 12, 1))
        counts = slips.write_slips(*self.looked_at("notice", D(2026, 11, 28 + 2)), at=noon(D(2026, 11, 30)))
        old.refresh_from_db()
        assert (old.closing, counts["issued"]) == ("时限已修改", 1)

    def looked_at(self, kind, day):
        from supervision.services import items
        from supervision.services.cuts import RulesOfDay

        found = items.after(kind, 0, 10)
        rules = RulesOfDay(day)
        rules.load({item.round_id for item in found})
        return found, rules, slips.open_slips(found)

    def test_resumed_with_its_old_deadline_a_problem_gets_a_new_slip(self, world, desk, night):
        problem = desk.accept(due_on=D(2026, 10, 29))
        night(FRIDAY)
        moves.suspend(problem, reason="等待上级资金", by=world.commissioner, at=noon(FRIDAY))
        moves.resume(problem, reason="资金已到", by=world.commissioner, at=noon(FRIDAY))
        night(MONDAY)

        assert [bool(s.closed_on) for s in Slip.objects.order_by("number")] == [True, False]

    def test_ends_with_its_matter_and_not_with_another_deadline(self, world, desk, problem, notice):
        issue(world, notice, "notice")
        issue(world, problem)
        notices.change_notice(
            notice, requirement="补齐会议记录", issued_on=notice.issued_on, reply_due_on=D(2026, 12, 10), reason="顺延",
            base_version=notice.version, by=world.office_clerk, at=noon(FRIDAY),
        )  # fmt: skip
        assert slips.close_ended(list(slips.with_items()), day=FRIDAY, at=noon(FRIDAY)) == 0

        moves.suspend(problem, reason="等待资金", by=world.commissioner, at=noon(FRIDAY))
        assert Slip.objects.get(kind="problem").closing == "问题已批准暂缓"


class TestClosing:
    @pytest.fixture
    def slip(self, world, problem):
        return issue(world, problem)

    def answer(self, world, slip):
        slips.sign_slip(slip, signed_on=FRIDAY, by=world.village_secretary, at=noon(FRIDAY))
        slips.answer_slip(slip, answered_on=FRIDAY, answer="已放样", by=world.village_secretary, at=noon(FRIDAY))

    def close(self, slip, by, **given):
        return issuing.close_slip(slip, closing="已到村放样", by=by, at=noon(MONDAY), **given)

    def test_found_done_after_the_answer_by_somebody_else(self, world, slip):
        with pytest.raises(Refused, match="还没有反馈"):
            self.close(slip, world.commissioner)
        self.answer(world, slip)
        with pytest.raises(Refused, match="须由另一人办结"):
            self.close(slip, world.village_secretary)
        with pytest.raises(RecordChanged):
            self.close(slip, world.commissioner, base_version=slip.version - 1)

        self.close(slip, world.commissioner)

        slip.refresh_from_db()
        assert (slip.closed_on, slip.closing) == (MONDAY, "已到村放样")
        assert line(world.village_secretary).reason == "stale"  # what is left is the problem itself
        with pytest.raises(Refused, match="已于2026-11-02办结"):
            self.close(slip, world.commissioner)

    def test_not_by_who_answered_first_when_another_corrected_the_answer(self, world, slip):
        """A secretary who stands in for the commissioner could otherwise let his clerk put the answer in another name."""
        slips.sign_slip(slip, signed_on=FRIDAY, by=world.commissioner, at=noon(FRIDAY))
        slips.answer_slip(slip, answered_on=FRIDAY, answer="已放样", by=world.commissioner, at=noon(FRIDAY))
        slips.answer_slip(slip, answered_on=FRIDAY, answer="已放样两处", by=world.village_secretary, at=noon(FRIDAY))

        with pytest.raises(Refused, match="须由另一人办结"):
            self.close(slip, world.commissioner)
        page = world.client(world.commissioner).get(slip.get_absolute_url()).content.decode()
        assert reverse("supervision:slip_close", args=[slip.pk]) not in page
        self.close(slip, world.office_clerk)

    def test_one_of_the_rules_ends_with_its_matter_only(self, world, desk, night):
        desk.accept(due_on=D(2026, 10, 29))
        night(FRIDAY)
        with pytest.raises(Refused, match="自动办结"):
            self.close(Slip.objects.get(), world.commissioner)


@pytest.fixture
def fixed_today(time_machine):
    """What follows a change by day, and what a page shows, asks the clock."""
    time_machine.move_to(noon(TODAY))


@pytest.mark.usefixtures("fixed_today")
class TestNoticesAtOnce:
    def test_a_new_notice_is_in_the_inbox_and_the_night_adds_nothing(
        self, world, request, night, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            notice = request.getfixturevalue("notice")
        mine = line(world.village_secretary, "notice")
        assert (mine.reason, mine.url) == ("to_sign", notice.get_absolute_url())
        assert line(world.users["sibling_secretary"], "notice") is None
        before = list(InboxItem.objects.order_by("pk").values())
        night(MONDAY)
        again(MONDAY)
        assert list(InboxItem.objects.order_by("pk").values()) == before

        connection.run_on_commit.clear()
        with django_capture_on_commit_callbacks(execute=True):
            notices.sign_notice(notice, signed_on=FRIDAY, by=world.village_secretary, at=noon(FRIDAY))
        assert line(world.village_secretary, "notice") is None

    def test_answered_it_is_gone_and_its_slip_ended_by_day(self, world, notice, django_capture_on_commit_callbacks):
        issue(world, notice, "notice")
        assert line(world.village_secretary, "notice").reason == "slip_yellow"
        connection.run_on_commit.clear()
        with django_capture_on_commit_callbacks(execute=True):
            notices.sign_notice(notice, signed_on=FRIDAY, by=world.village_secretary, at=noon(FRIDAY))
            notices.reply_notice(notice, replied_on=FRIDAY, reply="已补齐", by=world.village_secretary, at=noon(FRIDAY))
        assert line(world.village_secretary, "notice") is None
        assert Slip.objects.get().closing == "整改通知书已反馈"

    def test_without_the_receiver_only_the_night_tells(self, world, night, request, monkeypatch):
        """Negative control: nothing else puts it there by day."""
        monkeypatch.setattr("supervision.services.follow.later", lambda *_: None)
        request.getfixturevalue("notice")
        assert line(world.village_secretary, "notice") is None
        night(MONDAY)
        assert line(world.village_secretary, "notice").reason == "to_sign"


@pytest.mark.usefixtures("fixed_today")
class TestPages:
    def press(self, client, url, **values):
        page = client.get(url)
        hidden = {name: page.context[name] for name in ("submission", "base_version") if name in page.context}
        return client.post(url, hidden | values)

    def test_from_the_list_to_the_slip(self, world, problem):
        client = world.client(world.commissioner)
        assert problem.title in client.get(reverse("supervision:matter_problems")).content.decode()
        url = reverse("supervision:slip_problem", args=[problem.pk])
        assert url in client.get(problem.get_absolute_url()).content.decode()
        page = client.get(url)
        sent = {"submission": page.context["submission"], "requirement": ASKED, "level": "red", "due_on": "2026-11-06"}
        sent["back"] = reverse("supervision:matter_problems")
        answer = client.post(url, sent)
        assert client.post(url, sent).status_code == 302  # twice: once
        slip = Slip.objects.get()
        assert answer.url == slip.get_absolute_url()  # not back to the list of choices: its crumb leads to the register

        page = client.get(slip.get_absolute_url()).content.decode()
        assert ASKED in page
        assert "组织委员甲" in page
        assert problem.title not in client.get(reverse("supervision:matter_problems")).content.decode()
        assert url not in client.get(problem.get_absolute_url()).content.decode()
        assert "不发第二份" in client.get(url).content.decode()
        assert ASKED in client.get("/supervision/?written=hand").content.decode()
        assert ASKED not in client.get("/supervision/?written=rule").content.decode()

    def test_answered_and_found_done(self, world, problem):
        slip = issue(world, problem)
        village, office = world.client(world.village_secretary), world.client(world.office_clerk)
        close = reverse("supervision:slip_close", args=[slip.pk])
        assert close not in office.get(slip.get_absolute_url()).content.decode()
        self.press(village, reverse("supervision:slip_sign", args=[slip.pk]), signed_on="2026-10-31")
        self.press(
            village, reverse("supervision:slip_answer", args=[slip.pk]), answered_on="2026-10-31", answer="已放样"
        )
        assert close in office.get(slip.get_absolute_url()).content.decode()
        assert village.get(close).status_code == 403
        assert self.press(office, close, closing="").status_code == 302
        slip.refresh_from_db()
        assert slip.closing == "已按要求办理"

    def test_few_queries_whatever_the_rows(self, world, desk, notice, django_assert_max_num_queries):
        for _ in range(8):
            desk.accept(due_on=D(2026, 12, 31))
        client = world.client(world.commissioner)
        for name in ("problems", "notices", "commitments"):
            with django_assert_max_num_queries(12):
                assert client.get(reverse(f"supervision:matter_{name}")).status_code == 200

    def test_a_stranger_finds_nothing_and_a_leader_may_not(self, world, problem, notice):
        for kind, item in (("problem", problem), ("notice", notice)):
            url = reverse(f"supervision:slip_{kind}", args=[item.pk])
            assert world.client(world.stranger).get(url).status_code == 404
            assert world.client(world.linked_leader).get(url).status_code == 403
            assert world.client(world.commissioner).get(url).status_code == 200


def test_the_register_and_the_summary_count_them_alike(world, desk, problem, night):
    from reports.figures import compute
    from reports.language import SENTENCES, Brief, runs

    desk.accept(due_on=D(2026, 10, 29))
    night(FRIDAY)
    issue(world, problem)
    data = compute(world.round, kind="stage", starts_on=D(2026, 3, 5), ends_on=TODAY, as_of=TODAY)

    assert (data.figures["slips"].value, data.figures["slips.by_hand"].value) == (2, 1)
    told = "".join(run["text"] for run in runs(SENTENCES["rectifying.slips"].write(Brief(data)) or []))
    assert told.startswith("对重点事项和临近时限、逾期的事项发出督办单2份，其中")
    assert "升至" not in told  # what was issued by hand began there
    page = world.client(world.commissioner).get(data.figures["slips.by_hand"].url).content.decode()
    assert "共 <strong>1</strong>" in page
    assert SlipStep.objects.count() == 2
