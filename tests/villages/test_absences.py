"""Somebody is away, another acts for him: the rights of these days, and no further."""

from datetime import date, timedelta

import pytest

from audit import services as audit
from common.errors import Refused
from tests.conftest import NOON, TODAY
from villages.models import Absence, Assignment, Cadre
from villages.services import absences

NEXT_WEEK = TODAY + timedelta(days=7)


def cadre_of(user):
    return Cadre.objects.select_related("user", "township", "county").get(user=user)


@pytest.fixture
def away(world):
    """The resident cadre of 石桥村 is away for a week; the neighbour's secretary acts for him."""

    def away(**values):
        people = {"absent": cadre_of(world.resident_cadre), "substitute": cadre_of(world.sibling_secretary)}
        days = {"starts_on": TODAY, "ends_on": NEXT_WEEK}
        return absences.register_absence(**(people | days | {"by": world.office_clerk, "at": NOON} | values))

    return away


class TestRights:
    def test_the_substitute_gets_scope_and_rights_for_these_days(self, world, away):
        away()

        for day, seen in ((TODAY - timedelta(days=1), False), (TODAY, True), (NEXT_WEEK, True)):
            access = world.access(world.sibling_secretary, day)
            assert (world.village.pk in access.village_ids) is seen
            assert access.may("close.check", township_id=world.township.pk, village_id=world.village.pk) is seen
        over = world.access(world.sibling_secretary, NEXT_WEEK + timedelta(days=1))
        assert over.village_ids == {world.sibling.pk}
        assert over.stands_in_for == []
        assert world.access(world.sibling_secretary).stands_in_for == ["驻村干部甲"]

    def test_the_absent_person_keeps_his_own(self, world, away):
        away()

        assert world.access(world.resident_cadre).village_ids == {world.village.pk}
        assert world.access(world.resident_cadre).stands_in_for == []

    def test_called_off_lends_nothing(self, world, away):
        absence = away(starts_on=TODAY + timedelta(days=2))
        absences.call_off(absence, reason="培训改期", by=world.office_clerk, at=NOON)

        assert world.access(world.sibling_secretary, NEXT_WEEK).village_ids == {world.sibling.pk}

    def test_rights_do_not_travel_on_to_a_third_person(self, world, away):
        away()

        with pytest.raises(Refused, match="正代行驻村干部甲的职责"):
            away(absent=cadre_of(world.sibling_secretary), substitute=cadre_of(world.village_head))

    def test_pages_say_for_whom_one_acts(self, world, away, settings):
        client = world.client(world.sibling_secretary)
        today = date.today()  # pages ask for the real day
        absence = Absence.objects.create(
            absent=cadre_of(world.resident_cadre), substitute=cadre_of(world.sibling_secretary),
            starts_on=today, ends_on=today,
        )  # fmt: skip
        absence.lent.set(absence.absent.assignments.all())

        page = client.get(f"/villages/{world.village.pk}/chain/")

        assert page.status_code == 200
        text = page.content.decode()
        assert "您正在代行驻村干部甲的职责" in text
        assert "邻村书记代行" in text


