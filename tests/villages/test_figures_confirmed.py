"""A year's sheet is reported by the village and confirmed by somebody else; sources add up; jumps are asked about."""

from decimal import Decimal

import pytest
from django.db import IntegrityError

from audit import services as audit
from common.errors import Refused
from common.models import RecordChanged
from tests.conftest import NOON
from villages.models import VillageYear
from villages.services import bulk, figures

WHOLE = {
    "households": 400, "population": 1200, "members": 46, "members_60": 24, "members_under_35": 4,
    "income": Decimal("15.3"),
}  # fmt: skip


@pytest.fixture
def reported(world, sheet):
    made = sheet(village=world.village, **WHOLE)
    return figures.report_year(made, by=world.village_secretary, at=NOON)


class TestConfirming:
    def test_reported_and_confirmed_by_two_people(self, world, reported):
        assert reported.state == "reported"
        done = figures.confirm_year(reported, by=world.office_clerk, at=NOON)

        assert (done.state, done.confirmed_by, done.confirmed_on.isoformat()) == (
            "confirmed", world.office_clerk, "2026-10-31",
        )  # fmt: skip
        assert [entry.verb for entry in audit.history(done)] == ["确认村情数据", "报送村情数据", "填报村情数据"]

    def test_not_while_something_is_missing(self, world, sheet):
        made = sheet(village=world.village, members=46)

        with pytest.raises(Refused, match="还没有填写户数、人口、60岁及以上党员"):
            figures.report_year(made, by=world.village_secretary, at=NOON)

    def test_who_reported_does_not_confirm(self, world, sheet):
        made = figures.report_year(sheet(village=world.village, **WHOLE), by=world.office_clerk, at=NOON)

        with pytest.raises(Refused, match="报送人不能自己确认"):
            figures.confirm_year(made, by=world.office_clerk, at=NOON)
        with pytest.raises(IntegrityError):
            VillageYear.objects.filter(pk=made.pk).update(
                state="confirmed", confirmed_on="2026-10-31", confirmed_by=world.office_clerk
            )

    def test_confirmed_twice_or_unreported_is_refused(self, world, sheet, reported):
        figures.confirm_year(reported, by=world.office_clerk, at=NOON)
        with pytest.raises(Refused, match="已确认，报送后才能确认"):
            figures.confirm_year(reported, by=world.office_clerk, at=NOON)
        with pytest.raises(Refused, match="填报中，报送后才能退回"):
            figures.return_year(sheet(year=2025), remark="x", by=world.office_clerk, at=NOON)

    def test_returned_with_a_remark_and_reported_again(self, world, reported):
        with pytest.raises(Refused, match="请写明要改什么"):
            figures.return_year(reported, remark="", by=world.office_clerk, at=NOON)
        back = figures.return_year(reported, remark="党员数与年报不一致", by=world.office_clerk, at=NOON)
        assert (back.state, back.remark) == ("returned", "党员数与年报不一致")

        again = figures.report_year(back, by=world.village_secretary, at=NOON)
        assert (again.state, again.remark) == ("reported", "")

    def test_a_confirmed_sheet_changes_with_a_reason_and_is_confirmed_anew(self, world, reported):
        done = figures.confirm_year(reported, by=world.office_clerk, at=NOON)
        change = {"village": world.village, "year": 2026, "members": 47, "by": world.office_clerk, "at": NOON}
        with pytest.raises(Refused, match="须写明修改的原因") as refusal:
            figures.save_year(base_version=done.version, **change)
        assert refusal.value.field == "reason"

        changed = figures.save_year(base_version=done.version, reason="统计年报更正", **change)

        assert (changed.state, changed.confirmed_on, changed.members) == ("reported", None, 47)
        assert audit.history(changed).first().reason == "统计年报更正"
        with pytest.raises(Refused, match="报送人不能自己确认"):
            figures.confirm_year(changed, by=world.office_clerk, at=NOON)
        assert figures.confirm_year(changed, by=world.commissioner, at=NOON).is_confirmed

    def test_who_corrects_a_reported_sheet_does_not_confirm_it(self, world, reported):
        changed = figures.save_year(village=world.village, year=2026, base_version=reported.version, members=47,
                                    by=world.office_clerk, at=NOON)  # fmt: skip
        with pytest.raises(Refused, match="报送人不能自己确认"):
            figures.confirm_year(changed, by=world.office_clerk, at=NOON)

        [imported] = bulk.change_years(
            [(changed.pk, changed.version, {"members": 48})], by=world.commissioner, at=NOON
        ).values()
        with pytest.raises(Refused, match="报送人不能自己确认"):
            figures.confirm_year(imported, by=world.commissioner, at=NOON)
        imported.refresh_from_db()
        assert figures.confirm_year(imported, by=world.office_clerk, at=NOON).members == 48

    def test_an_import_does_not_touch_it(self, world, reported):
        done = figures.confirm_year(reported, by=world.office_clerk, at=NOON)

        with pytest.raises(Refused, match="不能用导入修改"):
            bulk.check_changed_year(done, {"members": 47})
        bulk.check_changed_year(done, {"members": 46})

    def test_an_import_that_empties_a_sum_leaves_no_sheet_its_sources_contradict(self, world, sheet):
        made = sheet(village=world.village, income=Decimal(9), operating_income=Decimal(5),
                     sources={"rent": Decimal(5), "subsidy": Decimal(4)})  # fmt: skip
        do = {"by": world.commissioner, "at": NOON}
        with pytest.raises(Refused, match="相差1万元"):
            bulk.change_years([(made.pk, made.version, {"income": Decimal(8)})], **do)

        bulk.change_years([(made.pk, made.version, {"income": None, "population": 321})], **do)

        made.refresh_from_db()
        assert (made.income, made.operating_income, made.population) == (9, 5, 321)

    def test_what_was_read_is_what_is_confirmed(self, world, reported):
        with pytest.raises(RecordChanged):
            figures.confirm_year(reported, base_version=1, by=world.office_clerk, at=NOON)


