"""Dated duties: the responsibility chain and at once the rights."""

from datetime import date

import pytest

from audit import services as audit
from common.errors import Refused
from common.models import RecordChanged
from tests.conftest import NOON
from villages.models import Assignment, Cadre, Unit
from villages.services import duties, people

JUNE = date(2026, 6, 1)


class TestAssign:
    def test_gives_the_duty_and_notes_it(self, duty, world):
        assignment = duty(by=world.office_clerk, note="组长")

        assert assignment in Assignment.objects.on(JUNE)
        entry = audit.history(assignment).get()
        assert (entry.by, entry.verb, entry.township_id) == (world.office_clerk, "登记岗位责任", world.township.pk)

    def test_a_role_belongs_to_its_level(self, duty, world):
        with pytest.raises(Refused, match="驻村干部要对应到村，不能对应到清溪镇"):
            duty(place=world.township)

    def test_ends_after_it_begins(self, duty):
        with pytest.raises(Refused, match="结束日期不能早于开始日期"):
            duty(ends_on=date(2025, 12, 31))

    def test_a_cadre_of_another_township_is_refused(self, duty, cadre, world):
        with pytest.raises(Refused, match="白石镇的干部"):
            duty(cadre=cadre(township=world.other_township))

    def test_a_county_cadre_may_be_linked_to_a_village(self, duty, cadre):
        assert duty(cadre=cadre("方敏", township=None), role="county_linked_leader").pk

    def test_a_township_cadre_may_not_hold_a_county_post(self, duty, world):
        with pytest.raises(Refused, match="不能担任云川市的岗位"):
            duty(role="county_reader", place=world.county)

    def test_the_same_duty_twice_at_once_is_refused(self, duty):
        first = duty()

        with pytest.raises(Refused, match="在这一时段已担任石桥村驻村干部（2026年1月1日至今）"):
            duty(cadre=first.cadre, starts_on=JUNE)

    def test_the_same_duty_again_later_is_fine(self, duty):
        first = duty(ends_on=date(2026, 3, 31))

        assert duty(cadre=first.cadre, starts_on=date(2026, 4, 1)).pk

    def test_who_has_left_gets_nothing(self, duty, cadre):
        gone = cadre()
        Cadre.objects.filter(pk=gone.pk).update(left_on=date(2026, 2, 1))
        gone.refresh_from_db()

        with pytest.raises(Refused, match="已于2026年2月1日离任"):
            duty(cadre=gone)

    def test_a_closed_village_gets_nobody(self, duty, world):
        world.village.closed_on = date(2026, 1, 1)

        with pytest.raises(Refused, match="石桥村已于2026年1月1日撤并"):
            duty()

    def test_an_administrator_account_holds_no_post(self, duty, cadre, world):
        person = cadre()
        Cadre.objects.filter(pk=person.pk).update(user=world.administrator)
        person.refresh_from_db()

        with pytest.raises(Refused, match="系统管理员账号不能担任岗位"):
            duty(cadre=person)

    def test_a_clerk_does_not_make_a_party_secretary(self, duty, world):
        with pytest.raises(Refused, match="党委书记由系统管理员登记"):
            duty(role="party_secretary", place=world.township, by=world.office_clerk)

    def test_nobody_gives_himself_a_post(self, duty, world):
        with pytest.raises(Refused, match="不能给自己"):
            duty(cadre=Cadre.objects.get(user=world.office_clerk), by=world.office_clerk)


class TestEnd:
    def test_the_last_day_is_still_his(self, duty, world):
        assignment = duty()

        duties.end_assignment(assignment, ends_on=JUNE, reason="轮换", by=world.office_clerk, at=NOON)

        assert assignment in Assignment.objects.on(JUNE)
        assert assignment not in Assignment.objects.on(date(2026, 6, 2))
        assert audit.history(assignment).first().reason == "轮换"

    def test_an_ended_duty_is_not_ended_again(self, duty):
        assignment = duty(ends_on=date(2026, 3, 31))

        with pytest.raises(Refused, match="已于2026年3月31日结束"):
            duties.end_assignment(assignment, ends_on=JUNE, by=None, at=NOON)

    def test_a_clerk_does_not_end_the_party_secretary(self, world):
        assignment = Assignment.objects.get(role="party_secretary")

        with pytest.raises(Refused, match="由系统管理员登记"):
            duties.end_assignment(assignment, ends_on=JUNE, by=world.office_clerk, at=NOON)

    def test_somebody_elses_change_is_not_overwritten(self, duty):
        assignment = duty()
        Assignment.objects.filter(pk=assignment.pk).update(version=2)

        with pytest.raises(RecordChanged):
            duties.end_assignment(assignment, ends_on=JUNE, base_version=1, by=None, at=NOON)


