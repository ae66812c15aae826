"""Ledgers A, C, E, F, H and I from a plain workbook; the command."""

import pytest
from django.core.management import CommandError, call_command

from inspections.models import Finding, Inspection, Notice
from ledgers.models import Import
from meetings.models import Commitment, Meeting
from pairings.models import Pairing
from problems.models import Measure, Problem
from rounds.models import Criterion, Designation
from tests.ledgers.importing.conftest import workbook
from villages.models import Cadre, VillageYear

pytestmark = pytest.mark.django_db


def through(office, content, ledger, **options):
    record = office.upload(content, ledger=ledger)
    while record.state == Import.State.ASKING:
        record = office.answer(record)
    assert record.state == Import.State.CHECKED, (record.refusal, record.report)
    assert not record.report["faults"], record.report["faults"]
    record = office.apply(record, **options)
    assert record.state == Import.State.APPLIED, record.refusal
    return record


def refused(office, content, ledger):
    record = office.upload(content, ledger=ledger)
    while record.state == Import.State.ASKING:
        record = office.answer(record)
    return [f["sentence"] for f in record.report["faults"]]


class TestFigures:
    HEAD = ["村名", "年份", "总户数", "党员数", "60岁以上党员", "集体经济收入（万元）"]

    def test_new_and_changed(self, office):
        through(
            office,
            workbook(
                [["石桥", "2026年", "420", 46, 24, 15.3], ["下塘村", 2026, 380, 52, 29, "12.6万元"]], head=self.HEAD
            ),
            "I",
        )
        through(office, workbook([["石桥", 2026, 421, 46, 24, 15.3]], head=self.HEAD), "I")

        assert [(y.village.name, y.households, str(y.income)) for y in VillageYear.objects.order_by("pk")] == [
            ("石桥村", 421, "15.30"), ("下塘村", 380, "12.60"),
        ]  # fmt: skip

    def test_the_services_rules_hold(self, office):
        sentences = refused(office, workbook([["石桥", 2026, 420, 20, 24, 1]], head=self.HEAD), "I")

        assert "不能多于党员数" in sentences[0]
        assert not VillageYear.objects.exists()

    def test_a_year_nobody_wrote_is_asked_once(self, office):
        head = [h for h in self.HEAD if h != "年份"]
        record = office.upload(
            workbook([["石桥", 1, 2, 1, 3], ["下塘", 1, 2, 1, 3]], head=head, title="清溪镇2025年村情"), "I"
        )

        assert [q["suggested"] for q in record.report["questions"]] == ["2025"]


class TestMeasures:
    HEAD = ["对应问题编号", "任务", "完成标准", "责任单位", "责任人", "起止时间", "完成情况"]

    def test_new_done_and_changed(self, office):
        office.problem()
        rows = [
            ["1号", "核实名册", "一户一档", "自然资源所", "", "2026.3.10-2026.6.30", "2026年6月20日完成：全部建档"],
            [1, "组织施工", "", "", "", "长期坚持", "未完成"],
        ]
        through(office, workbook(rows, head=self.HEAD), "C")
        done, open_ = Measure.objects.order_by("number")
        assert (str(done.done_on), done.done_note, str(done.starts_on)) == ("2026-06-20", "全部建档", "2026-03-10")
        assert open_.deadline_kind == "continuing"

        rows[1][5] = "2026年12月31日"
        through(office, workbook(rows, head=self.HEAD), "C", reason="按例会要求定期限")
        open_.refresh_from_db()
        assert str(open_.due_on) == "2026-12-31"

    def test_unknown_problem_and_a_closed_day_are_refused(self, office):
        office.problem()
        rows = [[9, "核实名册", "", "", "", "2026.6.30", ""], [1, "施工", "", "", "", "2026.6.30", "已完成"]]

        sentences = refused(office, workbook(rows, head=self.HEAD), "C")

        assert "本轮没有编号为9的问题" in sentences[0] + sentences[1]
        assert "没有写完成日期" in sentences[0] + sentences[1]


