"""The content model: survives JSON, refuses what is no document."""

from __future__ import annotations

import json

import pytest

from reports.document.blocks import (
    Annex,
    Cell,
    Chart,
    Column,
    Document,
    Heading,
    Paragraph,
    Picture,
    Run,
    Series,
    Table,
    from_json,
    to_json,
)
from reports.document.errors import ContentError

from . import sample


class TestJson:
    def test_comes_back_the_same(self):
        document = sample.document()
        assert from_json(json.loads(json.dumps(to_json(document)))) == document

    def test_is_short_where_a_cell_is_only_text(self):
        table = Table(columns=(Column(),), head=(("村",),), rows=(("石桥村",),))
        assert to_json(table)["rows"] == [["石桥村"]]

    def test_keeps_figure_keys_and_marks(self):
        paragraph = Paragraph((Run("共"), Run("18", figure="problems.total"), Run("个", mark="typed")), key="p1")
        assert to_json(paragraph)["runs"][1] == {"type": "run", "text": "18", "figure": "problems.total"}
        assert from_json(to_json(paragraph)) == paragraph

    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            ({"type": "poem"}, "不认识的内容块“poem”"),
            ({"type": "heading", "level": 1, "text": "一", "colour": "red"}, "字段不对"),
            ({"type": "heading", "level": 5, "text": "一"}, "一至四级"),
            ({"type": "document", "format": 99, "title": ["甲"]}, "更新版本"),
            ({"type": "signature", "unit": "甲", "date": "昨天"}, "日期“昨天”无法识别"),
            ({"type": "run", "text": "甲", "mark": "bold"}, "文字标记"),
        ],
    )
    def test_that_is_no_document_is_refused_with_a_sentence(self, data, sentence):
        with pytest.raises(ContentError, match=sentence):
            from_json(data)


class TestTable:
    def test_counts_the_columns_of_every_row_with_its_spans(self):
        head = ((Cell.of("甲", rowspan=2), Cell.of("乙", colspan=2)), ("丙", "丁"))
        Table(columns=(Column(),) * 3, head=head, rows=(("1", "2", "3"),), total=(Cell.of("合计", colspan=2), "6"))

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"head": (("甲", "乙"),), "rows": (("1",),)}, "表格第1行占1列,应为2列"),
            ({"head": ((Cell.of("甲", rowspan=2), "乙"), ("丙", "丁")), "rows": ()}, "表头第2行占3列"),
            ({"head": (("甲", "乙"),), "rows": (), "total": ("合计",)}, "合计行"),
        ],
    )
    def test_refuses_a_row_that_does_not_fit(self, fields, sentence):
        with pytest.raises(ContentError, match=sentence):
            Table(columns=(Column(), Column()), **fields)

    @pytest.mark.parametrize("column", [{"width": 0}, {"align": "justify"}])
    def test_refuses_an_impossible_column(self, column):
        with pytest.raises(ContentError):
            Column(**column)


class TestOtherBlocks:
    def test_a_chart_needs_as_many_values_as_categories(self):
        with pytest.raises(ContentError, match="个数与类目不一致"):
            Chart("图", ("甲", "乙"), (Series("收入", (1,)),))
        with pytest.raises(ContentError, match="不能小于零"):
            Chart("图", ("甲",), (Series("收入", (-1,)),))

    def test_a_picture_needs_words(self):
        with pytest.raises(ContentError, match="文字说明"):
            Picture("1.jpg", alt=" ")

    def test_are_frozen(self):
        with pytest.raises(AttributeError):
            Heading(1, "一、情况").text = "二"  # type: ignore[misc]
        assert Annex(None, "台账") == Annex(None, "台账")

    def test_a_document_joins_its_title(self):
        assert Document(("甲", "乙"), "", sample.DAY).flat_title == "甲乙"
