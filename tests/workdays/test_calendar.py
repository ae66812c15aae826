"""Counting in working days, and the calendar of a year as the office keeps it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Refused
from common.models import RecordChanged
from tests.conftest import NOON
from workdays import seed
from workdays.calendar import Calendar, calendar_of
from workdays.holidays import NATIONAL, Holiday, faults_of, holidays_in
from workdays.models import CalendarYear, ExceptionalDay
from workdays.services import reset_holiday, set_holiday

D = date
NATIONAL_2026 = {"year": 2026, "name": NATIONAL, "starts_on": D(2026, 10, 1), "ends_on": D(2026, 10, 7)}
MAKE_UP = [D(2026, 9, 20), D(2026, 10, 10)]


class TestCounting:
    def test_the_announced_days_of_2026(self, db):
        calendar = calendar_of()
        assert not calendar.is_working_day(D(2026, 10, 7))
        assert calendar.is_working_day(D(2026, 10, 10))  # a Saturday
        assert calendar.is_working_day(D(2026, 9, 20))  # a Sunday
        assert not calendar.is_working_day(D(2026, 10, 11))
        assert calendar.add_working_days(D(2026, 9, 30), 1) == D(2026, 10, 8)
        assert calendar.add_working_days(D(2026, 10, 8), 3) == D(2026, 10, 12)
        assert calendar.add_working_days(D(2026, 10, 8), -1) == D(2026, 9, 30)
        assert calendar.add_working_days(D(2026, 10, 3), 0) == D(2026, 10, 8)
        assert calendar.working_days_between(D(2026, 9, 30), D(2026, 10, 10)) == 3

    def test_a_year_without_data_counts_monday_to_friday(self, db):
        assert calendar_of().is_working_day(D(2041, 10, 1))  # a Tuesday

    @given(st.dates(D(2025, 12, 1), D(2026, 12, 31)), st.integers(-60, 60).filter(bool))
    def test_adding_and_counting_agree(self, day, count):
        calendar = Calendar({d: works for rows in seed.announced().values() for d, works, _ in rows})
        start = calendar.add_working_days(day, 0)
        end = calendar.add_working_days(start, count)

        assert calendar.is_working_day(end)
        assert calendar.working_days_between(start, end) == count


class TestAnnouncements:
    @pytest.mark.parametrize("year", [y for y in range(2014, max(seed.announced()) + 1) if y != 2020])
    def test_every_announced_year_is_found_complete(self, year):
        """The rule of make-up days against what was announced; 2020 was lengthened because of the epidemic."""
        rows = [ExceptionalDay(year=year, day=d, is_working=w, holiday=n) for d, w, n in seed.announced(2014)[year]]

        assert faults_of(holidays_in(rows, year), year) == []

    @pytest.mark.parametrize("year", sorted(seed.announced()))
    def test_without_any_one_make_up_day_the_year_is_found_incomplete(self, year):
        days = seed.announced()[year]
        for left_out in (row for row in days if row[1]):
            rows = [ExceptionalDay(year=year, day=d, is_working=w, holiday=n) for d, w, n in days if d != left_out[0]]
            [fault] = faults_of(holidays_in(rows, year), year)
            assert left_out[2] in fault

    def test_planting_leaves_a_year_alone_that_somebody_entered(self, db):
        ExceptionalDay.objects.filter(year=2026).exclude(day=D(2026, 1, 1)).delete()
        ExceptionalDay.objects.filter(year=2025).delete()

        seed.plant(ExceptionalDay)
        seed.plant(ExceptionalDay)

        assert ExceptionalDay.objects.filter(year=2026).count() == 1
        assert ExceptionalDay.objects.filter(year=2025).count() == len(seed.announced()[2025])


class TestEntering:
    def test_a_township_moves_a_make_up_day_and_takes_it_back(self, world):
        clerk = world.office_clerk
        set_holiday(
            township=world.township, **NATIONAL_2026, worked=[D(2026, 9, 20), D(2026, 10, 11)], by=clerk, at=NOON
        )

        assert not calendar_of(world.township.pk).is_working_day(D(2026, 10, 10))
        assert calendar_of(world.township.pk).is_working_day(D(2026, 10, 11))
        assert calendar_of(world.other_township.pk).is_working_day(D(2026, 10, 10))
        rows = list(ExceptionalDay.objects.of(world.township.pk))
        national = next(h for h in holidays_in(rows, 2026) if h.name == NATIONAL)
        assert (national.free_words, len(national.worked), national.is_own) == ("10月1日至7日", 2, True)
        assert faults_of(holidays_in(rows, 2026), 2026) == []

        reset_holiday(township=world.township, year=2026, name=NATIONAL, by=clerk, at=NOON)
        assert calendar_of(world.township.pk).is_working_day(D(2026, 10, 10))
        with pytest.raises(Refused, match="不需要恢复"):
            reset_holiday(township=world.township, year=2026, name=NATIONAL, by=clerk, at=NOON)

    def test_the_same_as_the_common_calendar_leaves_no_row(self, world):
        set_holiday(township=world.township, **NATIONAL_2026, worked=MAKE_UP, by=world.office_clerk, at=NOON)

        assert not ExceptionalDay.objects.filter(township=world.township).exists()

    @pytest.mark.parametrize(
        ("changes", "worked", "sentence"),
        [
            (
                {},
                MAKE_UP[:1],
                "应有2个调休上班日，现有1个，请补上缺少的上班日。国务院办公厅通知安排的上班日还有10月10日。",
            ),
            ({}, [], "应有2个调休上班日，现在没有"),
            ({"ends_on": D(2026, 10, 2)}, [], "放假日不全"),
            ({"ends_on": D(2026, 9, 30)}, MAKE_UP, "不能早于第一天"),
            ({"ends_on": D(2026, 10, 20)}, MAKE_UP, "不超过16天"),
            ({"year": 2027}, MAKE_UP, "日期不在2027年"),
            ({}, [D(2026, 9, 20), D(2026, 10, 9)], "本来就是工作日"),
            ({}, [D(2026, 9, 20), D(2026, 10, 3)], "不能又是上班日"),
            ({}, [D(2026, 9, 20), D(2026, 9, 20)], "填了两次"),
            ({}, [D(2026, 9, 20), D(2026, 12, 5)], "超过一个月"),
            ({"name": "三月三"}, [], "已登记为国庆节"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, world, changes, worked, sentence):
        before = ExceptionalDay.objects.count()
        with pytest.raises(Refused, match=sentence):
            set_holiday(
                township=world.township, **NATIONAL_2026 | changes, worked=worked, by=world.office_clerk, at=NOON
            )
        assert ExceptionalDay.objects.count() == before

    def test_a_break_of_ones_own_needs_no_make_up_day(self, world):
        day = D(2026, 8, 12)
        set_holiday(
            township=world.township, year=2026, name="台风停工", starts_on=day, ends_on=day, by=world.office_clerk, at=NOON
        )  # fmt: skip

        assert not calendar_of(world.township.pk).is_working_day(day)
        assert calendar_of().is_working_day(day)

    def test_the_second_editor_is_told(self, world):
        common = {"township": world.township, **NATIONAL_2026, "worked": MAKE_UP, "by": world.office_clerk, "at": NOON}
        set_holiday(**common, base_version=1)
        with pytest.raises(RecordChanged):
            set_holiday(**common, base_version=1)

    def test_days_of_a_holiday_in_words(self):
        odd = Holiday("元旦", 2026, [D(2026, 1, 1), D(2026, 1, 3)], [])
        long = Holiday("春节", 2026, [D(2026, 1, 28) + timedelta(days=n) for n in range(8)], [])

        assert odd.free_words == "1月1日、1月3日"
        assert long.free_words == "1月28日至2月4日"


class TestPages:
    def test_a_clerk_enters_next_year_from_the_announcement(self, world, time_machine):
        time_machine.move_to(NOON, tick=False)
        client = world.client(world.office_clerk)
        page = client.get("/workdays/?year=2041")
        assert "2041年的放假安排还没有登记，暂按星期一至星期五为工作日计算" in page.content.decode()

        form = client.get("/workdays/holiday/?year=2041").context_data
        values = {
            "submission": form["submission"], "base_version": form["base_version"], "name": "国庆节",
            "starts_on": "2041-10-01", "ends_on": "2041-10-07", "worked": "9月28日（星期六）、10月12日上班",
        }  # fmt: skip
        first = client.post("/workdays/holiday/?year=2041", values)
        again = client.post("/workdays/holiday/?year=2041", values)

        assert first.status_code == again.status_code == 302
        assert ExceptionalDay.objects.filter(township=world.township, year=2041).count() == 9
        shown = client.get(first.url).content.decode()
        assert "放假：10月1日至7日" in shown
        assert "9月28日（星期六）、10月12日（星期六）" in shown
        assert "还没有登记元旦、春节" in shown
        assert "登记国庆节放假安排" in shown

    def test_a_refusal_stands_at_the_field_and_nothing_is_kept(self, world, time_machine):
        time_machine.move_to(NOON, tick=False)
        client = world.client(world.office_clerk)
        form = client.get("/workdays/holiday/?name=国庆节")
        assert form.context_data["form"].initial["worked"] == "9月20日、10月10日"
        answer = client.post(
            "/workdays/holiday/",
            {"submission": form.context_data["submission"], "name": "国庆节", "starts_on": "2026-10-01",
             "ends_on": "2026-10-07", "worked": "9月20日"},
        )  # fmt: skip

        assert answer.status_code == 422
        assert "请补上缺少的上班日" in answer.content.decode()
        assert not CalendarYear.objects.exists()

    def test_a_foreign_township_and_nonsense_are_not_found(self, world):
        client = world.client(world.office_clerk)

        assert client.get(f"/workdays/?township={world.other_township.pk}").status_code == 404
        assert client.get(f"/workdays/holiday/?township={world.other_township.pk}").status_code == 404
        assert client.post("/workdays/holiday/", {"township": world.other_township.pk}).status_code == 404
        assert client.get("/workdays/?year=1066").status_code == 404
        assert client.get("/workdays/?year=2100").context["after"] == ""  # no button that leads nowhere

    @pytest.mark.services  # PostgreSQL keeps no NUL and says so
    @pytest.mark.parametrize("name", ["a\x00b", "节" * 5000, ""])
    def test_a_holiday_nobody_knows_is_not_reset(self, world, name):
        answer = world.client(world.office_clerk).post("/workdays/holiday/reset/", {"name": name})

        assert answer.status_code == 302

    def test_the_administrator_keeps_the_common_calendar(self, world):
        client = world.client(world.administrator)

        page = client.get("/workdays/?year=2026").content.decode()
        assert "全县统一" in page
        assert "全年共 248 个工作日" in page

    def test_few_queries(self, world, django_assert_max_num_queries):
        client = world.client(world.county_reader)
        with django_assert_max_num_queries(12):
            client.get("/workdays/?year=2026")
