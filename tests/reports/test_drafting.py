"""Drafting and the author's hand."""

from datetime import date

import pytest

from audit.models import Entry
from common.errors import Refused
from common.models import RecordChanged
from reports import services
from reports.models import Part, Summary
from tests.conftest import NOON
from tests.reports.conftest import END, START, text_of

pytestmark = pytest.mark.django_db


class TestDraft:
    def test_a_draft_states_the_records_and_names_what_is_missing(self, desk):
        summary = desk.draft()

        assert summary.title == "清溪镇2026年第二轮后进村集中整治阶段性工作总结"
        assert "先后召开镇委扩大会议2次" in text_of(summary)
        assert {"领导小组成员", "督查记录"} <= {gap["missing"] for gap in summary.missing}
        assert Entry.objects.get(object_id=summary.pk, verb="起草总结").by == desk.world.office_clerk

    @pytest.mark.parametrize("kind", Summary.Kind.values)
    def test_every_kind_is_written(self, desk, kind):
        summary = desk.draft(kind=kind, starts_on=date(2026, 9, 1), ends_on=date(2026, 9, 30), as_of=date(2026, 9, 30))

        text = text_of(summary)
        assert "一、" in text
        assert "问题2个" in text

    def test_a_new_problem_stands_in_the_next_draft(self, desk):
        desk.problem(9, "饮用水管网改造")

        assert "饮用水管网改造问题" in text_of(desk.draft())

    def test_headings_without_anything_below_are_left_out(self, desk):
        summary = desk.draft()
        summary.parts.filter(key__startswith="shortfalls.").update(generated=[])

        assert "存在问题与困难" not in text_of(summary)
        assert "二、下步工作打算" in text_of(summary)

    def test_a_single_item_has_no_number(self, desk):
        text = text_of(desk.draft())

        assert "\n啃下剩余难题。" in text  # the only item of its section
        assert "一是及早动员部署" in text


class TestRefusals:
    @pytest.mark.parametrize(
        ("asked", "sentence", "field"),
        [
            ({"starts_on": END, "ends_on": START}, "截止日期不能早于起始日期", "ends_on"),
            ({"as_of": date(2026, 3, 4)}, "数据截至日期不能早于起始日期", "as_of"),
            (
                {"starts_on": date(2025, 1, 1), "ends_on": date(2025, 2, 1), "as_of": date(2025, 2, 1)},
                "所选期间在它之前",
                "ends_on",
            ),
        ],
    )
    def test_impossible_periods(self, desk, asked, sentence, field):
        with pytest.raises(Refused, match=sentence) as refused:
            desk.draft(**asked)

        assert refused.value.field == field
        assert not Summary.objects.exists()

    def test_a_round_without_any_record(self, world):
        with pytest.raises(Refused, match="无法起草总结"):
            services.draft_summary(
                round=world.other_round,
                kind="stage",
                starts_on=START,
                ends_on=END,
                as_of=END,
                by=world.stranger,
                at=NOON,
            )


class TestDefaultPeriod:
    @pytest.mark.parametrize(
        ("kind", "first", "last"),
        [
            ("weekly", date(2026, 9, 14), date(2026, 9, 16)), ("monthly", date(2026, 9, 1), date(2026, 9, 16)),
            ("quarterly", date(2026, 7, 1), date(2026, 9, 16)), ("stage", START, date(2026, 9, 16)),
        ],
    )  # fmt: skip
    def test_of_each_kind(self, world, kind, first, last):
        assert services.default_period(world.round, kind, date(2026, 9, 16)) == (first, last)

    def test_after_the_round_its_last_day(self, world):
        assert services.default_period(world.round, "stage", date(2027, 5, 1))[1] == world.round.ends_on


