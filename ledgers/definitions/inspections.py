"""F 督查台账: one row for each village an inspection went to.

The identity of a row is that of its inspection; the column 村 says which of its villages the row is about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from accounts.permissions import Permission
from common import chinese
from inspections.models import Bulletin, Finding, Inspection, Notice
from ledgers import words
from ledgers.form import Ask, Kind, Ledger, Line, Totals, Value, column

COLUMNS = (
    column("held_on", "督查时间", width=12.6, kind=Kind.DAY),
    column("people", "督查人员", width=21),
    column("mode", "督查方式", width=10.5, align="center"),
    column("village", "村", width=8),
    column("findings", "发现问题", width=28),
    column("requirements", "整改要求", width=26),
    column("notice", "通知书编号", width=11),
    column("reply_due_on", "反馈时限", width=12.6, kind=Kind.DAY),
    column("reply", "整改情况", width=26),
    column("reported", "是否通报", width=17),
    column("remark", "备注", width=12),
)
Went = Inspection.villages.through


def keys(ask: Ask) -> list[int]:
    """Keys of “inspection went to village”; of a village in whose sight the inspection is, that village's row only."""
    rows = Went.objects.filter(inspection__round__in=ask.round_ids, inspection__held_on__lte=ask.as_of)
    return in_order(rows, ask)


def keys_of(inspection_ids: Sequence[int], ask: Ask) -> list[int]:
    """The rows of a filtered list of inspections, in its order."""
    place = {pk: n for n, pk in enumerate(inspection_ids)}
    rows = Went.objects.filter(inspection__in=inspection_ids)
    by_inspection = dict(rows.values_list("pk", "inspection_id"))
    return sorted(in_order(rows, ask), key=lambda pk: place[by_inspection[pk]])


def in_order(rows, ask: Ask) -> list[int]:  # type: ignore[no-untyped-def]
    if ask.access is not None:
        rows = rows.filter(ask.access.within(township="inspection__township_id", village="village_id"))
    order = ("inspection__township_id", "inspection__held_on", "inspection_id", "village__sort", "village_id")
    return list(rows.order_by(*order).values_list("pk", flat=True))


def lines(keys: Sequence[int], ask: Ask, first: int = 1) -> Iterator[Line]:
    day = ask.as_of
    went = Went.objects.select_related("inspection__leader", "inspection__meeting", "village").in_bulk(keys)
    ids = {w.inspection_id for w in went.values()}
    found: dict[tuple[int, int], list[Finding]] = defaultdict(list)
    for finding in Finding.objects.filter(inspection__in=ids).order_by("pk"):
        found[finding.inspection_id, finding.village_id].append(finding)
    notices: dict[tuple[int, int], list[Notice]] = defaultdict(list)
    issued = Notice.objects.filter(inspection__in=ids, issued_on__lte=day).order_by("year", "number")
    for notice in issued.prefetch_related("rounds"):
        notices[notice.inspection_id, notice.village_id].append(notice)
    reported: dict[int, list[str]] = defaultdict(list)
    told = Bulletin.inspections.through.objects.filter(inspection__in=ids, bulletin__reported_on__lte=day)
    for inspection_id, on in told.order_by("bulletin__reported_on").values_list(
        "inspection_id", "bulletin__reported_on"
    ):
        reported[inspection_id].append(chinese.month_day(on))
    for pk in keys:
        if not (w := went.get(pk)):
            continue
        i: Inspection = w.inspection
        mine, sent = found[i.pk, w.village_id], notices[i.pk, w.village_id]
        days = reported[i.pk]
        yield Line(
            (
                i.held_on,
                words.joined((i.leader.with_title if i.leader else "", i.people), "、"),
                i.get_mode_display(),
                ask.village(w.village.name, i.township_id),
                words.numbered([f.text for f in mine]),
                words.numbered(
                    [f.requirement for f in mine if f.requirement] or [n.round_on(day).requirement for n in sent]
                ),
                "、".join(f"〔{n.year}〕{n.number}号" for n in sent),
                sent[0].round_on(day).reply_due_on if sent else None,
                words.joined((_reply(n, ask) for n in sent), "\n"),
                f"已通报（{'、'.join(days)}）" if days else "未通报",
                i.meeting.name if i.meeting else "",
            ),
            i.pk,
            i.version,
            i.township_id,
        )


def _reply(notice: Notice, ask: Ask) -> str:
    round = notice.round_on(ask.as_of)
    if round.replied_on and round.replied_on <= ask.as_of:
        return words.said_on(round.replied_on, round.reply)
    return "逾期未反馈" if round.reply_due_on < ask.as_of else "未到反馈时限"


def summary(totals: Totals) -> dict[str, Value]:
    return {"findings": f"共{totals.count}村次"}


LEDGER = Ledger(
    code="F",
    name="督查台账",
    noun="村次",
    permission=Permission.INSPECTION_VIEW,
    columns=COLUMNS,
    keys=keys,
    lines=lines,
    summary=summary,
    importable=True,
    about="每次督查每村一行：发现问题、通知书、整改情况和通报",
)