class TestHandOver:
    def test_the_old_one_ends_the_day_before(self, duty, cadre, world):
        old = duty(cadre=cadre("孙涛"))

        new = duties.hand_over(old, to_cadre=cadre("赵磊"), on=JUNE, note="工作调动", by=world.office_clerk, at=NOON)

        assert old.ends_on == date(2026, 5, 31)
        assert (new.cadre.name, new.role, new.place, new.starts_on) == ("赵磊", old.role, world.village, JUNE)
        held = Assignment.objects.filter(village=world.village, role="resident_cadre", cadre__name__in=["孙涛", "赵磊"])
        assert [a.cadre.name for a in held.on(date(2026, 5, 31))] == ["孙涛"]
        assert [a.cadre.name for a in held.on(JUNE)] == ["赵磊"]

    def test_nothing_ends_when_the_successor_is_refused(self, duty, cadre, world):
        old = duty()

        with pytest.raises(Refused, match="白石镇的干部") as refusal:
            duties.hand_over(old, to_cadre=cadre("外人", township=world.other_township), on=JUNE, by=None, at=NOON)

        assert refusal.value.field == "to_cadre"
        assert Assignment.objects.get(pk=old.pk).ends_on is None

    def test_not_before_it_began(self, duty, cadre):
        with pytest.raises(Refused, match="交接日期须晚于"):
            duties.hand_over(duty(), to_cadre=cadre("赵磊"), on=date(2026, 1, 1), by=None, at=NOON)

    def test_not_to_himself(self, duty):
        old = duty()

        with pytest.raises(Refused, match="接任人就是现任"):
            duties.hand_over(old, to_cadre=old.cadre, on=JUNE, by=None, at=NOON)

    def test_the_work_moves_with_the_post(self, world, cadre):
        """Rights follow the post from one request to the next."""
        old = Assignment.objects.get(role="resident_cadre", cadre__user=world.resident_cadre)
        successor = world.person("station", world.station, key="successor")
        client = world.client(successor)
        assert client.get(f"/villages/{world.village.pk}/").status_code == 403

        duties.hand_over(
            old, to_cadre=Cadre.objects.get(user=successor), on=date(2026, 6, 1), by=world.office_clerk, at=NOON
        )

        assert client.get(f"/villages/{world.village.pk}/").status_code == 200
        assert world.client(world.resident_cadre).get(f"/villages/{world.village.pk}/").status_code == 403


class TestLeaving:
    def test_nobody_leaves_with_a_duty(self, duty, world):
        cadre = duty().cadre

        with pytest.raises(Refused, match="还担任石桥村驻村干部，请先移交或结束"):
            people.change_cadre(
                cadre, name="王伟", title="", township=world.township, village=None, unit=None,
                left_on=JUNE, base_version=1, by=None, at=NOON,
            )  # fmt: skip

    def test_nor_moves_to_another_township_with_one(self, duty, world):
        cadre = duty().cadre

        with pytest.raises(Refused, match="再调到别的乡镇"):
            people.change_cadre(
                cadre, name="王伟", title="", township=world.other_township, village=None, unit=None,
                left_on=None, base_version=1, by=None, at=NOON,
            )  # fmt: skip


