"""Every file of the list: refused with its sentence, or read exactly; the five offices with at most the questions meant."""

import time

import pytest

from common.errors import Refused
from ledgers.importing.values import shown
from ledgers.models import Import
from problems.models import Problem
from tests.conftest import NOON
from tests.ledgers.importing.conftest import workbook
from tests.workbooks import make
from villages.models import Cadre, Unit

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", make.REJECTED)
def test_a_bad_file_is_refused_with_its_sentence_and_writes_nothing(name, office):
    content, words = make.REJECTED[name]
    content = content()
    if not content:
        with pytest.raises(Refused, match=words):
            office.upload(content)
        return
    start = time.monotonic()

    record = office.upload(content)

    assert record.state in (Import.State.UNREADABLE, Import.State.ASKING), record.report
    if record.state == Import.State.UNREADABLE:
        assert words in record.refusal, record.refusal
    assert time.monotonic() - start < 40
    assert not Problem.objects.exists()


@pytest.mark.parametrize("name", make.FAULTY)
def test_a_bad_cell_is_named_with_row_column_and_reason(name, office):
    content, words = make.FAULTY[name]

    record = office.upload(content())

    if not words:  # a column the import does not read
        assert record.state == Import.State.CHECKED
        return
    assert record.state == Import.State.CHECKED, (record.state, record.refusal, record.report.get("questions"))
    sentences = [f["sentence"] for f in record.report["faults"]]
    assert any(words in s for s in sentences), sentences
    assert all(f["row"] >= 3 for f in record.report["faults"])
    assert record.marked


@pytest.mark.parametrize("name", make.ACCEPTED)
def test_a_strange_file_is_read_exactly(name, office):
    content, rows = make.ACCEPTED[name]

    record = office.upload(content())

    while record.state == Import.State.ASKING:
        record = office.answer(record)
    assert record.state == Import.State.CHECKED, record.refusal
    assert record.report["counts"]["new"] == rows, record.report
    office.apply(record)
    assert Problem.objects.count() == rows
    assert {p.discovered_on.isoformat() for p in Problem.objects.filter(number=1)} == {"2026-03-05"}


class TestOffices:
    """Ledgers as offices have them."""

    @pytest.fixture(autouse=True)
    def registry(self, office):
        w = office.world
        for name, title in (("徐根生", "村党支部书记"), ("何秀英", "村党支部书记"), ("王国强", "副镇长")):
            Cadre.objects.create(county=w.county, township=w.township, name=name, title=title)
        Unit.objects.create(county=w.county, township=w.township, name="财政所")

    def read(self, office, name):
        """(import, questions asked) after every question got the suggested answer."""
        record = office.upload(make.OFFICES[name][0]())
        asked = [q["label"] for q in record.report.get("questions", [])]
        if record.state == Import.State.ASKING:
            record = office.answer(record)
        assert record.state == Import.State.CHECKED, (record.state, record.refusal, record.report.get("questions"))
        assert record.report["fault_total"] == 0, record.report["faults"]
        assert record.report["counts"]["new"] == make.OFFICES[name][1], record.report["new"]
        return office.apply(record), asked

    def test_two_header_rows_merged_villages_remarks_and_a_total(self, office):
        record, asked = self.read(office, "office-1")

        assert not asked
        first, second, third = Problem.objects.order_by("number")
        assert (first.village.name, second.village.name, third.village.name) == ("石桥村", "石桥村", "下塘村")
        assert [m.text for m in first.measures.all()] == ["争取资金", "组织施工"]
        assert (first.due_on.isoformat(), second.due_on.isoformat(), third.deadline_kind) == ("2026-06-30", "2026-12-31", "continuing")  # fmt: skip
        assert {p.owner.name for p in (first, second, third)} == {"徐根生", "何秀英"}
        assert any("说明文字" in note for note in record.report["notes"])
        assert any(
            "“进展情况”列有1个新增的行填了内容" in note for note in record.report["notes"]
        )  # nothing vanishes unsaid

    def test_other_order_other_names_real_dates_and_serials(self, office):
        record, asked = self.read(office, "office-2")

        assert asked == ["没有登记过单位“农经站”"]
        first, second, third = Problem.objects.order_by("number")
        assert (first.households, third.households) == (54, 120)
        assert (second.discovered_on.isoformat(), second.deadline_kind) == ("2026-03-05", "immediate")
        assert third.responsible_unit.name == "农经站"
        assert record.state == Import.State.APPLIED

    def test_second_sheet_wide_digits_and_a_person_in_two_columns(self, office):
        _record, asked = self.read(office, "office-3")

        assert not asked
        first, second = Problem.objects.order_by("number")
        assert (first.owner.name, first.households, first.due_on.isoformat()) == ("徐根生", 31, "2026-08-31")
        assert second.category == "land_acquisition"

    def test_repeated_header_subtotal_note_and_an_unknown_column(self, office):
        record, asked = self.read(office, "office-4")

        assert not asked
        assert {p.severity for p in Problem.objects.all()} == {"medium", "easy"}
        assert any("领导批示" in note for note in record.report["notes"])

    def test_unknown_heading_and_a_slip_in_a_village_are_asked_once(self, office):
        _record, asked = self.read(office, "office-5")

        assert len(asked) <= 3
        assert "“石乔村”是哪个村？" in asked
        assert [m.text for m in Problem.objects.get(number=1).measures.all()] == ["争取资金", "进场施工", "验收"]
        again = office.upload(make.OFFICES["office-5"][0]())
        assert again.state == Import.State.CHECKED  # learned: not asked a second time
        assert again.report["counts"]["same"] == 2


