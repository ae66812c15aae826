"""An exported ledger that comes back: unchanged it changes nothing, edited it changes exactly what was edited."""

import io
import os
from datetime import date

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import Entry
from common import text as texts
from common.errors import Refused
from ledgers import identity
from ledgers.importing.plan import Status
from ledgers.services import imports
from problems.models import Problem
from tests.conftest import NOON
from tests.ledgers.importing.conftest import saved
from tests.ledgers.importing.round_trip import examined, exported, told
from villages.models import Cadre

pytestmark = pytest.mark.django_db


class TestEditing:
    """Two cells edited in Excel, rows sorted and copied, the portal changed meanwhile."""

    @pytest.fixture
    def sheet(self, office, tmp_path):
        """An export of three problems, opened as Excel would; `places` column → number."""
        w = office.world
        for n, title in enumerate(["饮水管网老化", "公开栏未更新", "账目不清"]):
            office.problem(
                title, description=f"{title}，群众有意见。", village=[w.village, w.sibling][n % 2], households=n + 3
            )
        book = openpyxl.load_workbook(exported("B", w.round, tmp_path / "b.xlsx"))
        sheet = book.active
        head = next(r for r in range(1, 10) if sheet.cell(r, 1).value == "序号")
        self.places = {sheet.cell(head, c).value: c for c in range(1, sheet.max_column + 1)}
        self.first = head + 1
        self.book = book
        return sheet

    def cell(self, sheet, row, label):
        return sheet.cell(self.first + row, self.places[label])

    def test_two_edited_cells_change_exactly_these(self, office, sheet):
        self.cell(sheet, 0, "涉及户数").value = 54
        self.cell(sheet, 1, "整改目标").value = "按月公开"

        record = office.upload(saved(self.book))

        assert record.report["counts"] | {} == {
            "new": 0,
            "changed": 2,
            "same": 1,
            "refused": 0,
            "conflict": 0,
            "asking": 0,
        }
        assert [(c["label"], c["old"], c["new"]) for row in record.report["changed"] for c in row["changes"]] == [
            ("涉及户数", "3", "54"), ("整改目标", "（空）", "按月公开"),
        ]  # fmt: skip
        before = {p.pk: p.version for p in Problem.objects.all()}
        office.apply(record)
        assert Problem.objects.filter(households=54, number=1).exists()
        assert Problem.objects.filter(target="按月公开", number=2).exists()
        assert [p.version - before[p.pk] for p in Problem.objects.order_by("number")] == [1, 1, 0]

    def test_a_row_changed_in_the_portal_since_is_a_conflict_with_both_values(self, office, sheet):
        self.cell(sheet, 0, "涉及户数").value = 54
        Problem.objects.filter(number=1).update(households=60, version=9)

        record = office.upload(saved(self.book))

        assert record.report["counts"]["conflict"] == 1
        assert record.report["conflicts"][0]["changes"] == [
            {"key": "households", "label": "涉及户数", "old": "60", "new": "54"}
        ]
        imports.settle_conflicts(record, side="file", by=office.world.office_clerk, at=NOON)
        record = office.apply(office.work(record))
        assert Problem.objects.get(number=1).households == 54

    def test_identity_survives_sorting(self, office, sheet):
        rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=self.first, max_row=self.first + 2)]
        rows.reverse()
        for r, values in enumerate(rows):
            for c, value in enumerate(values, 1):
                sheet.cell(self.first + r, c).value = value
        self.cell(sheet, 0, "涉及户数").value = 99

        record = office.apply(office.upload(saved(self.book)))

        assert record.report["counts"]["changed"] == 1
        assert Problem.objects.get(number=3).households == 99

    def test_a_copied_row_is_refused_with_a_sentence(self, office, sheet):
        for c in range(1, sheet.max_column + 1):
            sheet.cell(self.first + 1, c).value = sheet.cell(self.first, c).value

        record = office.upload(saved(self.book))

        assert record.report["counts"]["refused"] == 1
        assert "识别码与第" in record.report["faults"][0]["sentence"]

    def test_an_identity_of_another_township_is_refused(self, office, sheet):
        last = sheet.max_column
        sheet.cell(self.first, last).value = identity.sign(
            "B", Problem.objects.first().pk, 1, office.world.other_township.pk
        )

        record = office.upload(saved(self.book))

        assert "属于另一个乡镇" in record.report["faults"][0]["sentence"]
        assert record.report["counts"]["changed"] == 0

    def test_a_forged_identity_is_refused(self, office, sheet):
        sheet.cell(self.first, sheet.max_column).value = "B.1.1.1:abcdef"

        assert "无法识别" in office.upload(saved(self.book)).report["faults"][0]["sentence"]

    def test_a_person_replaced_needs_the_reason_and_it_is_recorded(self, office, sheet):
        w = office.world
        old, new = (
            Cadre.objects.create(county=w.county, township=w.township, name=n, title="村委委员")
            for n in ("徐建国", "徐建军")
        )
        Problem.objects.filter(number=1).update(owner=old)
        book = openpyxl.load_workbook(io.BytesIO(saved(self.book)))
        sheet = book.active
        self.cell(sheet, 0, "责任人").value = "徐建军（村委委员）"
        record = office.upload(saved(book))
        assert record.report["needs_reason"]
        with pytest.raises(Refused, match="修改原因"):
            imports.start_apply(record, by=w.office_clerk, at=NOON)
        office.apply(record, reason="换届后分工调整")
        assert Problem.objects.get(number=1).owner == new
        assert Entry.objects.filter(verb="修改问题", reason="换届后分工调整").exists()


