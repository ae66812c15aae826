"""One village, one plan: written, submitted, returned, approved by a second person."""

from datetime import date

import pytest

from audit import services as audit
from common.errors import Refused
from common.models import RecordChanged
from problems.models import Measure, PlanReview, VillagePlan
from problems.services import measures, plans
from problems.terms import State
from reports.figures import compute
from rounds.models import Designation
from tests.problems.conftest import noon

APRIL = date(2026, 4, 10)
AT = noon(APRIL)


@pytest.fixture
def designated(world):
    return Designation.objects.create(
        round=world.round, village=world.village, proposed_on=date(2026, 3, 2), approved_on=date(2026, 3, 5)
    )


@pytest.fixture
def plan(world, designated):
    return plans.start_plan(
        round=world.round,
        village=world.village,
        causes="班子不团结。",
        goals="年内转化。",
        by=world.resident_cadre,
        at=AT,
    )


@pytest.fixture
def full_plan(world, desk, plan):
    measure(desk.accept(), world)
    return plan


def measure(problem, world, **given):
    """A specific measure, unless told otherwise."""
    values = {
        "text": "硬化路面", "standard": "1.8公里通车", "owner": world.village_secretary.cadre, "due_on": date(2026, 7, 31),
    }  # fmt: skip
    return measures.add_measure(problem, **values | given, by=world.resident_cadre, at=AT)


def submit(plan, by, on=APRIL):
    return plans.submit_plan(plan, on=on, by=by, at=noon(on))


class TestPlanServices:
    def test_one_for_each_designated_village(self, world, plan):
        with pytest.raises(Refused, match="已有整顿方案"):
            plans.start_plan(round=world.round, village=world.village, by=world.resident_cadre, at=AT)
        with pytest.raises(Refused, match="不是2026年第二轮的整顿对象"):
            plans.start_plan(round=world.round, village=world.sibling, by=world.resident_cadre, at=AT)

    def test_everything_missing_is_named_at_once(self, world, desk, designated):
        empty = plans.start_plan(round=world.round, village=world.village, by=world.resident_cadre, at=AT)
        measures.add_measure(
            desk.accept(village=world.sibling), text="邻村的", due_on=date(2026, 7, 31), by=world.resident_cadre, at=AT
        )

        with pytest.raises(Refused, match="缺少原因分析、整顿目标和至少一条整改措施"):
            submit(empty, world.resident_cadre)

        assert empty.state == VillagePlan.State.DRAFT

    def test_returned_once_then_approved_by_somebody_else(self, world, full_plan):
        submit(full_plan, world.resident_cadre)
        plans.return_plan(
            full_plan, remark="措施不具体", on=date(2026, 4, 12), by=world.commissioner, at=noon(date(2026, 4, 12))
        )
        plans.change_plan(
            full_plan, base_version=full_plan.version, causes="班子不团结。", goals="11月底转化。",
            by=world.village_secretary, at=noon(date(2026, 4, 13)),
        )  # fmt: skip
        submit(full_plan, world.village_secretary, date(2026, 4, 14))
        plans.approve_plan(full_plan, on=date(2026, 4, 15), by=world.commissioner, at=noon(date(2026, 4, 15)))

        full_plan.refresh_from_db()
        assert (full_plan.state, full_plan.approved_on) == (VillagePlan.State.APPROVED, date(2026, 4, 15))
        assert [(r.action, r.on.day) for r in full_plan.reviews.all()] == [
            ("submit", 10), ("return", 12), ("submit", 14), ("approve", 15)
        ]  # fmt: skip

    def test_who_submitted_does_not_approve(self, world, full_plan):
        submit(full_plan, world.commissioner)

        with pytest.raises(Refused, match="不能再由您审定"):
            plans.approve_plan(full_plan, on=APRIL, by=world.commissioner, at=AT)

    def test_no_step_out_of_turn(self, world, full_plan):
        with pytest.raises(Refused, match="提交后才能审定"):
            plans.approve_plan(full_plan, on=APRIL, by=world.commissioner, at=AT)
        with pytest.raises(Refused, match="不能退回"):
            plans.return_plan(full_plan, remark="不具体", on=APRIL, by=world.commissioner, at=AT)
        submit(full_plan, world.resident_cadre)
        with pytest.raises(Refused, match="不用再提交"):
            submit(full_plan, world.resident_cadre)
        with pytest.raises(Refused, match="由组织委员退回后才能修改"):
            plans.change_plan(
                full_plan, base_version=full_plan.version, causes="改", goals="改", by=world.resident_cadre, at=AT
            )
        with pytest.raises(Refused, match="退回的原因"):
            plans.return_plan(full_plan, remark=" ", on=APRIL, by=world.commissioner, at=AT)

    def test_days_run_forward(self, world, full_plan):
        submit(full_plan, world.resident_cadre)

        with pytest.raises(Refused, match="上一次办理的日期"):
            plans.approve_plan(full_plan, on=date(2026, 4, 9), by=world.commissioner, at=AT)
        with pytest.raises(Refused, match="不能晚于今天"):
            plans.approve_plan(full_plan, on=date(2026, 4, 11), by=world.commissioner, at=AT)

    def test_an_approved_plan_can_be_sent_back_for_adjustment(self, world, full_plan):
        submit(full_plan, world.resident_cadre)
        plans.approve_plan(full_plan, on=APRIL, by=world.commissioner, at=AT)

        plans.return_plan(full_plan, remark="按县级意见调整", on=APRIL, by=world.commissioner, at=AT)

        full_plan.refresh_from_db()
        # What was approved stays in force until the adjusted plan is approved.
        assert (full_plan.state, full_plan.approved_on) == (VillagePlan.State.RETURNED, APRIL)

    def test_two_people_decide_at_once(self, world, full_plan):
        submit(full_plan, world.resident_cadre)
        stale = VillagePlan.objects.get(pk=full_plan.pk)
        plans.approve_plan(full_plan, on=APRIL, by=world.commissioner, at=AT)

        with pytest.raises(RecordChanged):
            plans.return_plan(stale, remark="不具体", on=APRIL, by=world.commissioner, at=AT)


