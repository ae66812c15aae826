"""How a problem's standing reads in lists, on its page and on the phone: words and small pieces of HTML, no queries."""

from __future__ import annotations

from datetime import date

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from problems.terms import OPEN_STATES, Category, Colour, DeadlineKind, Degree, State

STATE_WORDS = dict(State.choices)
DEGREE_WORDS = dict(Degree.choices)
KIND_WORDS = dict(DeadlineKind.choices)
# Short words of the categories for narrow columns.
CATEGORY_SHORT = {
    Category.LEGACY: "历史遗留",
    Category.LAND: "重点工程（征地）",
    Category.INFRASTRUCTURE: "基础设施",
    Category.ECONOMY: "村集体经济",
    Category.ORGANISATION: "基层组织",
}
# The lights never change, so their HTML is made once.
LIGHTS: dict[str, SafeString] = {
    colour: format_html('<span class="light light-{}">{}</span>', colour, Colour(colour).label)
    for colour in Colour.values
}


def light(colour: Colour) -> SafeString:
    """The light with its word."""
    return LIGHTS[colour]


def days_text(state: str, due_on: date | None, day: date) -> str:
    """How long until the deadline of an open problem: 剩12天, 今天到期, 逾期16天."""
    if due_on is None or state not in OPEN_STATES or state == State.SUSPENDED:
        return ""
    left = (due_on - day).days
    if left < 0:
        return f"逾期{-left}天"
    return f"剩{left}天" if left else "今天到期"


def deadline_text(kind: str, due_on: date | None) -> str:
    """The deadline as the ledger writes it: a day, 立行立改, 长期坚持."""
    if kind == DeadlineKind.CONTINUING:
        return KIND_WORDS[kind]
    if due_on is None:
        return KIND_WORDS[kind] if kind == DeadlineKind.IMMEDIATE else "未定"
    return f"{due_on.isoformat()}（立行立改）" if kind == DeadlineKind.IMMEDIATE else due_on.isoformat()


def extended_text(first_due_on: date | None, due_on: date | None, extensions: int) -> str:
    """The first deadline wherever the present one differs from it, and how often it was extended."""
    parts = []
    if first_due_on and first_due_on != due_on:
        parts.append(f"最初时限{first_due_on.isoformat()}")
    if extensions:
        parts.append(f"已延期{extensions}次")
    return "，".join(parts)


def state_html(state: str, degree: str) -> SafeString:
    """The state, and the degree where it says more: for closed problems and for open ones already partly settled."""
    html = f'<span class="state state-{state}">{STATE_WORDS[state]}</span>'
    if degree != Degree.UNRESOLVED:
        html = f'<span>{html} <span class="degree">{DEGREE_WORDS[degree]}</span></span>'
    return mark_safe(html)  # noqa: S308 - all from our own lists
