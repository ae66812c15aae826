"""The preview in the browser: figures are links, nothing a person typed is markup, the CSP is kept."""

from __future__ import annotations

import re

import pytest

from reports.document import preview
from reports.document.blocks import Cell, Chart, Column, Document, Heading, Paragraph, Picture, Run, Series, Table

from . import sample


def show(*blocks, link=lambda key: None) -> str:
    return preview.fragment(Document(("标题",), "", sample.DAY, tuple(blocks)), link)


class TestFigures:
    def test_are_links_to_what_they_count(self):
        paragraph = Paragraph((Run("共"), Run("18", figure="problems.total"), Run("个。")))
        html = show(paragraph, link=lambda key: f"/problems/?figure={key}&round=2")
        assert '共<a class="figure" href="/problems/?figure=problems.total&amp;round=2">18</a>个。' in html

    def test_without_a_list_are_marked_but_no_link(self):
        assert '<span class="figure">18</span>' in show(Paragraph((Run("18", figure="x"),)))

    def test_stand_in_cells_too(self):
        table = Table(columns=(Column(1, "right"),), head=(("数",),), rows=((Cell.of("12", figure="closed"),),))
        assert '<td class="doc-right"><a class="figure" href="/l/closed">12</a></td>' in show(
            table, link="/l/{}".format
        )

    def test_typed_by_hand_or_changed_are_marked_for_the_reviewer(self):
        html = show(Paragraph((Run("12", mark="typed"), Run("7", figure="a", mark="changed"))))
        assert 'class="doc-typed" title="手工填写的数字"' in html
        assert 'class="doc-changed" title="数据已变化"' in html


class TestSafety:
    def test_markup_of_a_person_is_text(self):
        typed = "<script>alert('1')</script>\""
        table = Table(columns=(Column(),), head=((typed,),), rows=((typed,),), caption=typed, foot=(typed,))
        chart = Chart(typed, (typed,), (Series(typed, (1,)),), unit=typed)
        html = show(Heading(1, typed, key='"><b>'), Paragraph.of(typed), table, chart, Picture(typed, alt=typed))
        assert "<script" not in html
        assert "<b>" not in html

    def test_an_address_cannot_leave_its_attribute(self):
        html = show(Paragraph((Run("1", figure="x"),)), link=lambda key: '"><script>')
        assert "<script" not in html

    def test_has_no_inline_style_and_loads_nothing(self):
        html = preview.fragment(sample.document(), lambda key: f"/list/{key}")
        assert not re.search(r"\sstyle=|<style|javascript:|https?://(?!www\.w3\.org/2000/svg)", html)


class TestStructure:
    @pytest.mark.parametrize(("level", "tag"), [(1, "h2"), (2, "h3"), (3, "h4"), (4, "h5")])
    def test_headings_follow_the_title(self, level, tag):
        html = show(Heading(level, "一、情况", key="k7"))
        assert f'<{tag} class="doc-level{level}" id="part-k7">一、情况</{tag}>' in html
        assert '<h1 class="doc-title">标题</h1>' in html

    def test_shows_every_kind_of_block(self):
        html = preview.fragment(sample.document(), lambda key: None)
        for name in (
            "doc-table",
            "doc-chart",
            "doc-note",
            "doc-sign",
            "doc-annex",
            "doc-small",
            "doc-unit",
            "doc-total",
        ):
            assert f'class="{name}' in html
        assert 'colspan="2"' in html
        assert "2026年10月31日" in html
