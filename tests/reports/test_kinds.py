"""Every kind of paper from the demo township: what an experienced clerk would be corrected for, and that each number is a figure."""

import re
from dataclasses import replace
from datetime import date

import pytest

from common.text import clean
from reports import outlines
from reports.figures import Figures, compute
from reports.language import SENTENCES, Brief
from tests.reports.papers import MONTH, WHOLE, Paper, doubled, loose, monotonous

pytestmark = pytest.mark.django_db
PAPERS = [
    ("weekly", {"starts_on": date(2026, 9, 7), "ends_on": date(2026, 9, 13), "as_of": date(2026, 9, 13)}),
    ("monthly", MONTH),
    ("quarterly", {"starts_on": date(2026, 7, 1), "ends_on": date(2026, 9, 30), "as_of": date(2026, 9, 30)}),
    ("stage", WHOLE),
    ("annual", WHOLE),
    ("bulletin", WHOLE),
    ("bulletin", MONTH),
    ("acceptance", WHOLE),
]


@pytest.fixture(params=PAPERS, ids=lambda paper: f"{paper[0]}-{paper[1]['as_of']:%m}")
def paper(request, demo_township, db) -> Paper:
    kind, asked = request.param
    return Paper(demo_township.round, kind, **asked)


class TestLanguage:
    def test_no_opening_three_times_in_a_row(self, paper):
        assert monotonous(paper.text) == []

    def test_no_village_is_named_twice_in_a_breath(self, paper):
        assert doubled(paper) == []

    def test_control_monotony_is_heard(self):
        assert monotonous("一是石桥村甲。石桥村乙；石桥村丙。") == ["石桥村"]

    def test_every_count_is_a_figure_or_recorded_words(self, paper):
        assert loose(paper) == []

    def test_numbers_printed_are_the_values_kept(self, paper):
        figures = Figures.from_json(paper.figures.to_json()).figures

        for part in paper.parts:
            for run in part.runs:
                if run["figure"]:
                    assert run["text"] == figures[run["figure"]].text, run

    def test_punctuation_and_left_out_words(self, paper):
        assert not re.search(r"[，、；。：]{2}|，。|（）|“”|None|nan|[{}]|(?<![\d.])0[个次名户份项]", paper.text)
        assert clean(paper.text) == paper.text
        assert not re.search(r"(?<!\d)1个村(?!委)", paper.text)

    def test_length(self, paper):
        kind = paper.figures.scope["kind"]
        low, high = {"stage": (2000, 4000), "annual": (2000, 4000)}.get(kind, (300, 2500))
        assert low <= len(paper.text) <= high


class TestAnnexes:
    """Each table states its figures, and holds whole what the text cuts short."""

    @pytest.mark.parametrize(
        ("kind", "names"),
        [
            ("bulletin", ["督查发现问题清单", "问题清单", "整顿情况汇总表"]),
            ("acceptance", ["整顿工作台账", "问题清单", "整顿情况汇总表", "民主测评统计表", "整顿情况图"]),
            ("monthly", ["整顿工作台账", "问题清单", "整顿情况汇总表"]),
        ],
    )
    def test_tables_of_a_kind(self, demo_township, db, kind, names):
        from reports import annexes
        from reports.document.blocks import Cell, Table

        paper = Paper(demo_township.round, kind, **WHOLE)
        tables = annexes.tables(None, paper.figures)

        assert [title.removeprefix("清溪镇2026年第二轮") for title, _ in tables] == names
        for _, blocks in tables:
            if not isinstance(blocks[1], Table):
                continue  # TestCharts
            rows = [*blocks[1].rows, *([blocks[1].total] if blocks[1].total else [])]
            for run in (run for row in rows for cell in row if isinstance(cell, Cell) for run in cell.runs):
                if run.figure:
                    assert run.text.strip("个%") == paper.figures[run.figure].text


class TestCharts:
    def test_each_column_is_a_figure_whose_list_the_page_opens(self, demo_township, db):
        from reports import annexes
        from reports.document.preview import block_html

        figures = Paper(demo_township.round, "stage", **WHOLE).figures
        drawn = annexes.charts(figures)

        assert [c.title for c in drawn] == ["图1　各村问题销号情况", "图2　村集体经济收入"]
        for chart in drawn:
            page = block_html(chart, lambda key: figures[key].url)
            for series in chart.series:
                assert [f"{value:.{chart.decimals}f}" for value in series.values] == [
                    figures[k].text for k in series.figures
                ]
                assert all(figures[k].url.replace("&", "&amp;") in page for k in series.figures)

    def test_none_of_a_month_or_a_single_village(self, demo_township, db):
        from reports import annexes

        stage = Paper(demo_township.round, "stage", **WHOLE).figures
        one = replace(stage, scope=stage.scope | {"villages": ["石桥村"]})

        assert annexes.charts(Paper(demo_township.round, "monthly", **MONTH).figures) == []
        assert annexes.charts(one) == []


