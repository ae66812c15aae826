"""Words of a summary: what a clerk would be corrected for."""

from datetime import date

import pytest

from reports.figures import Figures, compute
from reports.language import SENTENCES, Brief, runs
from reports.language.brief import enumerate_some, quoted
from reports.language.matters import facts, happened, matter, of_village, told_of
from tests.reports.conftest import END, START

pytestmark = pytest.mark.django_db


@pytest.fixture
def brief(desk) -> Brief:
    return Brief(compute(desk.world.round, kind="stage", starts_on=START, ends_on=END, as_of=END))


def said(brief: Brief, key: str) -> str | None:
    pieces = SENTENCES[key].write(brief)
    return None if pieces is None else "".join(run["text"] for run in runs(pieces))


class TestWords:
    def test_days_of_one_month_say_the_month_once(self, brief):
        assert brief.days(["2026-04-10", "2026-04-12", "2026-04-15"]) == "4月10日、12日和15日"
        assert brief.days(["2026-05-11", "2026-08-10"]) == "5月11日和8月10日"
        assert brief.span("2026-02-02", "2026-02-20") == "2月2日至20日"

    def test_another_year_is_named(self, brief):
        assert brief.day("2025-12-18") == "2025年12月18日"

    def test_long_lists_are_cut(self):
        assert enumerate_some(["甲", "乙", "丙"], 3) == "甲、乙和丙"
        assert enumerate_some(["甲", "乙", "丙", "丁"], 3) == "甲、乙、丙等"

    def test_no_mark_between_quoted_items(self):
        assert quoted(["甲", "乙"]) == "“甲”“乙”"

    def test_a_matter_is_a_noun(self):
        assert matter("村办公楼建设") == matter("村办公楼建设问题") == "村办公楼建设问题"
        assert matter("租金纠纷") == "租金纠纷"
        assert matter("征地政策处理", "滨江大道") == "滨江大道征地政策处理问题"

    @pytest.mark.parametrize(
        ("name", "whole"),
        [
            ("村办公楼建设问题", "石桥村办公楼建设问题"), ("村务公开问题", "石桥村村务公开问题"),
            ("村民宅基地问题", "石桥村村民宅基地问题"), ("饮用水问题", "石桥村饮用水问题"),
        ],
    )  # fmt: skip
    def test_the_village_and_its_matter(self, name, whole):
        assert of_village("石桥村", name) == whole

    def test_a_fact_takes_its_day_inside(self, brief):
        assert happened(brief, {"on": "2026-08-28", "fact": "征地协议已签订"}) == "征地协议已于8月28日签订"
        assert happened(brief, {"on": "2026-08-28", "fact": "资金缺口议定解决"}) == "8月28日资金缺口议定解决"
        assert happened(brief, {"on": "2026-05-18", "fact": "资金缺口在会上议定"}) == "资金缺口于5月18日在会上议定"
        assert happened(brief, {"on": "2026-05-18", "fact": "在会上议定"}) == "5月18日在会上议定"

    def test_two_facts_of_one_thing_name_it_once(self, brief):
        def told(*facts_: str) -> list[str]:
            return facts(brief, {"milestones": [{"on": f"2026-05-{i}", "fact": f} for i, f in enumerate(facts_, 18)]})

        assert told("用地指标在会上议定", "用地指标已下达") == ["用地指标于5月18日在会上议定", "已于5月19日下达"]
        assert told("征地协议已签订", "征地款已到位") == ["征地协议已于5月18日签订", "征地款已于5月19日到位"]

    def test_a_fact_that_a_later_one_repeats_is_not_told(self, brief):
        row = {
            "title": "村办公楼建设问题", "project": "", "outcome": "", "closed_on": "2026-09-30",
            "milestones": [
                {"kind": "finished", "on": "2026-09-20", "fact": "村办公楼已竣工"},
                {"kind": "in_use", "on": "2026-09-28", "fact": "村办公楼已竣工并投入使用"},
            ],
        }  # fmt: skip

        assert told_of(brief, row) == "村办公楼已于9月28日竣工并投入使用"


