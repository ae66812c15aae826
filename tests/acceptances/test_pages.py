"""Pages of acceptances: the walk from asking to the look back, strangers and readers, nonsense, twice, two editors, how many queries."""

import pytest
from django.urls import reverse

from acceptances.models import Acceptance, FollowUp, Recheck, ScoreSheet
from acceptances.services import sheets
from rounds.models import Designation, Round
from tests.acceptances.conftest import ASKED, D
from tests.conftest import NOON
from tests.meetings.test_pages import opened, text
from villages.models import Village


def url(name, *args):
    return reverse(f"acceptances:{name}", args=args)


def send(client, address, **values):
    return client.post(address, opened(client, address, **values))


class TestWalk:
    def test_from_asking_to_the_look_back_each_by_his_own_post(self, world, course):
        designation = course.designation
        village, office = world.client(world.village_secretary), world.client(world.office_clerk)
        county, secretary = world.client(world.county_reader), world.client(world.party_secretary)
        course.survey()
        page = text(village.get(designation.get_absolute_url()))
        assert url("acceptance_create", designation.pk) in page

        asked = send(
            village, url("acceptance_create", designation.pk), statement="班子配齐", explanation="方案另报",
            asked_on="2026-10-08",
        )  # fmt: skip
        acceptance = Acceptance.objects.get()
        assert asked.url == acceptance.get_absolute_url()
        item = course.items[4]
        send(
            office, url("acceptance_check", acceptance.pk), checked_on="2026-10-12", checkers="吴晓敏",
            **{f"lost_{item.pk}": "2.5", f"reason_{item.pk}": "一个问题逾期"},
        )  # fmt: skip
        form = county.get(url("acceptance_judge", acceptance.pk)).context["form"]
        assert form[f"lost_{item.pk}"].value() == "2.5"  # the county starts from what the township found
        send(
            county, url("acceptance_judge", acceptance.pk), judged_on="2026-10-20", judged_body="市委组织部",
            **{f"lost_{item.pk}": "4", f"reason_{item.pk}": "一个问题逾期"},
        )  # fmt: skip
        page = secretary.get(url("acceptance_confirm", acceptance.pk))
        assert page.context["form"].initial["verdict"] == "pass"
        assert "得分96分，达到合格线85分" in text(page)
        send(secretary, url("acceptance_confirm", acceptance.pk), verdict="pass", confirmed_on="2026-10-26")
        designation.refresh_from_db()
        assert str(designation.turned_round_on) == "2026-10-26"
        look = FollowUp.objects.first()
        send(
            world.client(world.resident_cadre),
            url("follow_up_record", look.pk),
            done_on="2026-10-30",
            findings="没有反复",
        )
        send(
            office, url("recheck_create", acceptance.pk), held_on="2026-10-30", measures_kept="yes", problems_gone="no",
            people_satisfied="partly", findings="租金纠纷又起", result="relapsed",
        )  # fmt: skip

        page = text(office.get(acceptance.get_absolute_url()))
        for words in ("97.5", "96", "一个问题逾期", "没有反复", "租金纠纷又起", "反弹", "合格"):
            assert words in page
        assert "一个问题逾期" in text(office.get(url("acceptance_sheet", acceptance.pk)))
        assert "合格" in text(office.get(designation.get_absolute_url()))

    def test_a_relapsed_village_is_offered_the_later_round(self, world, course):
        acceptance = course.passed()
        Recheck.objects.create(
            acceptance=acceptance, held_on=D(2026, 10, 30), measures_kept="no", problems_gone="no", people_satisfied="no",
            findings="x", result="relapsed",
        )  # fmt: skip
        client = world.client(world.office_clerk)
        assert "待在以后的轮次重新列入" in text(client.get(acceptance.get_absolute_url()))
        later = Round.objects.create(
            township=world.township, campaign="x", year=2027, number=1, starts_on=D(2027, 1, 1), ends_on=D(2027, 12, 31)
        )

        address = f"{reverse('rounds:designation_create', args=[later.pk])}?village={world.village.pk}"

        assert address in text(client.get(acceptance.get_absolute_url()))
        assert client.get(address).context["form"]["village"].value() == str(world.village.pk)


