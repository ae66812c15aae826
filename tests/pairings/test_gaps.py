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
from pairings.models import FOUR_ONES, Activity, Pairing, PairingRule, PairingSlot, PlanItem, slot_label
from pairings.services import activities, pairings, plans, requirements
from pairings.services.requirements import OwnSlot
from rounds.models import Designation
from villages.models import Assignment, Cadre, Village, VillageYear

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
    return requirements.set_rule(**{"round": world.round, "needed": needed, "idle_days": idle_days} | do | more)


def cadre_of(world, who):
    return Cadre.objects.get(user=world.users[who])


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


class TestPlacesOfTheOfficesOwn:
    """科技特派员: named in the browser, filled by pairings that say so, or by a post in the village."""

    @pytest.fixture
    def expert(self, world, do, listed) -> PairingSlot:
        rule(
            world, do, NEED.CADRE, own=[OwnSlot("科技特派员", "cadre_pairing"), OwnSlot("党建指导员", "village_clerk")]
        )
        return PairingSlot.objects.get(name="科技特派员")

    def pair(self, world, do, **values):
        given = {
            "round": world.round,
            "village": world.village,
            "kind": "cadre_pairing",
            "starts_on": date(2026, 3, 18),
        }
        return pairings.add_pairing(**given | {"helper_cadre": cadre_of(world, "resident_cadre")} | do | values)

    def named(self, world):
        rows = missing_slots(world.access(world.office_clerk), DAY).filter(village=world.village)
        return sorted(slot_label(d.need, d.need_name) for d in rows)

    def test_it_is_filled_by_a_pairing_that_names_it_and_by_no_other(self, world, do, expert):
        everything = self.named(world)
        assert {"科技特派员", "一名结对干部"} <= set(everything)

        self.pair(world, do)
        assert "一名结对干部" not in self.named(world)
        assert "科技特派员" in self.named(world)

        self.pair(world, do, slot=expert, helper_cadre=cadre_of(world, "linked_leader"))
        assert not {"科技特派员", "一名结对干部"} & set(self.named(world))

    def test_a_pairing_that_names_it_fills_no_usual_place(self, world, do, expert):
        self.pair(world, do, slot=expert)
        assert "一名结对干部" in self.named(world)

    def test_a_post_fills_it(self, world, do, expert):
        assert ("党建指导员" in self.named(world)) is not world.village.assignments.on(DAY).filter(
            role=Role.VILLAGE_CLERK
        ).exists()
        Assignment.objects.filter(village=world.village, role=Role.VILLAGE_CLERK).delete()
        assert "党建指导员" in self.named(world)

    @pytest.mark.parametrize(
        ("own", "sentence"),
        [
            ([OwnSlot("", "cadre_pairing")], "请写明这一项的名称"),
            ([OwnSlot("科技特派员", "")], "请选择这一项由谁落实"),
            ([OwnSlot("科技特派员", "office_clerk")], "请选择这一项由谁落实"),
            ([OwnSlot("一名结对干部", "cadre_pairing")], "已有，请换一个名称"),
            ([OwnSlot("甲", "cadre_pairing"), OwnSlot("甲", "unit_pairing")], "“甲”已有"),
            ([OwnSlot("长" * 21, "cadre_pairing")], "名称最多20字"),
            ([OwnSlot(f"第{n}项", "cadre_pairing") for n in range(11)], "最多10项"),
        ],
    )
    def test_refusals(self, world, do, own, sentence):
        with pytest.raises(Refused, match=sentence):
            rule(world, do, own=own)
        assert not PairingRule.objects.exists()

    def test_what_pairings_fill_is_not_taken_away_but_may_be_renamed(self, world, do, expert):
        self.pair(world, do, slot=expert)
        kept = OwnSlot("党建指导员", "village_clerk", PairingSlot.objects.get(name="党建指导员").pk)
        with pytest.raises(Refused, match="“科技特派员”已有1对结对在落实，请先修改这些结对，再去掉"):
            rule(world, do, own=[kept], base_version=1)
        with pytest.raises(Refused, match="再改由别的方式落实"):
            rule(world, do, own=[kept, OwnSlot("科技特派员", "unit_pairing", expert.pk)], base_version=1)
        with pytest.raises(RecordChanged):
            rule(world, do, own=[kept, OwnSlot("外镇的", "unit_pairing", 999)], base_version=1)

        changed = rule(
            world, do, base_version=1,
            own=[OwnSlot("党建指导员", "cadre_pairing", expert.pk), OwnSlot("科技特派员", "village_clerk", kept.pk)],
        )  # fmt: skip

        assert Pairing.objects.get().way == "干部结对（党建指导员）"
        assert "科技特派员（村文书）" in history(changed)[0].changes[0]["new"]

    def test_the_pairing_names_a_place_of_its_round_and_kind(self, world, do, expert):
        with pytest.raises(Refused, match="“科技特派员”由“干部结对”落实"):
            self.pair(world, do, slot=expert, kind="unit_pairing", helper_cadre=None, helper_unit=world.station)
        rule(world, do, own=[OwnSlot("外轮的", "cadre_pairing")], round=world.other_round, base_version=0)
        with pytest.raises(Refused, match="本轮没有这一项要求"):
            self.pair(world, do, slot=PairingSlot.objects.get(name="外轮的"))
        with pytest.raises(Refused, match="本轮没有这一项要求"):
            self.pair(world, do, slot=PairingSlot.objects.get(name="", filled_by="cadre_pairing"))

    def test_in_the_browser(self, world, do, listed, django_assert_max_num_queries):
        client = world.client(world.office_clerk)
        address = reverse("pairings:rule_update", args=[world.round.pk])

        def send(**values):
            form = client.get(address)
            asked = {"submission": form.context["submission"], "idle_days": 60, "own_name_1": "科技特派员"}
            asked |= {"base_version": form.context["base_version"] or "", "own_way_1": "cadre_pairing"}
            return client.post(address, asked | values)

        assert "请选择这一项由谁落实" in send(own_way_1="").content.decode()
        assert send().status_code == 302
        slot = PairingSlot.objects.get()
        with django_assert_max_num_queries(12):
            page = client.get(reverse("pairings:gap_list") + "?need=own:科技特派员")
        assert page.context["paging"].total == 2
        create = reverse("pairings:pairing_create", args=[world.round.pk])
        assert f"{create}?village={world.village.pk}&amp;kind=cadre_pairing&amp;slot={slot.pk}" in page.content.decode()
        assert "科技特派员（干部结对）" in client.get(create).content.decode()
        there = f"{reverse('pairings:gap_list')}?village={world.village.pk}"
        assert there in client.get(world.village.get_absolute_url()).content.decode()
        assert "科技特派员" in client.get(there).content.decode()

        assert send(own_pk_1=slot.pk, own_name_1="").status_code == 302
        assert not PairingSlot.objects.exists()
        assert "落实哪一项要求" not in client.get(create).content.decode()
