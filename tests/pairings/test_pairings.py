"""Pairings: one helper by kind, activities within the term, posting from the village, sums that lists agree with."""

from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.errors import Refused
from pairings.models import Activity, Pairing
from pairings.services import activities, pairings
from villages.models import Cadre, Village, VillageYear

NOON = datetime(2026, 10, 31, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def help(world):
    """Two helpers of 石桥村 (多对一) and one of 下塘村."""
    do = {"by": world.office_clerk, "at": NOON}
    model = Village.objects.create(township=world.township, name="龙潭村", is_model=True)
    elder = Cadre.objects.create(
        county=world.county, township=world.township, name="郑启华", title="退休干部", left_on=date(2020, 1, 1)
    )
    term = {"round": world.round, "starts_on": date(2026, 3, 18)}
    strong = pairings.add_pairing(
        village=world.village, kind="strong_village_pairing", helper_village=model, **term, **do
    )
    return SimpleNamespace(
        do=do,
        model=model,
        elder=elder,
        strong=strong,
        cadre=pairings.add_pairing(village=world.village, kind="cadre_pairing", helper_cadre=elder, **term, **do),
        single=pairings.add_pairing(
            village=world.sibling, kind="unit_pairing", helper_unit=world.station, **term, **do
        ),
        lecture=activities.add_activity(
            pairing=strong, kind="lecture", held_on=date(2026, 4, 2), content="讲议事规程", **do
        ),
        funded=activities.add_activity(
            pairing=strong, kind="guidance", held_on=date(2026, 7, 9), content="指导游步道", funds=Decimal("10.5"), **do
        ),
    )


def post(client, name, pk, **values):
    url = reverse(name, args=[pk])
    page = client.get(url)
    form = {"submission": page.context["submission"], "base_version": page.context["base_version"], **values}
    return client.post(url, form)


class TestPairingServices:
    @pytest.mark.parametrize(
        ("changes", "field", "sentence"),
        [
            ({"helper_village": None}, "helper_village", "请选择帮扶村"),
            ({"helper_village": "village"}, "helper_village", "不能是被帮扶村自己"),
            ({"helper_unit": "station"}, "helper_unit", "只填一项"),
            ({"village": "foreign"}, "village", "不属于本轮次的乡镇"),
            ({"ends_on": date(2026, 3, 1)}, "ends_on", "不能早于开始日期"),
            ({}, "helper_village", "已有同样的结对"),
        ],
    )
    def test_refusals(self, world, help, changes, field, sentence):
        changes = {k: getattr(world, v) if isinstance(v, str) else v for k, v in changes.items()}
        values = {
            "round": world.round, "village": world.village, "kind": "strong_village_pairing",
            "helper_village": help.model, "starts_on": date(2026, 5, 1),
        } | changes  # fmt: skip
        with pytest.raises(Refused, match=sentence) as refused:
            pairings.add_pairing(**values, **help.do)
        assert refused.value.field == field

    def test_cadre_of_another_township_does_not_help(self, world, help):
        foreign = Cadre.objects.create(county=world.county, township=world.other_township, name="外镇人")
        with pytest.raises(Refused, match="不属于本轮次的乡镇"):
            pairings.add_pairing(
                round=world.round, village=world.village, kind="cadre_pairing", helper_cadre=foreign,
                starts_on=date(2026, 5, 1), **help.do,
            )  # fmt: skip

    def test_database_refuses_two_helpers_in_one_pairing(self, help):
        with pytest.raises(IntegrityError), transaction.atomic():
            Pairing.objects.filter(pk=help.strong.pk).update(helper_cadre=help.elder)

    def test_ends_with_a_reason_and_not_before_its_last_activity(self, help):
        with pytest.raises(Refused, match="结束原因"):
            pairings.end_pairing(help.strong, ends_on=date(2026, 8, 1), reason="", **help.do)
        with pytest.raises(Refused, match="2026-07-09还有帮扶活动"):
            pairings.end_pairing(help.strong, ends_on=date(2026, 7, 8), reason="调整", **help.do)
        pairings.end_pairing(help.strong, ends_on=date(2026, 8, 1), reason="调整", **help.do)
        assert help.strong not in Pairing.objects.on(date(2026, 8, 2))
        assert help.strong in Pairing.objects.on(date(2026, 8, 1))

    def test_start_does_not_move_past_an_activity(self, help):
        with pytest.raises(Refused, match="2026-04-02已有帮扶活动"):
            pairings.change_pairing(
                help.strong, kind=help.strong.kind, helper_village=help.model, helper_cadre=None, helper_unit=None,
                helped_cadre=None, matters="", starts_on=date(2026, 5, 1), base_version=1, **help.do,
            )  # fmt: skip

    @pytest.mark.parametrize(
        ("day", "funds", "sentence"),
        [
            (date(2026, 3, 1), Decimal(0), "早于结对开始日期"),
            (date(2026, 11, 1), Decimal(0), "日期还没有到"),
            (date(2026, 5, 1), Decimal(-1), "不能为负数"),
        ],
    )
    def test_activity_refusals(self, help, day, funds, sentence):
        with pytest.raises(Refused, match=sentence):
            activities.add_activity(
                pairing=help.strong, kind="lecture", held_on=day, content="x", funds=funds, **help.do
            )

    def test_no_activity_after_the_end(self, help):
        pairings.end_pairing(help.single, ends_on=date(2026, 8, 1), reason="调整", **help.do)
        with pytest.raises(Refused, match="晚于结对结束日期"):
            activities.add_activity(
                pairing=help.single, kind="lecture", held_on=date(2026, 8, 2), content="x", **help.do
            )


class TestPairingPages:
    @pytest.mark.parametrize(
        ("filters", "count", "words"),
        [
            ("", 3, "被帮扶村2个，帮扶活动2次，协调资金10.5万元"),
            ("?many=1", 2, "郑启华（退休干部）"),
            ("?helper=龙潭", 1, "强村带弱村"),
            ("?kind=unit_pairing&as_of=2026-10-31", 1, "自然资源所"),
            ("?as_of=2026-03-17", 0, ""),
            ("?round=2026-2&as_of=2026-04-02", 3, "帮扶活动1次"),
        ],
    )
    def test_filters_in_the_address(self, world, help, filters, count, words):
        page = world.client(world.office_clerk).get(reverse("pairings:pairing_list") + filters)
        assert page.context["paging"].total == count
        assert words in page.content.decode()

    @pytest.mark.parametrize(
        ("filters", "count", "words"),
        [
            ("?from=2026-03-05&to=2026-10-31", 2, "协调资金10.5万元"),
            ("?kind=lecture", 1, "讲议事规程"),
            ("?funded=1", 1, "指导游步道"),
            ("?from=2026-08-01", 0, ""),
        ],
    )
    def test_activities_by_kind_and_days(self, world, help, filters, count, words):
        page = world.client(world.office_clerk).get(reverse("pairings:activity_list") + filters)
        assert page.context["paging"].total == count
        assert words in page.content.decode()

    def test_detail_shows_sums_other_helpers_and_the_village_before_and_after(self, world, help):
        VillageYear.objects.create(village=world.village, year=2024, income=Decimal("5.0"))
        VillageYear.objects.create(village=world.village, year=2025, income=Decimal("8.6"), members=46)
        VillageYear.objects.create(village=world.village, year=2026, income=Decimal("15.3"), members=46)

        page = world.client(world.office_clerk).get(help.strong.get_absolute_url()).content.decode()

        for words in ["多对一", "郑启华", "10.5", "2025年（前）", "8.6", "15.3", "增6.7", "持平"]:
            assert words in page
        assert "2024年" not in page

    def test_clerk_pairs_a_retired_cadre(self, world, help):
        done = post(
            world.client(world.office_clerk), "pairings:pairing_create", world.round.pk, village=world.sibling.pk,
            kind="cadre_pairing", helper_cadre=help.elder.pk, starts_on="2026-04-01",
        )  # fmt: skip
        assert done.status_code == 302
        assert Pairing.objects.filter(village=world.sibling, helper_cadre=help.elder).count() == 1

    @pytest.mark.parametrize("field", ["village", "helper_village"])
    def test_foreign_village_in_the_body_is_refused_at_the_field(self, world, help, field):
        values = {"village": world.sibling.pk, "helper_village": help.model.pk} | {field: world.foreign.pk}
        refused = post(
            world.client(world.office_clerk), "pairings:pairing_create", world.round.pk,
            kind="strong_village_pairing", starts_on="2026-04-01", **values,
        )  # fmt: skip
        assert refused.status_code == 422
        assert field in refused.context["form"].errors

    def test_village_posts_an_activity_of_its_own_pairing_once(self, world, help):
        client, url = world.client(world.village_secretary), reverse("pairings:activity_create", args=[help.cadre.pk])
        form = {
            "submission": client.get(url).context["submission"], "kind": "guidance", "held_on": "2026-10-20", "content": "指导议事",
            "funds": "",
        }  # fmt: skip
        assert [client.post(url, form).status_code for _ in range(2)] == [302, 302]
        new = Activity.objects.get(content="指导议事")
        assert new.funds == 0
        assert client.get(reverse("pairings:activity_update", args=[new.pk])).status_code == 200

    def test_who_may_not(self, world, help):
        create = reverse("pairings:activity_create", args=[help.strong.pk])
        assert world.client(world.sibling_secretary).get(create).status_code == 404
        assert world.client(world.stranger).get(help.strong.get_absolute_url()).status_code == 404
        assert world.client(world.linked_leader).get(create).status_code == 403
        edit = reverse("pairings:pairing_update", args=[help.strong.pk])
        assert world.client(world.village_secretary).get(edit).status_code == 403
        assert world.client(world.stranger).get(edit).status_code == 404

    def test_second_editor_sees_what_the_first_wrote(self, world, help):
        client, url = world.client(world.office_clerk), reverse("pairings:activity_update", args=[help.lecture.pk])
        page = client.get(url)
        form = {
            "submission": page.context["submission"], "base_version": page.context["base_version"], "kind": "lecture",
            "held_on": "2026-04-02", "content": "我写的内容",
        }  # fmt: skip
        Activity.objects.filter(pk=help.lecture.pk).update(content="别人写的内容", version=2)

        refused = client.post(url, form)

        assert refused.status_code == 409
        assert "别人写的内容" in refused.content.decode()
        assert "我写的内容" in refused.content.decode()

    def test_bank_card_in_the_text_is_refused(self, world, help):
        refused = post(
            world.client(world.village_secretary), "pairings:activity_create", help.strong.pk, kind="visit",
            held_on="2026-10-20", content="汇入 6222021234567890128",
        )  # fmt: skip
        assert refused.status_code == 422
        assert "银行卡号" in refused.content.decode()

    @pytest.mark.parametrize("who", ["office_clerk", "county_reader"])
    def test_at_most_twelve_queries_whatever_the_rows(self, world, help, who):
        client = world.client(world.users[who])
        addresses = [
            reverse("pairings:pairing_list") + "?many=1", reverse("pairings:activity_list"), help.strong.get_absolute_url(),
        ]  # fmt: skip
        counts = []
        for times in (1, 12):
            for n in range(times):
                activities.add_activity(
                    pairing=help.strong, kind="lecture", held_on=date(2026, 5, 1), content=f"x{n}", **help.do
                )
                other = Village.objects.create(township=world.township, name=f"村{n}-{times}")
                pairings.add_pairing(
                    round=world.round, village=world.village, kind="strong_village_pairing", helper_village=other,
                    starts_on=date(2026, 4, 1), **help.do,
                )  # fmt: skip
            counts.append([])
            for address in addresses:
                with CaptureQueriesContext(connection) as queries:
                    assert client.get(address).status_code == 200
                counts[-1].append(len(queries))
        assert counts[0] == counts[1]
        assert max(counts[1]) <= 12
