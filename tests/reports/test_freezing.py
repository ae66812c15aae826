"""Sign-off freezes: what is written down, what can no longer change, how it is taken back."""

import hashlib
import json
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from audit.models import Entry
from common.errors import Refused
from common.models import RecordChanged
from jobs.models import Job
from reports import services
from reports.document.blocks import SmallPrint
from reports.models import Issue, IssuedFile, Part, Summary, SummaryFile, Withdrawal
from reports.models.issue import CODE_ALPHABET
from reports.paper import paper_of
from reports.services import freezing
from tests.conftest import NOON
from tests.reports.conftest import moment, signed, text_of

pytestmark = pytest.mark.django_db


def printed(summary: Summary) -> str:
    return json.dumps(Issue.objects.get(summary=summary).data["document"], ensure_ascii=False)


def words(summary: Summary) -> list[tuple[str, str, int]]:
    return list(Part.objects.filter(summary=summary).values_list("key", "own_text", "version"))


class TestContent:
    def test_everything_the_paper_states_is_written_down_with_its_digest(self, desk):
        summary = signed(desk)
        issue = summary.issue

        data = json.loads(issue.content)
        assert {name: data[name] for name in ("kind", "title", "township", "as_of", "starts_on", "ends_on")} == {
            "kind": "stage", "title": summary.title, "township": "清溪镇", "as_of": "2026-10-31", "starts_on": "2026-03-05",
            "ends_on": "2026-10-31",
        }  # fmt: skip
        assert (data["author"], data["approver"]) == ("党建办经办甲", "党委书记甲")
        assert data["signed_at"] == "2026-10-31T12:00:00+08:00"
        assert data["figures"] == json.loads(json.dumps(summary.figures))
        stated = {block.text for block in issue.document.blocks if hasattr(block, "text")}
        assert set(text_of(summary).split("\n")[1:]) == stated
        assert issue.sha256 == hashlib.sha256(issue.content.encode()).hexdigest()

    def test_it_is_canonical(self, desk):
        content = signed(desk).issue.content

        assert content == freezing.canonical(json.loads(content))
        assert freezing.canonical({"b": 1, "a": ["村", 1.5]}) == '{"a":["村",1.5],"b":1}'

    def test_the_code_is_on_the_last_page_with_the_way_to_check_it(self, desk, settings):
        settings.PUBLIC_URL = "https://portal.example.gov.cn"
        issue = signed(desk).issue

        last = issue.document.blocks[-1]

        assert isinstance(last, SmallPrint)
        assert issue.shown_code in last.lines[0]
        assert "https://portal.example.gov.cn/summaries/verify/" in last.lines[1]
        assert len(issue.code) == 12
        assert set(issue.code) <= set(CODE_ALPHABET)
        assert [len(group) for group in issue.shown_code.split("-")] == [4, 4, 4]

    def test_codes_are_drawn_from_60_bits_and_never_twice(self, desk, monkeypatch):
        assert len(CODE_ALPHABET) ** 12 >= 2**60
        first = signed(desk).issue.code
        drawn = iter(first + "23456789ABCD")
        monkeypatch.setattr(freezing.secrets, "choice", lambda alphabet: next(drawn))

        assert signed(desk).issue.code == "23456789ABCD"

    def test_the_file_is_asked_for(self, desk):
        summary = signed(desk)

        jobs = Job.objects.filter(kind="render_summary").order_by("pk")
        assert [(j.arguments["summary_id"], j.arguments["format"]) for j in jobs] == [
            (summary.pk, "pdf"), (summary.pk, "docx"),
        ]  # fmt: skip

    def test_who_signed_what_stands_in_the_record(self, desk):
        summary = signed(desk)

        entry = Entry.objects.get(object_type="reports.summary", object_id=summary.pk, verb="签发")
        assert entry.by == desk.world.party_secretary
        assert entry.changes[0]["new"] == summary.issue.shown_code

    def test_nothing_is_left_of_a_signature_that_fails(self, desk, monkeypatch):
        summary = desk.draft()
        services.submit_for_sign(summary, base_version=summary.version, by=desk.world.office_clerk, at=NOON)

        def fail(*args, **kwargs):
            raise OSError

        monkeypatch.setattr("reports.services.signing.request_pdf", fail)
        with pytest.raises(OSError), transaction.atomic():
            services.sign(summary, base_version=summary.version, by=desk.world.party_secretary, at=NOON)

        summary.refresh_from_db()
        assert (summary.state, summary.signed_by) == ("review", None)
        assert not Issue.objects.exists()


