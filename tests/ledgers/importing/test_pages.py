"""The pages of an import: who may, what they show, what a double click does."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.utils import timezone

from jobs.services import run
from ledgers.importing.importers import IMPORTERS
from ledgers.models import Import
from ledgers.services.imports import applying
from problems.models import Assistance, Measure, Problem
from problems.services.measures import add_measure
from tests.conftest import NOON
from tests.ledgers.importing.conftest import workbook
from villages.models import Cadre, Unit

ROWS = [
    [1, "石桥村", "基础设施", "村道破损", "2026.3.5", "2026.12.31", "", ""],
    [2, "下塘村", "历史遗留", "权证办理", "2026.3.9", "长期坚持", "", ""],
]
BAD = [3, "石桥村", "说不清", "账目不清", "2026.2.30", "2026.12.31", "", ""]


def form(client, **more):
    page = client.get("/ledgers/imports/new/")
    return {"submission": page.context["submission"], "ledger": "B"} | more


class TestUpload:
    def test_clerk_uploads_once_however_often_he_clicks(self, office):
        client = office.world.client(office.world.office_clerk)
        data = form(client, round=office.world.round.pk)

        first = client.post("/ledgers/imports/new/", data | {"file": SimpleUploadedFile("台账.xlsx", workbook(ROWS))})
        client.post("/ledgers/imports/new/", data | {"file": SimpleUploadedFile("台账.xlsx", workbook(ROWS))})

        record = Import.objects.get()
        assert first.status_code == 302
        assert first.url.endswith(f"/ledgers/imports/{record.pk}/")
        assert record.state == Import.State.CHECKING  # the web process has parsed nothing
        assert "正在检查" in client.get(first.url).content.decode()

    def test_another_townships_round_is_refused_by_the_field(self, office):
        client = office.world.client(office.world.office_clerk)

        page = client.post(
            "/ledgers/imports/new/",
            form(client, round=office.world.other_round.pk) | {"file": SimpleUploadedFile("a.xlsx", workbook(ROWS))},
        )

        assert page.status_code == 422
        assert not Import.objects.exists()

    @pytest.mark.parametrize("role", ["village_secretary", "resident_cadre", "linked_leader", "county_reader"])
    def test_who_keeps_no_ledger_may_not(self, office, role):
        client = office.world.client(getattr(office.world, role))

        assert client.get("/ledgers/imports/new/").status_code == 403
        assert client.get("/ledgers/imports/").status_code == 403

    def test_empty_list_says_what_to_do(self, office):
        page = office.world.client(office.world.office_clerk).get("/ledgers/imports/").content.decode()

        assert "还没有导入过台账" in page
        assert "模板" in page


class TestWalk:
    """A clerk's way through the preview."""

    def post(self, client, record, action, **data):
        answer = client.post(f"/ledgers/imports/{record.pk}/{action}/", data)
        record.refresh_from_db()
        if record.is_working:
            run(record.job_id)
            record.refresh_from_db()
        return answer

    def test_from_preview_to_result_to_undo(self, office):
        client = office.world.client(office.world.office_clerk)
        record = office.upload(workbook(ROWS))
        page = client.get(f"/ledgers/imports/{record.pk}/").content.decode()
        assert "导入 2 条" in page
        assert "石桥村 村道破损" in page

        self.post(client, record, "apply")
        assert record.state == Import.State.APPLIED
        page = client.get(f"/ledgers/imports/{record.pk}/").content.decode()
        assert 'href="/problems/' in page

        self.post(client, record, "apply")  # the second click of the button
        assert Problem.objects.count() == 2
        self.post(client, record, "undo")
        assert record.state == Import.State.UNDONE
        assert not Problem.objects.exists()

    def test_two_press_import_at_the_same_moment(self, office, monkeypatch):
        """The other's click lands after this page looked: this one is told so, and the import is made once."""
        client = office.world.client(office.world.office_clerk)
        record = office.upload(workbook(ROWS))
        move = applying.move

        def late(mine, **step):
            Import.objects.filter(pk=mine.pk).update(version=F("version") + 1)
            move(mine, **step)

        monkeypatch.setattr(applying, "move", late)
        answer = client.post(f"/ledgers/imports/{record.pk}/apply/", follow=True)

        assert answer.status_code == 200
        assert "他人已修改了这条记录" in answer.content.decode()
        record.refresh_from_db()
        assert record.state == Import.State.CHECKED
        assert not Problem.objects.exists()

    def test_faults_are_shown_with_the_marked_file_and_nothing_is_imported_unasked(self, office):
        client = office.world.client(office.world.office_clerk)
        record = office.upload(workbook([*ROWS, BAD]))
        page = client.get(f"/ledgers/imports/{record.pk}/").content.decode()
        assert "没有这一天" in page
        assert "不在可选的范围内" in page  # every fault at once

        refused = self.post(client, record, "apply")
        assert refused.status_code == 422
        assert not Problem.objects.exists()
        self.post(client, record, "apply", skip_refused="on")
        assert Problem.objects.count() == 2

        file = client.get(f"/ledgers/imports/{record.pk}/marked/")
        sheet = openpyxl.load_workbook(io.BytesIO(b"".join(file.streaming_content))).active
        assert sheet.cell(2, 9).value == "原因"
        assert "没有这一天" in sheet.cell(5, 9).value
        assert "没有这一天" in sheet.cell(5, 5).comment.text
        assert sheet.cell(3, 9).value is None

    def test_the_marked_file_corrected_continues(self, office):
        record = office.upload(workbook([*ROWS, BAD]))
        office.apply(record, skip_refused=True)
        book = openpyxl.load_workbook(record.marked.path)
        book.active.cell(5, 3).value, book.active.cell(5, 5).value = "基层组织", "2026.2.27"
        out = io.BytesIO()
        book.save(out)

        again = office.upload(out.getvalue())

        assert again.report["counts"] == {"new": 1, "changed": 0, "same": 2, "refused": 0, "conflict": 0, "asking": 0}

    def test_questions_are_asked_on_the_page_and_foreign_answers_refused(self, office):
        client = office.world.client(office.world.office_clerk)
        record = office.upload(workbook([[1, "石乔村", "基础设施", "村道破损", "2026.3.5", "2026.12.31", "", ""]]))
        page = client.get(f"/ledgers/imports/{record.pk}/").content.decode()
        assert "“石乔村”是哪个村？" in page

        self.post(client, record, "answer", q0=str(office.world.foreign.pk))
        assert record.state == Import.State.ASKING
        self.post(client, record, "answer", q0=str(office.world.village.pk))
        assert record.state == Import.State.CHECKED

    def test_two_imports_of_one_file_make_one_set_of_rows(self, office):
        first, second = office.upload(workbook(ROWS)), office.upload(workbook(ROWS))
        office.apply(first)

        second = office.apply(second)

        assert second.state == Import.State.CHECKED
        assert "与预览不同" in second.refusal
        assert Problem.objects.count() == 2

    def test_undo_is_refused_when_something_was_changed_since(self, office):
        record = office.apply(office.upload(workbook(ROWS)))
        Problem.objects.filter(number=1).update(version=99)

        record = office.undo(record)

        assert record.state == Import.State.APPLIED
        assert "有改动" in record.refusal
        assert Problem.objects.count() == 2

    def test_undo_takes_the_measures_and_the_new_people_along(self, office):
        head = ["序号", "村", "问题类别", "问题描述", "发现时间", "整改时限", "整改措施", "责任人"]
        row = [1, "石桥村", "基础设施", "村道破损", "2026.3.5", "2026.12.31", "1.立项\n2.施工", "徐新生（委员）"]
        record = office.apply(office.answer(office.upload(workbook([row], head=head))))
        assert Measure.objects.count() == 2

        record = office.undo(record)

        assert record.state == Import.State.UNDONE, record.refusal
        assert not Measure.objects.exists()
        assert not Cadre.objects.filter(name="徐新生").exists()

    def test_undo_takes_who_assists_along(self, office):
        world = office.world
        Unit.objects.create(county=world.township.county, township=world.township, name="水利站", kind="station")
        head = ["序号", "村", "问题类别", "问题描述", "发现时间", "整改时限", "协助单位"]
        row = [1, "石桥村", "基础设施", "村道破损", "2026.3.5", "2026.12.31", "水利站"]
        record = office.apply(office.upload(workbook([row], head=head)))
        assert Assistance.objects.count() == 1

        record = office.undo(record)

        assert record.state == Import.State.UNDONE, record.refusal
        assert not Problem.objects.exists()

    def test_undo_is_refused_when_something_hangs_on_it(self, office):
        record = office.apply(office.upload(workbook(ROWS)))
        add_measure(
            Problem.objects.first(), text="后来加的", deadline_kind="continuing", by=office.world.office_clerk, at=NOON
        )

        record = office.undo(record)

        assert "已有后续的整改措施" in record.refusal
        assert Problem.objects.count() == 2

    def test_undo_of_changes_puts_back_what_was(self, office):
        problem = office.problem("村道破损", households=5)
        head = ["序号", "村", "问题类别", "问题描述", "涉及户数"]
        record = office.upload(workbook([[1, "石桥村", "基础设施", "村道破损", 54]], head=head))
        record = office.apply(record)
        problem.refresh_from_db()
        assert problem.households == 54

        office.undo(record)

        problem.refresh_from_db()
        assert problem.households == 5