class TestSentences:
    def test_one_village_reads_naturally(self, brief):
        text = said(brief, "opening.listed")

        assert "把石桥村列为2026年第二轮整顿对象" in text
        assert "1个村" not in text

    def test_standing(self, brief):
        assert said(brief, "opening.standing") == "截至2026年10月31日，共梳理问题2个，已销号1个，销号率50%。"

    def test_what_happened_in_the_village(self, brief):
        assert said(brief, "results.villages") == "石桥村办公楼已于9月28日竣工并投入使用，得到妥善解决。"

    def test_degrees_are_worded_as_recorded(self, desk):
        desk.problem(3, "安置房权证办理", closed_on=date(2026, 8, 1), degree="basic", outcome="首批已出证")
        desk.problem(4, "厂房租金纠纷", degree="preliminary")
        brief = Brief(compute(desk.world.round, kind="stage", starts_on=START, ends_on=END, as_of=END))

        text = said(brief, "results.villages")

        assert "安置房权证办理问题，首批已出证，已基本化解。" in text
        assert "厂房租金纠纷已初步解决。" in text

    def test_villages_that_share_a_key_project_are_named_together(self, desk):
        from problems.models import KeyProject

        project = KeyProject.objects.create(township=desk.world.township, name="滨江大道二期")
        for number, village, day in ((5, desk.world.village, 28), (6, desk.world.sibling, 30)):
            p = desk.problem(
                number, "征地政策处理", village=village, key_project=project, category="land_acquisition",
                closed_on=date(2026, 9, 10),
            )  # fmt: skip
            desk.milestone(p, date(2026, 8, day), "征地协议已签订", "agreement_signed")
        brief = Brief(compute(desk.world.round, kind="stage", starts_on=START, ends_on=END, as_of=END))

        text = said(brief, "results.projects")

        assert text == (
            "石桥村和下塘村共同涉及的滨江大道二期征地政策处理问题，石桥村征地协议已于8月28日签订，"
            "下塘村征地协议已于8月30日签订，均已妥善解决。"
        )
        assert "征地" not in said(brief, "results.villages")

    def test_without_data_a_sentence_is_left_out(self, brief):
        silent = [key for key, sentence in SENTENCES.items() if sentence.write(brief) is None]

        assert {"organisation.leading_group", "rectifying.inspections", "results.income"} <= set(silent)

    def test_never_none_of_something(self, brief):
        for key, sentence in SENTENCES.items():
            text = "".join(run["text"] for run in runs(sentence.write(brief) or []))
            for unit in "次个名户份项条张对":
                assert f"0{unit}" not in text.replace(f"10{unit}", ""), key

    def test_every_missing_sentence_says_where_to_enter_it(self):
        from django.urls import reverse

        for sentence in SENTENCES.values():
            assert bool(sentence.missing or sentence.idle) == bool(sentence.entered)
            if sentence.entered:
                reverse(sentence.entered)

    def test_weak_and_lax_organisations_are_called_so(self, desk):
        type(desk.world.round).objects.update(label="weak_lax_org")
        desk.world.round.refresh_from_db()
        figures = compute(desk.world.round, kind="stage", starts_on=START, ends_on=END, as_of=END)

        assert "软弱涣散基层党组织集中整顿" in said(Brief(figures), "opening.listed")

    def test_kept_figures_write_the_same_words(self, brief):
        again = Brief(Figures.from_json(brief.figures.to_json()))

        assert [said(again, key) for key in SENTENCES] == [said(brief, key) for key in SENTENCES]


def test_a_place_the_office_named_is_told_by_its_name(brief):
    """科技特派员 stands beside the usual ways of pairing; who fills it is not told a second time."""

    def pair(helper, village, slot="", kind="cadre_pairing"):
        return {
            "kind": kind, "slot": slot, "village": village, "helper": helper, "helper_title": "站长", "helped": "",
            "helped_title": "",
        }  # fmt: skip

    brief.facts["pairings"] = [
        pair("李明", "石桥村", "科技特派员"),
        pair("王芳", "下塘村", "科技特派员"),
        pair("赵刚", "东岭村"),
    ]

    told = said(brief, "organisation.pairings")

    assert "李明、王芳作为科技特派员分别结对石桥村、下塘村" in told
    assert "站长赵刚结对东岭村" in told
    assert told.count("李明") == 1
