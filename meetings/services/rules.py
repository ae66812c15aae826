"""Rules that several services of meetings and inspections share."""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone

from audit.services import show
from common.errors import Refused
from problems.models import Problem
from rounds.models import Round
from villages.models import Cadre, Township, Unit, Village


def refuse_future(day: date, *, at: datetime, field: str, sentence: str) -> None:
    """Only what has happened is recorded: a leader's future itinerary is never stored (product.md §3)."""
    if day > timezone.localtime(at).date():
        raise Refused(sentence, field=field)


def refuse_foreign_round(township: Township, round: Round) -> None:
    if round.township_id != township.pk:
        raise Refused("所选轮次不是本乡镇的，请重新选择。", field="round")


def round_of_day(township_id: int, day: date) -> Round:
    """The round a record of that day belongs to: the one that ran, else the last that had begun, else the newest there is."""
    rounds = Round.objects.filter(township_id=township_id)
    found = (
        rounds.filter(starts_on__lte=day, ends_on__gte=day).order_by("-starts_on").first()
        or rounds.filter(starts_on__lte=day).order_by("-starts_on").first()
        or rounds.first()
    )
    if found is None:
        raise Refused("本乡镇还没有建立整顿轮次，请先由党建办建立轮次。")
    return found


def refuse_foreign_village(township_id: int, village: Village | None, *, field: str = "village") -> None:
    if village is not None and village.township_id != township_id:
        raise Refused("所选的村不属于本乡镇，请重新选择。", field=field)


def refuse_foreign_problem(township_id: int, problem: Problem | None, village_id: int | None = None) -> None:
    """`village_id`: the one village the record is about, when there is one."""
    if problem is None:
        return
    if problem.township_id != township_id:
        raise Refused("所选问题不是本乡镇的，请重新选择。", field="problem")
    if village_id is not None and problem.village_id != village_id:
        raise Refused("所选问题不是这个村的，请重新选择。", field="problem")


def refuse_foreign_cadre(township: Township, cadre: Cadre | None, *, field: str) -> None:
    """A cadre of the township or of the county above it."""
    if cadre is not None and (cadre.county_id != township.county_id or cadre.township_id not in (None, township.pk)):
        raise Refused("所选干部不在本乡镇和上级单位之列，请重新选择。", field=field)


def refuse_foreign_units(township: Township, units: Iterable[Unit], *, field: str) -> None:
    """Stations of the township and departments above it."""
    for unit in units:
        if unit.county_id != township.county_id or unit.township_id not in (None, township.pk):
            raise Refused(f"{unit.name}不是本乡镇站所或上级部门，请重新选择。", field=field)


def changes_of_many(name: str, label: str, old: Iterable[object], new: Iterable[object]) -> list[dict[str, str]]:
    """The audit line of a field that holds many records, or none when nothing changed."""
    before, after = [str(o) for o in old], [str(n) for n in new]
    if sorted(before) == sorted(after):
        return []
    return [{"field": name, "label": label, "old": show(before), "new": show(after)}]


def short(text: str, limit: int = 20) -> str:
    """A text inside an audit verb."""
    return text if len(text) <= limit else text[:limit] + "…"
