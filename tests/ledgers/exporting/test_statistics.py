"""The statistics sheet: the same numbers as a summary, each number its list, sums of the county."""

import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse

from accounts.models import User
from common.lists import MAX_PACKED
from inspections.models import Survey
from ledgers import statistics
from ledgers.definitions import party
from ledgers.definitions import rounds as ledger_g
from ledgers.form import Ask, Totals
from otherwork.models import WorkEntry
from otherwork.services import entries, kinds
from reports import figures
from rounds.models import Round
from tests.conftest import NOON
from villages.models import Cadre, CadreTraining, Village

DAYS = (date(2026, 10, 31), date(2026, 7, 1), date(2026, 3, 1))


@pytest.fixture
def demo_rounds(demo_township, db):
    found = Round.objects.select_related("township__county").filter(year=2026, number=2)
    return list(found.order_by("township_id"))


class TestOneSource:
    @pytest.mark.parametrize("as_of", DAYS)
    @pytest.mark.parametrize("since", [None, date(2026, 6, 1)])
    def test_each_number_is_the_one_of_a_summary(self, demo_rounds, as_of, since):
        for row in statistics.by_township(demo_rounds, as_of, since):
            r = row.round
            begin = since or r.starts_on
            made = figures.compute(r, kind="stage", starts_on=begin, ends_on=as_of, as_of=as_of)
            for key, cell in row.cells.items():
                figure = made.figures.get(key)
                known = figure.number if figure else None
                if key == "income.total" and cell.value is None:
                    assert not figure  # nothing known is an empty cell, not zero
                    continue
                assert (cell.value or 0) == (known or 0), (r.township.name, key)

    def test_each_address_is_the_one_of_a_summary(self, demo_rounds):
        row = statistics.by_township(demo_rounds, DAYS[0])[0]
        made = figures.compute(row.round, kind="stage", starts_on=row.round.starts_on, ends_on=DAYS[0], as_of=DAYS[0])
        compared = 0
        for key, cell in row.cells.items():
            figure = made.figures.get(key)
            if cell.value and figure is not None and figure.list_name and not key.endswith("rate"):
                assert cell.list_name == figure.list_name, key
                assert dict(cell.params) == dict(figure.params), key
                compared += 1
        assert compared >= 9

    def test_queries_do_not_grow_with_townships(self, demo_rounds, django_assert_num_queries):
        for some in (demo_rounds[:1], demo_rounds):
            with django_assert_num_queries(6):
                statistics.by_township(some, DAYS[0])


class TestParty:
    """L1: secretaries trained and campaigns from their records, nothing made up where there is none."""

    def numbers(self, demo_rounds, key):
        table = party.table(Ask(tuple(demo_rounds), DAYS[0]))
        return [(kind, line.numbers.get(key)) for _, kind, line in table]

    def campaign(self, demo_rounds, user, **values):
        given = {"name": "专项整治", "unit": "项", "starts_on": date(2026, 1, 1), "by": user, "at": NOON}
        return kinds.add_kind(township=demo_rounds[0].township, **given | values)

    def enter(self, kind, user, day, village=None):
        entries.add_entry(kind=kind, village=village, happened_on=day, quantity=Decimal(3), by=user, at=NOON)

    def test_only_courses_of_secretaries_that_began_count(self, demo_rounds):
        assert self.numbers(demo_rounds, "secretary.trained")[0] == ("合计", 0)  # village cadres at a degree course
        village = Village.objects.get(name="石桥村")
        for name, day in (
            ("村党组织书记轮训班", date(2026, 5, 9)),
            ("书记进修班", date(2026, 11, 9)),
            ("书记班", None),
        ):
            CadreTraining.objects.create(
                village=village, kind="course", name=name, chosen_on=date(2026, 5, 1), starts_on=day, people=2
            )

        found = self.numbers(demo_rounds, "secretary.trained")

        assert found[:4] == [("合计", 2), ("村", 2), ("社区", 0), ("小计", 2)]
        assert found[6] == ("小计", 0)

    def test_a_campaign_of_the_township_is_of_no_village(self, demo_rounds):
        user = User.objects.get(username="dangjianban")
        assert {n for _, n in self.numbers(demo_rounds, "campaign")} == {None}
        kind = self.campaign(demo_rounds, user, per_village=False)
        for day in (date(2026, 1, 5), date(2026, 6, 1), date(2026, 7, 1)):
            self.enter(kind, user, day)
        WorkEntry.objects.filter(happened_on=date(2026, 7, 1)).update(happened_on=date(2026, 11, 9))  # after the day

        assert self.numbers(demo_rounds, "campaign")[:6] == [
            ("合计", 1), ("村", None), ("社区", None), ("小计", 1), ("村", None), ("社区", None),
        ]  # fmt: skip

    def test_a_campaign_of_villages_is_of_their_kind(self, demo_rounds):
        user = User.objects.get(username="dangjianban")
        kind = self.campaign(demo_rounds, user)
        self.enter(kind, user, date(2026, 6, 1), Village.objects.get(name="石桥村"))

        found = self.numbers(demo_rounds, "campaign")

        assert found[:4] == [("合计", 1), ("村", 1), ("社区", 0), ("小计", 1)]
        assert found[6] == ("小计", None)  # the other township keeps no such kind


