"""Criteria of close-out: set, proved with files, refused while something is missing, checked one by one."""

from datetime import date

import pytest

from common.errors import Refused
from problems.models import CloseCriterion, CloseRequest, Evidence
from problems.services import closing, criteria
from problems.terms import State
from tests.problems.conftest import noon

MAY = date(2026, 5, 10)
AT = noon(MAY)
LINES = [("工程已竣工验收", True), ("管护责任已明确", False)]

pytestmark = pytest.mark.django_db


@pytest.fixture
def problem(desk):
    return desk.accept()


@pytest.fixture
def rows(world, problem):
    return criteria.set_criteria(problem, lines=LINES, base=[], by=world.resident_cadre, at=AT)


def prove(row, by):
    return Evidence.objects.create(
        problem=row.problem, criterion=row, file="evidence/2026/05/a.jpg", name="验收单.jpg", media_type="image/jpeg", size=1,
        by=by, at=AT,
    )  # fmt: skip


class TestServices:
    def test_close_out_waits_for_every_wanted_file(self, world, desk, problem, rows):
        with pytest.raises(Refused, match="还缺1项佐证材料，不能申请销号：工程已竣工验收"):
            desk.ask_close(problem, MAY)
        problem.refresh_from_db()
        assert problem.state == State.RECTIFYING

        prove(rows[0], world.village_secretary)
        desk.ask_close(problem, MAY)
        assert CloseRequest.objects.get().outcome == "pending"

    def test_each_line_is_checked(self, world, desk, problem, rows):
        prove(rows[0], world.village_secretary)
        desk.ask_close(problem, MAY)
        told = {"note": "属实", "by": world.resident_cadre, "at": AT}
        with pytest.raises(Refused, match="还有1条销号标准没有核实：管护责任已明确"):
            closing.check_close_out(problem, criteria=[rows[0].pk], **told)
        assert not CloseCriterion.objects.exclude(checked_by=None).exists()

        closing.check_close_out(problem, criteria=[row.pk for row in rows], **told)
        assert {c.checked_by for c in CloseCriterion.objects.all()} == {world.resident_cadre}

        # Returned and asked again: the ticks of the first time count no longer.
        closing.return_close_out(problem, reason="材料不清楚", by=world.commissioner, at=AT)
        problem.refresh_from_db()
        desk.ask_close(problem, MAY)
        assert not CloseCriterion.objects.exclude(checked_by=None).exists()

    def test_a_problem_without_criteria_closes_as_ever(self, desk, problem):
        desk.close(problem, MAY)
        problem.refresh_from_db()
        assert problem.state == State.CLOSED

    def test_a_line_that_stays_keeps_its_files(self, world, problem, rows):
        proof = prove(rows[0], world.village_secretary)
        changed = criteria.set_criteria(
            problem, lines=[("群众满意", False), LINES[0]], base=[r.pk for r in rows], by=world.office_clerk, at=AT
        )
        proof.refresh_from_db()
        assert [(c.number, c.text) for c in problem.criteria.all()] == [(1, "群众满意"), (2, "工程已竣工验收")]
        assert proof.criterion == changed[1]

    @pytest.mark.parametrize(
        ("lines", "words"),
        [
            ([("一样", False), (" 一样", True)], "写得一样"),
            ([(f"第{n}条标准", False) for n in range(9)], "最多8条"),
        ],
    )
    def test_refuses(self, world, problem, lines, words):
        with pytest.raises(Refused, match=words):
            criteria.set_criteria(problem, lines=lines, base=[], by=world.resident_cadre, at=AT)

    def test_second_editor_and_late_editor_are_refused(self, world, desk, problem, rows):
        with pytest.raises(Refused, match="他人刚刚改过"):
            criteria.set_criteria(problem, lines=[("另一条", False)], base=[], by=world.office_clerk, at=AT)
        prove(rows[0], world.village_secretary)
        desk.ask_close(problem, MAY)
        with pytest.raises(Refused, match="不能再改销号标准"):
            criteria.set_criteria(problem, lines=[], base=[r.pk for r in rows], by=world.office_clerk, at=AT)