class TestAssignmentPages:
    def test_the_chain_on_any_day(self, world, duty, cadre):
        old = duty(cadre=cadre("孙涛"))
        duties.hand_over(old, to_cadre=cadre("赵磊"), on=JUNE, by=None, at=NOON)
        client = world.client(world.linked_leader)
        url = f"/villages/assignments/?village={world.village.pk}&role=resident_cadre"

        may = client.get(url + "&as_of=2026-05-31").content.decode()
        june = client.get(url + "&as_of=2026-06-01").content.decode()

        assert "孙涛" in may
        assert "赵磊" not in may
        assert "赵磊" in june
        assert "孙涛" not in june

    def test_another_township_is_not_in_the_list(self, world):
        page = world.client(world.office_clerk).get("/villages/assignments/").content.decode()

        assert "外镇经办" not in page

    def test_clerk_assigns_once_however_often_he_clicks(self, world, send, cadre):
        client, person = world.client(world.office_clerk), cadre("李娜")
        url = f"/villages/assignments/new/?place=village-{world.sibling.pk}"
        page = client.get(url)
        form = {
            "submission": page.context["submission"], "role": "resident_cadre", "cadre": person.pk,
            "starts_on": "2026-03-05",
        }  # fmt: skip

        assert client.post(url, form).status_code == 302
        assert client.post(url, form).status_code == 302

        assert Assignment.objects.filter(cadre=person).count() == 1

    def test_a_township_post_is_not_offered_to_a_clerk(self, world):
        client = world.client(world.office_clerk)

        assert client.get(f"/villages/assignments/new/?place=township-{world.township.pk}").status_code == 403
        page = client.get(f"/villages/assignments/new/?place=village-{world.village.pk}")
        offered = {role for role, _ in page.context["form"].fields["role"].choices}
        assert "resident_cadre" in offered
        assert not offered & {"party_secretary", "office_clerk", "county_reader"}

    def test_a_role_of_another_level_in_the_body_is_refused(self, world, send, cadre):
        answer = send(
            world.client(world.office_clerk), f"/villages/assignments/new/?place=village-{world.village.pk}",
            role="party_secretary", cadre=cadre().pk, starts_on="2026-03-05",
        )  # fmt: skip

        assert answer.status_code == 422
        assert not Assignment.objects.filter(cadre__name="王伟").exists()

    def test_a_cadre_of_another_township_in_the_body_is_refused(self, world, send):
        stranger = Cadre.objects.get(user=world.stranger)

        answer = send(
            world.client(world.office_clerk), f"/villages/assignments/new/?place=village-{world.village.pk}",
            role="resident_cadre", cadre=stranger.pk, starts_on="2026-03-05",
        )  # fmt: skip

        assert answer.status_code == 422
        assert stranger.assignments.count() == 1

    def test_foreign_places_are_not_found(self, world):
        client = world.client(world.office_clerk)

        for place in (f"village-{world.foreign.pk}", f"township-{world.other_township.pk}", f"county-{world.county.pk}",
                      "village-x", "galaxy-1", "village-99999999999999999999"):  # fmt: skip
            assert client.get(f"/villages/assignments/new/?place={place}").status_code == 404

    def test_administrator_gives_township_and_county_posts(self, world, send, cadre):
        client = world.client(world.administrator)

        answer = send(
            client, f"/villages/assignments/new/?place=township-{world.township.pk}",
            role="deputy_secretary", cadre=cadre("周建国").pk, starts_on="2026-03-05",
        )  # fmt: skip

        assert answer.status_code == 302
        assert Assignment.objects.get(cadre__name="周建国").township == world.township

    def test_reader_may_not(self, world, duty):
        client, assignment = world.client(world.linked_leader), duty()

        assert client.get("/villages/assignments/new/").status_code == 403
        for page in ("edit", "end"):
            assert client.get(f"/villages/assignments/{assignment.pk}/{page}/").status_code == 403

    def test_a_stranger_does_not_find_it(self, world, duty):
        assignment = duty()

        for page in ("edit", "end"):
            assert world.client(world.stranger).get(f"/villages/assignments/{assignment.pk}/{page}/").status_code == 404

    def test_nobody_edits_his_own(self, world):
        mine = Assignment.objects.get(cadre__user=world.office_clerk)

        assert world.client(world.office_clerk).get(f"/villages/assignments/{mine.pk}/edit/").status_code == 403

    def test_a_department_post_is_the_administrators(self, world, cadre):
        department = Unit.objects.create(county=world.county, name="发改局", kind="department")
        clerk, administrator = world.client(world.office_clerk), world.client(world.administrator)
        url = f"/villages/assignments/new/?place=unit-{department.pk}"

        assert clerk.get(url).status_code == 403
        assert administrator.get(url).status_code == 200

    def test_second_editor_sees_the_change(self, world, duty):
        assignment, client = duty(), world.client(world.office_clerk)
        url = f"/villages/assignments/{assignment.pk}/edit/"
        page = client.get(url)
        form = {
            "submission": page.context["submission"], "base_version": page.context["base_version"],
            "starts_on": "2026-02-01", "note": "我写的", "reason": "登记有误",
        }  # fmt: skip
        Assignment.objects.filter(pk=assignment.pk).update(note="别人写的", version=2)

        refused = client.post(url, form)

        assert refused.status_code == 409
        assert "别人写的" in refused.content.decode()
        assert "我写的" in refused.content.decode()
