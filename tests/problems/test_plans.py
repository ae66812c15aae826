"""One village, one plan: written, submitted, returned, approved by a second person."""

from datetime import date

import pytest

from common.errors import Refused
from common.models import RecordChanged
from problems.models import PlanReview, VillagePlan
from problems.services import measures, plans
from problems.terms import State
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
    measures.add_measure(desk.accept(), text="硬化路面", due_on=date(2026, 7, 31), by=world.resident_cadre, at=AT)
    return plan


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
        with pytest.raises(Refused, match="退回后才能修改"):
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
        assert (full_plan.state, full_plan.approved_on) == (VillagePlan.State.RETURNED, None)

    def test_two_people_decide_at_once(self, world, full_plan):
        submit(full_plan, world.resident_cadre)
        stale = VillagePlan.objects.get(pk=full_plan.pk)
        plans.approve_plan(full_plan, on=APRIL, by=world.commissioner, at=AT)

        with pytest.raises(RecordChanged):
            plans.return_plan(stale, remark="不具体", on=APRIL, by=world.commissioner, at=AT)


class TestPlanPages:
    def press(self, client, url, **values):
        page = client.get(url)
        assert page.status_code == 200
        hidden = {"submission": page.context["submission"], "base_version": page.context["base_version"]}
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
        measures.add_measure(desk.accept(), text="硬化路面", due_on=date(2026, 7, 31), by=world.resident_cadre, at=AT)

        assert self.press(village, f"{url}submit/", on="2026-04-10").status_code == 302
        assert self.press(desk_client, f"{url}approve/", on="2026-04-12", remark="同意").status_code == 302

        assert [r.action for r in PlanReview.objects.all()] == ["submit", "approve"]
        page = village.get(url).content.decode()
        assert "已审定（2026-04-12）" in page
        assert "硬化路面" in page
        assert "操作记录" in page

    def test_a_village_of_another_township_is_refused_by_the_field(self, world):
        foreign = Designation.objects.create(
            round=world.other_round, village=world.foreign, proposed_on=date(2026, 3, 2)
        )

        refused = self.press(world.client(world.village_secretary), "/problems/plans/new/", designation=foreign.pk)

        assert refused.status_code == 422
        assert not VillagePlan.objects.exists()

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