class TestMonthly:
    def test_is_about_the_month_and_the_one_before(self, demo_township, db):
        text = Paper(demo_township.round, "monthly", **MONTH).text

        assert text.startswith("2026年9月，我镇继续推进")
        assert "新增问题1个、销号4个、反弹1个" in text
        assert (
            "与上期（截至8月31日）相比，累计销号由6个增加到9个，未销号由11个减少到9个，销号率由35.3%提高到50%" in text
        )
        assert "下月有4个问题到期，10月10日前解决石桥村两委班子战斗力不强问题" in text
        assert "领导小组" not in text
        assert "农业农村局落实东岭村饮用水管网改造资金（9月30日到期）" in text  # not “9月30日前” on that very day

    def test_how_a_period_is_called(self, demo_township, db):
        week = {"starts_on": date(2026, 9, 7), "ends_on": date(2026, 9, 13), "as_of": date(2026, 9, 13)}
        quarter = {"starts_on": date(2026, 7, 1), "ends_on": date(2026, 9, 30), "as_of": date(2026, 9, 30)}

        assert Paper(demo_township.round, "weekly", **week).text.startswith("2026年9月7日至13日，")
        assert "整治，销号问题2个；" in Paper(demo_township.round, "weekly", **week).text
        assert Paper(demo_township.round, "quarterly", **quarter).text.startswith("2026年第三季度，")


class TestAnnual:
    def test_is_no_stage_summary_under_another_title(self, demo_township, db):
        year, stage = (Paper(demo_township.round, kind, **WHOLE).text for kind in ("annual", "stage"))

        assert "石桥村发出票60张" in year
        assert "石桥村发出票60张" not in stage
        assert "其中历史遗留问题3个、重点工程建设（征地）问题3个" in year
        assert "如石桥村村民宅基地历史遗留问题" in stage


class TestBulletin:
    def test_says_what_supervision_found(self, demo_township, db):
        paper = Paper(demo_township.round, "bulletin", **WHOLE)

        assert paper.title == "中共清溪镇委员会关于2026年第二轮后进村集中整治督查情况的通报"
        assert paper.text.startswith("各村党组织，镇属各站所：\n为推动2026年第二轮后进村集中整治落到实处")
        for said in (
            "对石桥村、下塘村和东岭村3个村开展督查9次。督查共发现问题6个，发出整改通知书6份，已反馈5份",
            "下塘村整改通知书〔2026〕6号应于9月24日前反馈，逾期仍未反馈",
            "石桥村和东岭村收到整改通知书后按期反馈",
            "东岭村便民服务中心无人值班，要落实轮值并上墙公示",
        ):
            assert said in paper.text
        assert "农业农村局" not in paper.text  # a paper for the villages does not name a county bureau's delay


class TestAcceptance:
    def test_no_verdict_without_a_record(self, demo_township, db):
        paper = Paper(demo_township.round, "acceptance", **WHOLE)

        assert "验收结论" not in paper.text
        assert {gap["missing"] for gap in paper.written.missing} == {
            "验收测评", "验收结论和转化（摘帽）审定", "东岭村2026年度数据尚未确认",
        }  # fmt: skip
        assert re.search("集体经济收入[^。]*东岭村", paper.text)  # its income is told, as the village reported it
        assert "石桥村6个问题销号5个，未销号1个" in paper.text
        assert "9月25日开展中期测评，石桥村发出票60张、收回58张、有效57张" in paper.text
        assert "满意和基本满意占89.7%，各题中“列出的突出问题得到解决”满意率最低，为79.3%；" in paper.text

    def test_scores_verdicts_and_what_remains(self, demo_township, db):
        last = date(2025, 12, 31)
        paper = Paper(demo_township.first, "acceptance", starts_on=date(2025, 3, 1), ends_on=last, as_of=last)

        assert (
            "经镇级初验和中共云川市委组织部验收，官塘村94分、大樟村95分，评定为合格；上垟村82分，评定为基本合格。"
            in paper.text
        )
        assert "遗留事项继续整改：上垟村2026年6月底前补齐历年财务公开" in paper.text
        assert "验收结论和转化（摘帽）审定" not in {gap["missing"] for gap in paper.written.missing}

    def test_a_day_between_the_steps_tells_how_far_it_is(self, demo_township, db):
        day = date(2025, 12, 1)
        paper = Paper(demo_township.first, "acceptance", starts_on=date(2025, 3, 1), ends_on=day, as_of=day)

        assert "官塘村、大樟村和上垟村已申请验收，等待镇级初验。" in paper.text


class TestWordings:
    """Every wording of every sentence is written without a slip."""

    @pytest.mark.parametrize(
        ("key", "variant"), [(s.key, v) for s in SENTENCES.values() for v in s.variants], ids=lambda value: str(value)
    )
    def test_each(self, demo_township, db, key, variant):
        figures = compute(demo_township.round, kind="monthly", compared_with=date(2026, 8, 31), **MONTH)

        text = "".join(run["text"] or "" for run in outlines.runs(SENTENCES[key].write(Brief(figures), variant) or []))

        assert not re.search(r"None|，。|、。|[，、；。]{2}|(?<![\d.])0[个次名]", text)
        assert not text or text[-1] in "。："

    def test_wordings_differ(self, demo_township, db):
        figures = compute(demo_township.round, kind="stage", compared_with=date(2026, 8, 31), **WHOLE)
        brief = Brief(figures)

        for sentence in SENTENCES.values():
            said = [str(outlines.runs(sentence.write(brief, v) or [])) for v in sentence.variants]
            written = [text for text in said if text != "[]"]
            assert len(set(written)) == len(written), sentence.key