class TestCharacters:
    def own(self, desk, text: str) -> Summary:
        summary = desk.draft()
        services.add_own_part(summary, section="part.next", text=text, by=desk.world.office_clerk, at=NOON)
        summary.refresh_from_db()
        return summary

    def test_a_character_without_a_face_is_named_with_its_place_and_nothing_is_signed(self, desk):
        summary = self.own(desk, "走访𪚥家村。")
        services.submit_for_sign(summary, base_version=summary.version, by=desk.world.office_clerk, at=NOON)

        with pytest.raises(Refused) as refused:
            services.sign(summary, base_version=summary.version, by=desk.world.party_secretary, at=NOON)

        assert "“𪚥”" in str(refused.value)
        assert "走访𪚥家村" in str(refused.value)
        summary.refresh_from_db()
        assert summary.state == "review"

    def test_the_author_is_warned_before(self, desk):
        client = desk.world.client(desk.world.office_clerk)

        warned = client.get(self.own(desk, "走访𪚥家村。").get_absolute_url()).content.decode()
        fine = client.get(self.own(desk, "走访吉家村。").get_absolute_url()).content.decode()

        assert "现在还不能签发" in warned
        assert "U+2A6A5" in warned
        assert "现在还不能签发" not in fine

    def test_a_private_character_is_refused_too(self, desk):
        """Printed it would be a mark of absence; text typed here is cleaned, text from older records need not be."""
        summary = desk.draft()
        summary.parts.filter(key="closing").update(own_text="\ue123镇", is_own=True)
        services.submit_for_sign(summary, base_version=summary.version, by=desk.world.office_clerk, at=NOON)

        with pytest.raises(Refused, match=r"自造字（U\+E123）"):
            services.sign(summary, base_version=summary.version, by=desk.world.party_secretary, at=NOON)


class TestNothingChanges:
    def test_records_that_change_do_not_change_the_paper(self, desk):
        summary = signed(desk)
        paper, figures = printed(summary), summary.issue.figures
        desk.problem(9, "饮用水管网改造")
        desk.world.township.name = "改名镇"
        desk.world.township.save()
        desk.world.office_clerk.name = "改名人"
        desk.world.office_clerk.save()

        page = desk.world.client(desk.world.county_reader).get(summary.get_absolute_url()).content.decode()

        assert printed(summary) == paper
        assert paper_of(Summary.objects.get(pk=summary.pk)).figures == figures
        assert "饮用水管网改造" not in page
        assert "清溪镇 2026年第二轮" in page
        assert "党建办经办甲" in page
        assert "饮用水管网改造" in text_of(desk.draft())  # control: the same records do change a new draft

    def test_the_page_shows_what_was_frozen_even_if_parts_were_changed_past_the_services(self, desk):
        summary = signed(desk)
        summary.parts.filter(key="closing").update(own_text="偷改的一段。", is_own=True)

        page = desk.world.client(desk.world.county_reader).get(summary.get_absolute_url()).content.decode()

        assert "偷改的一段" not in page
        assert "及早动员部署" in page

    @pytest.mark.parametrize("withdrawn", [False, True])
    def test_no_page_changes_it(self, desk, withdrawn):
        """Every address of the app that takes a POST about a part or a summary is tried, those added later too."""
        from reports.urls import urlpatterns

        client = desk.world.client(desk.world.office_clerk)
        shown = desk.draft()  # gives a valid token of the form
        token = client.get(reverse("reports:summary_recompute", args=[shown.pk])).context["submission"]
        summary = signed(desk)
        if withdrawn:
            services.withdraw(summary, reason="数字有误", by=desk.world.party_secretary, at=NOON)
        before, paper = words(summary), printed(summary)
        posted = {
            "submission": token, "text": "改掉。", "section": "part.next", "as_of": "2026-11-15", "up": "1", "reason": "改",
        }  # fmt: skip
        tried = 0
        for pattern in urlpatterns:
            name = pattern.name
            if not name.startswith(("part_", "summary_")) or name in ("summary_create", "summary_start_again"):
                continue
            if not pattern.pattern.converters:
                continue
            # one part of each form: what keeps a signed part from changing asks the summary, not the part
            keys = list({p.kind: p.pk for p in summary.parts.all()}.values()) if name.startswith("part_") else []
            for pk in [summary.pk] if name == "part_create" else keys or [summary.pk]:
                tried += 1
                for base_version in (1, summary.version):
                    client.post(reverse(f"reports:{name}", args=[pk]), posted | {"base_version": base_version})

        assert tried > 20
        assert words(summary) == before
        assert printed(summary) == paper
        assert Summary.objects.get(pk=summary.pk).state == ("withdrawn" if withdrawn else "signed")

    def test_control_the_same_post_does_change_a_draft(self, desk):
        summary = desk.draft()
        client = desk.world.client(desk.world.office_clerk)
        before = words(summary)
        url = reverse("reports:part_update", args=[summary.parts.get(key="closing").pk])
        token = client.get(url).context["submission"]

        client.post(url, {"submission": token, "text": "改掉。", "base_version": 1})

        assert words(summary) != before

    def test_services_refuse_with_the_sentence(self, desk):
        summary = signed(desk)
        by = {"by": desk.world.office_clerk, "at": NOON}
        part = summary.parts.select_related("summary").get(key="closing")

        for act in (
            lambda: services.recompute(summary, **by),
            lambda: services.edit_part(part, text="改", base_version=part.version, **by),
            lambda: services.revert_part(part, **by),
            lambda: services.keep_own(part, **by),
            lambda: services.move_part(part, up=True, **by),
            lambda: services.add_own_part(summary, section="part.next", text="加", **by),
            lambda: services.submit_for_sign(summary, base_version=summary.version, **by),
        ):
            with pytest.raises(Refused, match="总结已签发，不能再改"):
                act()
        with pytest.raises(Refused, match="已经签发"):
            services.sign(summary, base_version=summary.version, by=desk.world.party_secretary, at=NOON)
        with pytest.raises(Refused, match="只有待签发"):
            services.return_summary(summary, reason="改", by=desk.world.party_secretary, at=NOON)

    def test_an_instance_read_before_the_signature_does_not_help(self, desk):
        summary = desk.draft()
        part = summary.parts.select_related("summary").get(key="closing")
        services.submit_for_sign(
            Summary.objects.get(pk=summary.pk), base_version=summary.version, by=desk.world.office_clerk, at=NOON
        )

        assert part.summary.state == "draft"
        with pytest.raises(Refused, match="已送签"):
            services.edit_part(part, text="改", base_version=part.version, by=desk.world.office_clerk, at=NOON)