class TestAuthor:
    def part(self, summary: Summary, key: str = "organisation.deployment") -> Part:
        return summary.parts.select_related("summary").get(key=key)

    def edit(self, desk, part: Part, text: str, version: int | None = None) -> Part:
        return services.edit_part(
            part,
            text=text,
            base_version=part.version if version is None else version,
            by=desk.world.office_clerk,
            at=NOON,
        )

    def test_own_words_survive_a_new_computation_and_the_change_is_shown(self, desk):
        from reports import document_model
        from reports.figures import Figures

        summary = desk.draft()
        self.edit(desk, self.part(summary), "及早部署。书记亲自抓。")
        desk.meeting(date(2026, 9, 14))

        services.recompute(summary, by=desk.world.office_clerk, at=NOON)

        part = self.part(summary)
        assert "书记亲自抓" in text_of(summary)
        assert "3次" in part.generated_text
        assert part.has_changed
        assert document_model.changes(part, Figures.from_json(summary.figures)) == [
            {"label": "镇委扩大会议", "old": "2", "new": "3"}
        ]

    def test_after_keeping_or_reverting_nothing_is_marked(self, desk):
        summary = desk.draft()
        self.edit(desk, self.part(summary), "及早部署。书记亲自抓。")
        desk.meeting(date(2026, 9, 14))
        services.recompute(summary, by=desk.world.office_clerk, at=NOON)

        services.keep_own(self.part(summary), by=desk.world.office_clerk, at=NOON)
        assert not self.part(summary).has_changed
        assert "书记亲自抓" in text_of(summary)

        services.revert_part(self.part(summary), by=desk.world.office_clerk, at=NOON)
        assert "3次" in text_of(summary)

    def test_a_later_day_carries_the_draft_forward(self, desk):
        desk.meeting(date(2026, 11, 9))
        summary = desk.draft(ends_on=date(2026, 11, 30))

        services.recompute(summary, as_of=date(2026, 11, 15), by=desk.world.office_clerk, at=NOON)

        assert summary.as_of == date(2026, 11, 15)
        assert "3次" in text_of(summary)

    def test_the_second_of_two_editors_is_stopped(self, desk):
        summary = desk.draft()
        first, second = self.part(summary), self.part(summary)
        self.edit(desk, first, "甲写的。")

        with pytest.raises(RecordChanged):
            self.edit(desk, second, "乙写的。")

        assert self.part(summary).own_text == "甲写的。"

    def test_two_editors_of_two_paragraphs_do_not_disturb_each_other(self, desk):
        summary = desk.draft()
        one, other = self.part(summary), self.part(summary, "closing")

        self.edit(desk, one, "甲写的。")
        self.edit(desk, other, "乙写的。")

        summary.refresh_from_db()
        assert summary.version == 3

    def test_a_computation_in_between_is_shown_to_who_is_writing(self, desk):
        summary = desk.draft()
        opened = self.part(summary)
        desk.meeting(date(2026, 9, 14))
        services.recompute(summary, by=desk.world.office_clerk, at=NOON)

        with pytest.raises(RecordChanged):
            self.edit(desk, self.part(summary), "我写的。", version=opened.version)

    def test_own_paragraphs_are_numbered_with_the_others(self, desk):
        summary = desk.draft()

        services.add_own_part(summary, section="part.next", text="健全长效机制。", by=desk.world.office_clerk, at=NOON)
        services.add_own_part(
            summary, section="part.shortfalls", text="资金不足。", by=desk.world.office_clerk, at=NOON
        )

        text = text_of(summary)
        assert "一是啃下剩余难题" in text
        assert "二是健全长效机制。\n总的来看" in text
        assert "（二）资金不足。" in text

    def test_own_paragraphs_survive_and_can_be_moved_and_removed(self, desk):
        summary = desk.draft()
        own = services.add_own_part(
            summary, section="part.next", text="健全长效机制。", by=desk.world.office_clerk, at=NOON
        )

        services.move_part(own, up=True, by=desk.world.office_clerk, at=NOON)
        services.recompute(summary, by=desk.world.office_clerk, at=NOON)
        assert "一是健全长效机制。\n二是啃下" in text_of(summary)

        own.refresh_from_db()
        services.remove_own_part(own, by=desk.world.office_clerk, at=NOON)
        assert "健全长效机制" not in text_of(summary)
        assert Entry.objects.filter(verb="删除段落").get().changes[0]["old"] == "健全长效机制。"

    def test_a_paragraph_somebody_else_removed_meanwhile_is_a_sentence(self, desk):
        do = {"by": desk.world.office_clerk, "at": NOON}
        own = services.add_own_part(desk.draft(), section="part.next", text="健全长效机制。", **do)
        services.remove_own_part(Part.objects.get(pk=own.pk), **do)

        for late in (
            lambda: services.remove_own_part(own, **do),
            lambda: services.move_part(own, up=True, **do),
            lambda: services.edit_part(own, text="另写", base_version=own.version, **do),
        ):
            with pytest.raises(Refused, match="他人"):
                late()
        assert Entry.objects.filter(verb="删除段落").count() == 1

    def test_the_title_of_the_summary_follows_its_part(self, desk):
        summary = desk.draft()

        self.edit(desk, self.part(summary, "title"), "清溪镇整治工作汇报")

        summary.refresh_from_db()
        assert summary.title == "清溪镇整治工作汇报"

    @pytest.mark.parametrize(("text", "sentence"), [("  ", "不能为空"), ("长" * 5001, "文字过长")])
    def test_refused_texts(self, desk, text, sentence):
        part = self.part(desk.draft())

        with pytest.raises(Refused, match=sentence):
            self.edit(desk, part, text)

    def test_generated_parts_are_not_removed(self, desk):
        with pytest.raises(Refused, match="不能删除"):
            services.remove_own_part(self.part(desk.draft()), by=desk.world.office_clerk, at=NOON)


