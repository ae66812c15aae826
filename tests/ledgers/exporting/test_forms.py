"""Every ledger of the demo township in its official form, opened again: titles, headers, sums, days, foot, print settings."""

from datetime import date, datetime

import pytest
from openpyxl.utils import get_column_letter

from ledgers import identity
from ledgers.definitions import LEDGERS
from problems.models import Problem
from reports import annexes
from rounds.models import Round
from tests.ledgers.exporting.conftest import table, total, written

TABLES = [code for code, ledger in LEDGERS.items() if ledger.columns and not ledger.write]
IMPORTED = "ABCEFHI"
HEADINGS = {
    "A": "序号|村党组织名称|类别|认定情形|主要问题|联村县级领导|包村乡镇领导|第一书记|结对单位|结对强村/带头书记|整顿目标|主要措施|整顿时限|进展情况|问题总数|已销号|整顿结果|备注",
    "B": "序号|村|问题类别|问题描述|问题来源|发现时间|涉及户数|难易程度|整改目标|整改措施|责任领导|责任单位|责任人|协助单位|整改时限|进展情况|化解程度|销号时间|审核人|备注",
    "C": "序号|对应问题编号|任务|完成标准|牵头领导|责任单位|责任人|起止时间|完成情况|备注",
    "E": "序号|村|结对方式|帮扶方|姓名|职务|帮扶事项|到村次数|协调资金（万元）|成效|备注",
    "F": "序号|督查时间|督查人员|督查方式|村|发现问题|整改要求|通知书编号|反馈时限|整改情况|是否通报|备注",
    "M": "序号|类别|村|日期|数量|单位|内容|资金（万元）|资金来源|登记人|备注",
    "H": "序号|会议名称|召开时间|跟踪督办事项|牵头领导|责任单位|完成时限|落实情况|状态|备注",
}


@pytest.fixture
def sheet(demo_ask, tmp_path):
    """The first sheet of a ledger of the demo township."""
    return lambda code: written(code, demo_ask, tmp_path / f"{code}.xlsx").worksheets[0]


class TestForm:
    @pytest.mark.parametrize("code", TABLES)
    def test_title_header_foot_and_paper(self, code, sheet):
        ws, columns = sheet(code), LEDGERS[code].all_columns
        depth = max(len(c.heading) for c in columns)
        merged = {str(r) for r in ws.merged_cells.ranges}
        last = get_column_letter(len(columns))

        assert ws["A1"].value == f"清溪镇{LEDGERS[code].name}（2026年第二轮）"
        assert f"A1:{last}1" in merged
        assert ws["A1"].alignment.horizontal == "center"
        second = "|".join(str(c.value) for c in ws[2] if c.value)
        assert second.startswith("填报单位：清溪镇|填报日期：2026年10月31日")
        foot = [c.value for c in ws[ws.max_row] if c.value]
        assert foot == ["单位负责人：", "填表人：", "联系电话：", "报出日期："]
        assert columns[0].title == "序号"
        assert columns[-1].title == "备注"
        assert ws.page_setup.orientation == "landscape"
        assert int(ws.page_setup.paperSize) == 9
        assert ws.sheet_properties.pageSetUpPr.fitToPage
        assert (ws.page_setup.fitToWidth, ws.page_setup.fitToHeight) == (1, 0)
        assert ws.print_title_rows == f"$3:${2 + depth}"
        assert ws.oddFooter.center.text == "第 &P 页，共 &N 页"
        assert ws.freeze_panes == f"C{3 + depth}"
        for n, column in enumerate(columns, 1):
            assert ws.column_dimensions[get_column_letter(n)].width == pytest.approx(column.width)

    @pytest.mark.parametrize("code", HEADINGS)
    def test_headings_are_those_of_the_office(self, code):
        assert "|".join(c.title for c in LEDGERS[code].all_columns) == HEADINGS[code]

    @pytest.mark.parametrize("code", "GIK")
    def test_header_trees_are_merged(self, code, sheet):
        ws = sheet(code)
        merged = {str(r) for r in ws.merged_cells.ranges}
        assert "A3:A4" in merged  # 序号 over both lines
        group = next(c for c in ws[3] if c.value and ws.cell(4, c.column).value)
        assert any(r.startswith(f"{group.coordinate}:") for r in merged)

    def test_no_workbook_holds_a_formula(self, demo_ask, tmp_path):
        for code in LEDGERS:
            for ws in written(code, demo_ask, tmp_path / f"{code}.xlsx").worksheets:
                assert not [c.coordinate for row in ws.iter_rows() for c in row if c.data_type == "f"]

    @pytest.mark.parametrize("code", IMPORTED)
    def test_rows_carry_their_identity_in_a_hidden_last_column(self, code, sheet):
        ws, columns = sheet(code), LEDGERS[code].all_columns
        hidden = get_column_letter(len(columns) + 1)
        rows = table(ws, code)

        assert ws.column_dimensions[hidden].hidden
        depth = max(len(c.heading) for c in columns)
        assert ws.cell(2 + depth, len(columns) + 1).value == identity.HEADING
        assert rows
        for row in rows:
            found = identity.read(row["identity"])
            assert found
            assert found.kind == code
            assert found.version >= 1

    def test_headings_of_the_annexes_are_those_of_the_ledgers(self):
        """One form, two papers: the PDF's annexes and the workbooks."""
        import inspect

        source = inspect.getsource(annexes)
        for code in "AB":
            for column in LEDGERS[code].columns:
                assert f'"{column.title}"' in source, (code, column.title)


