"""Rules that several services of rounds and pairings share."""

from datetime import date, datetime

from django.utils import timezone

from common.errors import Refused
from rounds.models import Round
from villages.models import Cadre, Village


def happened(day: date | None, *, at: datetime, field: str) -> None:
    """Refuse a day that has not come yet: the portal holds what was done, not what is planned."""
    if day and day > timezone.localdate(at):
        raise Refused("日期还没有到，请填写实际发生的日期。", field=field)


def in_order(first: date | None, last: date | None, *, field: str, sentence: str) -> None:
    """Refuse `last` before `first`; a missing day is in order."""
    if first and last and last < first:
        raise Refused(sentence, field=field)


def of_township(round: Round, village: Village, *, field: str = "village") -> None:
    """Refuse a village of another township."""
    if village.township_id != round.township_id:
        raise Refused("这个村不属于本轮次的乡镇，请重新选择。", field=field)


def known_to(round: Round, cadre: Cadre | None, *, field: str) -> None:
    """Refuse a cadre of another township; cadres of the county level belong to none."""
    if cadre and cadre.township_id not in (None, round.township_id):
        raise Refused("这名干部不属于本轮次的乡镇，请重新选择。", field=field)
