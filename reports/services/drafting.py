"""A draft from the records, and the same draft from newer records without losing the author's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from audit import services as audit
from common.errors import Refused
from problems.models import Problem
from problems.terms import LEDGER_STATES
from reports import outlines
from reports.figures import Figures, compute
from reports.models import Outline, Part, PartVersion, Summary, text_of
from rounds.models import Designation, Round


def default_period(round: Round, kind: str, today: date) -> tuple[date, date]:
    """The period a summary of this kind usually covers, seen from a day: the running week, month or quarter, or the round so far."""
    last = max(min(today, round.ends_on), round.starts_on)
    if kind == Summary.Kind.WEEKLY:
        first = last - timedelta(days=last.weekday())
    elif kind == Summary.Kind.MONTHLY:
        first = last.replace(day=1)
    elif kind == Summary.Kind.QUARTERLY:
        first = last.replace(month=(last.month - 1) // 3 * 3 + 1, day=1)
    else:
        first = round.starts_on
    return max(first, round.starts_on), last


def check_period(*, starts_on: date, ends_on: date, as_of: date, round: Round) -> None:
    """Raise Refused, with the field, for a period no summary can be written about."""
    if ends_on < starts_on:
        raise Refused("截止日期不能早于起始日期，请改正后再起草。", field="ends_on")
    if as_of < starts_on:
        raise Refused("数据截至日期不能早于起始日期：那一天本期工作还没有开始。", field="as_of")
    if ends_on < round.starts_on:
        raise Refused(f"{round}从{round.starts_on}开始，所选期间在它之前，没有可以总结的工作。", field="ends_on")


def check_records(round: Round, as_of: date) -> None:
    """Raise Refused when the round holds nothing to write about on the day."""
    listed = Designation.objects.filter(round=round).listed_on(as_of).exists()
    if (
        not listed
        and not Problem.objects.filter(round=round, steps__since__lte=as_of, steps__state__in=LEDGER_STATES).exists()
    ):
        raise Refused(
            f"{round}截至{as_of}还没有审定的整顿对象，也没有入账的问题，无法起草总结。请先登记整顿对象或问题。"
        )


@dataclass(frozen=True)
class Written:
    """A computation written out: figures, parts, and the sentences a record is missing for."""

    figures: Figures
    drafts: list[outlines.Draft]
    missing: list[dict[str, str]]


def plans_of(township_id: int, kind: str) -> tuple[outlines.Plan, ...]:
    """The outline in force for a kind: the township's own, or the portal's."""
    return outlines.plans_of(Outline.objects.filter(township=township_id, kind=kind).first(), kind)


def compared_with(round: Round, kind: str, starts_on: date, as_of: date) -> date | None:
    """The day “与上期相比” looks back to: that of the last paper of this kind in the round, else the eve of the period."""
    before = Summary.objects.filter(round=round, kind=kind, as_of__lt=as_of).exclude(state=Summary.State.WITHDRAWN)
    day = before.order_by("-as_of").values_list("as_of", flat=True).first()
    eve = starts_on - timedelta(days=1)
    return day or (eve if eve >= round.starts_on else None)


def write(round: Round, *, kind: str, starts_on: date, ends_on: date, as_of: date) -> Written:
    """Compute and write out; reads only."""
    figures = compute(
        round, kind=kind, starts_on=starts_on, ends_on=ends_on, as_of=as_of,
        compared_with=compared_with(round, kind, starts_on, as_of),
    )  # fmt: skip
    plans = plans_of(round.township_id, kind)
    missing = [
        {"part": part, "sentence": s.key, "missing": s.missing, "entered": s.entered}
        for part, s in outlines.gaps(figures, plans)
    ]
    return Written(figures, outlines.write(figures, plans), missing)


@transaction.atomic
def draft_summary(
    *, round: Round, kind: str, starts_on: date, ends_on: date, as_of: date, by: Any, at: datetime
) -> Summary:
    """Compute the figures and write the first draft. Refused for an impossible period or a round without any record."""
    check_period(starts_on=starts_on, ends_on=ends_on, as_of=as_of, round=round)
    check_records(round, as_of)
    written = write(round, kind=kind, starts_on=starts_on, ends_on=ends_on, as_of=as_of)
    summary = Summary.objects.create(
        township_id=round.township_id,
        round=round,
        kind=kind,
        starts_on=starts_on,
        ends_on=ends_on,
        as_of=as_of,
        title=next(text_of(d.runs) for d in written.drafts if d.kind == Part.Kind.TITLE),
        figures=written.figures.to_json(),
        missing=written.missing,
        computed_at=at,
        author=by,
        created_at=at,
    )
    Part.objects.bulk_create(
        Part(summary=summary, key=d.key, order=order, kind=d.kind, generated=d.runs, seen=d.runs)
        for order, d in enumerate(written.drafts, 1)
    )
    audit.record(summary, "起草总结", by=by, at=at)
    return summary


@transaction.atomic
def recompute(summary: Summary, *, by: Any, at: datetime, as_of: date | None = None) -> Summary:
    """Compute anew. Own words stay; each part keeps what its reader saw before, so that the page shows what the data changed.

    Without `as_of` the day stays; a later day carries the draft forward.
    """
    require_draft(summary)
    day = as_of or summary.as_of
    check_period(starts_on=summary.starts_on, ends_on=summary.ends_on, as_of=day, round=summary.round)
    written = write(summary.round, kind=summary.kind, starts_on=summary.starts_on, ends_on=summary.ends_on, as_of=day)
    before = list(summary.parts.select_for_update())
    stood = {part.pk: past_of(part, "重新计算数据", by=by, at=at) for part in before}
    versions = {part.pk: part.version for part in before}
    parts = merged(before, written.drafts, summary)
    stands = {part.pk: part.text for part in parts if part.pk}
    PartVersion.objects.bulk_create(v for pk, v in stood.items() if v.text and stands.get(pk, "") != v.text)
    # Neither the author's words nor his version are written here: somebody may be saving them at this moment.
    summary.parts.exclude(pk__in=stands).filter(is_own=False, is_locked=False).delete()
    for part in (p for p in parts if p.pk):
        part.version = F("version") + (part.version - versions[part.pk])
    Part.objects.bulk_update([p for p in parts if p.pk], ["generated", "order", "version", "kind"])
    Part.objects.bulk_create(p for p in parts if not p.pk)
    summary.figures, summary.missing = written.figures.to_json(), written.missing
    summary.as_of, summary.computed_at = day, at
    title = next(p for p in parts if p.kind == Part.Kind.TITLE)
    summary.title = title.text
    summary.save(update_fields=["figures", "missing", "as_of", "computed_at", "title"])
    touch(summary)
    audit.record(summary, "重新计算数据", by=by, at=at)
    return summary


def past_of(part: Part, why: str, *, by: Any, at: datetime) -> PartVersion:
    """The words of a part as they stand, to be kept when they are replaced."""
    return PartVersion(
        summary_id=part.summary_id, key=part.key, kind=part.kind, text=part.text, is_own=part.is_own,
        written_by=part.edited_by if part.is_own else None, replaced=why, replaced_by=by, replaced_at=at,
    )  # fmt: skip


def merged(before: list[Part], drafts: list[outlines.Draft], summary: Summary) -> list[Part]:
    """The parts of a summary with the words of a new computation, in memory: moved parts stay where they were moved to, new ones
    follow the part the outline puts them after, parts the outline no longer knows stay only if the author wrote in them."""
    known = {part.key: part for part in before}
    wanted = {draft.key for draft in drafts}
    result = [p for p in before if p.key in wanted or p.is_added or p.is_own or p.is_locked]
    previous: Part | None = None
    for draft in drafts:
        part = known.get(draft.key)
        if part is None:
            part = Part(summary=summary, key=draft.key, kind=draft.kind, generated=draft.runs, seen=draft.runs)
            result.insert(result.index(previous) + 1 if previous else 0, part)
        elif part.generated != draft.runs:
            part.generated = draft.runs
            part.version += 1  # whoever has this paragraph open is shown the new words before he saves
        part.kind = draft.kind
        previous = part
    for order, part in enumerate(result, 1):
        part.order = order
    return result


def require_draft(summary: Summary) -> None:
    """Raise Refused once the summary is out of the author's hands.

    Asked of the row and not of the instance, and the row is held: else a paragraph could still be saved into a text that somebody hands
    in or signs at the same moment.
    """
    summary.state = Summary.objects.select_for_update().values_list("state", flat=True).get(pk=summary.pk)
    if summary.state == Summary.State.SIGNED:
        raise Refused("总结已签发，不能再改。需要更新时请另起草一份。")
    if summary.state == Summary.State.WITHDRAWN:
        raise Refused("签发稿已撤回，原文不能再改。请点“重新起草”，在新的一份里修改。")
    if summary.state == Summary.State.REVIEW:
        raise Refused("总结已送签，不能再改。需要修改时请先退回起草。")


def touch(summary: Summary) -> None:
    """The printed text changed: the next PDF is another one. Two people editing two paragraphs do not disturb each other."""
    Summary.objects.filter(pk=summary.pk).update(version=F("version") + 1)
    summary.refresh_from_db(fields=["version"])
