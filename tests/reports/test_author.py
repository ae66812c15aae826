"""The author's hand: locks, past versions, two authors, numbers typed by hand."""

from datetime import date
from typing import Any

import pytest

from common.errors import Refused
from common.models import RecordChanged
from reports import document_model, services
from reports.figures import Figures
from reports.models import Part, PartVersion, Summary
from reports.services import drafting
from tests.conftest import NOON
from tests.reports.conftest import text_of

pytestmark = pytest.mark.django_db
DEPLOYMENT = "organisation.deployment"


def part_of(summary: Summary, key: str = DEPLOYMENT) -> Part:
    return summary.parts.select_related("summary__township", "summary__round__township__county").get(key=key)


@pytest.fixture
def hand(desk) -> dict[str, Any]:
    return {"by": desk.world.office_clerk, "at": NOON}


def edit(summary: Summary, text: str, hand: dict[str, Any], key: str = DEPLOYMENT) -> Part:
    part = part_of(summary, key)
    return services.edit_part(part, text=text, base_version=part.version, **hand)


def blocks(summary: Summary) -> dict[str, Any]:
    figures = Figures.from_json(summary.figures)
    return {part.key: block for part, block in document_model.body_blocks(list(summary.parts.all()), figures)}


class TestLock:
    def test_a_locked_paragraph_keeps_its_words_and_shows_what_changed(self, desk, hand):
        summary = desk.draft()
        services.lock_part(part_of(summary), **hand)
        desk.meeting(date(2026, 9, 14))

        services.recompute(summary, **hand)

        part = part_of(summary)
        assert "镇委扩大会议2次" in part.text
        assert document_model.changes(part, Figures.from_json(summary.figures)) == [
            {"label": "镇委扩大会议", "old": "2", "new": "3"}
        ]
        marks = [(run.text, run.mark) for run in blocks(summary)[DEPLOYMENT].runs if run.figure]
        assert marks == [("2", "changed")]

    def test_unlocked_it_follows_the_data_again(self, desk, hand):
        summary = desk.draft()
        services.lock_part(part_of(summary), **hand)
        desk.meeting(date(2026, 9, 14))
        services.recompute(summary, **hand)

        services.unlock_part(part_of(summary), **hand)

        assert "镇委扩大会议3次" in part_of(summary).text
        assert "镇委扩大会议2次" in summary.versions.get().text

    def test_locked_words_are_not_rewritten(self, desk, hand):
        summary = desk.draft()
        services.lock_part(part_of(summary), **hand)

        with pytest.raises(Refused, match="先解除锁定"):
            edit(summary, "另写。", hand)

    @pytest.mark.parametrize(("service", "sentence"), [("lock_part", "已经锁定"), ("unlock_part", "没有锁定")])
    def test_refusals(self, desk, hand, service, sentence):
        summary = desk.draft()
        if service == "lock_part":
            services.lock_part(part_of(summary), **hand)

        with pytest.raises(Refused, match=sentence):
            getattr(services, service)(part_of(summary), **hand)


class TestPastVersions:
    def test_every_version_is_kept_whole_and_comes_back(self, desk, hand):
        summary = desk.draft()
        generated = part_of(summary).text
        long = "党委高度重视。" + "一村一策抓落实，" * 200
        edit(summary, long, hand)
        edit(summary, "第二稿。", hand)
        services.revert_part(part_of(summary), **hand)

        kept = [(v.text, v.is_own) for v in summary.versions.order_by("pk")]

        assert kept == [(generated, False), (long, True), ("第二稿。", True)]
        services.restore_version(summary.versions.get(text=long), **hand)
        assert part_of(summary).text == long

    def test_generated_words_replaced_by_a_computation_are_kept(self, desk, hand):
        summary = desk.draft()
        edit(summary, "自己的话。", hand, "rectifying.screening")
        desk.meeting(date(2026, 9, 14))

        services.recompute(summary, **hand)

        assert "镇委扩大会议2次" in summary.versions.get(key=DEPLOYMENT).text
        assert not summary.versions.filter(text="自己的话。").exists()  # it still stands

    def test_a_paragraph_taken_away_comes_back(self, desk, hand):
        summary = desk.draft()
        part = services.add_own_part(summary, section="part.next", text="再走访一遍。", **hand)
        services.remove_own_part(part, **hand)
        other = services.add_own_part(summary, section="part.next", text="另一段。", **hand)

        services.restore_version(summary.versions.get(text="再走访一遍。"), **hand)

        assert other.key != part.key  # their histories do not mix
        assert {"再走访一遍。", "另一段。"} <= set(summary.parts.values_list("own_text", flat=True))

    def test_nothing_is_restored_into_a_submitted_paper(self, desk, hand):
        summary = desk.draft()
        edit(summary, "第一稿。", hand)
        summary.refresh_from_db()
        services.submit_for_sign(summary, base_version=summary.version, **hand)

        with pytest.raises(Refused, match="已送签"):
            services.restore_version(PartVersion.objects.get(), **hand)


