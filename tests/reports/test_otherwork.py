"""A kind of other work that no code knows: counted, linked to its entries, read in the place the office chose."""

from datetime import date
from decimal import Decimal

import pytest

from otherwork.models import WorkEntry, WorkKind
from otherwork.services import entries, kinds
from reports.figures import Figures
from tests.conftest import NOON
from tests.reports.conftest import text_of

pytestmark = pytest.mark.django_db
WORDING = "完成庭院整治{数量}{单位}，涉及{村}{村数}个村，投入资金{资金}万元，其中{来源}，做了{事项}。"


def make_kind(world, **values) -> WorkKind:
    given = {
        "township": world.township, "name": "庭院整治", "unit": "户", "wording": WORDING, "has_money": True,
        "sources": ["上级补助", "村级自筹"], "starts_on": date(2026, 1, 1), "by": world.office_clerk, "at": NOON,
    }  # fmt: skip
    return kinds.add_kind(**given | values)


def enter(world, kind, quantity, day, **values) -> WorkEntry:
    given = {"village": world.village, "by": world.office_clerk, "at": NOON}
    return entries.add_entry(kind=kind, quantity=Decimal(quantity), happened_on=day, **given | values)


@pytest.fixture
def kind(desk) -> WorkKind:
    return make_kind(desk.world)


@pytest.fixture
def entered(desk, kind) -> list[WorkEntry]:
    """Two that count; one before the period and one struck out do not."""
    world = desk.world
    two = [
        enter(world, kind, 12, date(2026, 4, 2), note="清理杂物", funds={"上级补助": Decimal(3)}),
        enter(
            world, kind, 8, date(2026, 6, 2), village=world.sibling,
            funds={"上级补助": Decimal("1.5"), "村级自筹": Decimal("0.5")},
        ),
    ]  # fmt: skip
    enter(world, kind, 50, date(2026, 2, 1))
    wrong = enter(world, kind, 70, date(2026, 6, 3))
    entries.void_entry(wrong, reason="重复", base_version=1, by=world.office_clerk, at=NOON)
    return two


def test_it_is_read_in_the_part_the_office_chose(desk, kind, entered):
    told = "完成庭院整治20户，涉及石桥村和下塘村2个村，投入资金5万元，其中上级补助4.5万元、村级自筹0.5万元，做了“清理杂物”。"
    assert "办好群众身边实事。" + told in text_of(desk.draft())

    kinds.change_kind(
        kind, **{name: getattr(kind, name) for name in kinds.FIELDS} | {"place": "rectifying"},
        base_version=1, by=desk.world.office_clerk, at=NOON,
    )  # fmt: skip
    assert "统筹做好相关工作。" + told in text_of(desk.draft())


@pytest.mark.parametrize("summary_kind", ["weekly", "monthly", "quarterly", "annual", "acceptance"])
def test_it_stands_in_every_kind_of_summary(desk, entered, summary_kind):
    assert "完成庭院整治20户" in text_of(desk.draft(kind=summary_kind))


def test_each_figure_leads_to_exactly_the_entries_it_counts(desk, kind, entered):
    figures = Figures.from_json(desk.draft().figures)
    client = desk.world.client(desk.world.office_clerk)
    own = {key: f for key, f in figures.figures.items() if key.startswith("otherwork.")}

    assert {f.label: f.text for f in own.values()} == {
        "庭院整治": "20", "庭院整治登记": "2", "庭院整治涉及的村": "2", "庭院整治资金": "5",
        "庭院整治资金·上级补助": "4.5", "庭院整治资金·村级自筹": "0.5",
    }  # fmt: skip
    for figure in own.values():
        page = client.get(figure.url)
        assert page.context["paging"].total == len(figure.ids), figure.key
        assert {row.pk for row in page.context["paging"].rows} == set(figure.ids)


@pytest.mark.parametrize(
    ("counting", "value"), [("period", "9"), ("total", "29"), ("latest", "17")]
)  # May and later; the whole round; the newest of each village
def test_the_office_says_how_it_is_counted(desk, kind, entered, counting, value):
    WorkKind.objects.update(counting=counting)
    enter(desk.world, kind, 9, date(2026, 10, 5))

    figures = Figures.from_json(desk.draft(kind="monthly", starts_on=date(2026, 10, 1)).figures)

    figure = figures[f"otherwork.{kind.pk}.quantity"]
    assert figure.text == value
    client = desk.world.client(desk.world.office_clerk)
    assert client.get(figure.url).context["paging"].total == len(figure.ids)


def test_a_kind_nobody_entered_is_left_out_and_named_as_missing(desk, kind):
    summary = desk.draft()

    assert "庭院整治" not in text_of(summary)
    assert "办好群众身边实事" not in text_of(summary)
    assert "“庭院整治”的登记" in [gap["missing"] for gap in summary.missing]


def test_another_township_s_kinds_are_not_ours(desk, world):
    theirs = make_kind(world, township=world.other_township, name="外镇类别")
    entries.add_entry(
        kind=theirs,
        village=world.foreign,
        quantity=Decimal(5),
        happened_on=date(2026, 5, 1),
        by=world.stranger,
        at=NOON,
    )
    summary = desk.draft()

    assert "外镇类别" not in text_of(summary)
    assert "外镇类别" not in str(summary.figures)
