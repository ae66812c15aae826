"""Where a kind of other work stands in each paper of its township, and how its sentence is put back where an office took it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from accounts.permissions import Permission
from otherwork.models import WorkKind
from reports import outlines
from reports.language.brief import FOLLOWING, THIS
from reports.models import Outline, Part, Summary
from reports.outlines import OTHER_WORK, OUTLINES, Plan, Use
from villages.access import Access

# The heading of each place, the first that an outline has; a paper without parts of its own (通报) knows only the three great ones.
HEADINGS = {
    WorkKind.Place.ORGANISATION: ("part.organisation", "part.work"),
    WorkKind.Place.RECTIFYING: ("part.rectifying", "part.work"),
    WorkKind.Place.RESULTS: ("part.results", "part.work"),
    WorkKind.Place.SHORTFALLS: ("part.shortfalls",),
    WorkKind.Place.NEXT: ("part.next",),
}
# The leading clauses of the portal's own parts serve where an outline gets one more.
LEADS = {plan.key: plan.lead for plan in OUTLINES[Summary.Kind.STAGE] if plan.key.startswith(OTHER_WORK)}


def sentence_of(place: str) -> str:
    return f"{OTHER_WORK}{place}"


@dataclass(frozen=True)
class Standing:
    """A sentence in one outline: `writes` is the part that prints it, `silent` one that would, switched on or given it back."""

    heading: str
    writes: Plan | None = None
    silent: Plan | None = None


def standing(plans: Sequence[Plan], kind: str, sentence: str) -> Standing:
    """How a sentence stands in an outline of a kind; neither part: the portal's own outline has no place for it."""
    home = home_of(kind, sentence)
    heading, silent, silent_under = "", None, ""
    for plan in plans:
        if plan.is_heading:
            heading = plan.lead
        has = any(use.sentence == sentence for use in plan.uses)
        if has and not plan.off:
            return Standing(heading, writes=plan)
        if silent is None and (has or plan.key == home):
            silent, silent_under = plan, heading
    return Standing(silent_under, silent=silent)


def home_of(kind: str, sentence: str) -> str:
    """The portal's own part for a sentence, "" where its outline has none."""
    return next((p.key for p in OUTLINES[kind] if any(use.sentence == sentence for use in p.uses)), "")


def place_for(plans: Sequence[Plan], place: str) -> str | None:
    """The heading a sentence of this place goes under where an outline has no part for it."""
    free = outlines.places(plans)
    return next((key for key in HEADINGS[WorkKind.Place(place)] if key in free), None)


def put_in(plans: Sequence[Plan], kind: str, place: str) -> tuple[tuple[Plan, ...], Plan | None]:
    """With the sentence of a place printed, and the part that prints it; None where the outline has no heading for it.

    A part that was off prints only this sentence afterwards: whatever else it held was taken out as well.
    """
    sentence = sentence_of(place)
    at = standing(plans, kind, sentence)
    if at.writes:
        return tuple(plans), at.writes
    if old := at.silent:
        kept = () if old.off else tuple(use for use in old.uses if use.sentence != sentence)
        new = replace(old, uses=(*kept, Use(sentence)), off=False)
        return tuple(new if plan.key == old.key else plan for plan in plans), new
    under = place_for(plans, place)
    if under is None:
        return tuple(plans), None
    lead = "" if outlines.places(plans)[under] == Part.Kind.BODY else LEADS[sentence]
    return outlines.added(plans, under, lead, (Use(sentence),))


def of_kind(kind: WorkKind, access: Access) -> tuple[str, dict[str, Any]] | None:
    """In which papers a kind's sentence stands, for those who draft them; one query."""
    if not access.may(Permission.SUMMARY_DRAFT, township_id=kind.township_id):
        return None
    own = {outline.kind: outline for outline in Outline.objects.filter(township_id=kind.township_id)}
    rows: list[dict[str, Any]] = []
    for paper in Summary.Kind:
        outline = own.get(paper) or Outline(township_id=kind.township_id, kind=paper)
        plans = outlines.plans_of(outline, paper)
        at = standing(plans, paper, sentence_of(kind.place))
        found = at.writes or at.silent
        under = None if found else place_for(plans, kind.place)
        heading = next((plan.lead for plan in plans if plan.key == under), at.heading)
        where = reverse("reports:outline_detail", args=[kind.township_id, paper])
        rows.append(
            {
                "paper": paper.label,
                "heading": _shown(heading, paper),
                "part": _shown(found.lead, paper) if found else "",
                "writes": at.writes is not None,
                "off": bool(at.silent and at.silent.off),
                "absent": found is None,
                "outline": f"{where}#part-{found.key}" if found else where,
                "put_in": reverse("reports:outline_put_in", args=[kind.township_id, paper, kind.place])
                if found or under
                else "",
                "base_version": outline.version,
            }
        )
    rows.sort(key=lambda row: row["absent"])
    out = [row["paper"] for row in rows if not row["writes"] and not row["absent"]]
    return "reports/_kind_standing.html", {"rows": rows, "out": out}


def _shown(words: str, paper: str) -> str:
    """Words of an outline as a page names them: the brackets of the period as the paper fills them, no full stop."""
    for bracket, filled in (("{本期}", THIS.get(paper, "本期")), ("{下期}", FOLLOWING.get(paper, "下一步"))):
        words = words.replace(bracket, filled)
    return words.rstrip("。")