def test_shown_numbers_are_as_excel_shows_them():
    assert [shown(["n", n]) for n in ("54.0", "1e3", "0.5", "nan")] == ["54", "1000", "0.5", "nan"]
    assert NOON


class TestAnswersAreCarried:
    """A mended workbook is not asked what was said of the one before, though that one was never imported."""

    def asked(self, record):
        return [q["key"] for q in record.report.get("questions", [])]

    def test_from_an_upload_that_was_not_imported_to_the_next(self, office):
        first = office.upload(make.OFFICES["office-5"][0]())
        assert first.state == Import.State.ASKING
        first = office.answer(first)
        assert first.state == Import.State.CHECKED

        again = office.upload(make.OFFICES["office-5"][0](), by="commissioner")
        assert again.state == Import.State.CHECKED
        assert again.report["counts"] == first.report["counts"]
        third = office.upload(make.OFFICES["office-5"][0]())  # through an upload that was itself not asked
        assert third.state == Import.State.CHECKED

    def test_not_to_another_ledger_nor_from_one_taken_back(self, office):
        first = office.answer(office.upload(make.OFFICES["office-5"][0]()))
        assert office.upload(make.OFFICES["office-5"][0](), ledger="C").answers == {}

        office.undo(office.apply(first))
        again = office.upload(make.OFFICES["office-5"][0]())
        assert again.answers == {}

    def test_what_was_answered_wrongly_is_asked_again_on_demand(self, office):
        first = office.answer(office.upload(make.OFFICES["office-5"][0]()))
        client = office.world.client(office.world.office_clerk)
        again = office.upload(make.OFFICES["office-5"][0]())
        assert "重新回答" in client.get(again.get_absolute_url()).content.decode()

        client.post(f"/ledgers/imports/{again.pk}/recheck/", {"forget": "on"})
        again = office.work(again)

        assert again.state == Import.State.ASKING
        assert set(self.asked(again)) == set(first.answers)
        assert office.upload(make.OFFICES["office-5"][0]()).state == Import.State.ASKING  # and not taken over either


class TestSameName:
    """A row named like an open problem of its village is not taken as a new one without a word."""

    HEAD = ("村", "问题类别", "问题名称", "问题描述", "发现时间", "整改时限")

    def ledger(self, *names):
        rows = [["石桥村", "基础设施", name, f"群众反映强烈，第{n}次", "2026.3.5", "2026.12.31"] for n, name in enumerate(names)]  # fmt: skip
        return workbook(rows, head=self.HEAD)

    @pytest.mark.parametrize("name", ["饮水管网老化", "石桥村 饮水管网老化", "石桥饮水管网　老化。"])
    def test_it_is_asked_once_with_a_link_and_returned_unless_the_clerk_says_otherwise(self, office, name):
        there = office.problem()
        record = office.upload(self.ledger(name, "路灯不亮"))
        client = office.world.client(office.world.office_clerk)
        (question,) = record.report["questions"]
        assert question["label"] == "有1行在同村已有同名、未销号的问题，是不是同一件？"
        page = client.get(record.get_absolute_url()).content.decode()
        assert f'<a href="{there.get_absolute_url()}">第3行：石桥村 ' in page
        assert f"，已有{there}</a>" in page

        record = office.answer(record)
        assert (record.report["counts"]["new"], record.report["counts"]["refused"]) == (1, 1)
        assert "同村已有同名问题1号" in record.report["faults"][0]["reason"]
        page = client.get(record.get_absolute_url()).content.decode()
        assert f'<a href="{there.get_absolute_url()}">同村已有同名问题1号</a>' in page

    def test_another_matter_of_the_same_name_comes_in_with_the_warning_in_the_preview(self, office):
        there = office.problem()
        record = office.answer(office.upload(self.ledger("饮水管网老化")), **{"default:same_name": "new"})

        page = office.world.client(office.world.office_clerk).get(record.get_absolute_url()).content.decode()
        assert f'<a href="{there.get_absolute_url()}">同村已有同名问题{there}' in page
        office.apply(record)
        assert Problem.objects.count() == 2

    def test_another_village_or_a_closed_problem_is_no_namesake(self, office):
        office.problem(village=office.world.sibling)
        closed = office.problem()
        Problem.objects.filter(pk=closed.pk).update(state="closed", closed_on=NOON.date(), degree="full")

        assert office.upload(self.ledger("饮水管网老化")).state == Import.State.CHECKED