class TestPostsGivenMeanwhile:
    """What the absent person gains later is not lent by the way: a township post least of all."""

    @pytest.fixture
    def gained(self, world, away):
        absence = away()
        absent = cadre_of(world.resident_cadre)
        Assignment.objects.create(cadre=absent, role="commissioner", township=world.township, starts_on=TODAY)
        Assignment.objects.create(cadre=absent, role="work_team", village=world.sibling, starts_on=TODAY)
        return absence

    def test_are_not_the_substitutes(self, world, gained):
        from supervision.services.people import People
        from villages.chain import chain_on, duties_of

        access = world.access(world.sibling_secretary)
        assert access.township_ids == frozenset()
        assert not access.may("problem.review", township_id=world.township.pk)
        assert [g.role for g in access.grants if g.stands_in_for] == ["resident_cadre"]
        told = People(TODAY).of(["commissioner"], township_id=world.township.pk)
        assert world.sibling_secretary.pk not in told
        assert world.resident_cadre.pk in told
        rungs = {rung.role: rung.holders for rung in chain_on(duties_of(world.sibling), TODAY)}
        assert all(not holder.substitute for holders in rungs.values() for holder in holders)

    def test_control_lent_they_would_be(self, world, gained):
        gained.lent.set(gained.absent.assignments.all())
        assert world.access(world.sibling_secretary).may("problem.review", township_id=world.township.pk)

    def test_the_page_says_which_posts_are_lent_and_which_not(self, world, gained, django_assert_max_num_queries):
        client = world.client(world.office_clerk)
        with django_assert_max_num_queries(12):
            page = client.get(gained.get_absolute_url()).content.decode()
        lent, beside = page.split("不由代行人办理的岗位")
        assert "石桥村 驻村干部" in lent
        assert "清溪镇 组织委员" not in lent
        assert "清溪镇 组织委员" in beside

    def test_a_change_lends_the_posts_it_names_as_far_as_whoever_makes_it_may(self, world, gained):
        def change(by, *roles):
            gained.refresh_from_db()
            more = [post for post in absences.posts_beside(gained) if post.role in roles]
            absences.change_absence(
                gained, kind="leave", starts_on=gained.starts_on, ends_on=gained.ends_on, reason="一并代行", more_posts=more,
                base_version=gained.version, by=by, at=NOON,
            )  # fmt: skip
            return {post.role for post in absences.posts_of(gained)}

        assert change(world.office_clerk) == {"resident_cadre"}
        with pytest.raises(Refused, match="不能由您登记代行"):
            change(world.office_clerk, "commissioner")
        assert change(world.office_clerk, "work_team") == {"resident_cadre", "work_team"}
        entry = audit.history(gained).first()
        assert (entry.verb, entry.changes[0]["new"]) == ("增加代行的岗位", "石桥村驻村干部、下塘村驻村工作组")
        assert change(world.administrator, "commissioner") == {"resident_cadre", "work_team", "commissioner"}
        with pytest.raises(Refused, match="由系统管理员登记代行"):
            change(world.office_clerk)

    def test_the_form_offers_them_and_lends_what_is_ticked(self, world, gained, time_machine):
        time_machine.move_to(NOON)
        client, url = world.client(world.office_clerk), f"{gained.get_absolute_url()}change/"
        page = client.get(url)
        assert "下塘村驻村工作组" in page.content.decode()
        assert "清溪镇组织委员" not in page.content.decode()
        [offered] = page.context["form"].fields["more_posts"].queryset
        sent = {
            "submission": page.context["submission"], "base_version": page.context["base_version"], "kind": "leave",
            "starts_on": TODAY.isoformat(), "ends_on": NEXT_WEEK.isoformat(), "reason": "一并代行",
            "more_posts": offered.pk,
        }  # fmt: skip
        assert client.post(url, sent).status_code == 302
        assert {post.role for post in absences.posts_of(gained)} == {"resident_cadre", "work_team"}


class TestRefusals:
    def test_a_person_of_another_township(self, world, away):
        with pytest.raises(Refused, match="外镇经办不是清溪镇的干部") as refusal:
            away(substitute=cadre_of(world.stranger))
        assert refusal.value.field == "substitute"

    def test_himself(self, world, away):
        with pytest.raises(Refused, match="不能是外出人自己"):
            away(substitute=cadre_of(world.resident_cadre))

    def test_an_end_before_the_beginning(self, away):
        with pytest.raises(Refused, match="结束日期不能早于开始日期"):
            away(starts_on=NEXT_WEEK, ends_on=TODAY)

    def test_longer_than_half_a_year(self, away):
        with pytest.raises(Refused, match="请办理岗位交接"):
            away(ends_on=TODAY + timedelta(days=200))

    def test_days_gone_by(self, away):
        with pytest.raises(Refused, match="已经过去"):
            away(starts_on=TODAY - timedelta(days=9), ends_on=TODAY - timedelta(days=2))

    def test_two_substitutes_at_once(self, world, away):
        away()

        with pytest.raises(Refused, match="已由邻村书记代行"):
            away(substitute=cadre_of(world.first_secretary))

    def test_nobody_lends_himself_rights(self, world, away):
        with pytest.raises(Refused, match="不能登记由自己代行"):
            away(substitute=cadre_of(world.office_clerk))

    def test_township_posts_are_lent_by_the_administrator(self, world, away):
        with pytest.raises(Refused, match="由系统管理员登记代行"):
            away(absent=cadre_of(world.commissioner))
        assert away(absent=cadre_of(world.commissioner), by=world.administrator).pk

    @pytest.mark.parametrize("given_on", [TODAY - timedelta(days=3), TODAY + timedelta(days=3)])
    def test_a_township_post_of_any_of_the_days_is_lent_by_the_administrator(self, world, away, given_on):
        """Its first day may lie after that of the absence: then it would be lent all the same."""
        absent, start = cadre_of(world.first_secretary), TODAY - timedelta(days=10)
        Assignment.objects.create(cadre=absent, role="commissioner", township=world.township, starts_on=given_on)

        with pytest.raises(Refused, match="由系统管理员登记代行"):
            away(absent=absent, starts_on=start)
        absence = away(absent=absent, starts_on=start, by=world.administrator)
        with pytest.raises(Refused, match="由系统管理员登记代行"):
            absences.change_absence(
                absence, kind="leave", starts_on=start, ends_on=NEXT_WEEK + timedelta(days=9), reason="延长",
                base_version=absence.version, by=world.office_clerk, at=NOON,
            )  # fmt: skip

    def test_without_an_account(self, world, away):
        nobody = Cadre.objects.create(county=world.county, township=world.township, name="无账号")

        with pytest.raises(Refused, match="没有可用的登录账号"):
            away(substitute=nobody)

    def test_days_that_were_used_are_not_wiped_out(self, world, away):
        absence = away(starts_on=TODAY - timedelta(days=5))

        with pytest.raises(Refused, match="不能抹去"):
            absences.change_absence(
                absence, kind="leave", starts_on=absence.starts_on, ends_on=TODAY - timedelta(days=3), reason="回来了",
                base_version=absence.version, by=world.office_clerk, at=NOON,
            )  # fmt: skip

    def test_days_long_gone_by_are_not_written_by_a_change_either(self, world, away):
        absence = away(starts_on=TODAY + timedelta(days=2))

        with pytest.raises(Refused, match="不能补登一个月以前"):
            absences.change_absence(
                absence, kind="leave", starts_on=TODAY - timedelta(days=40), ends_on=NEXT_WEEK, reason="更正",
                base_version=absence.version, by=world.office_clerk, at=NOON,
            )  # fmt: skip

    def test_coming_back_early_is_noted(self, world, away):
        absence = away(starts_on=TODAY - timedelta(days=5))

        absences.change_absence(
            absence, kind="leave", starts_on=absence.starts_on, ends_on=TODAY - timedelta(days=1), reason="提前返岗",
            base_version=absence.version, by=world.office_clerk, at=NOON,
        )  # fmt: skip

        assert world.access(world.sibling_secretary).village_ids == {world.sibling.pk}
        assert audit.history(absence).first().reason == "提前返岗"