def figures_on(world, day):
    return compute(world.round, kind="stage", starts_on=date(2026, 3, 5), ends_on=day, as_of=day)


class TestSpecific:
    def test_names_what_each_measure_lacks_and_refuses_to_hand_in(self, world, desk, plan):
        problem = desk.accept()
        measure(problem, world)
        measure(problem, world, standard=" ", owner=None)
        measure(problem, world, deadline_kind="immediate", due_on=None)
        measure(problem, world, deadline_kind="continuing", due_on=None)

        with pytest.raises(Refused, match=r"1号问题措施2缺完成标准、责任人；1号问题措施3缺完成时限。请补充"):
            submit(plan, world.resident_cadre)

        page = world.client(world.commissioner).get(plan.get_absolute_url()).content.decode()
        assert "措施2缺完成标准、责任人" in page

    def test_is_not_approved_without_measures_or_with_vague_ones(self, world, desk, full_plan):
        submit(full_plan, world.resident_cadre)
        vague = measure(Measure.objects.get().problem, world, standard="")
        with pytest.raises(Refused, match="方案不具体，请退回补充：1号问题措施2缺完成标准"):
            plans.approve_plan(full_plan, on=APRIL, by=world.commissioner, at=AT)
        form = world.client(world.commissioner).get(f"{full_plan.get_absolute_url()}return/").content.decode()
        assert "措施不具体：1号问题措施2缺完成标准" in form  # the remark is written already

        vague.delete()
        Measure.objects.all().delete()
        with pytest.raises(Refused, match="没有整改措施，不能审定"):
            plans.approve_plan(full_plan, on=APRIL, by=world.commissioner, at=AT)
        assert not full_plan.versions.exists()


