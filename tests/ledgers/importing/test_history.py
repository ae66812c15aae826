"""补录: an old ledger with the course its rows took. Two people stand behind it, every day is the one the ledger states."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from common.errors import Refused
from jobs.services import run
from ledgers.models import Import
from ledgers.services import imports
from problems.models import CloseRequest, Problem, ProgressEntry, Step
from problems.services.progress import post_progress
from tests.conftest import NOON
from tests.ledgers.importing.conftest import workbook

pytestmark = pytest.mark.django_db

HEAD = ["序号", "村", "问题类别", "问题描述", "发现时间", "整改措施", "整改时限", "进展情况", "化解程度", "销号时间", "审核人"]  # fmt: skip
CLOSED = [
    1, "石桥村", "基础设施", "村道破损", "2026.3.5", "1.争取资金\n2.施工", "2026.6.30",
    "2026年4月10日：资金下达\n2026年6月1日：路面完工", "已化解", "2026年6月12日", "吴晓敏",
]  # fmt: skip
OPEN = [
    2,
    "下塘村",
    "历史遗留",
    "权证办理",
    "2026.3.9",
    "逐户办理",
    "2026.12.31",
    "5月20日：收齐资料",
    "初步化解",
    "",
    "",
]
STARTED = [3, "下塘村", "集体经济", "收入薄弱", "2026.3.9", "", "长期坚持", "", "未化解", "", ""]


def upload(office, rows, by="office_clerk"):
    w = office.world
    from django.core.files.uploadedfile import SimpleUploadedFile

    record = imports.receive(
        SimpleUploadedFile("旧台账.xlsx", workbook(rows, head=HEAD)), township=w.township, round=w.round, ledger="B",
        by=getattr(w, by), at=NOON, history=True,
    )  # fmt: skip
    return office.work(record)


def confirm(office, record, by="commissioner"):
    imports.start_apply(record, by=getattr(office.world, by), at=NOON)
    return office.work(record)


class TestCourse:
    def test_progress_degree_and_close_out_stand_on_their_days(self, office):
        w = office.world
        record = confirm(office, upload(office, [CLOSED, OPEN, STARTED]))

        assert record.state == Import.State.APPLIED, record.refusal
        closed, open_, started = Problem.objects.order_by("number")
        assert (closed.state, closed.degree, closed.closed_on, closed.outcome) == (
            "closed", "full", date(2026, 6, 12), "路面完工",
        )  # fmt: skip
        assert [(s.action, s.since.isoformat(), s.by) for s in closed.steps.order_by("pk")] == [
            ("log", "2026-03-05", w.office_clerk), ("submit", "2026-03-05", w.office_clerk),
            ("accept", "2026-03-05", w.commissioner), ("progress", "2026-04-10", w.office_clerk),
            ("progress", "2026-06-01", w.office_clerk), ("ask_close", "2026-06-12", w.office_clerk),
            ("close", "2026-06-12", w.commissioner),
        ]  # fmt: skip
        assert (open_.state, open_.degree, open_.last_progress_on) == ("rectifying", "preliminary", date(2026, 5, 20))
        assert (started.state, started.degree, started.due_on) == ("rectifying", "unresolved", None)
        request = CloseRequest.objects.get()
        assert (request.asked_by, request.decided_by) == (w.office_clerk, w.commissioner)
        assert "吴晓敏" in request.remark
        assert [(m.done_on, m.done_note) for m in closed.measures.all()] == [
            (date(2026, 6, 12), "随问题销号（补录）")
        ] * 2
        # What a summary would have said on an earlier day.
        assert Problem.objects.as_of(date(2026, 5, 1)).in_ledger("stood__").count() == 3
        assert Problem.objects.as_of(date(2026, 5, 1)).filter(stood__state="closed").count() == 0

    def test_each_row_says_where_it_comes_from(self, office):
        confirm(office, upload(office, [CLOSED]))

        problem = Problem.objects.get()
        entries = Entry.objects.filter(object_type="problems.problem", object_id=problem.pk).order_by("pk")
        assert [(e.verb, e.by_name) for e in entries] == [
            ("补录问题", str(office.world.office_clerk)), ("确认补录", str(office.world.commissioner)),
        ]  # fmt: skip
        assert all("“旧台账.xlsx”第3行" in e.reason for e in entries)
        assert set(Step.objects.values_list("reason", flat=True)) == {"补录：来自台账“旧台账.xlsx”第3行"}
        page = office.world.client(office.world.village_secretary).get(problem.get_absolute_url()).content.decode()
        assert "取自" in page
        assert "第3行" in page
        assert "/ledgers/imports/" not in page  # the import's page is the office's

    def test_a_row_the_portal_has_keeps_its_own_course(self, office):
        office.problem("村道破损")
        record = upload(office, [CLOSED])

        assert record.report["counts"]["new"] == 0
        assert any("“化解程度”列有1行与系统不同" in note for note in record.report["notes"])
        assert Problem.objects.get().state == "rectifying"

    def test_undo_takes_it_back_unless_somebody_went_on(self, office):
        record = confirm(office, upload(office, [CLOSED, OPEN]))
        office.undo(record)
        assert not Problem.objects.exists()
        assert not ProgressEntry.objects.exists()

        record = confirm(office, upload(office, [OPEN]))
        post_progress(
            Problem.objects.get(),
            text="又收一户",
            happened_on=date(2026, 10, 1),
            by=office.world.resident_cadre,
            at=NOON,
        )
        record = office.undo(record)
        assert record.state == Import.State.APPLIED
        assert "有改动" in record.refusal


class TestTwoPeople:
    def test_the_uploader_does_not_confirm_his_own(self, office):
        record = upload(office, [CLOSED], by="commissioner")

        with pytest.raises(Refused, match="另一人"):
            imports.start_apply(record, by=office.world.commissioner, at=NOON)

    def test_who_confirms_answers_for_the_close_outs(self, office):
        w = office.world
        record = confirm(office, upload(office, [CLOSED]))

        assert record.state == Import.State.APPLIED
        assert CloseRequest.objects.get().decided_by == w.commissioner
        assert CloseRequest.objects.get().asked_by == w.office_clerk

    def test_a_clerk_does_not_confirm_for_the_commissioner_who_brought_it(self, office):
        """He would stand for close-outs whose last preview he never saw."""
        record = upload(office, [CLOSED], by="commissioner")

        with pytest.raises(Refused, match="须由组织委员核对后确认"):
            imports.start_apply(record, by=office.world.office_clerk, at=NOON)

    def test_without_a_commissioner_nobody_confirms(self, office):
        record = upload(office, [CLOSED])

        with pytest.raises(Refused, match="须由组织委员核对后确认"):
            imports.start_apply(record, by=office.world.resident_cadre, at=NOON)

    def test_the_database_has_the_last_word(self, office):
        record = upload(office, [CLOSED])

        with pytest.raises(IntegrityError), transaction.atomic():
            Import.objects.filter(pk=record.pk).update(applied_by=record.by, applied_at=NOON)

    def test_the_pages(self, office):
        w = office.world
        record = upload(office, [CLOSED])
        clerk, commissioner = w.client(w.office_clerk), w.client(w.commissioner)
        url = f"/ledgers/imports/{record.pk}/"

        page = clerk.get(url).content.decode()
        assert "等待另一人确认" in page
        assert "确认补录 1 条" not in page
        assert "待另一人确认" in clerk.get("/ledgers/imports/").content.decode()
        page = commissioner.get(url).content.decode()
        assert "确认补录 1 条" in page
        assert "销号 2026年6月12日，原审核人吴晓敏；结果：路面完工" in page
        commissioner.post(f"{url}apply/")
        record.refresh_from_db()
        run(record.job_id)
        assert Problem.objects.get().state == "closed"
        assert clerk.post(f"{url}undo/").status_code == 403  # it would take a close-out back


class TestRefusals:
    WRONG = [
        ([("销号时间", "")], "已化解的须填写销号时间"),
        ([("化解程度", "初步化解")], "须为基本化解或已化解"),
        ([("销号时间", "2026.5.20")], "不能早于最后一次进展"),
        ([("销号时间", "2026.3.1"), ("进展情况", "已完工")], "销号时间不能早于发现时间"),
        ([("销号时间", "2027.1.1")], "不能晚于今天"),
        ([("销号时间", "已销号")], "没有写销号的日期"),
        ([("进展情况", "")], "写明整改结果"),
        ([("进展情况", "2026年2月1日：开工")], "进展的日期不能早于发现时间"),
        ([("化解程度", "差不多")], "不在可选的范围内"),
    ]

    def test_what_cannot_be_true_together_is_refused(self, office):
        rows = []
        for n, (changes, _words) in enumerate(self.WRONG):
            row = [*CLOSED]
            row[HEAD.index("问题描述")] = f"村道破损第{n}段"
            for column, value in changes:
                row[HEAD.index(column)] = value
            rows.append(row)

        found = upload(office, rows).report["faults"]

        told = {fault["row"] - 3: fault["sentence"] for fault in reversed(found)}
        for n, (_changes, words) in enumerate(self.WRONG):
            assert words in told[n], told[n]
        assert not Problem.objects.exists()

    def test_progress_without_a_day_is_asked_once(self, office):
        row = list(OPEN)
        row[HEAD.index("进展情况")] = "正在收资料"
        record = upload(office, [row])

        assert [q["label"] for q in record.report["questions"]] == ["有的行未销号，进展情况没有写日期，按哪一天记？"]
        record = confirm(office, office.answer(record))
        assert Problem.objects.get().last_progress_on == date(2026, 10, 31)

    def test_other_ledgers_are_not_taken_over(self, office):
        client = office.world.client(office.world.office_clerk)
        page = client.get("/ledgers/imports/new/")
        from django.core.files.uploadedfile import SimpleUploadedFile

        answer = client.post(
            "/ledgers/imports/new/",
            {
                "submission": page.context["submission"], "ledger": "H", "round": office.world.round.pk, "history": "on",
                "file": SimpleUploadedFile("a.xlsx", workbook([OPEN], head=HEAD)),
            },
        )  # fmt: skip

        assert answer.status_code == 422
        assert "只有问题清单可以补录" in answer.content.decode()


def test_negative_control_without_the_choice_the_course_stays_out(office):
    record = office.upload(workbook([CLOSED], head=HEAD))

    office.apply(record)

    assert Problem.objects.get().state == "submitted"
    assert any("“销号时间”列有1个新增的行填了内容" in note for note in record.report["notes"])