class TestDoors:
    def test_stranger_finds_nothing_and_readers_only_read(self, world, course):
        acceptance = course.passed()
        look = FollowUp.objects.first()
        for name, pk in (
            ("acceptance_check", acceptance.pk), ("acceptance_judge", acceptance.pk), ("acceptance_confirm", acceptance.pk),
            ("follow_up_record", look.pk), ("recheck_create", acceptance.pk),
        ):  # fmt: skip
            assert world.client(world.stranger).get(url(name, pk)).status_code in (403, 404)
            assert world.client(world.linked_leader).get(url(name, pk)).status_code == 403
            assert world.client(world.sibling_secretary).get(url(name, pk)).status_code in (403, 404)
        assert world.client(world.stranger).get(acceptance.get_absolute_url()).status_code == 404
        assert world.client(world.sibling_secretary).get(acceptance.get_absolute_url()).status_code == 404
        assert world.client(world.users["station"]).get(url("acceptance_list")).status_code == 403
        for name in ("acceptance_list", "follow_up_list"):
            assert world.client(world.stranger).get(url(name)).context["paging"].total == 0

    def test_the_clerk_does_not_ask_for_the_village(self, world, course):
        assert world.client(world.office_clerk).get(url("acceptance_create", course.designation.pk)).status_code == 403


class TestForms:
    def test_twice_is_one(self, world, course):
        client, address = world.client(world.village_secretary), url("acceptance_create", course.designation.pk)
        form = opened(client, address, statement="班子配齐", explanation="方案另报", asked_on="2026-10-08")

        assert client.post(address, form).url == client.post(address, form).url
        assert Acceptance.objects.count() == 1

    def test_a_refused_score_keeps_what_was_typed_and_names_the_field(self, world, course):
        acceptance, item = course.ask(), course.items[0]
        client, address = world.client(world.office_clerk), url("acceptance_check", acceptance.pk)

        page = send(client, address, checked_on="2026-10-12", checkers="吴晓敏", **{f"lost_{item.pk}": "3"})

        assert page.status_code == 422
        assert page.context["form"].errors == {f"reason_{item.pk}": ["“班子配备和运转”扣了3分，请写明原因。"]}
        assert page.context["form"][f"lost_{item.pk}"].value() == "3"
        for nonsense in ("-1", "16", "abc", "1.25"):
            assert send(
                client, address, checked_on="2026-10-12", checkers="吴晓敏",
                **{f"lost_{item.pk}": nonsense, f"reason_{item.pk}": "x"},
            ).status_code == 422  # fmt: skip

    def test_the_second_editor_loses_nothing(self, world, course):
        acceptance = course.ask()
        client, address = world.client(world.office_clerk), url("acceptance_check", acceptance.pk)
        form = opened(client, address, checked_on="2026-10-12", checkers="我写的人")
        course.check(acceptance, 2, by=world.commissioner, checkers="别人写的人")

        page = client.post(address, form)

        assert page.status_code == 409
        assert "别人写的人" in page.content.decode()
        assert client.post(address, form | {"base_version": page.context["base_version"]}).status_code == 302

    def test_the_office_must_name_the_document(self, world, course):
        course.survey()
        acceptance = course.check(course.ask())
        client, address = world.client(world.commissioner), url("acceptance_judge", acceptance.pk)
        values = {"judged_on": "2026-10-20", "judged_body": "市委组织部"}

        assert list(send(client, address, **values).context["form"].errors) == ["document_number"]
        send(client, address, document_number="云组〔2026〕31号", **values)
        assert Acceptance.objects.get().judged_by_office

    def test_sheet_is_set_up_and_changed_as_a_whole(self, world, course):
        ScoreSheet.objects.all().delete()
        client, pk = world.client(world.office_clerk), world.round.pk
        assert "按标准表建立" in text(client.get(url("sheet_detail", pk)))
        foreign = sheets.set_up_sheet(round=world.other_round, by=world.stranger, at=NOON)
        assert send(client, url("sheet_create", pk), source=foreign.pk).status_code == 422
        send(client, url("sheet_create", pk), source="")
        page = client.get(url("sheet_update", pk))
        typed = {name: page.context["form"][name].value() or "" for name in page.context["form"].fields}
        hidden = {name: page.context[name] for name in ("submission", "base_version")}

        refused = client.post(url("sheet_update", pk), hidden | typed | {"weight_1": "16"})
        assert refused.status_code == 422
        assert "现在合计101分" in refused.content.decode()
        assert client.post(url("sheet_update", pk), hidden | typed | {f"name_{'9' * 5000}": "x"}).status_code != 500
        changed = typed | {"weight_1": "12", "name_10": "庭院整治", "weight_10": "3"}
        assert client.post(url("sheet_update", pk), hidden | changed).status_code == 302
        assert [i.weight for i in ScoreSheet.objects.get(round=world.round).items.all()][::9] == [12, 3]

    def test_settings(self, world, course):
        client, address = world.client(world.office_clerk), url("settings_update", world.round.pk)
        values = {
            "pass_score": 90, "conditional_score": 60, "dissatisfied_limit": 30, "satisfaction_formula": "informed",
            "follow_up_months": 12, "follow_up_every": 6, "usual_questions": " 班子 \r\n\r\n公开",
        }  # fmt: skip

        assert send(client, address, **values | {"pass_score": 50}).status_code == 422
        assert send(client, address, **values).status_code == 302
        assert "90分以上合格" in text(client.get(url("sheet_detail", world.round.pk)))
        assert "班子；公开" in text(client.get(url("sheet_detail", world.round.pk)))
        assert "班子\n公开</textarea>" in client.get(address).content.decode()


