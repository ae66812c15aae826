"""Listing villages: two decisions by two people, removal with a reason, relisting linked, nothing seen out of scope."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from audit.models import Entry
from common.errors import Refused
from common.models import RecordChanged
from rounds.models import Designation, Round
from rounds.services import designations

NOON = datetime(2026, 10, 31, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def post(client, name, pk, **values):
    """Open the form and send it as a browser would."""
    url = reverse(name, args=[pk])
    page = client.get(url)
    form = {"submission": page.context["submission"], "base_version": page.context["base_version"], **values}
    return client.post(url, form)


class TestPropose:
    def test_links_to_the_last_approved_listing_of_an_earlier_round(self, world, desk):
        first = Round.objects.create(
            township=world.township, campaign="两示范一整顿", year=2025, number=1, starts_on=date(2025, 3, 1), ends_on=date(2025, 12, 31)
        )  # fmt: skip
        old = Designation.objects.create(
            round=first, village=world.sibling, proposed_on=date(2025, 3, 1), approved_on=date(2025, 3, 2)
        )
        second = Round.objects.create(
            township=world.township, campaign="两示范一整顿", year=2026, number=3, starts_on=date(2026, 10, 1), ends_on=date(2026, 12, 31)
        )  # fmt: skip
        criterion = second.criteria.create(number=1, text="x")

        again = designations.propose(
            round=second, village=world.sibling, criteria=[criterion], facts="", proposed_on=date(2026, 10, 2), **desk.do
        )  # fmt: skip

        assert again.earlier == old  # and not the proposal of round 2, which nobody approved

    @pytest.mark.parametrize(
        ("changes", "field", "sentence"),
        [
            ({"criteria": []}, "criteria", "至少选择一种认定情形"),
            ({"proposed_on": date(2026, 11, 1)}, "proposed_on", "日期还没有到"),
            ({"village": "village"}, "village", "已有提名记录"),
            ({"village": "foreign"}, "village", "不属于本轮次的乡镇"),
        ],
    )
    def test_refusals(self, world, desk, changes, field, sentence):
        changes = {k: getattr(world, v) if k == "village" else v for k, v in changes.items()}
        Designation.objects.filter(pk=desk.proposed.pk).delete()
        values = {"village": world.sibling, "criteria": [desk.criteria[1]], "proposed_on": date(2026, 9, 1)} | changes

        with pytest.raises(Refused, match=sentence) as refused:
            designations.propose(round=world.round, facts="", **values, **desk.do)
        assert refused.value.field == field

    def test_criterion_of_another_round_is_refused(self, world, desk):
        foreign = world.other_round.criteria.create(number=1, text="x")
        desk.proposed.criteria.clear()
        Designation.objects.filter(pk=desk.proposed.pk).delete()

        with pytest.raises(Refused, match="须是本轮次的"):
            designations.propose(
                round=world.round, village=world.sibling, criteria=[foreign], facts="", proposed_on=date(2026, 9, 1), **desk.do
            )  # fmt: skip

    def test_a_withdrawn_village_may_be_proposed_again(self, world, desk):
        designations.remove(desk.proposed, removed_on=date(2026, 9, 2), reason="材料不全", **desk.do)

        designations.propose(
            round=world.round, village=world.sibling, criteria=[desk.criteria[8]], facts="", proposed_on=date(2026, 9, 9),
            addition_reason="材料已补齐", **desk.do,
        )  # fmt: skip

        assert Designation.objects.filter(round=world.round, village=world.sibling).count() == 2

    def test_an_addition_to_an_approved_list_needs_its_reason(self, world, desk):
        desk.proposed.criteria.clear()
        Designation.objects.filter(pk=desk.proposed.pk).delete()
        values = {
            "round": world.round,
            "village": world.sibling,
            "criteria": [desk.criteria[8]],
            "facts": "",
            **desk.do,
        }

        with pytest.raises(Refused, match="动态调整") as refused:
            designations.propose(proposed_on=date(2026, 9, 1), **values)
        assert refused.value.field == "addition_reason"
        first = designations.propose(proposed_on=date(2026, 3, 3), addition_reason="多余的", **values)
        assert first.addition_reason == ""  # proposed with the others: no adjustment
        designations.remove(first, removed_on=date(2026, 3, 4), reason="材料不全", **desk.do)
        added = designations.propose(proposed_on=date(2026, 9, 1), addition_reason="纠纷集中爆发", **values)

        listed = world.client(world.office_clerk).get(reverse("rounds:designation_list") + "?adjusted=on")
        assert [added] == list(listed.context["paging"].rows)

    def test_database_holds_one_standing_listing_for_each_village(self, world, desk):
        with pytest.raises(IntegrityError), transaction.atomic():
            Designation.objects.create(round=world.round, village=world.village, proposed_on=date(2026, 9, 1))


class TestDecide:
    def test_the_proposer_may_not_approve(self, world, desk):
        with pytest.raises(Refused, match="须由不同的人办理"):
            designations.approve(
                desk.proposed, approved_on=date(2026, 9, 2), body="县委", by=world.office_clerk, at=NOON
            )

    def test_approval_before_the_proposal_is_refused(self, world, desk):
        with pytest.raises(Refused, match="不能早于提名日期"):
            designations.approve(
                desk.proposed, approved_on=date(2026, 8, 1), body="县委", by=world.party_secretary, at=NOON
            )

    def test_twice_is_refused(self, world, desk):
        with pytest.raises(Refused, match="2026年3月5日审定"):
            designations.approve(
                desk.listed, approved_on=date(2026, 3, 6), body="县委", by=world.party_secretary, at=NOON
            )

    def test_grounds_stand_after_approval(self, world, desk):
        with pytest.raises(Refused, match="已审定"):
            designations.change_designation(
                desk.listed, criteria=[desk.criteria[1]], facts="", base_version=desk.listed.version, **desk.do
            )

    def test_removal_needs_a_reason_and_keeps_the_record(self, world, desk):
        with pytest.raises(Refused, match="调出原因"):
            designations.remove(desk.listed, removed_on=date(2026, 7, 1), reason="", by=world.party_secretary, at=NOON)

        designations.remove(
            desk.listed, removed_on=date(2026, 7, 1), reason="并入邻村", by=world.party_secretary, at=NOON
        )

        assert not Designation.objects.listed_on(date(2026, 7, 1)).filter(pk=desk.listed.pk).exists()
        assert Designation.objects.listed_on(date(2026, 6, 30)).filter(pk=desk.listed.pk).exists()
        entry = Entry.objects.filter(object_id=desk.listed.pk, object_type="rounds.designation").first()
        assert (entry.verb, entry.reason) == ("调出整顿对象", "并入邻村")

    def test_only_an_approved_village_turns_round(self, world, desk):
        with pytest.raises(Refused, match="还没有审定"):
            designations.turn_round(desk.proposed, turned_round_on=date(2026, 10, 1), by=world.party_secretary, at=NOON)

        designations.turn_round(desk.listed, turned_round_on=date(2026, 10, 1), by=world.party_secretary, at=NOON)
        with pytest.raises(Refused, match="已转化"):
            designations.remove(
                desk.listed, removed_on=date(2026, 10, 2), reason="x", by=world.party_secretary, at=NOON
            )

    @pytest.mark.parametrize("state", Designation.State.values)
    def test_states_in_the_database_and_in_python_agree(self, world, desk, state):
        designations.turn_round(desk.listed, turned_round_on=date(2026, 10, 1), by=world.party_secretary, at=NOON)
        designations.remove(desk.proposed, removed_on=date(2026, 9, 20), reason="x", **desk.do)
        for day in (date(2026, 3, 2), date(2026, 3, 5), date(2026, 9, 19), date(2026, 9, 20), date(2026, 10, 1)):
            found = set(Designation.objects.in_state(state, day))
            told = {d for d in Designation.objects.all() if d.proposed_on <= day and d.state_on(day) == state}
            assert found == told, day

    def test_stale_decision_is_not_written(self, world, desk):
        Designation.objects.filter(pk=desk.proposed.pk).update(version=5)
        with pytest.raises(RecordChanged):
            designations.approve(
                desk.proposed,
                approved_on=date(2026, 9, 2),
                body="县委",
                by=world.party_secretary,
                at=NOON,
                base_version=1,
            )


class TestPages:
    def test_clerk_proposes_and_party_secretary_approves(self, world, desk):
        Designation.objects.filter(pk=desk.proposed.pk).delete()
        asked = post(
            world.client(world.office_clerk), "rounds:designation_create", world.round.pk, village=world.sibling.pk,
            criteria=[desk.criteria[8].pk, desk.criteria[10].pk], facts="纠纷较多", proposed_on="2026-10-01",
            addition_reason="征地纠纷集中爆发",
        )  # fmt: skip
        new = Designation.objects.get(village=world.sibling)
        assert asked.status_code == 302
        assert asked.url == new.get_absolute_url()

        done = post(
            world.client(world.party_secretary), "rounds:designation_approve", new.pk, approved_on="2026-10-08", body="中共云川市委"
        )  # fmt: skip
        assert done.status_code == 302
        new.refresh_from_db()
        assert (new.approved_on, new.approved_by_body) == (date(2026, 10, 8), "中共云川市委")
        page = world.client(world.office_clerk).get(new.get_absolute_url()).content.decode()
        assert "2026年10月8日，中共云川市委" in page
        assert "8. 社会治安" in page
        assert "征地纠纷集中爆发" in page

    def test_double_click_makes_one_record(self, world, desk):
        Designation.objects.filter(pk=desk.proposed.pk).delete()
        client, url = world.client(world.office_clerk), reverse("rounds:designation_create", args=[world.round.pk])
        form = {
            "submission": client.get(url).context["submission"], "village": world.sibling.pk,
            "criteria": [desk.criteria[8].pk], "proposed_on": "2026-10-01", "addition_reason": "纠纷集中",
        }  # fmt: skip

        assert [client.post(url, form).status_code for _ in range(2)] == [302, 302]
        assert Designation.objects.filter(village=world.sibling).count() == 1

    def test_village_of_another_township_in_the_body_is_refused_at_the_field(self, world, desk):
        refused = post(
            world.client(world.office_clerk), "rounds:designation_create", world.round.pk, village=world.foreign.pk,
            criteria=[desk.criteria[8].pk], proposed_on="2026-10-01",
        )  # fmt: skip
        assert refused.status_code == 422
        assert "village" in refused.context["form"].errors
        assert not Designation.objects.filter(village=world.foreign).exists()

    def test_clerk_may_not_approve_and_secretary_may_not_propose(self, world, desk):
        approve = reverse("rounds:designation_approve", args=[desk.proposed.pk])
        assert world.client(world.office_clerk).get(approve).status_code == 403
        propose = reverse("rounds:designation_create", args=[world.round.pk])
        assert world.client(world.party_secretary).get(propose).status_code == 403

    def test_county_may_approve(self, world, desk):
        approve = reverse("rounds:designation_approve", args=[desk.proposed.pk])
        assert world.client(world.county_reader).get(approve).status_code == 200

    def test_clerk_withdraws_a_proposal_but_not_a_decision(self, world, desk):
        client = world.client(world.office_clerk)
        assert client.get(reverse("rounds:designation_remove", args=[desk.listed.pk])).status_code == 403
        done = post(client, "rounds:designation_remove", desk.proposed.pk, removed_on="2026-10-01", reason="材料不全")
        assert done.status_code == 302
        desk.proposed.refresh_from_db()
        assert desk.proposed.removed_on == date(2026, 10, 1)

    def test_stranger_finds_nothing(self, world, desk):
        client = world.client(world.stranger)
        for name in ("designation_detail", "designation_update"):
            assert client.get(reverse(f"rounds:{name}", args=[desk.listed.pk])).status_code == 404
        assert "石桥村" not in client.get(reverse("rounds:designation_list")).content.decode()

    def test_village_secretary_sees_only_the_own_village(self, world, desk):
        client = world.client(world.village_secretary)
        page = client.get(reverse("rounds:designation_list")).content.decode()
        assert "石桥村" in page
        assert "下塘村" not in page
        assert client.get(reverse("rounds:designation_detail", args=[desk.proposed.pk])).status_code == 404

    def test_second_editor_sees_what_the_first_wrote(self, world, desk):
        client, url = world.client(world.office_clerk), reverse("rounds:designation_update", args=[desk.proposed.pk])
        page = client.get(url)
        form = {
            "submission": page.context["submission"], "base_version": page.context["base_version"],
            "criteria": [desk.criteria[8].pk], "facts": "我写的", "proposed_on": "2026-09-01",
        }  # fmt: skip
        Designation.objects.filter(pk=desk.proposed.pk).update(facts="别人写的", version=2)

        refused = client.post(url, form)

        assert refused.status_code == 409
        assert "别人写的" in refused.content.decode()
        assert "我写的" in refused.content.decode()

    @pytest.mark.parametrize(
        ("filters", "villages"),
        [
            ("round=2026-2&state=listed&as_of=2026-10-31", ["石桥村"]),
            ("round=2026-2&state=proposed&as_of=2026-10-31", ["下塘村"]),
            ("round=2026-2&state=listed&as_of=2026-03-04", []),
            ("criterion=10", ["下塘村"]),
            ("round=2025-9&state=nonsense&village=999999999999999999999", ["石桥村", "下塘村"]),
        ],
    )
    def test_filters_in_the_address(self, world, desk, filters, villages):
        page = world.client(world.office_clerk).get(reverse("rounds:designation_list") + "?" + filters)
        assert [row.village.name for row in page.context["paging"].rows] == villages
