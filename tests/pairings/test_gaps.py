"""What a round asks of pairings, what is missing, and the plan of a pairing that activities carry out."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.roles import Role
from audit.services import history
from common.errors import Refused
from common.models import RecordChanged
from pairings.gaps import missing_slots
from pairings.models import FOUR_ONES, Activity, Pairing, PairingRule, PairingSlot, PlanItem
from pairings.services import activities, pairings, plans, requirements
from rounds.models import Designation
from villages.models import Village, VillageYear

NOON = datetime(2026, 10, 31, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
DAY = NOON.date()
NEED = PairingSlot.Filler


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def do(world):
    return {"by": world.office_clerk, "at": NOON}


@pytest.fixture
def listed(world):
    """Both villages of the township are listed in the round, and one of the other township."""
    days = {"proposed_on": date(2026, 3, 2), "approved_on": date(2026, 3, 5)}
    for village, round in (
        (world.village, world.round),
        (world.sibling, world.round),
        (world.foreign, world.other_round),
    ):
        Designation.objects.create(round=round, village=village, facts="x", **days)


@pytest.fixture
def pairing(world, do):
    return pairings.add_pairing(
        round=world.round, village=world.village, kind="unit_pairing", helper_unit=world.station,
        starts_on=date(2026, 3, 18), **do,
    )  # fmt: skip


def gaps(world, who="office_clerk", day=DAY):
    rows = missing_slots(world.access(world.users[who]), day)
    return sorted((d.village.name, d.need) for d in rows)


def rule(world, do, *needed, idle_days=60, **more):
    return requirements.set_rule(round=world.round, needed=needed, idle_days=idle_days, **do | more)


class TestGaps:
    def test_without_a_rule_a_village_without_any_pairing(self, world, listed, pairing):
        assert gaps(world) == [("下塘村", None)]
        assert gaps(world, day=date(2026, 3, 10)) == [("下塘村", None), ("石桥村", None)]
        assert gaps(world, day=date(2026, 3, 4)) == []

    def test_four_ones_are_filled_by_duties_and_by_pairings(self, world, listed, pairing, do):
        rule(world, do, *FOUR_ONES)
        # 石桥村 has its leaders and first secretary by their posts, its unit by the pairing; 下塘村 has nobody.
        assert gaps(world) == [("下塘村", code) for code in sorted(FOUR_ONES)]
        pairings.end_pairing(pairing, ends_on=date(2026, 8, 1), reason="调整", **do)
        assert ("石桥村", NEED.UNIT) in gaps(world)
        assert ("石桥村", NEED.UNIT) not in gaps(world, day=date(2026, 8, 1))

    def test_turned_round_removed_or_over_needs_nothing(self, world, listed, do):
        rule(world, do, NEED.VILLAGE)
        assert len(gaps(world)) == 2
        Designation.objects.filter(village=world.village).update(turned_round_on=date(2026, 10, 1))
        assert [name for name, _ in gaps(world)] == ["下塘村"]
        assert gaps(world, day=date(2026, 12, 1)) == []

    def test_scope(self, world, listed):
        assert gaps(world, "village_secretary") == [("石桥村", None)]
        assert gaps(world, "stranger") == [("白石村", None)]
        assert len(gaps(world, "county_reader")) == 3

    def test_page_counts_them_and_leads_to_the_pairing(self, world, listed, do):
        rule(world, do, NEED.VILLAGE, NEED.FIRST_SECRETARY)
        client = world.client(world.office_clerk)
        page = client.get(reverse("pairings:gap_list"))
        body = page.content.decode()
        assert page.context["paging"].total == len(gaps(world)) == 3
        assert "涉及2个村" in body
        create = reverse("pairings:pairing_create", args=[world.round.pk])
        assert f"{create}?village={world.village.pk}&amp;kind=strong_village_pairing" in body
        initial = client.get(f"{create}?village={world.village.pk}&kind=strong_village_pairing").context["form"].initial
        assert initial["kind"] == "strong_village_pairing"
        for query, found in ((f"need={NEED.FIRST_SECRETARY}", 1), (f"village={world.sibling.pk}", 2), ("need=x", 3)):
            assert client.get(f"{reverse('pairings:gap_list')}?{query}").context["paging"].total == found

    def test_few_queries_whatever_the_rows(self, world, listed, do, django_assert_max_num_queries):
        rule(world, do, *NEED.values)
        for n in range(15):
            village = Village.objects.create(township=world.township, name=f"村{n}")
            Designation.objects.create(
                round=world.round,
                village=village,
                facts="x",
                proposed_on=date(2026, 3, 2),
                approved_on=date(2026, 3, 5),
            )
        for who in ("office_clerk", "county_reader"):
            client = world.client(world.users[who])
            with django_assert_max_num_queries(12):
                assert client.get(reverse("pairings:gap_list")).status_code == 200
            with django_assert_max_num_queries(12):
                assert client.get(f"{reverse('pairings:pairing_list')}?idle=1").status_code == 200


class TestIdle:
    def idle(self, day=DAY):
        return Pairing.objects.idle(day).exists()

    def test_by_the_days_of_the_round_since_the_last_activity(self, world, pairing, do):
        assert self.idle()
        assert not self.idle(date(2026, 5, 16))
        assert self.idle(date(2026, 5, 17))  # sixty days after its start
        activities.add_activity(pairing=pairing, kind="visit", held_on=date(2026, 10, 1), content="x", **do)
        assert not self.idle()
        rule(world, do, idle_days=30)
        assert self.idle()
        rule(world, do, idle_days=31, base_version=1)
        assert not self.idle()
        assert not self.idle(date(2026, 12, 1))  # the round is over

    def test_list_and_page_say_so(self, world, pairing):
        client = world.client(world.village_secretary)
        assert client.get(f"{reverse('pairings:pairing_list')}?idle=1").context["paging"].total == 1
        assert "已227天没有活动" in client.get(pairing.get_absolute_url()).content.decode()


class TestRule:
    def test_set_then_changed_with_what_changed(self, world, do):
        made = rule(world, do, *FOUR_ONES)
        rule(world, do, NEED.UNIT, NEED.VILLAGE, idle_days=45, base_version=1)
        assert [s.filled_by for s in made.slots.all()] == [NEED.UNIT, NEED.VILLAGE]
        changes = {c["label"]: c["new"] for c in history(made)[0].changes}
        assert changes["每村应落实"] == "一个结对单位、一个结对强村（强村带弱村）"
        assert changes["久无活动的天数"] == "45"

    def test_refusals(self, world, do):
        for days in (6, 366):
            with pytest.raises(Refused, match="7天至365天"):
                rule(world, do, idle_days=days)
        made = rule(world, do)
        for version in (0, 9):
            with pytest.raises(RecordChanged):
                rule(world, do, base_version=version)
        with pytest.raises(IntegrityError), transaction.atomic():
            PairingRule.objects.filter(pk=made.pk).update(idle_days=1)

    def test_form_starts_with_the_four_and_is_the_offices(self, world):
        url = reverse("pairings:rule_update", args=[world.round.pk])
        client = world.client(world.office_clerk)
        page = client.get(url)
        assert page.context["form"].initial["needed"] == list(FOUR_ONES)
        form = {"submission": page.context["submission"], "needed": [NEED.UNIT], "idle_days": "45"}
        assert [client.post(url, form).status_code for _ in range(2)] == [302, 302]
        assert PairingRule.objects.get().idle_days == 45
        again = client.get(url)
        stale = {"submission": again.context["submission"], "base_version": "9", "idle_days": "50"}
        assert client.post(url, stale).status_code == 409
        assert world.client(world.village_secretary).get(url).status_code == 403
        assert world.client(world.stranger).get(url).status_code == 404


class TestPlan:
    @pytest.fixture
    def item(self, pairing, do):
        return plans.add_plan_item(pairing=pairing, text="帮建大棚", due_on=date(2026, 6, 30), **do)

    def test_refusals(self, pairing, item, do):
        for values, field in (
            ({"text": "", "due_on": date(2026, 6, 1)}, "text"),
            ({"text": "x", "due_on": date(2026, 3, 1)}, "due_on"),
        ):
            with pytest.raises(Refused) as refused:
                plans.add_plan_item(pairing=pairing, **values, **do)
            assert refused.value.field == field
        with pytest.raises(Refused, match="写明原因"):
            plans.change_plan_item(item, text="帮建大棚", due_on=date(2026, 7, 30), base_version=1, **do)

    def test_an_activity_does_it_once(self, world, pairing, item, do):
        values = {"kind": "project", "content": "大棚完工", "plan_item": item} | do
        activities.add_activity(pairing=pairing, held_on=date(2026, 7, 2), **values)
        item = PlanItem.objects.select_related("activity").get()
        states = [item.state_on(day) for day in (date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 2))]
        assert states == ["open", "late", "done_late"]
        with pytest.raises(Refused, match="已由另一次活动办理"):
            activities.add_activity(pairing=pairing, held_on=date(2026, 7, 3), **values)
        other = pairings.add_pairing(
            round=world.round, village=world.sibling, kind="unit_pairing", helper_unit=world.station,
            starts_on=date(2026, 3, 18), **do,
        )  # fmt: skip
        with pytest.raises(Refused, match="不是这项结对的"):
            activities.add_activity(pairing=other, held_on=date(2026, 7, 3), **values)
        activity = Activity.objects.get()
        kept = {name: getattr(activity, name) for name in activities.FIELDS}
        activities.change_activity(activity, base_version=1, **kept, **do)
        assert PlanItem.objects.get().activity is None

    def test_village_plans_and_reports_on_its_page(self, world, pairing, item):
        client = world.client(world.village_secretary)
        url = reverse("pairings:plan_create", args=[pairing.pk])
        form = {"submission": client.get(url).context["submission"], "text": "帮跑项目", "due_on": "2026-12-20"}
        assert [client.post(url, form).status_code for _ in range(2)] == [302, 302]
        assert pairing.plan.count() == 2
        page = client.get(pairing.get_absolute_url()).content.decode()
        assert "逾期未办" in page
        create = reverse("pairings:activity_create", args=[pairing.pk])
        assert f"{create}?item={item.pk}" in page
        form = {
            "submission": client.get(f"{create}?item={item.pk}").context["submission"], "kind": "project",
            "held_on": "2026-10-20", "content": "大棚完工", "plan_item": item.pk,
        }  # fmt: skip
        client.post(create, form)
        item.refresh_from_db()
        assert item.activity == Activity.objects.get()
        edit = reverse("pairings:plan_update", args=[item.pk])
        assert world.client(world.sibling_secretary).get(edit).status_code == 404
        assert world.client(world.linked_leader).get(edit).status_code == 403
        foreign = Pairing.objects.create(
            round=world.other_round, village=world.foreign, kind="unit_pairing", helper_unit=world.station,
            starts_on=date(2026, 3, 18),
        )  # fmt: skip
        theirs = PlanItem.objects.create(pairing=foreign, text="x", due_on=DAY)
        form |= {"submission": client.get(create).context["submission"], "plan_item": theirs.pk}
        assert list(client.post(create, form).context["form"].errors) == ["plan_item"]


class TestVillagePage:
    def test_shows_the_village_before_and_after(self, world, pairing):
        VillageYear.objects.create(village=world.village, year=2025, income="8.6", members=46)
        VillageYear.objects.create(village=world.village, year=2026, income="15.3", members=46)
        page = world.client(world.village_secretary).get(world.village.get_absolute_url()).content.decode()
        for words in ("结对前后", "2025年（前）", "增6.7"):
            assert words in page


def test_every_filler_is_a_duty_or_a_kind_of_pairing():
    assert set(NEED.values) <= set(Role.values) | set(Pairing.Kind.values)