class TestAmend:
    MAY = date(2026, 5, 8)

    @pytest.fixture
    def approved(self, world, full_plan):
        submit(full_plan, world.resident_cadre)
        plans.approve_plan(full_plan, on=APRIL, by=world.commissioner, at=AT)
        return full_plan

    def amend(self, plan, by, reason="县级抽查要求增加措施", on=MAY):
        return plans.amend_plan(plan, reason=reason, on=on, by=by, at=noon(on))

    def test_old_words_stay_readable_until_the_new_ones_are_approved(self, world, approved):
        self.amend(approved, world.resident_cadre)
        plans.change_plan(
            approved, base_version=approved.version, causes="班子不团结。", goals="10月底转化。",
            by=world.resident_cadre, at=noon(self.MAY),
        )  # fmt: skip
        measure(Measure.objects.get().problem, world, text="安装路灯")

        [first] = approved.versions.all()
        assert (first.number, first.goals, first.approved_on) == (1, "年内转化。", APRIL)
        assert [task["text"] for task in first.lists["tasks"]] == ["硬化路面"]
        assert (approved.state, approved.approved_on) == (VillagePlan.State.AMENDING, APRIL)
        client = world.client(world.village_secretary)
        page = client.get(approved.get_absolute_url()).content.decode()
        assert "第1版</a>仍然有效" in page
        assert "县级抽查要求增加措施" in page
        old = client.get(f"/problems/plans/versions/{first.pk}/").content.decode()
        assert "年内转化。" in old
        assert "安装路灯" not in old

        submit(approved, world.resident_cadre, date(2026, 5, 9))
        plans.approve_plan(approved, on=date(2026, 5, 10), by=world.commissioner, at=noon(date(2026, 5, 10)))

        second, first = approved.versions.all()
        assert (second.number, second.goals, second.reason) == (2, "10月底转化。", "县级抽查要求增加措施")
        assert [task["text"] for task in second.lists["tasks"]] == ["硬化路面", "安装路灯"]
        assert first.goals == "年内转化。"
        assert [r.action for r in approved.reviews.all()] == ["submit", "approve", "amend", "submit", "approve"]

    def test_what_is_in_force_already_is_not_handed_in_again(self, world, approved):
        self.amend(approved, world.resident_cadre)
        refusal = "方案与已审定的第1版相比没有改动，不用再审定。请先修改原因、目标、问题或措施，再提交；不调整了的，请撤销调整。"
        with pytest.raises(Refused, match=refusal):
            submit(approved, world.resident_cadre, self.MAY)
        url = f"{approved.get_absolute_url()}submit/"
        client = world.client(world.resident_cadre)
        page = client.get(url)
        sent = {name: page.context[name] for name in ("submission", "base_version")} | {"on": "2026-05-09"}
        sent["seen"] = page.context["seen"]
        assert refusal in client.post(url, sent).content.decode()
        assert VillagePlan.objects.get().state == VillagePlan.State.AMENDING

        found = Measure.objects.get()
        values = {name: getattr(found, name) for name in measures.FIELDS} | {"standard": "2公里通车"}
        measures.change_measure(
            found, base_version=found.version, reason="商定", by=world.resident_cadre, at=AT, **values
        )  # a measure changed is a plan changed
        submit(approved, world.resident_cadre, self.MAY)
        assert VillagePlan.objects.get().state == VillagePlan.State.SUBMITTED

    def test_called_off_it_is_in_force_as_approved(self, world, approved):
        self.amend(approved, world.resident_cadre)
        plans.change_plan(
            approved, base_version=approved.version, causes="随手改的。", goals="随手改的。", by=world.resident_cadre, at=noon(self.MAY)
        )  # fmt: skip
        url = f"{approved.get_absolute_url()}call-off/"
        client = world.client(world.resident_cadre)
        assert "撤销调整" in client.get(approved.get_absolute_url()).content.decode()
        page = client.get(url)
        sent = {name: page.context[name] for name in ("submission", "base_version")} | {"on": "2026-05-09"}
        client.post(url, sent)

        plan = VillagePlan.objects.get()
        assert (plan.state, plan.goals, plan.approved_on) == (VillagePlan.State.APPROVED, "年内转化。", APRIL)
        assert plan.versions.count() == 1
        assert "随手改的。" in str(audit.history(plan)[0].changes)
        with pytest.raises(Refused, match="调整中的方案才能撤销调整"):
            plans.call_off_amendment(plan, on=self.MAY, by=world.resident_cadre, at=noon(self.MAY))

    def test_not_called_off_when_a_measure_has_changed(self, world, approved):
        self.amend(approved, world.resident_cadre)
        found = Measure.objects.get()
        values = {name: getattr(found, name) for name in measures.FIELDS} | {"standard": "2公里通车"}
        measures.change_measure(
            found, base_version=found.version, reason="商定", by=world.resident_cadre, at=AT, **values
        )
        with pytest.raises(Refused, match="已有不同，不能撤销"):
            plans.call_off_amendment(approved, on=self.MAY, by=world.resident_cadre, at=noon(self.MAY))

    def test_only_an_approved_plan_and_with_a_reason(self, world, full_plan):
        with pytest.raises(Refused, match="审定过的方案才需要调整"):
            self.amend(full_plan, world.resident_cadre)
        submit(full_plan, world.resident_cadre)
        plans.approve_plan(full_plan, on=APRIL, by=world.commissioner, at=AT)
        with pytest.raises(Refused, match="为什么调整"):
            self.amend(full_plan, world.resident_cadre, reason=" ")
        with pytest.raises(Refused, match="先点“调整方案”"):
            plans.change_plan(
                full_plan, base_version=full_plan.version, causes="改", goals="改", by=world.resident_cadre, at=AT
            )

    def test_who_may(self, world, approved):
        url = f"{approved.get_absolute_url()}amend/"
        assert world.client(world.commissioner).get(url).status_code == 200
        assert world.client(world.linked_leader).get(url).status_code == 403
        assert world.client(world.sibling_secretary).get(url).status_code == 404
        version = f"/problems/plans/versions/{approved.versions.get().pk}/"
        assert world.client(world.stranger).get(version).status_code == 404
        assert world.client(world.sibling_secretary).get(version).status_code == 404

    def test_figures_of_a_past_day_count_the_version_of_that_day(self, world, approved):
        self.amend(approved, world.resident_cadre)
        plans.change_plan(
            approved, base_version=approved.version, causes="班子不团结。", goals="10月底转化。",
            by=world.resident_cadre, at=noon(self.MAY),
        )  # fmt: skip
        for day in (APRIL, self.MAY):
            data = figures_on(world, day)
            assert data.figures["plans"].value == 1
            assert data.facts["plans"][0]["goals"] == "年内转化。"
        assert figures_on(world, date(2026, 4, 9)).figures["plans"].value == 0