class TestLinkOfTheSum:
    def sum_of(self, *cells):
        rows = [statistics.TownshipRow(None, {"secretaries.changed": cell}, (0, 0), "") for cell in cells]
        return statistics.over_townships(rows, "secretaries.changed", sum(cell.value or 0 for cell in cells))

    def of(self, *ids):
        return statistics._only(len(ids), "villages:post_list", ids, (("round", "2026-2"), ("township", str(ids[0]))))

    def test_names_the_records_of_all(self):
        nothing = statistics._only(0, "villages:post_list", [], ())

        assert self.sum_of(self.of(1, 2), nothing, self.of(7)).params == (("round", "2026-2"), ("only", "1.2.7"))

    def test_none_rather_than_one_to_a_part(self):
        """One township has more records than an address takes: the list of the others would not be that of the sum."""
        many = self.of(*range(1, MAX_PACKED + 2))
        assert not many.url

        whole = self.sum_of(self.of(6001, 6002), many)

        assert (whole.value, whole.url) == (MAX_PACKED + 3, "")


class TestRateOfTheCounty:
    def survey(self, round, village, satisfied):
        Survey.objects.create(
            round=round, village=village, kind="midterm", held_on=date(2026, 10, 30), issued=10, returned=10, valid=10,
            satisfied=satisfied, mostly=0, unknown=0, dissatisfied=10 - satisfied,
        )  # fmt: skip

    def total(self, demo_rounds):
        rows = statistics.by_township(demo_rounds, DAYS[0], date(2026, 10, 30))
        totals = Totals()
        for line in ledger_g.lines_of(rows):
            totals.add(ledger_g.COLUMNS, line)
        return ledger_g.summary(totals)["survey.rate"]

    def test_different_formulas_are_not_added(self, demo_rounds):
        for n, round in enumerate(demo_rounds):
            self.survey(round, Village.objects.filter(township=round.township).first(), 9 - n)
        assert self.total(demo_rounds) == Decimal("85.0")

        demo_rounds[1].satisfaction_formula = Round.Formula.SATISFIED_ONLY
        demo_rounds[1].save()

        assert self.total(demo_rounds) == "口径不同"


class TestPage:
    def client(self, name):
        from django.test import Client

        client = Client()
        user = User.objects.get(cadre__in=Cadre.objects.filter(name=name))
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    @pytest.mark.parametrize("who", ["吴晓敏", "钱一鸣"])
    @pytest.mark.parametrize("sheet", ["G", "L1"])
    def test_every_number_opens_a_list_of_as_many(self, demo_rounds, sheet, who):
        """Counts only: rates and money open the list of what they are made of; 排查数 counts villages and lists visits."""
        client = self.client(who)
        text = client.get(reverse("ledgers:statistics"), {"as_of": "2026-10-31", "sheet": sheet}).content.decode()
        links = re.findall(r'<td data-label="([^"]+)"><a href="([^"]+)">([\d.]+)</a></td>', text)
        assert len(links) >= 12
        counted = 0
        for label, url, number in set(links):
            page = client.get(unescape(url))
            assert page.status_code == 200, url
            if label not in ("销号率（%）", "满意率（%）", "集体收入（万元）", "排查数"):
                total = re.search(r"共 <strong>(\d+)</strong>", page.content.decode())
                assert total, url
                assert total.group(1) == number, (label, url)
                counted += 1
        assert counted >= 8

    def test_both_sheets_for_any_day(self, demo_rounds):
        client = self.client("吴晓敏")
        for sheet in ("G", "L1", "nonsense"):
            for day in ("", "2026-07-01", "1999-99-99"):
                response = client.get(reverse("ledgers:statistics"), {"sheet": sheet, "as_of": day})
                assert response.status_code == 200

    def test_the_header_is_the_tree_of_the_ledger(self, demo_rounds):
        text = self.client("吴晓敏").get(reverse("ledgers:statistics")).content.decode()
        for column in ledger_g.COLUMNS[:-1]:
            assert column.title in re.sub(r"</?(?:wbr|span)[^>]*>", "", text)
        assert '<span class="nowrap">问题</span><wbr><span class="nowrap">总数</span>' in text  # never 问题总/数
        assert '<span class="nowrap">已转化</span>' in text
        assert 'colspan="3"' in text

    def test_queries(self, demo_rounds, django_assert_max_num_queries):
        client = self.client("吴晓敏")
        for sheet in ("G", "L1"):
            with django_assert_max_num_queries(12):
                client.get(reverse("ledgers:statistics"), {"sheet": sheet})