class TestProblems:
    def test_the_eighteen_problems_of_the_demo(self, sheet):
        rows = table(sheet("B"), "B")

        assert [row["number"] for row in rows] == list(range(1, 19))
        assert rows[0]["village"] == "石桥村"
        assert rows[0]["households"] == 23
        assert rows[0]["degree"] == "基本化解"
        assert rows[0]["closed_on"] == datetime(2026, 9, 22)
        assert rows[0]["measures"].startswith("1.")
        assert "\n2." in rows[0]["measures"]
        assert rows[0]["owner"] == "徐根生（村党支部书记）"
        assert rows[13]["deadline"] == "长期坚持"
        assert "逾期" in rows[15]["remark"]
        assert "延期1次（原定" in rows[15]["remark"]
        assert "2026年9月5日反弹" in rows[16]["remark"]

    def test_sums(self, sheet):
        ws = sheet("B")
        rows, sums = table(ws, "B"), total(ws, "B")

        assert sums["description"] == "共18个问题，已销号12个"
        assert sums["households"] == sum(row["households"] or 0 for row in rows)

    def test_as_of_an_earlier_day(self, demo_ask, tmp_path):
        from dataclasses import replace

        ws = written("B", replace(demo_ask, as_of=date(2026, 7, 1)), tmp_path / "b.xlsx").active
        rows = table(ws, "B")

        closed = [row["number"] for row in rows if row["closed_on"]]
        assert total(ws, "B")["description"] == f"共{len(rows)}个问题，已销号{len(closed)}个"
        assert len(rows) < 18  # no. 8 was found in August
        by_title = {row["description"].split("\n")[0]: row for row in rows}
        reopened = next(row for title, row in by_title.items() if "安置房权证" in title)
        assert reopened["closed_on"] == datetime(2026, 6, 30)  # closed then, relapsed in September
        assert "反弹" not in (reopened["remark"] or "")

    def test_the_identity_is_the_problem_in_its_version(self, sheet, demo_ask):
        row = table(sheet("B"), "B")[2]
        problem = Problem.objects.get(round=demo_ask.rounds[0], number=3)

        found = identity.read(row["identity"])
        assert (found.pk, found.version, found.township_id) == (problem.pk, problem.version, problem.township_id)


