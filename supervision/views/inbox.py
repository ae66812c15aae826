"""One's own: what waits for me, the digests of past mornings, where they are sent."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from common.chinese import full_date
from common.lists import Paging, number_named
from supervision.forms import MailForm
from supervision.models import Digest, InboxItem, MailAddress
from supervision.services import digests, inbox, mail
from supervision.terms import Colour, Reason
from supervision.views.common import COLOUR_LIGHTS, Personal
from villages.pages import FormPage, safe_back

ACTIONS = {
    Reason.REVIEW: "去审核", Reason.EXTENSION: "去审批", Reason.CLOSE_DECIDE: "去审核", Reason.CLOSE_CHECK: "去核实",
    Reason.RETURNED: "去修改", Reason.SLIP_RED: "看督办单", Reason.SLIP_YELLOW: "看督办单", Reason.SLIP_BLUE: "看提醒单",
    Reason.DRAFT: "打开初稿", Reason.TO_SIGN: "去签收",
}  # fmt: skip


def shown(reason: str, colour: str) -> dict[str, str]:
    return {
        "word": Reason(reason).label,
        "light": COLOUR_LIGHTS[Colour(colour)],
        "action": ACTIONS.get(Reason(reason), "去办理"),
    }


class Inbox(Personal, TemplateView):
    template_name = "supervision/inbox.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET
        mine = InboxItem.objects.filter(user=self.request.user)
        colour = query.get("colour", "")
        rows = mine.filter(colour=colour) if colour in Colour.values else mine
        if query.get("unread"):
            rows = rows.filter(read_at=None)
        counts = mine.aggregate(
            total=Count("pk"), unread=Count("pk", filter=Q(read_at=None)),
            **{c.value: Count("pk", filter=Q(colour=c)) for c in Colour},
        )  # fmt: skip
        # Unread first; within them the most pressing, then the newest.
        order = ("read_at__isnull", "pressing", "-since", "-pk")
        rows = rows.annotate(pressing=digests.PRESSING, unread=Q(read_at=None)).order_by("-unread", *order[1:])
        paging = Paging(rows, query, default_size=20)
        digest = Digest.objects.filter(user=self.request.user).order_by("-day").first()
        return super().get_context_data(**kwargs) | {
            "title": "待办",
            "items": [{"row": row} | shown(row.reason, row.colour) for row in paging.rows],
            "paging": paging,
            "counts": counts,
            "choices": [
                ("全部", counts["total"], "?", not colour and not query.get("unread")),
                ("未读", counts["unread"], "?unread=1", bool(query.get("unread"))),
                *((f"{c.label}色", counts[c.value], f"?colour={c}", colour == c) for c in Colour),
            ],
            "unread_here": any(row.read_at is None for row in paging.rows),
            "here": self.request.get_full_path(),
            "digest": digest,
        }


class InboxRead(Personal):
    """Marks the lines named as read: one, or all that are shown."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        keys = [key for text in request.POST.getlist("key") if (key := number_named(text)) is not None]
        count = inbox.mark_read(user=request.user, keys=keys, at=timezone.now())
        messages.success(request, f"已把{count}项标为已读。" if count else "没有未读的项。")
        return redirect(safe_back(request, reverse("supervision:inbox")))


class DigestList(Personal, TemplateView):
    template_name = "supervision/digest_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        digests_ = Digest.objects.filter(user=self.request.user).defer("lines").order_by("-day")
        paging = Paging(digests_, self.request.GET, default_size=20)
        return super().get_context_data(**kwargs) | {
            "title": "每日提醒",
            "paging": paging,
        }


class DigestDetail(Personal, TemplateView):
    template_name = "supervision/digest_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        digest = get_object_or_404(Digest, user=self.request.user, pk=self.kwargs["pk"])
        return super().get_context_data(**kwargs) | {
            "title": f"{full_date(digest.day)}提醒",
            "digest": digest,
            "lines": [line | shown(line["reason"], line["colour"]) for line in digest.lines],
            "more": digest.total - len(digest.lines),
        }


class MailSettings(Personal, FormPage):
    form_class = MailForm
    title = "提醒设置"

    @property
    def intro(self) -> str:  # type: ignore[override]
        if digests.is_configured():
            return "每个工作日早上有一份待办提醒，始终可在“待办”中看到；需要时也可以发到邮箱。"
        return "每个工作日早上的待办提醒可在“待办”中看到。本单位还没有配置邮件服务器，填写的邮箱在配置后生效。"

    def get_initial(self) -> dict[str, Any]:
        held = MailAddress.objects.filter(user=self.request.user).first()
        return {"is_on": held.is_on, "address": held.address} if held else {}

    def get_success_url(self) -> str:
        return reverse("supervision:inbox")

    def perform(self, form: MailForm) -> str:
        mail.set_address(user=self.request.user, at=timezone.now(), **form.cleaned_data)
        return self.get_success_url()
