"""What an office sets: its outlines, whom the draft of the month goes to. And two papers or days side by side."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from audit.models import Entry
from common.errors import Refused
from common.models import RecordChanged
from jobs import registry, sweep
from jobs.models import Job
from reports import comparison, outlines, services
from reports.models import DraftSchedule, Outline, Part, Summary
from reports.outlines import OUTLINES, Use, moved
from reports.services import drafting
from reports.services.scheduling import first_working_day
from tests.conftest import NOON, TZ
from tests.reports.conftest import END, START, text_of
from villages.models import Assignment
from workdays.calendar import calendar_of
from workdays.models import ExceptionalDay

pytestmark = pytest.mark.django_db
KEY = "organisation.deployment"


@pytest.fixture
def office(desk) -> dict[str, Any]:
    return {"township_id": desk.world.township.pk, "kind": "stage", "by": desk.world.office_clerk, "at": NOON}


def keys(plans) -> list[str]:
    return [plan.key for plan in plans]


def change(office, key=KEY, version=1, **values: Any) -> Outline:
    plan = next(p for p in outlines.plans_of(Outline.objects.first(), "stage") if p.key == key)
    asked = {"lead": plan.lead, "uses": plan.uses, "off": plan.off} | values
    return services.change_outline_part(**office, key=key, base_version=version, **asked)


class TestOutlineService:
    def test_words_sentences_and_wording(self, desk, office):
        change(office, lead="抓好动员", uses=[Use("organisation.enlarged", "count"), Use("rectifying.stations")])

        text = text_of(desk.draft())

        assert "抓好动员。镇党委把后进村集中整治列入重要议程，先后召开镇委扩大会议2次研究推进。" in text
        assert "及早动员部署" not in text
        entry = Entry.objects.get(verb="修改提纲")
        assert {c["label"] for c in entry.changes} == {"“及早动员部署。”的标题或起首语", "“及早动员部署。”的句子"}

    def test_a_part_switched_off_is_not_written_nor_missed(self, desk, office):
        change(office, key="rectifying.inspection", off=True)

        summary = desk.draft()

        assert "督查记录" not in {gap["missing"] for gap in summary.missing}
        assert not summary.parts.get(key="rectifying.inspection").text

    def test_brackets_are_filled(self, desk, office):
        change(office, key="part.next", lead="{乡镇}{下期}打算")

        assert "、清溪镇下一步打算" in text_of(desk.draft())

    def test_another_townships_outline_is_its_own(self, desk, office):
        change(office, lead="别样部署。")

        assert drafting.plans_of(desk.world.other_township.pk, "stage") == OUTLINES["stage"]

    def test_reset(self, desk, office):
        outline = change(office, lead="别样部署。")

        services.reset_outline(**office, base_version=outline.version)

        assert "及早动员部署" in text_of(desk.draft())

    def test_changed_back_it_is_the_portals_again(self, office):
        outline = change(office, lead="别样部署。")

        outline = change(office, version=outline.version, lead="及早动员部署。")

        assert outline.parts == []

    def test_the_second_editor_is_told(self, office):
        change(office, lead="别样部署。")

        with pytest.raises(RecordChanged):
            change(office, lead="又一样。")

    @pytest.mark.parametrize(
        ("key", "values", "sentence"),
        [
            (KEY, {"lead": "{镇长}部署"}, "花括号里只能用"),
            (KEY, {"lead": "长" * 61}, "文字过长"),
            (KEY, {"uses": []}, "至少保留一句"),
            (KEY, {"uses": [Use("no.such")]}, "没有这一句"),
            (KEY, {"uses": [Use("organisation.enlarged", "odd")]}, "没有这种写法"),
            (KEY, {"uses": [Use("rectifying.stations"), Use("rectifying.stations")]}, "已经有了"),
            ("part.next", {"lead": ""}, "请填写文字"),
            ("part.next", {"uses": [Use("rectifying.stations")]}, "标题下面的各段才能放句子"),
            ("title", {"off": True}, "标题不能停用"),
        ],
    )
    def test_refusals(self, office, key, values, sentence):
        with pytest.raises(Refused, match=sentence):
            change(office, key=key, **values)
        assert not Outline.objects.exists()

    def test_a_sentence_that_is_gone_is_left_out(self, desk):
        parts = [plan.to_json() for plan in OUTLINES["stage"]]
        parts[1]["sentences"].append("gone.sentence/old")
        Outline.objects.create(township=desk.world.township, kind="stage", parts=parts)

        assert drafting.plans_of(desk.world.township.pk, "stage") == OUTLINES["stage"]


class TestOwnParts:
    """A paragraph the office adds to its outline, without code."""

    FIXED = "{乡镇}还把整顿同“最多跑一次”改革结合起来。"

    def add(self, office, version=1, **values: Any) -> outlines.Plan:
        asked = {"under": "part.organisation", "lead": self.FIXED} | values
        return services.add_outline_part(**office, base_version=version, **asked)

    def test_fixed_words_stand_in_every_new_paper(self, desk, office):
        plan = self.add(office)

        text = text_of(desk.draft())

        assert (plan.key, plan.kind) == ("office.1", "item")
        assert "是清溪镇还把整顿同“最多跑一次”改革结合起来。" in text
        assert text.index("最多跑一次") < text.index("坚持问题导向，精准推进整改落实")

    def test_a_sentence_under_words_of_its_own(self, desk, office):
        self.add(office, under="part.shortfalls", lead="底数要摸清", sentence="period.standing")

        part = desk.draft().parts.get(key="office.1")

        assert part.kind == "point"
        assert part.text.startswith("底数要摸清。截至10月31日，台账共有问题2个")

    def test_without_data_it_is_left_out(self, desk, office):
        self.add(office, lead="培训。", sentence="next.training")

        assert not desk.draft().parts.get(key="office.1").text

    def test_a_draft_gets_it_when_it_is_computed_anew_and_loses_it_again(self, desk, office):
        summary = desk.draft()
        self.add(office)
        services.recompute(summary, by=office["by"], at=NOON)
        assert "最多跑一次" in text_of(summary)

        services.remove_outline_part(**office, key="office.1", base_version=2)
        services.recompute(summary, by=office["by"], at=NOON)

        assert "最多跑一次" not in text_of(summary)
        assert Outline.objects.get().parts == []
        assert [e.verb for e in Entry.objects.filter(verb__contains="提纲").order_by("pk")] == [
            "添加提纲段落",
            "删除提纲段落",
        ]

    def test_it_can_be_changed_moved_and_numbered_on(self, desk, office):
        self.add(office)
        change(office, key="office.1", version=2, lead="换一种说法。")
        services.move_outline_part(**office, key="office.1", up=True, base_version=3)
        second = self.add(office, version=4)

        assert second.key == "office.2"
        found = keys(drafting.plans_of(desk.world.township.pk, "stage"))
        assert found.index("office.2") == found.index("office.1") + 2  # the neighbour it passed stands between

    @pytest.mark.parametrize(
        ("values", "sentence"),
        [
            ({"under": "part.work"}, "请选择加在哪一部分"),  # holds headings, no paragraphs
            ({"under": "no.such"}, "请选择加在哪一部分"),
            ({"lead": ""}, "请填写文字"),
            ({"lead": "长" * 501}, "文字过长"),
            ({"lead": "{镇长}"}, "花括号里只能用"),
            ({"sentence": "no.such"}, "没有这一句"),
        ],
    )
    def test_refusals(self, office, values, sentence):
        with pytest.raises(Refused, match=sentence):
            self.add(office, **values)
        assert not Outline.objects.exists()

    def test_a_part_of_the_portal_is_not_removed_and_there_is_an_end_to_adding(self, office, monkeypatch):
        with pytest.raises(Refused, match="停用"):
            services.remove_outline_part(**office, key=KEY, base_version=1)
        monkeypatch.setattr("reports.services.outlining.MAX_ADDED", 1)
        self.add(office)
        with pytest.raises(Refused, match="最多1段"):
            self.add(office, version=2)

    def test_a_part_whose_only_sentence_is_gone_is_off(self):
        plan = outlines.Plan("office.1", "item", "只剩起首语。", (Use("gone.sentence"),))

        assert outlines.Plan.from_json(plan.to_json()).off

    def test_in_the_browser(self, desk):
        desk.draft()
        client = desk.world.client(desk.world.office_clerk)
        base = f"/summaries/outlines/{desk.world.township.pk}/stage/"
        assert f"{base}new/?under=part.organisation" in client.get(base).content.decode()
        form = client.get(f"{base}new/?under=part.organisation")
        assert 'value="part.organisation" selected' in form.content.decode()
        data = {
            "submission": form.context["submission"], "base_version": form.context["base_version"],
            "under": "part.organisation", "lead": self.FIXED, "add": "",
        }  # fmt: skip

        look = client.post(f"{base}new/", data | {"preview": "1"}).content.decode()
        assert "清溪镇还把整顿同" in look
        assert not Outline.objects.exists()
        client.post(f"{base}new/", data)
        client.post(f"{base}new/", data)  # a double click

        assert keys(drafting.plans_of(desk.world.township.pk, "stage")).count("office.1") == 1
        assert "office.2" not in str(Outline.objects.get().parts)
        refused = client.get(f"{base}new/")
        answer = client.post(f"{base}new/", data | {"submission": refused.context["submission"]})
        assert answer.status_code == 409  # the outline is another one by now
        client.post(f"{base}office.1/remove/", {"base_version": "2"})
        assert Outline.objects.get().parts == []


class TestMoving:
    def test_a_heading_takes_along_what_stands_under_it(self):
        after = keys(moved(OUTLINES["stage"], "part.next", up=True))

        assert after.index("part.next") < after.index("next.problems") < after.index("part.shortfalls")
        assert after[-1] == "closing"
        assert sorted(after) == sorted(keys(OUTLINES["stage"]))

    def test_a_part_stays_under_its_heading(self):
        stage = OUTLINES["stage"]

        assert moved(stage, KEY, up=True) == stage
        assert keys(moved(stage, KEY, up=False)).index(KEY) == keys(stage).index(KEY) + 1

    @pytest.mark.parametrize("kind", OUTLINES)
    def test_up_and_down_again_is_as_before(self, kind):
        for plan in OUTLINES[kind]:
            after = moved(OUTLINES[kind], plan.key, up=False)
            if after != OUTLINES[kind]:
                assert moved(after, plan.key, up=True) == OUTLINES[kind], plan.key

    def test_the_paper_follows(self, desk, office):
        services.move_outline_part(**office, key="organisation.chain", up=True, base_version=1)

        drafts = outlines.write(
            drafting.write(desk.world.round, kind="stage", starts_on=START, ends_on=END, as_of=END).figures,
            drafting.plans_of(desk.world.township.pk, "stage"),
        )

        found = [d.key for d in drafts]
        assert found.index("organisation.chain") < found.index("organisation.mechanism")


class TestOutlinePages:
    def url(self, desk, *rest: str) -> str:
        return "/".join(["/summaries/outlines", str(desk.world.township.pk), "stage", *rest]) + "/"

    def test_the_page_shows_the_effect(self, desk, django_assert_max_num_queries):
        desk.draft()
        client = desk.world.client(desk.world.office_clerk)

        with django_assert_max_num_queries(12):
            page = client.get(self.url(desk)).content.decode()

        assert "先后召开镇委扩大会议" in page
        assert "系统提纲" in page

    def test_edit_with_a_look_before(self, desk):
        desk.draft()
        client = desk.world.client(desk.world.office_clerk)
        url = self.url(desk, KEY, "edit")
        form = client.get(url)
        assert all(f'name="{name}"' in form.content.decode() for name in ("as_1", "at_1", "as_2", "add"))
        data = {
            "submission": form.context["submission"], "base_version": form.context["base_version"], "lead": "抓好动员",
            "as_1": "count", "at_1": "2", "as_2": "on", "at_2": "1", "add": "rectifying.stations",
        }  # fmt: skip

        look = client.post(url, data | {"preview": "1"})
        assert "抓好动员。" in look.content.decode()
        assert not Outline.objects.exists()
        client.post(url, data)

        plan = next(p for p in outlines.plans_of(Outline.objects.get(), "stage") if p.key == KEY)
        assert [str(use) for use in plan.uses] == [
            "organisation.villages", "organisation.enlarged/count", "rectifying.stations",
        ]  # fmt: skip
        assert plan.lead == "抓好动员。"
        client.post(url, data)  # a double click
        assert Entry.objects.filter(verb="修改提纲").count() == 1

    def test_the_second_editor_sees_it(self, desk, office):
        client = desk.world.client(desk.world.office_clerk)
        url = self.url(desk, KEY, "edit")
        form = client.get(url)
        change(office, lead="先改的。")

        data = {"lead": "后改的", "as_1": "days", "at_1": "1", "as_2": "on", "at_2": "2"}
        answer = client.post(
            url, data | {"submission": form.context["submission"], "base_version": form.context["base_version"]}
        )

        assert answer.status_code == 409
        assert "先改的。" in next(p.lead for p in outlines.plans_of(Outline.objects.get(), "stage") if p.key == KEY)

    def test_a_refusal_stands_at_the_field(self, desk):
        client = desk.world.client(desk.world.office_clerk)
        url = self.url(desk, "part.next", "edit")
        token = client.get(url).context["submission"]

        answer = client.post(url, {"submission": token, "base_version": "1", "lead": "{谁}打算"})

        assert answer.status_code == 422
        assert "花括号里只能用" in answer.content.decode()

    @pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("party_secretary", 403), ("commissioner", 200)])
    def test_who(self, desk, who, status):
        client = desk.world.client(getattr(desk.world, who))

        assert client.get(self.url(desk)).status_code == status
        assert client.get(self.url(desk, KEY, "edit")).status_code == status
        assert client.post(self.url(desk, KEY, "move"), {"up": "0"}).status_code == (302 if status == 200 else status)

    def test_unknown_kind_or_part(self, desk):
        client = desk.world.client(desk.world.office_clerk)

        assert client.get(f"/summaries/outlines/{desk.world.township.pk}/odd/").status_code == 404
        assert client.get(self.url(desk, "odd", "edit")).status_code == 404


class TestSchedule:
    def on(self, desk, author=None) -> DraftSchedule:
        author = author or desk.world.office_clerk
        return services.set_schedule(
            township_id=desk.world.township.pk, is_on=True, author=author, base_version=1, by=author, at=NOON
        )

    def run(self, day: date) -> list[Summary]:
        return services.draft_of_the_month(today=day, at=datetime(day.year, day.month, day.day, 8, tzinfo=TZ))

    @pytest.mark.parametrize(
        ("day", "first"),
        [
            (date(2026, 10, 20), date(2026, 10, 1)),  # a Thursday
            (date(2026, 11, 30), date(2026, 11, 2)),  # the first is a Sunday
            (date(2026, 8, 1), date(2026, 8, 3)),  # the first is a Saturday
        ],
    )
    def test_first_working_day(self, desk, day, first):
        ExceptionalDay.objects.all().delete()

        assert first_working_day(day, calendar_of(desk.world.township.pk)) == first

    def test_holidays_and_days_worked_instead(self, desk):
        ExceptionalDay.objects.all().delete()
        for day, works in ((date(2026, 8, 1), True), (date(2026, 9, 1), False), (date(2026, 9, 2), False)):
            ExceptionalDay.objects.create(year=2026, day=day, is_working=works, holiday="国庆节")
        calendar = calendar_of(desk.world.township.pk)

        assert first_working_day(date(2026, 8, 20), calendar) == date(2026, 8, 1)  # a Saturday that is worked
        assert first_working_day(date(2026, 9, 20), calendar) == date(2026, 9, 3)

    def test_a_calendar_changed_after_the_draft_brings_no_second_one(self, desk):
        self.on(desk)
        assert len(self.run(date(2026, 11, 2))) == 1
        ExceptionalDay.objects.create(year=2026, day=date(2026, 11, 2), is_working=False, holiday="国庆节")

        assert self.run(date(2026, 11, 3)) == []

    def test_once_a_month_about_the_month_before(self, desk):
        self.on(desk)

        assert self.run(date(2026, 11, 1)) == []  # a Sunday
        made = self.run(date(2026, 11, 2))
        assert self.run(date(2026, 11, 2)) == []
        assert self.run(date(2026, 11, 9)) == []

        summary = Summary.objects.get()
        assert made == [summary]
        assert (summary.kind, summary.starts_on, summary.ends_on) == ("monthly", date(2026, 10, 1), date(2026, 10, 31))
        assert summary.author == desk.world.office_clerk

    def test_days_of_standstill_are_made_up_for(self, desk):
        self.on(desk)

        assert len(self.run(date(2026, 11, 5))) == 1

    def test_the_database_holds_that_there_is_one(self, desk):
        from django.db import IntegrityError, transaction

        self.on(desk)
        made = self.run(date(2026, 11, 2))[0]
        other = desk.draft(kind="monthly")
        other.scheduled_for = made.scheduled_for

        with pytest.raises(IntegrityError), transaction.atomic():
            other.save()

    def test_who_takes_the_post_today_may_be_named_before_eight(self, desk):
        """The server counts moments in UTC, where it is still yesterday."""
        clerk = desk.world.office_clerk
        Assignment.objects.filter(cadre__user=clerk).update(starts_on=date(2026, 11, 2))

        schedule = services.set_schedule(
            township_id=desk.world.township.pk, is_on=True, author=clerk, base_version=1, by=clerk,
            at=datetime(2026, 11, 2, 7, tzinfo=TZ).astimezone(UTC),
        )  # fmt: skip

        assert schedule.author == clerk

    def test_switched_off_nothing_is_written(self, desk):
        schedule = self.on(desk)
        services.set_schedule(
            township_id=desk.world.township.pk, is_on=False, author=None, base_version=schedule.version,
            by=desk.world.office_clerk, at=NOON,
        )  # fmt: skip

        assert self.run(date(2026, 11, 2)) == []

    def test_who_left_his_post_gets_nothing(self, desk):
        self.on(desk)
        Assignment.objects.filter(cadre__user=desk.world.office_clerk).update(ends_on=date(2026, 10, 30))

        assert self.run(date(2026, 11, 2)) == []

    def test_only_somebody_who_drafts(self, desk):
        with pytest.raises(Refused, match="没有起草总结的岗位"):
            self.on(desk, desk.world.village_secretary)

    def test_it_waits_in_the_authors_to_do(self, desk):
        self.on(desk)
        self.run(date(2026, 11, 2))
        client = desk.world.client(desk.world.office_clerk)

        tile = next(t for t in client.get("/").context["todo"] if t.label == "总结初稿待完善")

        assert tile.count == client.get(tile.url).context["paging"].total == 1
        assert "总结初稿待完善" not in desk.world.client(desk.world.commissioner).get("/").content.decode()

    def test_the_job_of_every_day_is_asked_for_once(self, desk, django_capture_on_commit_callbacks):
        sweep.ask_for_todays()
        sweep.ask_for_todays()

        job = Job.objects.get(kind="monthly_drafts")
        assert registry.work_of(job.kind)(lambda _percent, _step: None, **job.arguments) == {"drafted": []}

    def test_the_page(self, desk):
        client = desk.world.client(desk.world.office_clerk)
        url = f"/summaries/schedule/{desk.world.township.pk}/"
        form = client.get(url)

        client.post(
            url,
            {
                "submission": form.context["submission"], "base_version": form.context["base_version"], "is_on": "on",
                "author": desk.world.commissioner.pk,
            },
        )  # fmt: skip

        assert DraftSchedule.objects.get().author == desk.world.commissioner
        assert "交给组织委员甲" in client.get("/summaries/outlines/").content.decode()

    def test_somebody_from_elsewhere_is_refused_by_the_field(self, desk):
        client = desk.world.client(desk.world.office_clerk)
        url = f"/summaries/schedule/{desk.world.township.pk}/"
        token = client.get(url).context["submission"]

        answer = client.post(
            url, {"submission": token, "base_version": "1", "is_on": "on", "author": desk.world.stranger.pk}
        )

        assert answer.status_code == 422
        assert not DraftSchedule.objects.exists()


class TestCompare:
    def page(self, desk, **query: Any) -> Any:
        client = desk.world.client(desk.world.office_clerk)
        return client.get("/summaries/compare/", {"round": desk.world.round.pk} | query)

    def test_two_days(self, desk, django_assert_max_num_queries):
        client = desk.world.client(desk.world.office_clerk)
        with django_assert_max_num_queries(12):
            page = client.get("/summaries/compare/?earlier_on=2026-09-15&later_on=2026-10-31")

        counts = {kind["name"]: kind["count"] for kind in page.context["kinds"]}
        assert counts == {"new": 0, "closed": 1, "reopened": 0, "degree": 1, "colour": 1, "gone": 0}
        totals = {row["name"]: (row["before"], row["now"]) for row in page.context["totals"]}
        assert totals["closed"] == (0, 1)
        assert totals["problems"] == (2, 2)

    def test_each_number_opens_its_list(self, desk):
        for kind in self.page(desk, earlier_on="2026-03-31", later_on="2026-10-31").context["kinds"]:
            shown = desk.world.client(desk.world.office_clerk).get(
                f"/summaries/compare/{kind['url'].partition('#')[0]}"
            )
            assert shown.context["show"] == kind["name"]
            assert len(shown.context["list"]) == kind["count"] == shown.context["list_total"]

    def test_the_totals_of_a_day_open_the_ledger_of_that_day(self, desk):
        client = desk.world.client(desk.world.office_clerk)

        for row in self.page(desk, earlier_on="2026-09-15", later_on="2026-10-31").context["totals"]:
            assert client.get(row["before_url"]).context["paging"].total == row["before"], row
            assert client.get(row["now_url"]).context["paging"].total == row["now"], row

    def test_a_kept_paper_speaks_with_its_own_figures(self, desk):
        paper = desk.draft(kind="monthly", as_of=date(2026, 10, 1))
        desk.problem(5, "后来补登的事")

        page = self.page(desk, earlier=paper.pk, later_on="2026-10-31")

        assert [row["change"].stand.title for row in page.context["list"]] == ["后来补登的事"]
        assert page.context["show"] == "new"

    def test_the_later_day_stands_behind(self, desk):
        page = self.page(desk, earlier_on="2026-10-31", later_on="2026-09-15")

        assert page.context["earlier"].on < page.context["later"].on

    def test_a_summary_of_another_township_is_not_read(self, desk):
        elsewhere = Summary.objects.create(
            township=desk.world.other_township, round=desk.world.other_round, kind="stage", starts_on=START, ends_on=END,
            as_of=END, title="外镇", computed_at=NOON, created_at=NOON, author=desk.world.stranger,
            figures={"facts": {"problems": [{"id": 9, "number": 9, "village": "外村", "title": "外镇的事", "state": "closed", "degree": "full", "colour": "none"}]}},
        )  # fmt: skip

        page = self.page(desk, later=elsewhere.pk).content.decode()

        assert "外镇" not in page

    def test_income_between_years(self, desk):
        from villages.models import VillageYear

        for year, income in ((2025, "8.60"), (2026, "15.30")):
            VillageYear.objects.create(village=desk.world.village, year=year, income=income)
        earlier, later = (comparison.of_day(desk.world.round, day) for day in (date(2026, 3, 31), date(2026, 10, 31)))
        assert comparison.income(earlier, later) == []

        before = comparison.Side("2025", date(2025, 12, 31), None, {}, {"石桥村": 8})
        assert comparison.income(before, later) == [{"village": "石桥村", "before": "8", "now": "15.3", "more": "7.3"}]

    def test_nonsense_in_the_address(self, desk):
        assert self.page(desk, earlier="x", later="99999", earlier_on="2026-13-01", show="odd").status_code == 200

    def test_without_a_round(self, world):
        from rounds.models import Round

        Round.objects.filter(township=world.township).delete()

        assert "还没有可以对比的轮次" in world.client(world.office_clerk).get("/summaries/compare/").content.decode()

    def test_a_village_post_has_no_such_page(self, desk):
        client = desk.world.client(desk.world.village_secretary)

        assert client.get("/summaries/compare/").status_code == 403


def test_own_words_survive_an_outline_without_their_part(desk, office):
    """The office drops a part the author wrote in: his words stay."""
    summary = desk.draft()
    part = summary.parts.select_related("summary__round__township__county").get(key=KEY)
    services.edit_part(part, text="自己的话。", base_version=part.version, by=desk.world.office_clerk, at=NOON)
    change(office, off=True)

    services.recompute(summary, by=desk.world.office_clerk, at=NOON)

    assert "自己的话。" in text_of(summary)
    assert Part.objects.get(summary=summary, key=KEY).generated == []