class TestOthers:
    def test_villages(self, sheet):
        ws = sheet("A")
        rows, sums = table(ws, "A"), total(ws, "A")

        assert [row["party_org"] for row in rows] == ["石桥村党支部", "下塘村党支部", "东岭村党支部"]
        assert [(row["problems"], row["closed"]) for row in rows] == [(6, 5), (6, 3), (6, 4)]
        assert (sums["problems"], sums["closed"]) == (18, 12)
        assert rows[2]["helper"] == "龙潭村、郑启华（退休干部）"
        assert rows[0]["ends_on"] == datetime(2026, 11, 30)

    def test_measures(self, sheet):
        ws = sheet("C")
        assert total(ws, "C")["task"] == "共41项任务，已完成33项"
        assert table(ws, "C")[0]["period"] == "2026年3月20日至2026年4月30日"

    def test_pairings(self, sheet):
        ws = sheet("E")
        sums = total(ws, "E")
        assert (sums["visits"], sums["funds"]) == (13, 18)

    def test_inspections_have_a_row_for_each_village(self, sheet):
        ws = sheet("F")
        rows = table(ws, "F")
        assert len({identity.read(row["identity"]).pk for row in rows}) == 9
        notices = [row["notice"] for row in rows if row["notice"]]
        assert notices == [f"〔2026〕{n}号" for n in range(1, 7)]
        assert sum("逾期未反馈" in (row["reply"] or "") for row in rows) == 1

    def test_commitments(self, sheet):
        rows = table(sheet("H"), "H")
        assert [row["state"] for row in rows] == ["已落实", "已落实", "逾期", "办理中"]
        assert rows[0]["due_on"] == datetime(2026, 6, 20)

    def test_figures_sum_what_is_known_only(self, sheet):
        sums = total(sheet("I"), "I")
        assert (sums["members"], sums["members_60"], sums["income"]) == (136, 76, 38.7)
        assert sums["operating_income"] == pytest.approx(31.7)

    def test_surveys(self, sheet):
        ws = sheet("K")
        sums = total(ws, "K")
        assert (sums["issued"], sums["returned"], sums["valid"]) == (170, 167, 164)
        assert sums["rate"] == 90.9

    def test_the_questions_of_a_survey_stand_under_the_columns_they_count(self, sheet):
        ws = sheet("K")
        rows = [[c.value for c in row] for row in ws.iter_rows()]
        head = next(n for n, row in enumerate(rows) if "测评题目" in row)
        heads = {word: n for n, word in enumerate(rows[head]) if word}
        above = next(row for row in rows if "发出票" in row)

        assert [above.index(word) for word in ("有效票", "满意", "不了解")] == [
            heads[w] for w in ("有效票", "满意", "不了解")
        ]
        asked = rows[head + 1 : -1]
        assert [row[heads["测评题目"]][:2] for row in asked] == ["1.", "2.", "3.", "4."]
        counted = ("村", "有效票", "满意", "基本满意", "不满意", "不了解", "满意率（%）", "未填")
        assert [asked[3][heads[word]] for word in counted] == ["下塘村", 58, 29, 17, 9, 2, 79.3, 1]

    def test_a_plan_sheet_for_each_village(self, demo_ask, tmp_path):
        book = written("D", demo_ask, tmp_path / "d.xlsx")
        assert book.sheetnames == ["石桥村", "下塘村", "东岭村"]
        values = [c.value for row in book["石桥村"].iter_rows() for c in row if c.value]
        for opinion in ("村党组织意见", "乡镇党委意见", "县委组织部意见"):
            assert opinion in values
        assert "1.逐户核实宅基地现状并建立档案\n2.提出分类处理意见并公示\n3.集中办理建房审批" in values

    def test_the_acceptance_form_is_blank_and_says_so(self, demo_ask, tmp_path):
        book = written("J", demo_ask, tmp_path / "j.xlsx")
        assert book.sheetnames == ["石桥村", "下塘村", "东岭村"]
        text = "".join(str(c.value) for row in book["石桥村"].iter_rows() for c in row if c.value)
        assert "还没有评分，由验收组现场填写" in text
        assert "班子配备和运转" in text
        assert "共6个，已销号5个" in text
        assert "93.0%" in text

    def test_the_acceptance_form_carries_what_was_scored_by_the_day(self, demo_township, db, tmp_path):
        from ledgers.form import Ask

        rounds = tuple(Round.objects.select_related("township__county").filter(township__name="清溪镇", year=2025))
        for day, score, verdict in ((date(2025, 12, 5), 88, "□ 基本合格"), (date(2025, 12, 31), 82, "■ 基本合格")):
            book = written("J", Ask(rounds, day), tmp_path / f"{day}.xlsx")
            rows = [[c.value for c in row if c.value is not None] for row in book["上垟村"].iter_rows()]
            assert ["合计", 100, 100 - score, score] in rows
            assert any(verdict in str(value) for row in rows for value in row)

    def test_party_statistics_add_up(self, sheet):
        ws = sheet("L1")
        rows = [[c.value for c in row] for row in ws.iter_rows(min_row=5, max_row=7)]
        whole, villages, communities = (row[3:-1] for row in rows)
        for a, b, c in zip(whole, villages, communities, strict=True):
            assert a is None or a == b + c
        assert (rows[0][3], rows[0][4]) == (12, 3)


class TestCounty:
    def test_townships_are_rows_and_sums_are_right(self, demo_township, db, tmp_path):
        from ledgers.form import Ask

        rounds = Round.objects.select_related("township__county").filter(year=2026, number=2).order_by("township_id")
        ws = written("G", Ask(tuple(rounds), date(2026, 10, 31)), tmp_path / "g.xlsx").active
        rows, sums = table(ws, "G"), total(ws, "G")

        assert ws["A1"].value == "云川市整顿情况汇总表（2026年第二轮）"
        assert [row["township"] for row in rows] == ["清溪镇", "白石镇"]
        for column in LEDGERS["G"].columns:
            if column.total:
                assert sums[column.key] == pytest.approx(sum(row[column.key] or 0 for row in rows)), column.key
        assert sums["closed.rate"] == pytest.approx(round(sums["closed"] * 100 / sums["problems"], 1))
