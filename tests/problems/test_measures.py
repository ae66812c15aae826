"""Measures and the task list."""

from datetime import date

import pytest

from audit.models import Entry
from common.errors import Refused
from common.models import RecordChanged
from problems.models import Measure
from problems.services import measures
from problems.terms import DeadlineKind, State
from tests.problems.conftest import noon
from villages.models import Cadre, Unit

APRIL = date(2026, 4, 10)
AT = noon(APRIL)


@pytest.fixture
def problem(desk):
    return desk.accept()


def add(problem, world, **given):
    values = {"text": "硬化路面1.8公里", "due_on": date(2026, 7, 31), "by": world.resident_cadre, "at": AT} | given
    return measures.add_measure(problem, **values)


def change(measure, world, **given):
    values = {name: getattr(measure, name) for name in measures.FIELDS}
    values |= {"base_version": measure.version, "by": world.resident_cadre, "at": AT} | given
    return measures.change_measure(measure, **values)


class TestMeasureServices:
    def test_numbers_run_within_the_problem(self, world, desk, problem):
        other = desk.accept(title="另一个问题")

        numbers = [add(problem, world).number, add(problem, world).number, add(other, world).number]

        assert numbers == [1, 2, 1]

    @pytest.mark.parametrize(
        ("given", "sentence", "field"),
        [
            ({"text": " "}, "请写明整改措施", "text"),
            ({"due_on": None}, "须填写完成时限", "due_on"),
            ({"starts_on": date(2026, 8, 1)}, "不能早于开始日期", "due_on"),
            ({"due_on": date(2026, 3, 1)}, "不能早于问题的发现时间", "due_on"),
        ],
    )
    def test_refusals(self, world, problem, given, sentence, field):
        with pytest.raises(Refused, match=sentence) as refusal:
            add(problem, world, **given)

        assert refusal.value.field == field
        assert not Measure.objects.exists()

    def test_nobody_from_another_township(self, world, problem):
        stranger = Cadre.objects.get(user=world.stranger)
        station = Unit.objects.create(county=world.county, township=world.other_township, name="白石农技站")

        with pytest.raises(Refused, match="本乡镇或县级的干部"):
            add(problem, world, owner=stranger)
        with pytest.raises(Refused, match="本乡镇或本县的单位"):
            add(problem, world, unit=station)

    def test_a_continuing_measure_has_no_last_day(self, world, problem):
        assert add(problem, world, deadline_kind=DeadlineKind.CONTINUING).due_on is None

    def test_a_closed_problem_takes_none_and_changes_none(self, world, desk, problem):
        measure = add(problem, world)
        desk.close(problem, date(2026, 5, 20))

        with pytest.raises(Refused, match="已销号"):
            add(problem, world)
        with pytest.raises(Refused, match="已销号"):
            change(measure, world, text="别的")

    def test_another_deadline_or_person_needs_a_reason(self, world, problem):
        measure = add(problem, world)

        change(measure, world, text="硬化路面2公里")
        with pytest.raises(Refused, match="请写明原因") as refusal:
            change(measure, world, due_on=date(2026, 8, 31))
        assert refusal.value.field == "reason"

        measure.refresh_from_db()
        change(measure, world, due_on=date(2026, 8, 31), reason="连续降雨")
        entry = Entry.objects.filter(object_type="problems.measure", object_id=measure.pk).first()
        assert entry.reason == "连续降雨"
        assert [(c["label"], c["old"], c["new"]) for c in entry.changes] == [("完成时限", "2026-07-31", "2026-08-31")]

    def test_two_editors(self, world, problem):
        measure = add(problem, world)
        change(Measure.objects.get(pk=measure.pk), world, text="别人改的")

        with pytest.raises(RecordChanged):
            change(measure, world, text="我改的")

    def test_done_once_on_a_possible_day_and_taken_back_with_a_reason(self, world, problem):
        measure = add(problem, world, starts_on=date(2026, 3, 20))
        done = {"by": world.village_secretary, "at": noon(date(2026, 7, 20))}

        with pytest.raises(Refused, match="不能晚于今天"):
            measures.finish_measure(measure, done_on=date(2026, 7, 21), **done)
        with pytest.raises(Refused, match="不能早于2026年3月20日"):
            measures.finish_measure(measure, done_on=date(2026, 3, 19), **done)
        measures.finish_measure(measure, done_on=date(2026, 7, 20), done_note="已通车", **done)
        with pytest.raises(Refused, match="已于2026年7月20日完成"):
            measures.finish_measure(measure, done_on=date(2026, 7, 20), **done)
        with pytest.raises(Refused, match="为什么"):
            measures.reopen_measure(measure, reason="", **done)
        measures.reopen_measure(measure, reason="路面开裂返工", **done)

        measure.refresh_from_db()
        assert (measure.done_on, measure.done_note) == (None, "")