class TestContradictions:
    @pytest.mark.parametrize(
        ("values", "sources", "field", "sentence"),
        [
            (
                {"members": 10, "members_college": 3, "members_high_school": 3, "members_lower": 3}, None,
                "members_college", "合计9人，与党员数（10）不一致",
            ),
            (
                {"members": 10, "members_college": 0, "members_high_school": 0, "members_lower": 0}, None,
                "members_college", "合计0人，与党员数（10）不一致",
            ),
            ({"members": 10, "members_college": 11}, None, "members_college", "不能多于党员数（10）"),
            ({"applicants": 2, "activists": 3}, None, "activists", "入党积极分子（3）不能多于"),
            ({"income": Decimal(10)}, {"rent": Decimal(6), "subsidy": Decimal(3)}, "income", "合计9万元.*相差1万元"),
            (
                {"income": Decimal(9), "operating_income": Decimal(9)}, {"rent": Decimal(6), "subsidy": Decimal(3)},
                "operating_income", "合计6万元",
            ),
        ],
    )  # fmt: skip
    def test_refused_with_sentence_and_field(self, sheet, values, sources, field, sentence):
        with pytest.raises(Refused, match=sentence) as refusal:
            sheet(**values, sources=sources)

        assert refusal.value.field == field
        assert not VillageYear.objects.exists()

    def test_sums_are_added_up_where_they_are_left_empty(self, sheet):
        made = sheet(sources={"rent": Decimal("6.5"), "subsidy": Decimal(3), "other": None})

        assert (made.income, made.operating_income) == (Decimal("9.5"), Decimal("6.5"))
        assert made.income_source == "资产租赁、上级补助"
        assert [(s.kind, s.amount) for s in made.sources.all()] == [("rent", Decimal("6.5")), ("subsidy", Decimal(3))]

    def test_a_change_of_the_income_is_held_against_the_sources(self, world, sheet):
        made = sheet(sources={"rent": Decimal(6)})

        with pytest.raises(Refused, match="合计6万元"):
            figures.save_year(
                village=world.village, year=2026, base_version=made.version, income=Decimal(7), by=None, at=NOON
            )

    def test_sources_changed_are_noted(self, world, sheet):
        made = sheet(sources={"rent": Decimal(6)})
        changed = figures.save_year(
            village=world.village, year=2026, base_version=made.version, income=None, operating_income=None,
            sources={"rent": Decimal(6), "dividend": Decimal(2)}, by=None, at=NOON,
        )  # fmt: skip

        assert changed.income == Decimal(8)
        labels = {c["label"]: (c["old"], c["new"]) for c in audit.history(changed).first().changes}
        assert labels["收入来源·投资分红"] == ("（空）", "2")

    def test_the_ages_between_are_the_rest(self, sheet):
        assert sheet(members=46, members_60=24, members_under_35=4).members_between == 18
        assert sheet(year=2025, members=46).members_between is None