class TestCommitments:
    HEAD = ["会议名称", "召开时间", "跟踪督办事项", "责任单位", "完成时限", "落实情况", "状态"]

    def test_meeting_is_entered_once_and_promises_with_their_outcome(self, office):
        rows = [
            ["征地协调会", "2026.5.18", "落实青苗补偿", "自然资源所", "6月底前", "2026年6月20日：已拨付", "已落实"],
            ["征地协调会", "2026.5.18", "办理用地指标", "自然资源所", "2026.12.1", "正在报批", "办理中"],
        ]
        through(office, workbook(rows, head=self.HEAD), "H")

        assert Meeting.objects.get().kind == "coordination_meeting"
        assert [(c.text, str(c.kept_on), c.note) for c in Commitment.objects.order_by("pk")] == [
            ("落实青苗补偿", "2026-06-20", "已拨付"), ("办理用地指标", "None", "正在报批"),
        ]  # fmt: skip

    def test_kept_without_a_day_is_refused(self, office):
        rows = [["协调会", "2026.5.18", "落实补偿", "自然资源所", "2026.6.30", "已拨付", "已落实"]]

        assert "先写日期" in refused(office, workbook(rows, head=self.HEAD), "H")[0]
        assert not Meeting.objects.exists()  # tried and taken back


class TestInspections:
    HEAD = ["督查时间", "督查人员", "督查方式", "村", "发现问题", "整改要求", "反馈时限"]

    def test_rows_of_one_day_are_one_inspection(self, office):
        rows = [
            ["2026.5.11", "张三、李四", "暗访", "石桥村", "1.台账不全\n2.公开栏未更新", "1.补齐\n2.更新", "2026.5.25"],
            ["2026.5.11", "张三、李四", "暗访", "下塘村", "进度偏慢", "倒排工期", ""],
        ]
        record = through(office, workbook(rows, head=self.HEAD), "F")

        assert Inspection.objects.get().villages.count() == 2
        assert [(f.text, f.requirement) for f in Finding.objects.order_by("pk")] == [
            ("台账不全", "补齐"), ("公开栏未更新", "更新"), ("进度偏慢", "倒排工期"),
        ]  # fmt: skip
        assert str(Notice.objects.get().reply_due_on) == "2026-05-25"
        assert office.upload(workbook(rows, head=self.HEAD), "F").report["counts"]["same"] == 2
        office.undo(record)
        assert not Inspection.objects.exists()


class TestPairings:
    HEAD = ["村", "结对方式", "帮扶方", "姓名", "职务", "帮扶事项"]

    def test_kinds_and_a_helper_nobody_knows(self, office):
        w = office.world
        Cadre.objects.create(county=w.county, township=w.township, name="胡德明", title="村书记")
        rows = [
            ["石桥", "强村带弱村", "下塘", "", "", "产业共建"],
            ["石桥", "书记带书记", "下塘村", "胡德明", "村书记", "传帮带"],
            ["下塘", "机关单位结对", "市农业农村局", "", "", "项目帮扶"],
        ]
        through(office, workbook(rows, head=self.HEAD), "E")

        assert [str(p.helper) for p in Pairing.objects.order_by("pk")] == ["下塘村", "胡德明", "市农业农村局"]
        assert Pairing.objects.last().helper_unit.kind == "department"

    def test_a_village_does_not_help_itself(self, office):
        rows = [["石桥", "强村带弱村", "石桥", "", "", ""]]

        assert "不能是被帮扶村自己" in refused(office, workbook(rows, head=self.HEAD), "E")[0]


class TestVillages:
    HEAD = ["村党组织名称", "认定情形", "主要问题", "包村乡镇领导"]

    def test_proposal_with_grounds_and_leader(self, office):
        w = office.world
        Criterion.objects.create(round=w.round, number=3, text="班子战斗力不强")
        Cadre.objects.create(county=w.county, township=w.township, name="周建国", title="副书记")
        through(
            office, workbook([["下塘村党支部", "班子战斗力", "工作推不动", "周建国（副书记）"]], head=self.HEAD), "A"
        )

        listed = Designation.objects.get()
        assert [c.number for c in listed.criteria.all()] == [3]
        assert listed.approved_on is None  # the import proposes, a second person approves
        assert listed.village.assignments.filter(role="linked_leader").exists()


