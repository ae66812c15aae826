"""Yearly figures: counts, kept by the village, contradicting nothing."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from audit.services import history
from common.errors import Refused
from common.models import RecordChanged
from tests.conftest import NOON
from villages.models import CadreTraining, EconomyPath, VillageYear
from villages.services import figures


class TestSaveYear:
    @pytest.mark.parametrize(
        ("values", "field", "sentence"),
        [
            ({"members": 10, "members_60": 11}, "members_60", "60岁及以上党员（11）不能多于党员数（10）"),
            ({"members": 10, "members_under_35": 11}, "members_under_35", "35岁以下党员（11）不能多于"),
            ({"members": 10, "members_away": 11}, "members_away", "外出务工党员（11）不能多于"),
            ({"members": 10, "members_60": 6, "members_under_35": 5}, "members_under_35", "合计11人，多于党员数（10）"),
            ({"population": 10, "households": 11}, "households", "户数（11）不能多于人口（10）"),
            ({"population": 10, "members": 11}, "members", "党员数（11）不能多于人口（10）"),
            ({"income": Decimal(5), "operating_income": Decimal(6)}, "operating_income", "不能大于村集体经济收入"),
            ({"operating_income": Decimal(6)}, "income", "请同时填写村集体经济收入"),
            ({"income": Decimal(-1)}, "income", "不能是负数"),
        ],
    )
    def test_figures_that_contradict_each_other_are_refused(self, sheet, values, field, sentence):
        with pytest.raises(Refused, match=sentence) as refusal:
            sheet(**values)

        assert refusal.value.field == field
        assert not VillageYear.objects.exists()

    def test_the_database_refuses_them_too(self, world):
        with pytest.raises(IntegrityError):
            VillageYear.objects.create(village=world.village, year=2026, members=10, members_60=11)

    def test_a_change_is_checked_against_what_stands(self, world, sheet):
        sheet(members=10)

        with pytest.raises(Refused, match="60岁及以上党员（11）"):
            figures.save_year(village=world.village, year=2026, base_version=1, members_60=11, by=None, at=NOON)

    def test_unknown_is_not_zero(self, sheet):
        assert sheet(members=0).members == 0
        assert sheet(year=2025).members is None

    def test_a_year_twice_is_refused(self, sheet):
        sheet()

        with pytest.raises(Refused, match="2026年已有数据，请直接修改"):
            sheet()

    def test_a_coming_year_is_refused(self, sheet):
        with pytest.raises(Refused, match="2027年还没有到"):
            sheet(year=2027)

    def test_somebody_elses_change_is_not_overwritten(self, world, sheet):
        sheet(members=10)
        VillageYear.objects.update(version=2)

        with pytest.raises(RecordChanged):
            figures.save_year(village=world.village, year=2026, base_version=1, members=12, by=None, at=NOON)

    def test_a_misspelt_figure_is_a_fault_of_the_caller(self, sheet):
        with pytest.raises(TypeError):
            sheet(memberz=1)


class TestYearPages:
    def test_a_new_sheet_starts_from_the_last_one(self, world, sheet):
        sheet(year=2025, members=46, population=1200, applicants=3, income=Decimal("8.6"))

        page = world.client(world.village_secretary).get(f"/villages/{world.village.pk}/figures/new/?year=2026")

        form = page.context["form"]
        assert (form["members"].value(), form["population"].value()) == (46, 1200)
        assert (form["applicants"].value(), form["income"].value()) == (None, None)
        assert "已从上一年带入" in page.content.decode()

    def test_a_year_that_is_there_is_shown_before_typing(self, world, sheet):
        record = sheet()

        client, url = world.client(world.village_secretary), f"/villages/{world.village.pk}/figures/new/"

        page = client.get(f"{url}?year=2026")
        assert record.get_absolute_url() in page.content.decode()
        # the figures of one year are not offered for another
        assert {name: page.context["form"][name].value() for name in ("year", "members")} == {
            "year": None,
            "members": None,
        }
        assert "已填报" not in client.get(f"{url}?year=2025").content.decode()

    def test_village_secretary_fills_in_his_own(self, world, send):
        answer = send(world.client(world.village_secretary), f"/villages/{world.village.pk}/figures/new/?year=2026",
                      members=46, income="15.30")  # fmt: skip

        assert answer.status_code == 302
        assert VillageYear.objects.get().income == Decimal("15.30")

    def test_a_contradiction_is_a_sentence_at_the_field_and_the_rest_stays(self, world, send):
        answer = send(world.client(world.village_secretary), f"/villages/{world.village.pk}/figures/new/?year=2026",
                      members=10, members_60=11, income_source="厂房租金")  # fmt: skip

        assert answer.status_code == 422
        assert "不能多于党员数" in str(answer.context["form"].errors["members_60"])
        assert "厂房租金" in answer.content.decode()

    def test_all_contradictions_are_said_at_once(self, world, send):
        answer = send(world.client(world.village_secretary), f"/villages/{world.village.pk}/figures/new/?year=2026",
                      members=10, members_60=8, members_under_35=5, members_away=11, activists=3, applicants=1,
                      income=5, operating_income=8, source_rent=1)  # fmt: skip

        assert answer.status_code == 422
        assert set(answer.context["form"].errors) == {
            "members_under_35", "members_away", "activists", "income", "operating_income",
        }  # fmt: skip
        assert not VillageYear.objects.exists()

    def test_rights(self, world, sheet):
        record = sheet()
        for url in (f"/villages/{world.village.pk}/figures/new/", f"/villages/figures/{record.pk}/edit/"):
            assert world.client(world.resident_cadre).get(url).status_code == 403
            assert world.client(world.sibling_secretary).get(url).status_code == 404
            assert world.client(world.stranger).get(url).status_code == 404

    def test_double_click_makes_one_sheet(self, world):
        client, url = world.client(world.office_clerk), f"/villages/{world.village.pk}/figures/new/"
        form = {"submission": client.get(url).context["submission"], "year": 2025, "members": 5}

        assert client.post(url, form).status_code == client.post(url, form).status_code == 302
        assert VillageYear.objects.count() == 1

    def test_second_editor_sees_the_change(self, world, sheet):
        record, client = sheet(members=46), world.client(world.office_clerk)
        url = f"/villages/figures/{record.pk}/edit/"
        page = client.get(url)
        form = {
            "submission": page.context["submission"], "base_version": page.context["base_version"], "members": 47,
        }  # fmt: skip
        VillageYear.objects.update(members=48, version=2)

        refused = client.post(url, form)

        assert refused.status_code == 409
        assert "48" in refused.content.decode()

    def test_history_on_the_sheet(self, world, sheet, send):
        url = f"/villages/figures/{sheet(members=46).pk}/edit/"
        client = world.client(world.office_clerk)
        send(client, url, members=47)

        assert "把党员数由“46”改为“47”" in client.get(url).content.decode()


class TestLists:
    def test_a_year_is_summed_and_says_what_is_missing(self, world, sheet):
        sheet(members=46, members_60=24)
        sheet(village=world.sibling, members=52)

        page = world.client(world.office_clerk).get("/villages/figures/?year=2026")

        sums = {s["label"]: (s["value"], s["missing"]) for s in page.context["sums"]}
        assert sums["党员数"] == ("98", 0)
        assert sums["60岁及以上党员"] == ("24", 1)

    def test_a_list_of_chosen_sheets_sums_these(self, world, sheet):
        """A summary's 致富带头人11名 opens the sheets it adds up, not the whole township's."""
        one = sheet(enterprise_leaders=3)
        sheet(village=world.sibling, enterprise_leaders=8)

        page = world.client(world.office_clerk).get(f"/villages/figures/?year=2026&only={one.pk}")

        sums = {s["label"]: (s["value"], s["missing"]) for s in page.context["sums"]}
        assert sums["培养致富带头人"] == ("3", 0)

    def test_years_are_not_summed_together(self, world, sheet):
        sheet(members=46)
        sheet(year=2025, members=45)

        assert "sums" not in world.client(world.office_clerk).get("/villages/figures/").context

    def test_scope_and_filters(self, world, sheet):
        sheet(members=46)
        sheet(village=world.foreign, members=99)
        figures.add_path(village=world.village, path="party_led", industry="闲置厂房", started_on=date(2026, 3, 1),
                         by=None, at=NOON)  # fmt: skip
        figures.add_training(village=world.village, kind="degree", name="学历教育", chosen_on=date(2026, 8, 1),
                             people=2, by=None, at=NOON)  # fmt: skip
        client, stranger = world.client(world.office_clerk), world.client(world.stranger)

        def total(client, url: str) -> int:
            return client.get(f"/villages/{url}").context["paging"].total

        assert total(client, "figures/") == total(stranger, "figures/") == 1
        assert (total(client, "economy/"), total(stranger, "economy/")) == (1, 0)
        assert (total(client, "trainings/"), total(stranger, "trainings/")) == (1, 0)
        assert total(client, "economy/?path=joint") == 0
        assert total(client, "trainings/?year=2026&kind=degree") == 1
        assert "合计2人次" in client.get("/villages/trainings/").content.decode()
        assert "合计" not in client.get("/villages/trainings/?kind=course").content.decode()
        assert total(client, f"figures/?village={world.sibling.pk}") == 0

    def test_a_county_filters_township_first(self, world, sheet):
        sheet(members=46)
        sheet(village=world.foreign, members=99)
        client = world.client(world.county_reader)

        alone = client.get(f"/villages/figures/?village={world.foreign.pk}")
        both = client.get(f"/villages/figures/?township={world.township.pk}")

        assert alone.context["paging"].total == both.context["paging"].total == 1
        assert "白石村" in alone.content.decode()

    def test_few_queries(self, world, sheet):
        for year in range(2000, 2026):
            sheet(year=year, members=1)
        for url in ("figures/?year=2020", "economy/", "trainings/", "posts/"):
            for who in (world.office_clerk, world.county_reader, world.village_secretary):
                client = world.client(who)
                with CaptureQueriesContext(connection) as queries:
                    client.get(f"/villages/{url}")
                assert len(queries) <= 12

    def test_empty_lists_say_what_to_do(self, world):
        client = world.client(world.office_clerk)

        for url, words in (("figures/", "填报年度数据"), ("economy/", "登记路径"), ("trainings/", "登记培训"),
                           ("posts/", "设立岗位")):  # fmt: skip
            assert words in client.get(f"/villages/{url}").content.decode()


class TestEconomyAndTraining:
    def test_joint_development_names_its_partner(self, world):
        with pytest.raises(Refused, match="请选择联建的村"):
            figures.add_path(village=world.village, path="joint", industry="精品蔬菜", started_on=date(2026, 3, 1),
                             by=None, at=NOON)  # fmt: skip

    def test_partner_of_another_township_in_the_body_is_refused(self, world, send):
        answer = send(world.client(world.village_secretary), f"/villages/{world.village.pk}/economy/new/",
                      path="joint", industry="精品蔬菜", started_on="2026-03-01", partners=[world.foreign.pk])  # fmt: skip

        assert answer.status_code == 422
        assert not EconomyPath.objects.exists()

    def test_path_is_entered_and_changed_with_its_partners(self, world, send):
        client = world.client(world.village_secretary)
        send(client, f"/villages/{world.village.pk}/economy/new/",
             path="joint", industry="精品蔬菜", started_on="2026-03-01", partners=[world.sibling.pk])  # fmt: skip
        record = EconomyPath.objects.get()
        assert list(record.partners.all()) == [world.sibling]

        url = f"/villages/economy/{record.pk}/edit/"
        page = client.get(url)
        client.post(url, {
            "submission": page.context["submission"], "base_version": page.context["base_version"],
            "path": "party_led", "industry": "精品蔬菜", "started_on": "2026-03-01",
        })  # fmt: skip

        assert list(record.partners.all()) == []
        assert "把联建村由“下塘村”改为“（空）”" in client.get(url).content.decode()

    def test_a_change_at_the_end_of_a_long_text_is_kept_and_told(self, world):
        path = figures.add_path(village=world.village, path="party_led", industry="闲置厂房", started_on=date(2026, 3, 1),
                                result="好" * 400, by=None, at=NOON)  # fmt: skip
        figures.change_path(path, path="party_led", industry="闲置厂房", started_on=date(2026, 3, 1), partners=[],
                            result="好" * 400 + "增收两万元", base_version=1, by=None, at=NOON)  # fmt: skip
        assert EconomyPath.objects.get().result.endswith("增收两万元")
        [change] = history(path)[0].changes
        assert change["old"] == "…" + "好" * 20
        assert change["new"] == "…" + "好" * 20 + "增收两万元"

    def test_training_begins_after_the_choice(self, world, send):
        answer = send(world.client(world.village_secretary), f"/villages/{world.village.pk}/trainings/new/",
                      name="学历教育", chosen_on="2026-08-01", starts_on="2026-07-01", people=2)  # fmt: skip

        assert "开班日期不能早于" in str(answer.context["form"].errors["starts_on"])

    def test_training_counts_people(self, world, send):
        send(world.client(world.office_clerk), f"/villages/{world.village.pk}/trainings/new/",
             name="学历教育", chosen_on="2026-08-01", people=2)  # fmt: skip

        assert CadreTraining.objects.get().people == 2