class TestTaskList:
    URL = "/problems/measures/"

    def test_scope_filters_and_the_day(self, world, desk, problem, django_assert_max_num_queries):
        add(problem, world, text="已做完的", due_on=date(2026, 5, 1))
        measures.finish_measure(Measure.objects.get(), done_on=date(2026, 4, 9), by=world.resident_cadre, at=AT)
        add(problem, world, text="早该做完的", due_on=date(2026, 5, 1))
        add(problem, world, text="还早的", due_on=date(2099, 1, 1))
        add(desk.accept(village=world.sibling), world, text="邻村的")
        add(desk.log(), world, text="草稿里的")

        def shown(person, query=""):
            client = world.client(person)
            with django_assert_max_num_queries(12):
                page = client.get(self.URL + query).content.decode()
            return {t for t in ("已做完的", "早该做完的", "还早的", "邻村的", "草稿里的") if t in page}

        everything = {"已做完的", "早该做完的", "还早的", "邻村的", "草稿里的"}
        assert shown(world.office_clerk) == everything
        assert shown(world.village_secretary) == {"已做完的", "早该做完的", "还早的"}
        assert shown(world.stranger) == set()
        assert shown(world.village_secretary, "?state=done") == {"已做完的"}
        assert shown(world.village_secretary, "?state=late") == {"早该做完的"}
        assert shown(world.village_secretary, "?state=open") == {"早该做完的", "还早的"}
        assert shown(world.village_secretary, "?as_of=2026-04-08") == set()  # entered later
        assert shown(world.village_secretary, "?state=done&as_of=2026-04-09") == {"已做完的"}
        assert shown(world.village_secretary, "?state=late&as_of=2026-04-30") == set()
        assert shown(world.office_clerk, f"?village={world.sibling.pk}") == {"邻村的"}
        assert shown(world.office_clerk, "?round=2026-2&q=早") == {"早该做完的", "还早的"}


class TestMeasurePages:
    def test_resident_cadre_adds_one_and_the_village_says_it_is_done(self, world, problem):
        client = world.client(world.resident_cadre)
        url = f"/problems/{problem.pk}/measures/new/"
        page = client.get(url)
        form = {
            "submission": page.context["submission"], "text": "硬化路面", "standard": "1.8公里通车",
            "deadline_kind": "date", "due_on": "2026-12-31", "owner": Cadre.objects.get(user=world.village_secretary).pk,
        }  # fmt: skip
        assert client.post(url, form).status_code == client.post(url, form).status_code == 302
        measure = Measure.objects.get()

        village = world.client(world.village_secretary)
        done = f"/problems/measures/{measure.pk}/done/"
        answer = village.post(
            done,
            {"submission": village.get(done).context["submission"], "done_on": "2026-10-01", "done_note": "已通车"},
        )

        assert answer.status_code == 302
        detail = village.get(measure.get_absolute_url()).content.decode()
        assert "2026-10-01 完成" in detail
        assert "完成整改措施" in detail  # the history

    def test_a_person_or_unit_of_another_township_is_refused_by_the_field(self, world, problem):
        client = world.client(world.resident_cadre)
        url = f"/problems/{problem.pk}/measures/new/"
        form = {
            "submission": client.get(url).context["submission"], "text": "硬化路面", "deadline_kind": "continuing",
            "owner": Cadre.objects.get(user=world.stranger).pk,
        }  # fmt: skip

        assert client.post(url, form).status_code == 422
        assert not Measure.objects.exists()

    def test_who_may_not(self, world, problem):
        measure = add(problem, world)
        for path in ("", "edit/", "done/", "reopen/"):
            url = f"/problems/measures/{measure.pk}/{path}"
            assert world.client(world.stranger).get(url).status_code == 404
            sibling = world.client(world.sibling_secretary).get(url).status_code
            assert sibling == (403 if path in ("edit/", "reopen/") else 404)  # without the right anywhere: 403 at once
        assert world.client(world.village_secretary).get(f"/problems/measures/{measure.pk}/edit/").status_code == 403
        assert world.client(world.linked_leader).get(f"/problems/measures/{measure.pk}/done/").status_code == 403
        assert world.client(world.village_secretary).get(f"/problems/{problem.pk}/measures/new/").status_code == 403
        assert world.client(world.stranger).get(f"/problems/{problem.pk}/measures/new/").status_code == 404

    def test_second_editor_sees_what_the_first_saved(self, world, problem):
        measure = add(problem, world)
        client = world.client(world.resident_cadre)
        url = f"/problems/measures/{measure.pk}/edit/"
        page = client.get(url)
        form = {
            "submission": page.context["submission"], "base_version": page.context["base_version"],
            "text": "我写的措施", "deadline_kind": "date", "due_on": "2026-07-31",
        }  # fmt: skip
        change(measure, world, text="别人写的措施")

        refused = client.post(url, form)

        assert refused.status_code == 409
        assert "别人写的措施" in refused.content.decode()
        assert "我写的措施" in refused.content.decode()

    def test_closing_state_does_not_matter_for_reading(self, world, desk, problem):
        measure = add(problem, world)
        desk.close(problem, date(2026, 5, 20))
        problem.refresh_from_db()
        assert problem.state == State.CLOSED

        page = world.client(world.resident_cadre).get(measure.get_absolute_url()).content.decode()

        assert "填写完成" in page
        assert "/edit/" not in page

    def test_who_asks_to_close_and_who_looks_see_what_is_not_done(self, world, desk, problem):
        add(problem, world, text="还没有做完的")
        done = add(problem, world, text="已经做完的")
        measures.finish_measure(done, done_on=APRIL, by=world.resident_cadre, at=AT)
        asking = world.client(world.village_secretary).get(f"/problems/{problem.pk}/close-out/ask/").content.decode()
        desk.ask_close(problem, date(2026, 5, 20))
        looking = world.client(world.resident_cadre).get(f"/problems/{problem.pk}/close-out/check/").content.decode()

        for page in (asking, looking):
            assert "<dt>未完成的措施</dt><dd>1. 还没有做完的</dd>" in page
            assert "已经做完的" not in page