@pytest.mark.services
class TestDatabase:
    """The database has the last word: whoever goes past the services is refused there."""

    @pytest.fixture
    def rows(self, desk) -> dict[str, int]:
        summary = signed(desk)
        kept = IssuedFile.objects.create(
            issue=summary.issue, number=1, file="a.pdf", name="a.pdf", media_type="application/pdf", size=1, sha256="0" * 64,
            by=desk.world.office_clerk, at=NOON,
        )  # fmt: skip
        made = SummaryFile.objects.create(
            summary=summary, job=Job.objects.first(), file="b.pdf", name="b.pdf", sha256="0" * 64, size=1, pages=1, made_at=NOON,
            summary_version=summary.version,
        )  # fmt: skip
        withdrawal = services.withdraw(summary, reason="数字有误", by=desk.world.party_secretary, at=NOON)
        return {
            "reports_issue": summary.issue.pk,
            "reports_issuedfile": kept.pk,
            "reports_summaryfile": made.pk,
            "reports_withdrawal": withdrawal.pk,
        }

    @pytest.mark.parametrize(
        ("table", "column"),
        [
            ("reports_issue", "content"), ("reports_issue", "sha256"), ("reports_issue", "code"), ("reports_issuedfile", "sha256"),
            ("reports_withdrawal", "reason"), ("reports_summaryfile", "sha256"),
        ],
    )  # fmt: skip
    def test_no_update(self, rows, table, column):
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {column} = 'x' WHERE id = %s", [rows[table]])

    @pytest.mark.parametrize("table", ["reports_issue", "reports_issuedfile", "reports_withdrawal"])
    def test_no_delete(self, rows, table):
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE id = %s", [rows[table]])

    def test_control_an_unguarded_row_is_changed(self, rows):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE reports_summary SET title = 'x'")
            assert cursor.rowcount == 1

    def test_models_are_refused_as_well(self, rows):
        issue = Issue.objects.get()
        issue.content = "{}"
        with pytest.raises(IntegrityError), transaction.atomic():
            issue.save()
        with pytest.raises(IntegrityError), transaction.atomic():
            Issue.objects.filter(pk=issue.pk).update(sha256="0" * 64)

    def test_a_summary_is_signed_with_name_and_moment_or_not_at_all(self, desk):
        with pytest.raises(IntegrityError), transaction.atomic():
            Summary.objects.filter(pk=desk.draft().pk).update(state="signed")

    def test_a_content_changed_in_spite_of_all_is_told(self, desk):
        summary = signed(desk)
        issue = summary.issue
        assert freezing.is_intact(issue)

        issue.content = issue.content.replace("清溪镇", "白石镇", 1)

        assert not freezing.is_intact(issue)