class TestCommand:
    ROWS = [[1, "石桥村", "基础设施", "村道破损", "2026.3.5", "2026.12.31", "", ""]]

    def call(self, path, *more, user="office_clerk"):
        call_command("import_ledger", str(path), "--township", "清溪镇", "--ledger", "B", "--as", user, *more)

    def test_checks_prints_and_writes_only_when_told(self, office, tmp_path, capsys):
        path = tmp_path / "b.xlsx"
        path.write_bytes(workbook(self.ROWS))

        self.call(path)
        assert "新增1，修改0" in capsys.readouterr().out
        assert not Problem.objects.exists()
        self.call(path, "--apply")
        assert Problem.objects.count() == 1

    def test_refused_ends_with_one(self, office, tmp_path, capsys):
        path = tmp_path / "b.xlsx"
        path.write_bytes(workbook([*self.ROWS, [2, "石桥村", "", "无类别", "2026.3.5", "2026.12.31", "", ""]]))

        with pytest.raises(SystemExit) as ended:
            self.call(path, "--apply")

        assert ended.value.code == 1
        assert "不能为空" in capsys.readouterr().out
        assert not Problem.objects.exists()

    def test_asks_for_the_same_right_as_the_page(self, office, tmp_path):
        path = tmp_path / "b.xlsx"
        path.write_bytes(workbook(self.ROWS))

        with pytest.raises(CommandError, match="没有导入"):
            self.call(path, user="stranger")


class TestAsAbove:
    """A cell left empty under a filled one: asked once, never guessed."""

    HEAD = ["序号", "村", "问题类别", "问题描述", "发现时间", "整改时限"]
    ROWS = [
        [1, "石桥村", "基础设施", "村道破损", "2026.3.5", "2026.12.31"],
        [2, "", "基础设施", "路灯不亮", "2026.3.5", "2026.12.31"],
        [3, "", "集体经济", "收入薄弱", "2026.3.5", "2026.12.31"],
        [4, "下塘村", "历史遗留", "权证办理", "2026.3.9", "2026.12.31"],
    ]

    def test_one_question_for_all_rows_and_the_answer_holds(self, office):
        record = office.upload(workbook(self.ROWS, head=self.HEAD))
        assert [(q["label"], q["rows"], q["samples"]) for q in record.report["questions"]] == [
            ("有2行没有写“村”，是不是同上一行？", 2, ["第4行同第3行“石桥村”"])
        ]

        office.apply(office.answer(record))

        assert [p.village.name for p in Problem.objects.order_by("number")] == ["石桥村", "石桥村", "石桥村", "下塘村"]

    def test_sent_back_when_the_clerk_says_no(self, office):
        record = office.answer(office.upload(workbook(self.ROWS, head=self.HEAD)), **{"default:above": "refuse"})

        assert [f["sentence"] for f in record.report["faults"]] == ["“村”不能为空。可以填：本乡镇的村名。"] * 2

    def test_a_mark_of_repetition_is_no_question(self, office):
        rows = [[*row] for row in self.ROWS]
        rows[1][1], rows[2][1] = "〃", "同上"
        record = office.upload(workbook(rows, head=self.HEAD))
        assert record.report["questions"] == []

        office.apply(record)

        assert [p.village.name for p in Problem.objects.order_by("number")] == ["石桥村", "石桥村", "石桥村", "下塘村"]

    def test_two_names_in_one_cell_never_become_one_cadre(self, office):
        rows = [[*self.ROWS[0], "徐根生、何某某"], [*self.ROWS[3], "甲某某、乙某某"]]
        record = office.upload(workbook(rows, head=[*self.HEAD, "责任人"]))

        asked = {q["label"]: q for q in record.report["questions"]}
        assert list(asked) == [
            "“徐根生、何某某”不止一人，这一栏填哪一位？",
            "“甲某某、乙某某”不止一人，这一栏填哪一位？",
        ]
        assert not any(value == "+" for q in asked.values() for value, _label in q["options"])
        assert asked["“甲某某、乙某某”不止一人，这一栏填哪一位？"]["suggested"] == "-"

    def test_a_row_of_a_meeting_carries_its_name_and_day(self, office):
        rows = [
            ["征地协调会", "2026.5.18", "落实青苗补偿", "自然资源所", "6月底前", "", ""],
            ["", "", "办理用地指标", "自然资源所", "2026.12.1", "", ""],
        ]
        through(office, workbook(rows, head=TestCommitments.HEAD), "H")

        assert Meeting.objects.get().commitments.count() == 2
