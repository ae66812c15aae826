"""Pages of other work: the office makes a kind, a village enters it, everybody sees his own."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from otherwork.models import WorkEntry, WorkKind
from tests.conftest import NOON

pytestmark = pytest.mark.django_db
NEW = {
    "name": "庭院整治", "unit": "户", "per_village": "on", "whole": "on", "takes_note": "on", "place": "results",
    "counting": "period", "wording": "完成庭院整治{数量}{单位}，涉及{村数}个村", "starts_on": "2026-01-01", "sources": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def at_noon(time_machine):
    time_machine.move_to(NOON, tick=False)


def form_of(client, url):
    """The hidden fields of an opened form."""
    context = client.get(url).context
    kept = {"submission": context["submission"]}
    return kept | ({"base_version": context["base_version"]} if context["base_version"] else {})


def post(client, url, data):
    return client.post(url, form_of(client, url) | data)


class TestKinds:
    def test_a_kind_is_made_once_however_often_it_is_sent(self, world):
        client, url = world.client(world.office_clerk), reverse("otherwork:kind_create")
        sent = form_of(client, url) | NEW

        first, second = client.post(url, sent), client.post(url, sent)

        kind = WorkKind.objects.get()
        assert kind.wording == "完成庭院整治{数量}{单位}，涉及{村数}个村。"
        assert first.url == second.url == kind.get_absolute_url()
        assert "登记" in client.get(first.url).content.decode()

    def test_the_preview_saves_nothing(self, world):
        client, url = world.client(world.office_clerk), reverse("otherwork:kind_create")

        page = client.post(url, NEW | {"preview": "1"}).content.decode()

        assert "完成庭院整治12户，涉及3个村。" in page
        assert "完成庭院整治12户。" in page
        assert not WorkKind.objects.exists()

    @pytest.mark.parametrize(
        ("changes", "told"),
        [
            ({"wording": "完成{数量}{单元}"}, "花括号里只能用"),
            ({"name": "身份证110101199003070038"}, "身份证"),
            ({"has_money": "on"}, "至少写一项资金来源"),
        ],
    )
    def test_a_bad_kind_is_refused_at_its_field(self, world, changes, told):
        answer = post(world.client(world.office_clerk), reverse("otherwork:kind_create"), NEW | changes)

        assert answer.status_code == 422
        assert told in answer.content.decode()
        assert not WorkKind.objects.exists()

    def test_wrong_words_are_told_in_the_preview_too(self, world):
        client, url = world.client(world.office_clerk), reverse("otherwork:kind_create")

        assert "花括号里只能用" in client.post(url, NEW | {"preview": "1", "wording": "{别的}"}).content.decode()

    def test_starting_kinds_are_switched_on_from_a_list(self, world):
        client, url = world.client(world.office_clerk), reverse("otherwork:kind_start")

        post(client, url, {"names": ["三会一课", "发展党员"], "starts_on": "2026-03-01"})

        assert set(WorkKind.objects.values_list("name", "township")) == {
            ("三会一课", world.township.pk), ("发展党员", world.township.pk)
        }  # fmt: skip
        assert "三会一课（次）" not in client.get(url).content.decode()

    def test_a_second_editor_is_shown_the_first_one_s_words(self, office):
        kind = office.kind()
        client, url = office.world.client(office.world.office_clerk), reverse("otherwork:kind_update", args=[kind.pk])
        stale = form_of(client, url)
        post(client, url, NEW | {"hint": "先改的"})

        answer = client.post(url, stale | {"submission": form_of(client, url)["submission"]} | NEW | {"hint": "后改的"})

        assert answer.status_code == 409
        assert "先改的" in answer.content.decode()
        assert WorkKind.objects.get().hint == "先改的"


class TestEntry:
    def test_a_village_secretary_enters_for_his_village(self, office):
        world, kind = office.world, office.kind(has_money=True, sources=["上级补助"])
        client, url = world.client(world.village_secretary), reverse("otherwork:entry_create", args=[kind.pk])
        assert kind.name in client.get(reverse("otherwork:entry_choose")).content.decode()
        assert 'name="village"' not in client.get(url).content.decode()

        sent = {"happened_on": "2026-6-1", "quantity": "12", "note": "清理房前屋后", "fund_0": "1.5"}
        answer = post(client, url, sent)

        entry = WorkEntry.objects.get()
        assert (entry.village, entry.quantity, entry.money) == (world.village, 12, Decimal("1.5"))
        page = client.get(answer.url).content.decode()
        assert "清理房前屋后" in page
        assert "上级补助1.5万元" in page

    @pytest.mark.parametrize(
        ("typed", "quantity"),
        [("1次", 1), ("12 次", 12), ("１２", 12), ("１．５次", "1.5"), ("1户", None), ("次", None)],
    )
    def test_a_quantity_is_read_as_people_write_it(self, office, typed, quantity):
        kind = office.kind(unit="次", whole=False)
        client, url = (
            office.world.client(office.world.village_secretary),
            reverse("otherwork:entry_create", args=[kind.pk]),
        )

        answer = post(client, url, {"happened_on": "2026-06-01", "quantity": typed})

        assert answer.status_code == (302 if quantity else 422)
        assert [entry.quantity for entry in WorkEntry.objects.all()] == ([Decimal(quantity)] if quantity else [])

    def test_the_office_chooses_among_its_own_villages(self, office):
        world, kind = office.world, office.kind()
        client, url = world.client(world.office_clerk), reverse("otherwork:entry_create", args=[kind.pk])
        page = client.get(f"{url}?village={world.sibling.pk}").content.decode()
        assert f'value="{world.sibling.pk}" selected' in page
        assert world.foreign.name not in page

        answer = post(client, url, {"happened_on": "2026-06-01", "quantity": "1", "village": world.foreign.pk})

        assert answer.status_code == 422
        assert not WorkEntry.objects.exists()

    def test_a_village_does_not_enter_the_township_s_own(self, office):
        kind = office.kind(per_village=False)
        url = reverse("otherwork:entry_create", args=[kind.pk])

        assert office.world.client(office.world.village_secretary).get(url).status_code == 403
        assert office.world.client(office.world.office_clerk).get(url).status_code == 200

    def test_the_township_s_own_entries_are_not_a_village_s(self, office):
        entry = office.entry(office.kind(per_village=False))
        url, listed = entry.get_absolute_url(), reverse("otherwork:entry_list")
        village, township = (
            office.world.client(u) for u in (office.world.village_secretary, office.world.party_secretary)
        )

        assert (village.get(url).status_code, township.get(url).status_code) == (404, 200)
        assert village.get(listed).context["paging"].total == 0
        assert township.get(listed).context["paging"].total == 1

    def test_what_is_refused_stands_at_its_field_with_what_was_typed(self, office):
        kind = office.kind()
        client = office.world.client(office.world.village_secretary)
        url = reverse("otherwork:entry_create", args=[kind.pk])

        answer = post(client, url, {"happened_on": "2026-06-01", "quantity": "1.5", "note": "清理"})

        page = answer.content.decode()
        assert answer.status_code == 422
        assert "请填整数" in page
        assert "清理" in page

    def test_an_id_number_is_refused(self, office):
        client = office.world.client(office.world.village_secretary)
        url = reverse("otherwork:entry_create", args=[office.kind().pk])

        answer = post(client, url, {"happened_on": "2026-06-01", "quantity": "1", "note": "联系人110101199003070038"})

        assert answer.status_code == 422
        assert not WorkEntry.objects.exists()

    def test_a_struck_out_entry_is_found_only_when_asked_for(self, office):
        entry = office.entry(office.kind())
        client = office.world.client(office.world.village_secretary)

        post(client, reverse("otherwork:entry_void", args=[entry.pk]), {"reason": "登记重复"})

        listed = reverse("otherwork:entry_list")
        assert client.get(listed).context["paging"].total == 0
        assert client.get(listed + "?void=on").context["paging"].total == 1
        assert "已作废" in client.get(entry.get_absolute_url()).content.decode()


class TestList:
    def test_filters_and_totals(self, office):
        world, kind = office.world, office.kind(has_money=True, sources=["上级补助"])
        other = office.kind(name="发展党员", unit="名")
        office.entry(kind, 3, date(2026, 5, 1), note="石板路", funds={"上级补助": Decimal(2)})
        office.entry(kind, 4, date(2026, 7, 1), village=world.sibling)
        office.entry(other, 1)
        client, url = world.client(world.office_clerk), reverse("otherwork:entry_list")

        def total(query):
            return client.get(f"{url}?{query}").context["paging"].total

        assert [total(q) for q in ("", f"kind={kind.pk}", "from=2026-06-15", "to=2026-06-15", "q=石板", "source=上级补助")] == [
            3, 2, 1, 2, 1, 1
        ]  # fmt: skip
        assert total(f"village={world.sibling.pk}") == 1
        assert total(f"village={world.foreign.pk}") == 3  # a village elsewhere is no filter
        page = client.get(f"{url}?kind={kind.pk}").content.decode()
        assert "庭院整治合计7户，涉及2个村，资金2万元" in page

    def test_empty_says_what_to_do(self, world):
        clerk, reader = world.client(world.office_clerk), world.client(world.county_reader)
        listed = reverse("otherwork:entry_list")

        assert "点“登记”填一条" in clerk.get(listed).content.decode()
        assert "还没有登记" in reader.get(listed).content.decode()
        assert "从常用类别中选" in clerk.get(reverse("otherwork:entry_choose")).content.decode()

    @pytest.mark.parametrize("name", ["entry_list", "kind_list", "entry_choose"])
    def test_queries_do_not_grow_with_rows(self, office, django_assert_max_num_queries, name):
        world = office.world
        for n in range(3):
            kind = office.kind(name=f"第{n}类", has_money=True, sources=["上级补助"])
            for village in (world.village, world.sibling):
                office.entry(kind, village=village, funds={"上级补助": Decimal(1)})
        client = world.client(world.office_clerk)
        with django_assert_max_num_queries(12):
            client.get(reverse(f"otherwork:{name}") + f"?kind={kind.pk}")

    def test_detail_queries(self, office, django_assert_max_num_queries):
        entry = office.entry(office.kind())
        client = office.world.client(office.world.office_clerk)
        for record in (entry, entry.kind):
            with django_assert_max_num_queries(12):
                client.get(record.get_absolute_url())