class TestReview:
    def test_the_reason_stands_on_the_draft_until_it_is_handed_in_again(self, desk):
        summary = desk.draft()
        client = desk.world.client(desk.world.office_clerk)
        services.submit_for_sign(summary, base_version=summary.version, by=desk.world.office_clerk, at=NOON)
        services.return_summary(summary, reason="补写信访情况", by=desk.world.party_secretary, at=NOON)

        page = client.get(summary.get_absolute_url()).content.decode()
        assert "退回修改：</strong>补写信访情况" in page
        assert "党委书记甲，2026-10-31 12:00" in page

        services.submit_for_sign(summary, base_version=summary.version, by=desk.world.office_clerk, at=NOON)
        assert "退回修改：</strong>" not in client.get(summary.get_absolute_url()).content.decode()
        assert Entry.objects.get(verb="退回修改").reason == "补写信访情况"

    def test_a_text_changed_since_it_was_read_is_not_handed_in(self, desk):
        summary = desk.draft()
        read = summary.version
        services.add_own_part(summary, section="part.next", text="新增。", by=desk.world.commissioner, at=NOON)

        with pytest.raises(RecordChanged):
            services.submit_for_sign(summary, base_version=read, by=desk.world.office_clerk, at=NOON)

    def test_two_who_sign_at_once_make_one_paper(self, desk):
        summary = desk.draft()
        services.submit_for_sign(summary, base_version=summary.version, by=desk.world.office_clerk, at=NOON)
        one, other = Summary.objects.get(pk=summary.pk), Summary.objects.get(pk=summary.pk)
        services.sign(one, base_version=one.version, by=desk.world.party_secretary, at=NOON)

        with pytest.raises(RecordChanged):
            services.sign(other, base_version=other.version, by=desk.world.deputy_secretary, at=NOON)

        assert Issue.objects.get().data["approver"] == "党委书记甲"


class TestWithdrawal:
    def test_leaves_the_trace_and_the_paper(self, desk):
        summary = signed(desk)
        paper, version = printed(summary), summary.version

        services.withdraw(summary, reason="收入数字有误", by=desk.world.deputy_secretary, at=moment(2026, 11, 2, 9))

        summary.refresh_from_db()
        assert (summary.state, summary.version, printed(summary)) == ("withdrawn", version, paper)
        withdrawal = Withdrawal.objects.get()
        assert (withdrawal.reason, withdrawal.by) == ("收入数字有误", desk.world.deputy_secretary)
        page = desk.world.client(desk.world.county_reader).get(summary.get_absolute_url()).content.decode()
        assert "本件已撤回，不再有效" in page
        assert "收入数字有误" in page
        assert "2026-11-02 09:00" in page
        assert Entry.objects.get(verb="撤回签发稿").reason == "收入数字有误"

    @pytest.mark.parametrize(("reason", "sentence"), [("  ", "请写明撤回的原因"), ("长" * 501, "文字过长")])
    def test_needs_a_reason(self, desk, reason, sentence):
        with pytest.raises(Refused, match=sentence) as refused:
            services.withdraw(signed(desk), reason=reason, by=desk.world.party_secretary, at=NOON)

        assert refused.value.field == "reason"

    def test_only_what_is_signed_and_only_once(self, desk):
        by = {"reason": "有误", "by": desk.world.party_secretary, "at": NOON}
        with pytest.raises(Refused, match="只有已签发"):
            services.withdraw(desk.draft(), **by)
        summary = signed(desk)
        services.withdraw(summary, **by)

        with pytest.raises(Refused, match="已经撤回"):
            services.withdraw(summary, **by)

    def test_a_new_draft_keeps_the_authors_words(self, desk):
        draft = desk.draft()
        services.add_own_part(draft, section="part.next", text="健全长效机制。", by=desk.world.office_clerk, at=NOON)
        draft.refresh_from_db()
        services.submit_for_sign(draft, base_version=draft.version, by=desk.world.office_clerk, at=NOON)
        services.sign(draft, base_version=draft.version, by=desk.world.party_secretary, at=NOON)
        services.withdraw(draft, reason="有误", by=desk.world.party_secretary, at=NOON)

        again = services.start_again(draft, by=desk.world.commissioner, at=NOON)

        assert text_of(again) == text_of(draft)
        assert (again.state, again.author, again.replaces) == ("draft", desk.world.commissioner, draft)
        desk.meeting(date(2026, 9, 14))
        services.recompute(again, by=desk.world.commissioner, at=NOON)
        assert "健全长效机制" in text_of(again)
        assert "3次" in text_of(again)
        assert "3次" not in text_of(draft)

    def test_one_new_draft_only_and_not_before_it_is_withdrawn(self, desk):
        summary = signed(desk)
        by = {"by": desk.world.office_clerk, "at": NOON}
        with pytest.raises(Refused, match="先撤回"):
            services.start_again(summary, **by)
        services.withdraw(summary, reason="有误", by=desk.world.party_secretary, at=NOON)
        services.start_again(summary, **by)

        with pytest.raises(Refused, match="已据此重新起草过"):
            services.start_again(summary, **by)
