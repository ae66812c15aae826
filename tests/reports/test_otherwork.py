"""A kind of other work that no code knows: counted, linked to its entries, read in the place the office chose."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from audit.models import Entry
from common.errors import Refused
from otherwork.models import WorkEntry, WorkKind
from otherwork.services import entries, kinds
from reports import outlines, services
from reports.figures import Figures
from reports.models import Outline
from reports.outlines import OUTLINES, Use
from reports.services import drafting
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


class TestAnOutlineOfTheOfficesOwn:
    """A new kind stands in the next paper also where the office keeps its own outline, unless it took the sentence out."""

    def own(self, desk, without=(), kind="stage", **changes) -> Outline:
        """The portal's outline with changed words; parts `without` were not yet in it when the office kept it."""
        plans = outlines.changed(OUTLINES[kind], "part.work", lead="干了什么")
        for key, values in changes.items():
            plans = outlines.changed(plans, key.replace("__", "."), **values)
        parts = [plan.to_json() for plan in plans if plan.key not in without]
        return Outline.objects.create(township=desk.world.township, kind=kind, parts=parts)

    def put_in(self, desk, kind="stage", place="results", version=1):
        return services.put_other_work_in(
            township_id=desk.world.township.pk, kind=kind, place=place, base_version=version,
            by=desk.world.office_clerk, at=NOON,
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("paper", "part"),
        [("stage", "otherwork.results"), ("monthly", "period.otherwork"), ("acceptance", "acceptance.otherwork")],
    )
    def test_an_outline_older_than_the_part_gets_it_at_the_end_of_its_heading(self, desk, entered, paper, part):
        self.own(desk, without=[part], kind=paper)

        text = text_of(desk.draft(kind=paper))

        assert "干了什么" in text
        assert "完成庭院整治20户" in text
        found = drafting.plans_of(desk.world.township.pk, paper)
        assert [plan.key for plan in found] == [plan.key for plan in OUTLINES[paper]]

    def test_switched_off_it_stays_out_until_the_button_puts_it_in(self, desk, entered):
        outline = self.own(desk, otherwork__results={"off": True})
        assert "庭院整治" not in text_of(desk.draft())

        self.put_in(desk, version=outline.version)

        assert "完成庭院整治20户" in text_of(desk.draft())
        assert Entry.objects.get(verb="其他工作写进提纲").changes[0]["old"] == "停用：其他工作（整治成效）"
        with pytest.raises(Refused, match="已有这一句"):
            self.put_in(desk, version=2)

    def test_taken_out_of_a_part_it_stays_out_and_comes_back_beside_the_others(self, desk, entered):
        left = (Use("otherwork.organisation"), Use("otherwork.rectifying"))
        self.own(desk, kind="monthly", period__otherwork={"uses": left})
        assert "庭院整治" not in text_of(desk.draft(kind="monthly"))

        part = self.put_in(desk, kind="monthly")

        assert part.uses == (*left, Use("otherwork.results"))
        assert "完成庭院整治20户" in text_of(desk.draft(kind="monthly"))

    def test_said_in_a_part_of_the_office_it_is_not_said_twice_nor_comes_back_with_it_gone(self, desk, entered):
        outline = self.own(desk, without=["otherwork.results"])
        added, _ = outlines.added(
            outlines.plans_of(outline, "stage"), "part.rectifying", "另有。", (Use("otherwork.results"),)
        )
        outline.parts = [plan.to_json() for plan in added if plan.key != "otherwork.results"]
        outline.save()
        assert text_of(desk.draft()).count("完成庭院整治20户") == 1

        services.remove_outline_part(
            township_id=desk.world.township.pk, kind="stage", key="office.1", base_version=1,
            by=desk.world.office_clerk, at=NOON,
        )  # fmt: skip

        assert "庭院整治" not in text_of(desk.draft())

    def test_a_paper_without_a_place_for_it_gets_one(self, desk, entered):
        assert "庭院整治" not in text_of(desk.draft(kind="bulletin"))

        self.put_in(desk, kind="bulletin")

        assert "办好群众身边实事。完成庭院整治20户" in text_of(desk.draft(kind="bulletin"))

    def test_the_kinds_page_says_where_it_stands_and_has_the_button(self, desk, kind, django_assert_max_num_queries):
        self.own(desk, otherwork__results={"off": True})
        clerk = desk.world.client(desk.world.office_clerk)
        with django_assert_max_num_queries(12):
            page = clerk.get(kind.get_absolute_url()).content.decode()
        assert "阶段性总结的提纲里已停用或去掉这一句" in page
        put = reverse("reports:outline_put_in", args=[desk.world.township.pk, "stage", "results"])
        assert put in page

        answer = clerk.post(put, {"base_version": 1, "back": kind.get_absolute_url()}, follow=True)

        assert "已写进提纲" in answer.content.decode()
        assert put not in answer.content.decode()
        assert (
            "在各种总结中"
            not in desk.world.client(desk.world.village_secretary).get(kind.get_absolute_url()).content.decode()
        )