@pytest.mark.usefixtures("clock")
class TestPages:
    def test_opens_with_the_usual_lines_and_saves_them(self, world, problem):
        client = world.client(world.resident_cadre)
        url = f"/problems/{problem.pk}/criteria/"
        page = client.get(url)
        usual = criteria.usual(problem.category)
        form = page.context["form"]
        assert form["text_1"].value() == usual[0][0]
        posted = {name: value for name, value in form.initial.items() if value is not False} | {
            "submission": page.context["submission"]
        }

        odd = client.post(url, posted | {"base": "9" * 5000})  # no number Python would read; not one of the keys either
        assert odd.status_code in (302, 422)
        CloseCriterion.objects.all().delete()
        posted["submission"] = client.get(url).context["submission"]
        for _ in range(2):  # a double click makes them once
            assert client.post(url, posted).status_code == 302

        assert [(c.text, c.wants_file) for c in CloseCriterion.objects.all()] == list(usual)
        assert "缺佐证材料" in client.get(problem.get_absolute_url()).content.decode()

    def test_what_is_missing_is_listed_before_the_request(self, world, problem, rows):
        client = world.client(world.village_secretary)
        url = f"/problems/{problem.pk}/close-out/ask/"
        page = client.get(url).content.decode()
        assert "还缺1项佐证材料" in page
        assert f"/problems/criteria/{rows[0].pk}/files/" in page
        assert 'name="note"' not in page

        prove(rows[0], world.village_secretary)
        assert 'name="note"' in client.get(url).content.decode()

    def test_the_resident_cadre_ticks_line_by_line(self, world, desk, problem, rows):
        prove(rows[0], world.village_secretary)
        desk.ask_close(problem, MAY)
        client = world.client(world.resident_cadre)
        url = f"/problems/{problem.pk}/close-out/check/"
        page = client.get(url)
        posted = {"submission": page.context["submission"], "note": "到现场看过", "criteria": [rows[0].pk]}
        refused = client.post(url, posted)
        assert refused.status_code == 422
        assert "没有核实：管护责任已明确" in refused.content.decode()
        foreign = client.post(url, posted | {"criteria": [rows[0].pk, 987654]})
        assert foreign.status_code == 422

        assert client.post(url, posted | {"criteria": [r.pk for r in rows]}).status_code == 302
        assert "已核实" in client.get(problem.get_absolute_url()).content.decode()

    def test_who_may(self, world, problem, rows):
        url = f"/problems/{problem.pk}/criteria/"
        files = f"/problems/criteria/{rows[0].pk}/files/"
        assert world.client(world.village_secretary).get(url).status_code == 403
        assert world.client(world.village_secretary).get(files).status_code == 200
        assert world.client(world.linked_leader).get(files).status_code == 403
        for path in (url, files):
            assert world.client(world.stranger).get(path).status_code == 404
            assert world.client(world.sibling_secretary).get(path).status_code in (403, 404)

    def test_twelve_queries(self, world, problem, rows, django_assert_max_num_queries):
        for row in rows:
            prove(row, world.village_secretary)
        client = world.client(world.resident_cadre)
        for url in (problem.get_absolute_url(), f"/problems/{problem.pk}/criteria/"):
            with django_assert_max_num_queries(12):
                client.get(url)


class TestEvidenceOfADraft:
    def test_is_served_to_those_who_are_shown_the_draft_only(self, world, desk):
        draft = desk.log()
        row = CloseCriterion.objects.create(problem=draft, number=1, text="验收", wants_file=True)
        proof = prove(row, world.office_clerk)

        def served(user):
            return Evidence.objects.visible_to(world.access(user)).filter(pk=proof.pk).exists()

        assert served(world.office_clerk)
        assert served(world.resident_cadre)
        for user in (world.linked_leader, world.village_secretary, world.users["station"], world.stranger):
            assert not served(user)
        assert world.client(world.linked_leader).get(f"/problems/evidence/{proof.pk}/").status_code == 404
        # The control: once accepted, the leader of the village sees it too.
        accepted = prove(
            CloseCriterion.objects.create(problem=desk.accept(), number=1, text="验收"), world.office_clerk
        )
        assert Evidence.objects.visible_to(world.access(world.linked_leader)).get() == accepted


class TestDaily:
    def test_stale_uploads_are_cleared_by_the_job_of_every_day(self):
        from jobs import registry

        assert "stale_uploads" in registry.daily_kinds()
        done = registry.work_of("stale_uploads")(lambda *_: None, day="2026-05-10")
        assert done["label"].startswith("已清理未提交的照片和文件0个")