class TestJumps:
    def test_a_jump_is_asked_about_not_refused(self, world, sheet):
        sheet(year=2025, income=Decimal(8))
        values = {"village": world.village, "year": 2026, "income": Decimal(15), "by": None, "at": NOON}
        with pytest.raises(Refused, match="村集体经济收入（万元）由8变为15") as refusal:
            figures.save_year(sure=False, **values)
        assert refusal.value.field == "sure"

        assert figures.save_year(sure=True, **values).income == 15

    def test_on_the_page_the_box_appears_and_what_was_typed_stays(self, world, sheet):
        sheet(village=world.village, year=2025, income=Decimal(8))
        client = world.client(world.village_secretary)
        url = f"/villages/{world.village.pk}/figures/new/?year=2026"
        page = client.get(url)
        assert 'type="checkbox"' not in page.content.decode()
        form = {"submission": page.context["submission"], "year": 2026, "income": "15"}

        asked = client.post(url, form)

        assert asked.status_code == 422
        assert "属实的勾选后再保存" in asked.content.decode()
        assert 'type="checkbox" name="sure"' in asked.content.decode()
        assert client.post(url, form | {"sure": "on"}).status_code == 302
        assert VillageYear.objects.get(year=2026).income == 15


class TestPages:
    def test_the_village_reports_and_the_office_confirms(self, world, sheet, django_assert_max_num_queries):
        made = sheet(village=world.village, sources={"rent": Decimal("15.3")}, **WHOLE)
        url = f"/villages/figures/{made.pk}/"
        secretary, clerk = world.client(world.village_secretary), world.client(world.office_clerk)
        secretary.post(f"{url}report/", {"base_version": secretary.get(url).context["sheet"].version})
        with django_assert_max_num_queries(12):
            page = clerk.get(url)
        assert "36至59岁党员" in page.content.decode()
        assert "资产租赁" in page.content.decode()
        clerk.post(f"{url}confirm/", {"base_version": page.context["sheet"].version})

        made.refresh_from_db()
        assert made.is_confirmed
        assert secretary.post(f"{url}confirm/").status_code == 403
        assert world.client(world.sibling_secretary).get(url).status_code == 404
        assert "已确认" in clerk.get("/villages/figures/?state=confirmed").content.decode()

    def test_a_sheet_is_filled_up_from_last_year(self, world, sheet):
        sheet(village=world.village, year=2025, households=412, members=46)
        now = sheet(village=world.village, year=2026, members=47)
        client = world.client(world.village_secretary)

        page = client.get(f"/villages/figures/{now.pk}/edit/")
        assert "空着的项从上年带入" in page.content.decode()
        brought = client.get(f"/villages/figures/{now.pk}/edit/?from_last=1").context["form"]
        assert (brought["households"].value(), brought["members"].value()) == (412, 47)
        blank = client.get(f"/villages/{world.village.pk}/figures/new/?blank=1")
        assert blank.context["form"]["households"].value() is None
        assert "从上年带入" in blank.content.decode()

    def test_a_confirmed_one_asks_for_the_reason_on_the_page(self, world, send, reported):
        figures.confirm_year(reported, by=world.office_clerk, at=NOON)
        client, url = world.client(world.village_secretary), f"/villages/figures/{reported.pk}/edit/"

        assert send(client, url, members="47").status_code == 422
        assert send(client, url, members="47", reason="年报更正").status_code == 302
        reported.refresh_from_db()
        assert (reported.state, reported.reported_by) == ("reported", world.village_secretary)