class TestDutyStaysApart:
    def test_who_asked_may_not_decide_as_substitute(self, world, away):
        """The village secretary asks for the close-out; standing in for the resident cadre he still may not check it."""
        from problems.models import Problem
        from problems.services import closing, ledger, moves

        secretary = world.village_secretary
        away(substitute=cadre_of(secretary))
        problem = ledger.log_problem(
            round=world.round, village=world.village, category="infrastructure", title="机耕路", discovered_on=TODAY,
            due_on=NEXT_WEEK, by=world.resident_cadre, at=NOON, submit=True,
        )  # fmt: skip
        moves.accept(problem, by=world.commissioner, at=NOON)
        closing.ask_close_out(problem, note="已完工", by=secretary, at=NOON)
        assert world.access(secretary).may("close.check", township_id=world.township.pk, village_id=world.village.pk)

        with pytest.raises(Refused):
            closing.check_close_out(Problem.objects.get(pk=problem.pk), note="属实", by=secretary, at=NOON)


class TestPages:
    def test_the_office_registers_once_however_often_it_clicks(self, world):
        client = world.client(world.office_clerk)
        today = date.today()
        page = client.get("/villages/absences/new/")
        form = {
            "submission": page.context["submission"], "absent": cadre_of(world.resident_cadre).pk,
            "substitute": cadre_of(world.sibling_secretary).pk, "kind": "leave", "starts_on": today.isoformat(),
            "ends_on": (today + timedelta(days=3)).isoformat(),
        }  # fmt: skip

        assert client.post("/villages/absences/new/", form).status_code == 302
        assert client.post("/villages/absences/new/", form).status_code == 302

        absence = Absence.objects.get()
        listed = client.get("/villages/absences/").content.decode()
        assert "邻村书记" in listed
        detail = client.get(f"/villages/absences/{absence.pk}/").content.decode()
        assert "石桥村 驻村干部" in detail
        assert world.client(world.stranger).get(f"/villages/absences/{absence.pk}/").status_code == 404
        assert world.client(world.linked_leader).get(f"/villages/absences/{absence.pk}/change/").status_code == 403

    def test_the_end_date_is_compulsory_and_foreigners_are_not_offered(self, world):
        client = world.client(world.office_clerk)
        page = client.get("/villages/absences/new/")
        form = {
            "submission": page.context["submission"], "absent": cadre_of(world.resident_cadre).pk,
            "substitute": cadre_of(world.stranger).pk, "kind": "leave", "starts_on": date.today().isoformat(),
        }  # fmt: skip

        answer = client.post("/villages/absences/new/", form)

        assert answer.status_code == 422
        assert set(answer.context["form"].errors) == {"substitute", "ends_on"}
        assert not Absence.objects.exists()