class TestSignOff:
    def submitted(self, desk) -> Summary:
        summary = desk.draft()
        return services.submit_for_sign(summary, base_version=summary.version, by=desk.world.office_clerk, at=NOON)

    def test_signed_by_another_person(self, desk):
        summary = self.submitted(desk)

        services.sign(summary, base_version=summary.version, by=desk.world.party_secretary, at=NOON)

        summary.refresh_from_db()
        assert (summary.state, summary.signed_by) == ("signed", desk.world.party_secretary)

    def test_the_author_may_not_sign(self, desk):
        summary = self.submitted(desk)

        with pytest.raises(Refused, match="起草人不能签发"):
            services.sign(summary, base_version=summary.version, by=desk.world.office_clerk, at=NOON)

    def test_a_draft_is_not_signed(self, desk):
        summary = desk.draft()

        with pytest.raises(Refused, match="送签后才能签发"):
            services.sign(summary, base_version=summary.version, by=desk.world.party_secretary, at=NOON)

    def test_what_is_signed_is_what_was_read(self, desk):
        summary = self.submitted(desk)
        read = summary.version
        services.return_summary(summary, reason="补写问题", by=desk.world.party_secretary, at=NOON)
        services.submit_for_sign(summary, base_version=summary.version, by=desk.world.office_clerk, at=NOON)

        with pytest.raises(RecordChanged):
            services.sign(summary, base_version=read, by=desk.world.party_secretary, at=NOON)

    def test_submitted_text_is_out_of_the_authors_hands(self, desk):
        summary = self.submitted(desk)
        part = summary.parts.get(key="closing")

        for act in (
            lambda: services.recompute(summary, by=desk.world.office_clerk, at=NOON),
            lambda: services.edit_part(part, text="改", base_version=1, by=desk.world.office_clerk, at=NOON),
            lambda: services.add_own_part(summary, section="part.next", text="加", by=desk.world.office_clerk, at=NOON),
        ):
            with pytest.raises(Refused, match="已送签"):
                act()

    def test_returning_needs_a_reason(self, desk):
        with pytest.raises(Refused, match="原因"):
            services.return_summary(self.submitted(desk), reason=" ", by=desk.world.party_secretary, at=NOON)


class TestBlocks:
    def test_the_first_sentence_leads_unless_it_is_the_only_one(self, desk):
        from reports import document_model

        summary = desk.draft()
        for text in ("健全机制。定期回访。", "防止反弹。"):
            services.add_own_part(summary, section="part.next", text=text, by=desk.world.office_clerk, at=NOON)

        leads = {
            part.own_text: [run.text for run in block.runs if run.mark == "lead"]
            for part, block in document_model.body_blocks(list(summary.parts.all()))
            if part.is_added
        }

        assert leads == {"健全机制。定期回访。": ["二是健全机制。"], "防止反弹。": []}

    def test_figures_typed_by_hand_are_marked_for_the_reviewer_only(self, desk):
        from reports import document_model
        from reports.figures import Figures

        summary = desk.draft()
        services.add_own_part(summary, section="part.next", text="再走访30户。", by=desk.world.office_clerk, at=NOON)
        parts = list(summary.parts.all())

        def typed(marked: bool) -> list[str]:
            blocks = [
                b
                for p, b in document_model.body_blocks(parts, Figures.from_json(summary.figures) if marked else None)
                if p.is_added
            ]
            return [run.text for run in blocks[0].runs if run.mark == "typed"]

        assert typed(True) == ["30"]
        assert typed(False) == []
