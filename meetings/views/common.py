"""What pages of meetings and inspections share: rows a form may offer, links a visitor may follow."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.permissions import Permission
from meetings.models import Commitment, Meeting
from problems.models import Problem
from rounds.models import Round
from villages.access import Access
from villages.models import Cadre, Unit, Village
from villages.pages import Tab

TABS = (
    Tab("会议", "meetings:meeting_list", Permission.MEETING_VIEW),
    Tab("议题", "meetings:agenda_list", Permission.MEETING_VIEW),
    Tab("议定事项督办", "meetings:commitment_list", Permission.PROBLEM_VIEW),
)

# A shape and a word: never colour alone.
STATE_LIGHTS = {
    Commitment.State.OPEN: "light-yellow",
    Commitment.State.LATE: "light-red",
    Commitment.State.KEPT: "light-green",
    Commitment.State.KEPT_LATE: "light-green",
}


def light(css: str, word: str) -> SafeString:
    return format_html('<span class="light {}">{}</span>', css, word)


def state_cell(day: date) -> Callable[[Commitment], SafeString]:
    def cell(commitment: Commitment) -> SafeString:
        state = commitment.state_on(day)
        return light(STATE_LIGHTS[state], state.label)

    return cell


def counted(rows: QuerySet[Any], *, by: str) -> Coalesce:
    """An annotation: how many of `rows` belong through `by` to the outer row."""
    counts = rows.filter(**{by: OuterRef("pk")}).order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)


def may_open_meeting(access: Access, meeting: Meeting) -> bool:
    """Without a query: the meetings of one's township, those of one's village. Others are named without a link."""
    return Permission.MEETING_VIEW in access.permissions and (
        meeting.township_id in access.township_ids or meeting.village_id in access.village_ids
    )


def rounds_for(access: Access, permission: Permission) -> QuerySet[Round]:
    """Rounds of the townships where the visitor holds the permission; the present one first."""
    return (
        Round.objects.filter(township_id__in=access.townships_with(permission))
        .select_related("township")
        .current(access.on)
    )


def cadres_of(access: Access, township_ids: Iterable[int]) -> QuerySet[Cadre]:
    """Cadres that a record of these townships may name, also those who have left since: records look back."""
    return Cadre.objects.visible_to(access).filter(Q(township_id__in=township_ids) | Q(township_id=None))


def units_of(access: Access, township_ids: Iterable[int]) -> QuerySet[Unit]:
    """Stations and departments that a record of these townships may name."""
    return Unit.objects.visible_to(access).filter(Q(township_id__in=township_ids) | Q(township_id=None))


def villages_for(access: Access, permission: Permission) -> QuerySet[Village]:
    return Village.objects.filter(access.villages_with(permission), closed_on=None)


def problems_of(access: Access, township_id: int, village_ids: Iterable[int] | None = None) -> QuerySet[Problem]:
    """Problems of the ledger that a record may name; `village_ids` when it is about certain villages."""
    rows = Problem.objects.visible_to(access).in_ledger().filter(township_id=township_id)
    if village_ids is not None:
        rows = rows.filter(village_id__in=village_ids)
    return rows.select_related("village").order_by("village__sort", "village_id", "-round_id", "number")