class TestSheet:
    def test_three_lists_and_three_opinions_on_one_sheet(self, world, full_plan, django_assert_max_num_queries):
        client = world.client(world.village_secretary)
        with django_assert_max_num_queries(12):
            page = client.get(f"{full_plan.get_absolute_url()}sheet/").content.decode()
        for words in (
            "问题清单", "责任清单", "任务清单", "硬化路面", "1.8公里通车", "村党组织意见", "乡镇党委意见", "县级审定意见",
            "起草中，尚未审定",
        ):  # fmt: skip
            assert words in page


class TestPlanPages:
    def press(self, client, url, **values):
        page = client.get(url)
        assert page.status_code == 200
        hidden = {name: page.context[name] for name in ("submission", "base_version", "seen") if name in page.context}
        return client.post(url, hidden | values)

    def test_from_the_first_line_to_the_approval(self, world, desk, designated):
        village, desk_client = world.client(world.village_secretary), world.client(world.commissioner)
        self.press(village, "/problems/plans/new/", designation=designated.pk, causes="原因", goals="目标")
        plan = VillagePlan.objects.get()
        url = plan.get_absolute_url()
        assert "至少一条整改措施" in village.get(url).content.decode()
        refused = self.press(village, f"{url}submit/", on="2026-04-10")
        assert refused.status_code == 422
        assert "还不完整" in refused.content.decode()
        measure(desk.accept(), world)

        assert self.press(village, f"{url}submit/", on="2026-04-10").status_code == 302
        assert self.press(desk_client, f"{url}approve/", on="2026-04-12", remark="同意").status_code == 302

        assert [r.action for r in PlanReview.objects.all()] == ["submit", "approve"]
        page = village.get(url).content.decode()
        assert "已审定（2026-04-12）" in page
        assert "硬化路面" in page
        assert "操作记录" in page

    def test_words_changed_since_the_page_was_opened_are_not_approved_unseen(self, world, full_plan):
        plans.submit_plan(full_plan, on=APRIL, by=world.village_secretary, at=AT)
        client, url = world.client(world.commissioner), f"{full_plan.get_absolute_url()}approve/"
        page = client.get(url)
        plans.return_plan(full_plan, remark="不具体", on=APRIL, by=world.commissioner, at=AT)
        plans.change_plan(
            full_plan,
            base_version=full_plan.version,
            causes="另一种原因",
            goals="目标",
            by=world.village_secretary,
            at=AT,
        )
        plans.submit_plan(full_plan, on=APRIL, by=world.village_secretary, at=AT)

        hidden = {"submission": page.context["submission"], "base_version": page.context["base_version"]}
        answer = client.post(url, hidden | {"on": APRIL.isoformat(), "remark": ""})

        assert answer.status_code == 409
        assert VillagePlan.objects.get(pk=full_plan.pk).state == "submitted"
        assert self.press(client, url, on=APRIL.isoformat(), remark="").status_code == 302

    @pytest.fixture
    def submitted(self, world, full_plan):
        plans.submit_plan(full_plan, on=APRIL, by=world.village_secretary, at=AT)
        return full_plan

    def reword(self, world, **given):
        found = Measure.objects.get()
        values = {name: getattr(found, name) for name in measures.FIELDS} | given
        measures.change_measure(
            found, base_version=found.version, reason="村里商定", by=world.resident_cadre, at=AT, **values
        )

    @pytest.mark.parametrize(
        ("path", "who", "text", "state"),
        [("return/", "commissioner", "remark", "returned"), ("amend/", "resident_cadre", "reason", "amending")],
    )
    def test_a_remark_is_not_written_about_a_plan_that_went_on_meanwhile(
        self, world, submitted, path, who, text, state
    ):
        def once_round():
            plan = VillagePlan.objects.get()
            if path == "return/":
                plans.approve_plan(plan, on=APRIL, by=world.commissioner, at=AT)
            plans.amend_plan(plan, reason="补充", on=APRIL, by=world.resident_cadre, at=AT)
            self.reword(world, standard="2公里通车")
            submit(plan, world.resident_cadre)
            if path == "amend/":
                plans.approve_plan(plan, on=APRIL, by=world.commissioner, at=AT)

        if path == "amend/":
            plans.approve_plan(submitted, on=APRIL, by=world.commissioner, at=AT)
        client, url = world.client(getattr(world, who)), f"{submitted.get_absolute_url()}{path}"
        page = client.get(url)
        typed = {"on": "2026-04-10", text: "写了很久的意见"}
        hidden = {name: page.context[name] for name in ("submission", "base_version")}
        once_round()

        answer = client.post(url, hidden | typed)

        assert answer.status_code == 409
        assert "他人已办理过这个方案" in answer.content.decode()
        assert "写了很久的意见" in answer.content.decode()
        assert VillagePlan.objects.get().state != state
        # Control: from the page that refused, which has seen it, the same is taken.
        again = {name: answer.context[name] for name in ("submission", "base_version")}
        assert client.post(url, again | typed).status_code == 302
        assert VillagePlan.objects.get().state == state

    def shown_then(self, client, url):
        page = client.get(url)
        return {name: page.context[name] for name in ("submission", "base_version", "seen")} | {"on": "2026-04-10"}

    def test_measures_changed_since_the_page_was_opened_are_not_approved_unseen(self, world, submitted):
        client, url = world.client(world.commissioner), f"{submitted.get_absolute_url()}approve/"
        hidden = self.shown_then(client, url)
        self.reword(world, standard="1公里通车", due_on=date(2026, 9, 30))
        measure(Measure.objects.get().problem, world, text="安装路灯")

        answer = client.post(url, hidden)

        assert answer.status_code == 409
        assert answer.context["changes"] == [
            {"label": "1号问题措施1的完成标准", "then": "1.8公里通车", "now": "1公里通车"},
            {"label": "1号问题措施1的完成时限", "then": "2026-07-31", "now": "2026-09-30"},
            {"label": "1号问题措施2", "then": "没有这一条", "now": "安装路灯"},
        ]
        assert "1.8公里通车" in answer.content.decode()
        submitted.refresh_from_db()
        assert (submitted.state, submitted.versions.count()) == ("submitted", 0)
        # Having read what is new, he approves from the very page that refused.
        again = {name: answer.context[name] for name in ("submission", "base_version", "seen")} | {"on": "2026-04-10"}
        assert client.post(url, again).status_code == 302
        assert [task["text"] for task in submitted.versions.get().lists["tasks"]] == ["硬化路面", "安装路灯"]

    def test_nothing_but_the_comparison_refuses_it(self, world, submitted, monkeypatch):
        """Negative control: the plan's own version alone lets the unseen measure through."""
        client, url = world.client(world.commissioner), f"{submitted.get_absolute_url()}approve/"
        hidden = self.shown_then(client, url)
        self.reword(world, standard="1公里通车")
        monkeypatch.setattr(plans, "_expect", lambda plan, *_: plans.content_of(plan))

        assert client.post(url, hidden).status_code == 302
        assert submitted.versions.get().lists["tasks"][0]["standard"] == "1公里通车"

    def test_nor_handed_in_unseen_but_work_done_meanwhile_is_no_change(self, world, full_plan):
        client, url = world.client(world.village_secretary), f"{full_plan.get_absolute_url()}submit/"
        hidden = self.shown_then(client, url)
        measures.finish_measure(Measure.objects.get(), done_on=APRIL, by=world.resident_cadre, at=AT)
        assert client.post(url, hidden).status_code == 302

        plans.return_plan(
            full_plan := VillagePlan.objects.get(), remark="不具体", on=APRIL, by=world.commissioner, at=AT
        )
        hidden = self.shown_then(client, url)
        self.reword(world, text="修桥")
        assert client.post(url, hidden).status_code == 409
        full_plan.refresh_from_db()
        assert full_plan.state == "returned"

    @pytest.mark.parametrize("seen", ["", "改过的", "W10:1:x"])
    def test_a_form_that_lost_what_it_showed_changes_nothing(self, world, submitted, seen):
        client, url = world.client(world.commissioner), f"{submitted.get_absolute_url()}approve/"

        assert client.post(url, self.shown_then(client, url) | {"seen": seen}).status_code == 409

        submitted.refresh_from_db()
        assert submitted.state == "submitted"

    def test_the_page_to_approve_shows_the_plan_in_few_queries(
        self, world, desk, submitted, django_assert_max_num_queries
    ):
        for n in range(8):
            measure(desk.in_state(State.RECTIFYING, title=f"问题{n}"), world, text=f"措施{n}")
        client = world.client(world.commissioner)
        with django_assert_max_num_queries(12):
            page = client.get(f"{submitted.get_absolute_url()}approve/").content.decode()
        for words in ("班子不团结。", "年内转化。", "硬化路面", "措施7"):
            assert words in page

    def test_with_nothing_left_to_draft_the_page_says_so(self, world, designated):
        client, url = world.client(world.village_secretary), "/problems/plans/new/"
        assert "没有待起草的整顿对象" not in client.get(url).content.decode()

        self.press(client, url, designation=designated.pk, causes="原因", goals="目标")

        page = client.get(url).content.decode()
        assert "没有待起草的整顿对象" in page
        assert "<textarea" not in page

    def test_a_village_of_another_township_is_refused_by_the_field(self, world):
        foreign = Designation.objects.create(
            round=world.other_round, village=world.foreign, proposed_on=date(2026, 3, 2)
        )

        refused = self.press(world.client(world.village_secretary), "/problems/plans/new/", designation=foreign.pk)

        assert refused.status_code == 422
        assert not VillagePlan.objects.exists()

    def test_the_list_offers_to_begin_a_plan_only_where_one_is_wanting(self, world, designated):
        def offered(person):
            return "/problems/plans/new/" in world.client(person).get("/problems/plans/").content.decode()

        assert offered(world.village_secretary)
        plans.start_plan(
            round=world.round, village=world.village, causes="一", goals="二", by=world.resident_cadre, at=AT
        )
        assert not offered(world.village_secretary)
        assert offered(world.office_clerk)  # the page tells him where a village is proposed

    def test_who_may_not(self, world, full_plan):
        url = full_plan.get_absolute_url()
        for path in ("", "edit/", "submit/", "approve/", "return/"):
            assert world.client(world.stranger).get(url + path).status_code in (404, 403)
            assert world.client(world.sibling_secretary).get(url + path).status_code in (404, 403)
        assert world.client(world.stranger).get(url).status_code == 404
        assert world.client(world.village_secretary).get(f"{url}approve/").status_code == 403
        assert world.client(world.linked_leader).get(f"{url}edit/").status_code == 403
        assert world.client(world.users["station"]).get("/problems/plans/").status_code == 403

    def test_second_editor_sees_the_difference(self, world, full_plan):
        client = world.client(world.village_secretary)
        url = f"{full_plan.get_absolute_url()}edit/"
        page = client.get(url)
        plans.change_plan(
            full_plan, base_version=full_plan.version, causes="别人写的原因", goals="目标", by=world.office_clerk, at=AT
        )

        refused = client.post(
            url,
            {
                "submission": page.context["submission"], "base_version": page.context["base_version"],
                "causes": "我写的原因", "goals": "目标",
            },
        )  # fmt: skip

        assert refused.status_code == 409
        assert "别人写的原因" in refused.content.decode()
        assert "我写的原因" in refused.content.decode()

    def test_queries_do_not_grow_with_the_rows(self, world, desk, full_plan, django_assert_max_num_queries):
        for n in range(12):
            problem = desk.in_state(State.RECTIFYING, title=f"问题{n}")
            measures.add_measure(
                problem, text=f"措施{n}", due_on=date(2026, 7, 31), by=world.resident_cadre, at=noon(date(2026, 5, 1))
            )
        client = world.client(world.commissioner)

        with django_assert_max_num_queries(12):
            client.get(full_plan.get_absolute_url())
        with django_assert_max_num_queries(12):
            client.get("/problems/plans/")
