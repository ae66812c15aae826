"""What every page's frame needs: the menu of the visitor, without a query beyond the visitor's posts."""

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.permissions import Permission as P
from supervision.services import inbox

# (label, url name, permission that shows it)
MENU: list[tuple[str, str, P]] = [
    ("问题台账", "problems:problem_list", P.PROBLEM_VIEW),
    ("一村一策", "problems:plan_list", P.ROUND_VIEW),
    ("村情", "villages:village_list", P.VILLAGE_VIEW),
    ("轮次", "rounds:round_list", P.ROUND_VIEW),
    ("结对", "pairings:pairing_list", P.PAIRING_VIEW),
    ("其他工作", "otherwork:entry_list", P.OTHERWORK_VIEW),
    ("会议", "meetings:meeting_list", P.MEETING_VIEW),
    ("议定事项", "meetings:commitment_list", P.COMMITMENT_REPORT),  # for stations, which see no other meeting page
    ("督查", "inspections:inspection_list", P.INSPECTION_VIEW),
    ("督办单", "supervision:slip_list", P.SLIP_VIEW),
    ("验收", "acceptances:acceptance_list", P.ROUND_VIEW),
    ("总结", "reports:summary_list", P.SUMMARY_VIEW),
    ("台账", "ledgers:ledger_list", P.PROBLEM_VIEW),
    ("干部", "villages:cadre_list", P.CADRE_VIEW),
    ("乡镇", "villages:township_list", P.TOWNSHIP_EDIT),
    ("账号", "villages:user_list", P.ACCOUNT_MANAGE),
]


@cache
def address(name: str) -> str:
    """Asked for sixteen times a page, error pages included, and always the same."""
    return reverse(name)


def page(request: HttpRequest) -> dict[str, Any]:
    """`menu`: entries the visitor's posts open; `access`: the visitor's access, for templates that hide buttons."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"menu": [], "access": None}
    access = request.access  # type: ignore[attr-defined]
    held = access.permissions
    menu: list[dict[str, Any]] = []
    for label, name, permission in MENU:
        if permission in held and not (name == "meetings:commitment_list" and P.MEETING_VIEW in held):
            url = address(name)
            menu.append({"label": label, "url": url, "here": False})
    # /villages/cadres/ lies below /villages/ too: the nearest entry is the one we are in.
    inside = [item for item in menu if request.path.startswith(item["url"])]
    if inside:
        max(inside, key=lambda item: len(item["url"]))["here"] = True
    return {"menu": menu, "access": access, "unread": 0 if access.is_administrator else inbox.unread(user.pk)}
