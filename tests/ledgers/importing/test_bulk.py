"""What an import writes in bulk is what the single services would have written, record for record and entry for entry."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from inspections import services as inspection_services
from inspections.models import Finding, Inspection, Notice
from ledgers.importing.importers.base import Writer
from ledgers.services import imports
from meetings import services as meeting_services
from meetings.models import Commitment, Meeting
from pairings.models import Pairing
from pairings.services.pairings import add_pairing, change_pairing
from problems.models import Measure
from problems.services.measures import add_measure, finish_measure
from tests.conftest import NOON
from tests.ledgers.importing.conftest import workbook
from tests.ledgers.importing.test_others import TestCommitments as H
from tests.ledgers.importing.test_others import TestFigures as I
from tests.ledgers.importing.test_others import TestInspections as F
from tests.ledgers.importing.test_others import TestMeasures as C
from tests.ledgers.importing.test_others import TestPairings as E
from tests.ledgers.importing.test_others import through
from villages.models import Unit, VillageYear
from villages.services.figures import save_year

pytestmark = pytest.mark.django_db


def told(*models):
    """Every column of every row, and what the record says was done to it; keys are left out."""
    found = []
    for model in models:
        names = [f.attname for f in model._meta.concrete_fields if not f.primary_key and not f.is_relation]
        for row in model.objects.order_by("pk"):
            entries = Entry.objects.filter(object_type=model._meta.label_lower, object_id=row.pk).order_by("pk")
            found.append(
                (
                    {name: getattr(row, name) for name in names},
                    [(e.verb, e.by_name, e.changes, e.reason, e.township_id) for e in entries],
                )
            )
        # children first, so that nothing protects anything
    for model in reversed(models):
        model.objects.all().delete()
    return found


def day(text):
    return date.fromisoformat(text)


class TestTheSame:
    def test_measures(self, office):
        w = office.world
        problem = office.problem()
        by = {"by": w.office_clerk, "at": NOON}
        made = add_measure(problem, text="核实", standard="一户一档", due_on=day("2026-06-30"), starts_on=day("2026-03-10"), **by)  # fmt: skip
        finish_measure(made, done_on=day("2026-06-20"), done_note="建档", **by)
        add_measure(problem, text="施工", deadline_kind="continuing", **by)
        single = told(Measure)
        rows = [
            [1, "核实", "一户一档", "", "", "2026.3.10-2026.6.30", "2026年6月20日完成：建档"],
            [1, "施工", "", "", "", "长期坚持", "未完成"],
        ]
        through(office, workbook(rows, head=C.HEAD), "C")

        assert told(Measure) == single

    def test_pairings(self, office):
        w = office.world
        by = {"by": w.office_clerk, "at": NOON}
        made = add_pairing(
            round=w.round, village=w.village, kind="strong_village_pairing", helper_village=w.sibling,
            matters="共建", starts_on=w.round.starts_on, **by,
        )  # fmt: skip
        change_pairing(
            made, kind=made.kind, helper_village=w.sibling, helper_cadre=None, helper_unit=None, helped_cadre=None,
            matters="产业共建", starts_on=made.starts_on, base_version=1, **by,
        )  # fmt: skip
        single = told(Pairing)
        for words in ("共建", "产业共建"):
            rows = [[w.village.name, "强村带弱村", w.sibling.name, "", "", words]]
            through(office, workbook(rows, head=E.HEAD), "E")

        assert told(Pairing) == single

    def test_promises(self, office):
        w = office.world
        unit = Unit.objects.get(name="自然资源所")
        by = {"by": w.office_clerk, "at": NOON}
        meeting = meeting_services.hold_meeting(
            township=w.township, round=w.round, kind="coordination_meeting", level="township", name="征地协调会",
            held_on=day("2026-05-18"), **by,
        )  # fmt: skip
        kept = meeting_services.add_commitment(meeting, text="拨付", unit=unit, due_on=day("2026-06-30"), **by)
        open_ = meeting_services.add_commitment(meeting, text="报批", unit=unit, due_on=day("2026-12-01"), **by)
        meeting_services.keep_commitment(kept, kept_on=day("2026-06-20"), note="已拨付", **by)
        meeting_services.report_commitment(open_, note="正在报批", **by)
        single = told(Meeting, Commitment)
        rows = [
            ["征地协调会", "2026.5.18", "拨付", "自然资源所", "2026.6.30", "2026年6月20日：已拨付", "已落实"],
            ["征地协调会", "2026.5.18", "报批", "自然资源所", "2026.12.1", "正在报批", "办理中"],
        ]
        through(office, workbook(rows, head=H.HEAD), "H")

        assert told(Meeting, Commitment) == single

    def test_inspections(self, office):
        w = office.world
        by = {"by": w.office_clerk, "at": NOON}
        made = inspection_services.add_inspection(
            township=w.township, round=w.round, mode="unannounced", held_on=day("2026-05-11"), villages=[w.village],
            people="张三", **by,
        )  # fmt: skip
        point = inspection_services.add_finding(made, village=w.village, text="台账不全", requirement="补齐", **by)
        inspection_services.issue_notice(
            made, village=w.village, requirement="补齐", issued_on=made.held_on, reply_due_on=day("2026-05-25"),
            findings=[point], **by,
        )  # fmt: skip
        single = told(Inspection, Notice, Finding)
        rows = [["2026.5.11", "张三", "暗访", w.village.name, "台账不全", "补齐", "2026.5.25"]]
        through(office, workbook(rows, head=F.HEAD), "F")

        assert Finding.objects.get().notice == Notice.objects.get()
        assert told(Inspection, Notice, Finding) == single

    def test_figures(self, office):
        w = office.world
        by = {"by": w.office_clerk, "at": NOON}
        figures = {"households": 420, "members": 46, "members_60": 24, "income": 15}
        save_year(village=w.village, year=2026, **figures, **by)
        save_year(village=w.village, year=2026, base_version=1, members=47, **by)
        single = told(VillageYear)
        for members in (46, 47):
            through(office, workbook([[w.village.name, 2026, 420, members, 24, 15]], head=I.HEAD), "I")

        assert told(VillageYear) == single


class TestStatements:
    ROWS = {
        "C": lambda n: [1, f"第{n}项任务", "", "", "", "2026.6.30", "2026年6月20日完成：办结"],
        "E": lambda n: ["石桥", "机关单位结对", f"帮扶单位{n}局", "", "", "共建"],
        "F": lambda n: [f"2026.5.{n % 28 + 1}", f"{n}组", "暗访", "石桥", f"1.第{n}条\n2.台账", "1.补\n2.改", "2026.6.25"],
        "H": lambda n: [f"第{n}次会", "2026.5.18", f"第{n}件", "自然资源所", "2026.6.30", "2026年6月20日：已办", "已落实"],
        "I": lambda n: ["石桥", 1990 + n, 420, 46, 24, 15],
    }  # fmt: skip
    HEADS = {"C": C.HEAD, "E": E.HEAD, "F": F.HEAD, "H": H.HEAD, "I": I.HEAD}

    def statements(self, office, code, count):
        w = office.world
        record = office.upload(workbook([self.ROWS[code](n) for n in range(count)], head=self.HEADS[code]), code)
        answers = {q["key"]: "+department" if code == "E" else q["suggested"] for q in record.report["questions"]}
        checked = imports.examine(
            imports.cells_of(record), ledger=code, township=w.township, round=w.round, answers=answers,
            by=w.office_clerk, at=NOON,
        )  # fmt: skip
        assert not checked.plan.faults, checked.plan.faults
        with CaptureQueriesContext(connection) as asked:
            checked.importer.apply(checked.plan, Writer(checked.context, w.office_clerk, NOON, "核对"))
        return len(asked)

    @pytest.mark.parametrize("code", ROWS)
    def test_an_application_asks_the_same_whatever_the_rows(self, code, office):
        if code == "C":
            office.problem()

        few, many = self.statements(office, code, 2), self.statements(office, code, 22)

        assert many <= few + 2  # SQLite writes a long list in two statements
        assert many <= 40