# What a form would have kept: cleaned text. The rest of Unicode, formula signs, quotes and line ends stay in.
words = st.text(min_size=1, max_size=40).map(texts.clean).filter(bool)
lines = st.lists(st.one_of(words, st.sampled_from(["=1+1", "1.甲", "-", "+86", '"引"', "'"])), max_size=3).map(
    "\n".join
)
deadlines = st.sampled_from(
    [("date", date(2026, 12, 31)), ("date", date(2026, 3, 31)), ("continuing", None), ("immediate", None)]
)
problems = st.fixed_dictionaries(
    {
        "title": words.map(lambda t: " ".join(t.split())[:100].strip()).filter(bool),
        "description": lines.map(texts.clean),
        "target": lines.map(texts.clean).map(lambda t: t[:400]),
        "households": st.none() | st.integers(0, 9999),
        "severity": st.sampled_from(["easy", "medium", "hard"]),
        "source": st.sampled_from(["visit", "petition", "audit", "other"]),
        "source_event": words.map(lambda t: t.replace("\n", " ")),
        "deadline": deadlines,
    }
)


@settings(
    max_examples=int(os.environ.get("ROUND_TRIPS", "6")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)
@given(rows=st.lists(problems, min_size=1, max_size=8))
def test_generated_problems_come_back_without_a_difference(rows, office, tmp_path):
    Problem.objects.all().delete()
    for row in rows:
        kind, due_on = row["deadline"]
        fields = {k: v for k, v in row.items() if k not in ("deadline", "title")}
        office.problem(row["title"], deadline_kind=kind, due_on=due_on, **fields)

    checked = examined(
        exported("B", office.world.round, tmp_path / "g.xlsx"), "B", office.world.round, office.world.office_clerk
    )

    assert len(checked.plan.items) == len(rows)
    assert {i.status for i in checked.plan.items} == {Status.SAME}, told(checked)
    assert not any(i.fixed for i in checked.plan.items), told(checked)


def test_negative_control_a_spoilt_cell_is_seen(office, tmp_path):
    office.problem()
    path = exported("B", office.world.round, tmp_path / "n.xlsx")
    Problem.objects.update(households=5)

    checked = examined(path, "B", office.world.round, office.world.office_clerk)

    assert [i.status for i in checked.plan.items] == [Status.CHANGED]