class TestTwoAuthors:
    def test_a_computation_does_not_undo_what_is_being_saved(self, desk, hand):
        """Somebody saves while another's computation has read the parts already: his words and his version stay."""
        summary = desk.draft()
        desk.meeting(date(2026, 9, 14))
        merged = drafting.merged

        def saved_meanwhile(before, drafts, of):
            parts = merged(before, drafts, of)
            edit(summary, "期间保存的话。", hand)
            return parts

        drafting.merged = saved_meanwhile
        try:
            services.recompute(summary, **hand)
        finally:
            drafting.merged = merged

        part = part_of(summary)
        assert part.text == "期间保存的话。"
        assert part.version == 3  # one for the words, one for the new data

    def test_the_second_to_save_sees_the_first(self, desk, hand):
        summary = desk.draft()
        mine, yours = part_of(summary), part_of(summary)
        services.edit_part(mine, text="甲写。", base_version=mine.version, **hand)

        with pytest.raises(RecordChanged):
            services.edit_part(yours, text="乙写。", base_version=yours.version, **hand)

        assert part_of(summary).text == "甲写。"

    def test_accepting_data_one_has_not_seen_is_refused(self, desk, hand):
        summary = desk.draft()
        seen = part_of(summary).version
        desk.meeting(date(2026, 9, 14))
        services.recompute(summary, **hand)

        with pytest.raises(RecordChanged):
            services.keep_own(part_of(summary), base_version=seen, **hand)


class TestTypedNumbers:
    def runs(self, desk, hand, text: str) -> list[tuple[str, str | None, str | None]]:
        summary = desk.draft()
        edit(summary, text, hand)
        return [(r.text, r.figure, r.mark) for r in blocks(summary)[DEPLOYMENT].runs if r.figure or r.mark == "typed"]

    def test_a_number_of_the_paragraph_opens_its_list(self, desk, hand):
        assert self.runs(desk, hand, "召开扩大会议2次。") == [("2", "meetings.enlarged_committee_meeting", None)]

    def test_any_other_is_marked_for_the_reviewer(self, desk, hand):
        assert self.runs(desk, hand, "召开扩大会议5次，占37%。") == [("5", None, "typed"), ("37%", None, "typed")]

    def test_the_only_figure_of_the_summary_with_this_value(self, desk, hand):
        assert self.runs(desk, hand, "销号率50%。") == [("50%", "closed.rate", None)]

    def test_dates_and_document_numbers_are_no_figures(self, desk, hand):
        assert self.runs(desk, hand, "2026年9月14日印发〔2026〕6号文件，第2轮。") == []

    def test_the_paper_itself_carries_no_marks(self, desk, hand):
        summary = desk.draft()
        edit(summary, "召开扩大会议5次。", hand)

        document = document_model.document(summary, list(summary.parts.all()))

        assert not any(run.mark == "typed" for b in document.blocks for run in getattr(b, "runs", ()))


class TestPages:
    def test_tools_and_versions(self, desk, hand, django_assert_max_num_queries):
        summary = desk.draft()
        edit(summary, "第一稿。", hand)
        edit(summary, "第二稿。", hand)
        client = desk.world.client(desk.world.office_clerk)

        with django_assert_max_num_queries(12):
            page = client.get(summary.get_absolute_url()).content.decode()
        assert f"/summaries/{summary.pk}/versions/?key={DEPLOYMENT}" in page
        with django_assert_max_num_queries(12):
            versions = client.get(f"/summaries/{summary.pk}/versions/?key={DEPLOYMENT}").content.decode()
        assert "第一稿。" in versions
        assert "第二稿。" in versions

        client.post(f"/summaries/versions/{summary.versions.get(text='第一稿。').pk}/restore/")

        assert "第一稿。" in text_of(summary)

    def test_lock_and_unlock(self, desk):
        summary = desk.draft()
        client, part = desk.world.client(desk.world.office_clerk), part_of(summary)

        client.post(f"/summaries/parts/{part.pk}/lock/")
        assert "解除锁定" in client.get(summary.get_absolute_url()).content.decode()
        client.post(f"/summaries/parts/{part.pk}/unlock/")

        assert not part_of(summary).is_locked

    @pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("county_reader", 403), ("office_clerk", 302)])
    def test_who_may_restore(self, desk, hand, who, status):
        summary = desk.draft()
        edit(summary, "第一稿。", hand)
        client = desk.world.client(getattr(desk.world, who))

        assert client.post(f"/summaries/versions/{summary.versions.get().pk}/restore/").status_code == status