class TestLists:
    def test_filters_and_who_has_not_asked(self, world, course):
        Designation.objects.create(
            round=world.round, village=world.sibling, proposed_on=D(2026, 3, 2), approved_on=D(2026, 3, 5)
        )
        course.passed()
        client = world.client(world.office_clerk)
        page = client.get(url("acceptance_list"))
        assert [d.village.name for d in page.context["waiting"]] == ["下塘村"]
        for query, found in (
            ("verdict=pass", 1), ("verdict=passed", 1), ("verdict=fail", 0), ("state=running", 0), ("round=2026-2", 1),
            (f"village={world.sibling.pk}", 0), ("from=2026-10-26&to=2026-10-26", 1),
            ("to=2026-10-25", 0), ("state=nonsense", 1),
        ):  # fmt: skip
            assert client.get(f"{url('acceptance_list')}?{query}").context["paging"].total == found, query
        for query, found in (("", 4), ("state=open", 4), ("state=overdue", 0), ("state=overdue&as_of=2027-05-01", 2)):
            assert client.get(f"{url('follow_up_list')}?{query}").context["paging"].total == found, query

    def test_whose_check_another_corrected_is_not_offered_the_verdict(self, world, course):
        course.survey()
        acceptance = course.check(course.ask(), by=world.party_secretary)
        course.judge(course.check(acceptance, 2, by=world.office_clerk))

        page = world.client(world.party_secretary).get(acceptance.get_absolute_url())
        assert (page.context["may_confirm"], page.context["must_not_confirm"]) == (False, True)
        other = world.client(world.deputy_secretary).get(acceptance.get_absolute_url())
        assert (other.context["may_confirm"], other.context["must_not_confirm"]) == (True, False)

    def test_queries_do_not_grow(self, world, course, django_assert_max_num_queries):
        acceptance = course.passed()
        for n in range(12):
            village = Village.objects.create(township=world.township, name=f"村{n}")
            d = Designation.objects.create(
                round=world.round, village=village, proposed_on=D(2026, 3, 2), approved_on=D(2026, 3, 5)
            )
            a = Acceptance.objects.create(
                designation=d, statement="x", asked_on=ASKED, asked_by=world.village_secretary
            )
            FollowUp.objects.create(acceptance=a, number=1, due_on=ASKED)
        client = world.client(world.office_clerk)
        asked = Acceptance.objects.first()
        for address in (
            url("acceptance_list"), url("follow_up_list"), url("recheck_list"), acceptance.get_absolute_url(),
            asked.get_absolute_url(), url("acceptance_sheet", acceptance.pk), url("sheet_detail", world.round.pk),
            url("acceptance_check", asked.pk), course.designation.get_absolute_url(),
        ):  # fmt: skip
            with django_assert_max_num_queries(12):
                assert client.get(address).status_code == 200


@pytest.mark.parametrize("name", ["acceptance_list", "follow_up_list", "recheck_list"])
def test_empty_lists_say_what_to_do(world, course, name):
    page = world.client(world.office_clerk).get(url(name))

    assert page.context["empty"] in page.content.decode()
