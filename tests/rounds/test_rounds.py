"""Rounds: opening, the desk, its figures and the lists they link to."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.errors import Refused
from rounds.models import CalendarItem, LeadingGroupSeat, Round, RoundDocument, ScreeningVisit
from rounds.services import calendar, criteria, designations, documents, leading_group, practices, rounds, screening
from tests.rounds.test_designations import post
from villages.models import Cadre, Village

NOON = datetime(2026, 10, 31, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
LISTS = ["designation", "screening", "seat", "document", "calendar", "practice", "campaign"]


def head_facts(**changes):
    return {
        "campaign": "两示范一整顿", "year": 2027, "number": 1, "starts_on": date(2027, 3, 1), "ends_on": date(2027, 11, 30),
    } | changes  # fmt: skip


class TestRoundServices:
    def test_a_new_round_starts_with_the_ten_national_types(self, world):
        new = rounds.add_round(township=world.township, by=world.office_clerk, at=NOON, **head_facts())

        found = list(new.criteria.values_list("number", flat=True))
        assert found == list(range(1, 11))
        assert "战斗力" in new.criteria.get(number=3).text
        assert all(new.criteria.values_list("is_national", flat=True))

    @pytest.mark.parametrize(
        ("changes", "field", "sentence"),
        [
            ({"ends_on": date(2027, 2, 1)}, "ends_on", "不能早于开始日期"),
            ({"year": 2026, "number": 2}, "number", "已有这一轮次"),
            ({"selection": "bottom_ranking"}, "bottom_percent", "请填写1至100的比例"),
            ({"bottom_percent": 10}, "bottom_percent", "应整尽整不设比例"),
            ({"income_threshold": Decimal(-1)}, "income_threshold", "不能为负数"),
        ],
    )
    def test_refusals(self, world, changes, field, sentence):
        with pytest.raises(Refused, match=sentence) as refused:
            rounds.add_round(township=world.township, by=world.office_clerk, at=NOON, **head_facts(**changes))
        assert refused.value.field == field

    def test_database_refuses_a_bottom_ranking_without_its_share(self, world):
        with pytest.raises(IntegrityError), transaction.atomic():
            Round.objects.filter(pk=world.round.pk).update(selection="bottom_ranking")

    def test_local_criterion_takes_the_next_number_and_a_double_is_refused(self, world, desk):
        local = criteria.add_criterion(round=world.round, text="集体资产长期闲置", **desk.do)
        assert (local.number, local.is_national) == (11, False)
        with pytest.raises(Refused, match="已有相同"):
            criteria.change_criterion(local, text=desk.criteria[1].text, base_version=1, **desk.do)


class TestRecords:
    def test_screening_comes_before_the_round_but_never_in_the_future(self, world, desk):
        assert desk.visit.visited_on < world.round.starts_on
        with pytest.raises(Refused, match="日期还没有到"):
            screening.add_screening_visit(
                round=world.round, village=world.village, visited_on=date(2026, 11, 1), households=1, **desk.do
            )

    def test_screening_of_a_foreign_village_is_refused(self, world, desk):
        with pytest.raises(Refused, match="不属于本轮次的乡镇"):
            screening.add_screening_visit(
                round=world.round, village=world.foreign, visited_on=date(2026, 2, 1), households=1, **desk.do
            )

    def test_one_position_once_at_a_time(self, world, desk):
        seat = {"round": world.round, "cadre": desk.head, "starts_on": date(2026, 5, 1)}
        with pytest.raises(Refused, match="已担任同一组内职务"):
            leading_group.add_seat(position="head", **seat, **desk.do)
        leading_group.add_seat(position="office_head", **seat, **desk.do)  # 组长兼办公室主任

    def test_a_seat_ends_with_a_reason_and_stays_for_its_days(self, world, desk):
        with pytest.raises(Refused, match="调整原因"):
            leading_group.end_seat(desk.seat, ends_on=date(2026, 6, 1), reason="", **desk.do)
        with pytest.raises(Refused, match="请用“调出”办理"):
            leading_group.change_seat(
                desk.seat,
                position="head",
                starts_on=date(2026, 3, 10),
                ends_on=date(2026, 6, 1),
                base_version=1,
                **desk.do,
            )
        leading_group.end_seat(desk.seat, ends_on=date(2026, 6, 1), reason="职务调整", **desk.do)
        assert LeadingGroupSeat.objects.on(date(2026, 6, 1)).get() == desk.seat
        assert not LeadingGroupSeat.objects.on(date(2026, 6, 2)).exists()

    def test_cadre_of_another_township_takes_no_seat(self, world, desk):
        foreign = Cadre.objects.create(county=world.county, township=world.other_township, name="外镇人")
        with pytest.raises(Refused, match="不属于本轮次的乡镇"):
            leading_group.add_seat(
                round=world.round, cadre=foreign, position="member", starts_on=date(2026, 3, 10), **desk.do
            )

    def test_items_of_a_document_are_counted_and_their_change_is_kept(self, world, desk):
        assert desk.document.items.count() == 2
        documents.change_document(
            desk.document, kind="guidance", topic="economy", title="《指导意见》", issuer="", number="",
            issued_on=desk.document.issued_on, items=["盘活资产"], base_version=1, **desk.do,
        )  # fmt: skip
        assert [i.text for i in desk.document.items.all()] == ["盘活资产"]
        assert desk.document.title == "指导意见"

    def test_calendar_states_on_a_day(self, world, desk):
        calendar.finish_calendar_item(desk.item, done_on=date(2026, 4, 3), **desk.do)
        for day, state in [
            (date(2026, 3, 31), "open"), (date(2026, 4, 1), "overdue"), (date(2026, 4, 3), "done"),
        ]:  # fmt: skip
            assert desk.item.state_on(day) == state
            assert CalendarItem.objects.in_state(state, day).get() == desk.item
        assert desk.item.days_late(date(2026, 10, 31)) == 3

    def test_another_limit_needs_a_reason(self, world, desk):
        change = {"title": "建立问题台账", "due_on": date(2026, 4, 30), "owner": None, "base_version": 1}
        with pytest.raises(Refused, match="写明原因") as refused:
            calendar.change_calendar_item(desk.item, **change, **desk.do)
        assert refused.value.field == "reason"
        calendar.change_calendar_item(desk.item, reason="市里统一调整", **change, **desk.do)
        assert desk.item.due_on == date(2026, 4, 30)

    def test_finish_is_done_once_and_taken_back_with_a_reason(self, world, desk):
        calendar.finish_calendar_item(desk.item, done_on=date(2026, 4, 3), **desk.do)
        with pytest.raises(Refused, match="已办结"):
            calendar.finish_calendar_item(desk.item, done_on=date(2026, 4, 4), **desk.do)
        with pytest.raises(Refused, match="撤销办结的原因"):
            calendar.reopen_calendar_item(desk.item, reason="", **desk.do)
        calendar.reopen_calendar_item(desk.item, reason="误点", **desk.do)
        assert desk.item.done_on is None

    def test_same_practice_twice_is_refused(self, world, desk):
        new = {"round": world.round, "name": "书记议事日", "recorded_on": date(2026, 9, 20)}
        practices.add_practice(**new, **desk.do)
        with pytest.raises(Refused, match="已登记同名做法"):
            practices.add_practice(**new, **desk.do)


class TestRoundPages:
    def test_clerk_opens_a_round_and_lands_on_its_desk(self, world):
        client = world.client(world.office_clerk)
        url = reverse("rounds:round_create")
        form = {
            "submission": client.get(url).context["submission"], "township": world.township.pk, "campaign": "两示范一整顿",
            "year": 2027, "number": 1, "label": "backward_village", "starts_on": "2027-03-01", "ends_on": "2027-11-30",
            "selection": "no_quota", "income_threshold": "10",
        }  # fmt: skip
        done = client.post(url, form)
        new = Round.objects.get(year=2027)
        assert (done.status_code, done.url) == (302, new.get_absolute_url())
        assert new.criteria.count() == 10

    def test_township_out_of_scope_in_the_body_is_refused(self, world):
        client = world.client(world.office_clerk)
        url = reverse("rounds:round_create")
        form = {
            "submission": client.get(url).context["submission"], "township": world.other_township.pk, "campaign": "x", "year": 2027,
            "number": 1, "label": "backward_village", "starts_on": "2027-03-01", "ends_on": "2027-11-30", "selection": "no_quota",
            "income_threshold": "10",
        }  # fmt: skip
        assert client.post(url, form).status_code == 422
        assert not Round.objects.filter(year=2027).exists()

    def test_desk_shows_what_stands(self, world, desk):
        page = world.client(world.office_clerk).get(world.round.get_absolute_url()).content.decode()
        for words in ["陈志远（党委书记）", "《指导意见》", "建立问题台账", "逾期214天", "已提名", "已审定", "下塘村"]:
            assert words in page

    def test_desk_of_a_village_post_names_no_other_village(self, world, desk):
        page = world.client(world.village_secretary).get(world.round.get_absolute_url()).content.decode()
        assert "石桥村" in page
        assert "下塘村" not in page
        assert "列入成员" not in page

    def test_stranger_404_station_403(self, world, desk):
        assert world.client(world.stranger).get(world.round.get_absolute_url()).status_code == 404
        assert world.client(world.users["station"]).get(world.round.get_absolute_url()).status_code == 403

    def test_reader_may_not_add(self, world, desk):
        client = world.client(world.linked_leader)
        for name in ("seat_create", "calendar_create", "document_create", "screening_create", "criterion_create"):
            assert client.get(reverse(f"rounds:{name}", args=[world.round.pk])).status_code == 403
        assert client.get(reverse("rounds:calendar_update", args=[desk.item.pk])).status_code == 403

    def test_records_of_another_township_are_not_found(self, world, desk):
        client = world.client(world.stranger)
        for name, record in [
            ("calendar_update", desk.item), ("calendar_finish", desk.item), ("seat_end", desk.seat),
            ("document_detail", desk.document), ("document_update", desk.document), ("screening_update", desk.visit),
            ("criterion_update", desk.criteria[1]), ("round_update", world.round), ("seat_create", world.round),
        ]:  # fmt: skip
            assert client.get(reverse(f"rounds:{name}", args=[record.pk])).status_code == 404, name

    def test_every_list_opens_empty_and_says_what_to_do(self, world):
        client = world.client(world.office_clerk)
        for name in LISTS:
            page = client.get(reverse(f"rounds:{name}_list"))
            assert page.status_code == 200
            assert "还没有" in page.content.decode(), name

    def test_series_goes_on_with_the_next_item(self, world, desk):
        done = post(
            world.client(world.office_clerk), "rounds:calendar_create", world.round.pk, title="镇级初验", due_on="2026-11-20",
            another="on",
        )  # fmt: skip
        assert done.url == reverse("rounds:calendar_create", args=[world.round.pk])
        assert CalendarItem.objects.filter(title="镇级初验").exists()

    def test_finishing_returns_to_the_same_list(self, world, desk):
        back = reverse("rounds:calendar_list") + "?state=overdue"
        done = post(
            world.client(world.office_clerk), "rounds:calendar_finish", desk.item.pk, done_on="2026-10-30", back=back
        )
        assert done.url == back

    def test_items_are_one_a_line_without_pasted_numbers(self, world, desk):
        post(
            world.client(world.office_clerk), "rounds:document_update", desk.document.pk, kind="guidance", topic="economy",
            title="指导意见", issued_on="2026-03-01", measures="1. 盘活资产\n（二）联建共享\n\n三是培养带头人\n2026年起每年评估",
        )  # fmt: skip
        found = [i.text for i in RoundDocument.objects.get().items.all()]
        assert found == ["盘活资产", "联建共享", "培养带头人", "2026年起每年评估"]

    def test_future_day_is_refused_at_its_field_and_the_text_kept(self, world, desk):
        refused = post(
            world.client(world.office_clerk), "rounds:screening_create", world.round.pk, village=world.village.pk,
            visited_on="2026-11-20", households="5", findings="我写的情况",
        )  # fmt: skip
        assert refused.status_code == 422
        assert "日期还没有到" in str(refused.context["form"].errors["visited_on"])
        assert "我写的情况" in refused.content.decode()
        assert ScreeningVisit.objects.count() == 1

    @pytest.mark.parametrize(
        ("address", "count", "words"),
        [
            ("screening/?round=2026-2&to=2026-10-31", 1, "走访1个村8户"),
            ("screening/?from=2026-02-03", 0, ""),
            ("seats/?position=head&as_of=2026-10-31", 1, "截至2026年10月31日在任"),
            ("seats/?as_of=2026-03-09", 0, ""),
            ("documents/?kind=guidance", 1, "指导意见"),
            ("documents/?kind=plan", 0, ""),
            ("calendar/?state=overdue&as_of=2026-10-31", 1, "逾期214天"),
            ("calendar/?state=overdue&as_of=2026-03-31", 0, ""),
            ("calendar/?state=done", 0, ""),
        ],
    )
    def test_lists_show_exactly_what_a_figure_counts(self, world, desk, address, count, words):
        page = world.client(world.office_clerk).get("/rounds/" + address)
        assert page.context["paging"].total == count
        assert words in page.content.decode()


class TestVersions:
    def test_a_round_begins_with_the_criteria_and_rules_of_an_earlier_one(self, world, desk):
        criteria.add_criterion(round=world.round, text="集体资产长期闲置", **desk.do)
        world.round.pass_score, world.round.stale_days = 90, 20
        world.round.save()
        head = head_facts() | {"year": 2027, "number": 1}

        new = rounds.add_round(township=world.township, by=world.office_clerk, at=NOON, copied_from=world.round, **head)

        assert list(new.criteria.values_list("number", "text", "is_national")) == list(
            world.round.criteria.values_list("number", "text", "is_national")
        )
        assert (new.pass_score, new.stale_days, new.copied_from) == (90, 20, world.round)
        with pytest.raises(Refused, match="只能沿用本乡镇"):
            rounds.add_round(
                township=world.township, by=world.office_clerk, at=NOON, copied_from=world.other_round,
                **head_facts() | {"year": 2027, "number": 2},
            )  # fmt: skip

    def test_what_a_village_was_approved_under_keeps_its_wording(self, world, desk):
        with pytest.raises(Refused, match="文字不能再改"):
            criteria.change_criterion(desk.criteria[3], text="另一种说法", base_version=1, **desk.do)
        criteria.change_criterion(desk.criteria[8], text="矛盾纠纷集中", base_version=1, **desk.do)  # only proposed


class TestQueries:
    def fill(self, world, desk, times):
        for n in range(times):
            village = Village.objects.create(township=world.township, name=f"村{n}-{times}")
            screening.add_screening_visit(
                round=world.round, village=village, visited_on=date(2026, 2, 2), households=1, **desk.do
            )
            calendar.add_calendar_item(
                round=world.round, title=f"事项{n}", due_on=date(2026, 5, 1), owner=desk.head, **desk.do
            )

            designations.propose(
                round=world.round, village=village, criteria=[desk.criteria[1], desk.criteria[2]], facts="",
                proposed_on=date(2026, 9, 1), addition_reason="动态调整", **desk.do,
            )  # fmt: skip

    @pytest.mark.parametrize("who", ["office_clerk", "county_reader"])
    def test_at_most_twelve_whatever_the_number_of_rows(self, world, desk, who):
        client = world.client(world.users[who])
        addresses = [world.round.get_absolute_url(), reverse("rounds:round_list")]
        addresses += [reverse(f"rounds:{name}_list") + "?round=2026-2&as_of=2026-10-31" for name in LISTS]
        addresses += [desk.listed.get_absolute_url(), desk.document.get_absolute_url()]
        counts = []
        for times in (1, 12):
            self.fill(world, desk, times)
            counts.append([])
            for address in addresses:
                with CaptureQueriesContext(
                    connection,
                ) as queries:
                    assert client.get(address).status_code == 200
                counts[-1].append(len(queries))
        assert counts[0] == counts[1]
        assert max(counts[1]) <= 12, dict(zip(addresses, counts[1], strict=True))
