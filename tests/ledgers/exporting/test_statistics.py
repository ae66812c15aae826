"""The statistics sheet: the same numbers as a summary, each number its list, sums of the county."""

import re
from datetime import date
from html import unescape

import pytest
from django.urls import reverse

from accounts.models import User
from ledgers import statistics
from ledgers.definitions import rounds as ledger_g
from reports import figures
from rounds.models import Round
from villages.models import Cadre

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
            assert column.title in text
        assert 'colspan="3"' in text

    def test_queries(self, demo_rounds, django_assert_max_num_queries):
        client = self.client("吴晓敏")
        for sheet in ("G", "L1"):
            with django_assert_max_num_queries(12):
                client.get(reverse("ledgers:statistics"), {"sheet": sheet})