class TestScope:
    def test_another_townships_import_is_not_found(self, office):
        record = office.upload(workbook(ROWS))
        client = office.world.client(office.world.stranger)

        for path in ("", "file/", "marked/"):
            assert client.get(f"/ledgers/imports/{record.pk}/{path}").status_code == 404
        for action in ("apply", "undo", "answer", "recheck", "conflicts"):
            assert client.post(f"/ledgers/imports/{record.pk}/{action}/").status_code == 404
        record.refresh_from_db()
        assert record.state == Import.State.CHECKED

    def test_pages_ask_the_database_no_more_with_more_rows(self, office, django_assert_max_num_queries):
        many = [[n, "石桥村", "基础设施", f"村道破损{n}", "2026.3.5", "2026.12.31", "", ""] for n in range(60)]
        record = office.upload(workbook(many))
        client = office.world.client(office.world.office_clerk)

        with django_assert_max_num_queries(12):
            client.get(f"/ledgers/imports/{record.pk}/")
        office.apply(record)
        with django_assert_max_num_queries(12):
            client.get(f"/ledgers/imports/{record.pk}/")
        with django_assert_max_num_queries(12):
            client.get("/ledgers/imports/")


@pytest.mark.parametrize("code", IMPORTERS)
def test_a_template_comes_with_lists_and_its_examples_are_not_data(code, office):
    page = office.world.client(office.world.office_clerk).get(f"/ledgers/imports/templates/{code}/")
    book = openpyxl.load_workbook(io.BytesIO(page.content))

    assert book.active.data_validations.dataValidation
    assert book.active.cell(2, 2).comment
    record = office.upload(page.content, ledger=code)
    assert record.state == Import.State.CHECKED, (record.refusal, record.report)
    assert record.report["counts"]["new"] == record.report["counts"]["refused"] == 0
    assert any("2行示例" in note for note in record.report["notes"])


class TestEveryDay:
    def test_old_workbooks_go_and_what_was_imported_stays(self, office):
        from datetime import timedelta

        from jobs import registry

        old, new = office.apply(office.upload(workbook(ROWS))), office.upload(workbook(ROWS))
        Import.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=91))
        Import.objects.filter(pk=new.pk).update(at=timezone.now())
        assert "ledger_files" in registry.daily_kinds()

        for _twice in range(2):
            registry.work_of("ledger_files")(lambda _percent, _step: None, day="2026-10-31")

        old.refresh_from_db()
        new.refresh_from_db()
        assert (old.file.name, old.cells.name, bool(new.file)) == ("", "", True)
        assert Problem.objects.count() == 2