class TestARequiredColumnIsMissing:
    """It is said before anything is asked, unless an answer could bring it."""

    def upload(self, office, **more):
        head = ["村", "问题描述", "发现时间", "整改时限", "责任人", *more]
        rows = [
            ["石桥村", f"村道破损{n}", "2026.3.5", "2026.12.31", "新来的（干事）", *more.values()] for n in range(2)
        ]
        return office.upload(workbook(rows, head=head))

    def test_nothing_is_asked_when_no_column_could_be_it(self, office):
        record = self.upload(office, 领导批示="请抓紧办理", 整改内容情况="正在施工")

        assert record.state == Import.State.UNREADABLE
        assert record.refusal.startswith("工作表“Sheet”中没有找到“问题类别”列。请补上这一列")

    def test_a_column_that_reads_as_it_is_asked_about_and_suggested(self, office):
        record = self.upload(office, 领导批示="请抓紧办理", 性质="基础设施")

        assert record.state == Import.State.ASKING
        assert record.report["questions"][0]["key"] == "column:性质"
        assert record.report["questions"][0]["suggested"] == "category"
        assert "column:领导批示" not in [q["key"] for q in record.report["questions"]]
        assert office.answer(record).report["counts"]["new"] == 2

    def test_the_page_says_what_is_missing_before_it_asks_about_free_text(self, office):
        rows = [["石桥村", "基础设施", "村道破损", "2026.3.5", "2026.12.31"]]
        record = office.upload(workbook(rows, head=["村", "问题类别", "事由", "发现时间", "整改时限"]))

        assert record.state == Import.State.ASKING
        page = office.world.client(office.world.office_clerk).get(record.get_absolute_url()).content.decode()
        assert page.index("没有找到“问题描述”列，缺这一列不能导入") < page.index("“事由”这一列是什么？")
        assert office.answer(record, **{"column:事由": "description"}).report["counts"]["new"] == 1


class TestWhoIsMeant:
    """A person who may be known is offered first and nothing is chosen ahead; a name like nobody's is a new person."""

    @pytest.fixture(autouse=True)
    def registry(self, office):
        w = office.world
        for name, title in (("林海燕", "副镇长"), ("林志强", "镇长"), ("林小明", "文书"), ("潘永福", "村党支部书记")):
            Cadre.objects.create(county=w.county, township=w.township, name=name, title=title)

    def question(self, office, owner):
        rows = [["石桥村", "基础设施", "村道破损", "2026.3.5", "2026.12.31", owner]]
        record = office.upload(workbook(rows, head=["村", "问题类别", "问题描述", "发现时间", "整改时限", "责任人"]))
        (question,) = record.report["questions"]
        return record, question

    @pytest.mark.parametrize(
        ("written", "first"),
        [
            ("林镇长", "林志强（镇长）"),
            ("林副镇长", "林海燕（副镇长）"),
            ("潘永富", "潘永福（村党支部书记）"),
            ("潘永富（村党支部书记）", "潘永福（村党支部书记）"),
        ],
    )
    def test_the_known_one_is_offered_first_and_nobody_is_chosen(self, office, written, first):
        record, question = self.question(office, written)

        assert question["options"][0][1] == first
        assert question["suggested"] == ""
        page = office.world.client(office.world.office_clerk).get(record.get_absolute_url()).content.decode()
        assert '<option value="" selected>请选择</option>' in page
        with pytest.raises(Refused, match="请选择"):
            office.answer(record)
        record = office.answer(record, **{question["key"]: question["options"][0][0]})
        office.apply(record)
        assert Problem.objects.get().owner.with_title == first

    def test_a_post_of_nobody_known_is_not_registered_unasked(self, office):
        _record, question = self.question(office, "赵主任")
        assert question["suggested"] == ""

    @pytest.mark.parametrize("written", ["何国强（干事）", "赵永福"])
    def test_a_name_like_nobodys_of_that_surname_is_a_new_person(self, office, written):
        _record, question = self.question(office, written)
        assert question["suggested"] == "+"
