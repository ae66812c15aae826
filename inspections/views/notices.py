"""Rectification notices as they are read: list, the page of one, the printed sheet, files of a reply."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.html import format_html, format_html_join

from accounts.permissions import Permission
from audit.services import history
from common.lists import Column
from common.sending import send
from inspections.forms.filters import NoticeFilter
from inspections.models import Notice, NoticeFile
from inspections.services.notices import answered_by
from inspections.views.common import NOTICE_LIGHTS, TABS
from meetings.views.common import light
from villages.pages import ListPage, Page, PermissionRequired, link


class NoticeList(ListPage):
    permission = Permission.INSPECTION_VIEW
    tabs = TABS
    title = "整改通知书"
    noun = "份通知书"
    filter_form = NoticeFilter
    sorts = {
        "number": ["year", "number", "pk"],
        "issued_on": ["issued_on", "pk"],
        "reply_due_on": ["reply_due_on", "pk"],
        "village": ["village__sort", "village_id", "-issued_on"],
    }
    empty_text = "还没有整改通知书。通知书由党建办在督查页面上发出，村里收到后在这里签收和反馈。"

    def rows(self) -> QuerySet[Notice]:
        filters = self.filters
        self.day = filters.day
        rows = filters.narrow(Notice.objects.visible_to(self.access), day="issued_on", round="inspection__round__")
        if state := filters.value("state"):
            rows = getattr(rows, state)(self.day)  # one of the form's choices, each a word of the queryset
        if village := filters.value("village"):
            rows = rows.filter(village=village)
        rows = rows.select_related("village", "township")
        # Only a list of an earlier day asks for the rounds before the present one.
        return rows.prefetch_related("rounds") if self.day < self.access.on else rows

    def get_columns(self) -> list[Column]:
        here, day = self.here, self.day

        def state(notice: Notice) -> str:
            standing = notice.state_on(day)
            return light(NOTICE_LIGHTS[standing], standing.label)

        def on(day: Any) -> str:
            return day.isoformat() if day else "—"

        def number(notice: Notice) -> str:
            return link(notice.get_absolute_url(), notice.number_text, here)

        def issued(notice: Notice) -> str:
            round = notice.round_on(day)
            dates = [on(notice.issued_on)]
            if (number := round.round_number) > 1:
                dates.append(f"第{number}次{on(round.sent_on)}")
            # One element, so that on a phone the second date goes below the first instead of out of the page.
            parts = format_html_join(" ", '<span class="nowrap">{}</span>', ([text] for text in dates))
            return format_html("<span>{}</span>", parts)

        def reached(name: str) -> Callable[[Notice], str]:
            """A date of the round that ran on the day, unless it came after."""

            def cell(notice: Notice) -> str:
                value = getattr(notice.round_on(day), name)
                return on(value if value and value <= day else None)

            return cell

        def reply(notice: Notice) -> str:
            round = notice.round_on(day)
            return round.reply if round.replied_on and round.replied_on <= day else "—"

        columns = [
            Column("编号", number, sort="number", lead=True, css="nowrap"),
            Column("村", lambda n: n.village.name, sort="village", css="nowrap"),
            Column("状态", state, css="nowrap"),
            Column("整改要求", lambda n: n.round_on(day).requirement),
            Column("发出日期", issued, sort="issued_on"),
            Column("反馈时限", lambda n: on(n.round_on(day).reply_due_on), sort="reply_due_on", css="nowrap"),
            Column("签收日期", reached("signed_on"), css="nowrap"),
            Column("反馈日期", reached("replied_on"), css="nowrap"),
            Column("整改情况", reply),
            Column("办结日期", lambda n: on(n.closed_on if n.closed_on and n.closed_on <= day else None), css="nowrap"),
        ]
        if len(self.access.township_ids) > 1:
            columns.insert(1, Column("乡镇", lambda n: n.township.name))
        return columns


class NoticePage(PermissionRequired):
    """Loads one notice in scope."""

    notice: Notice

    def load(self, pk: int) -> None:
        self.notice = get_object_or_404(
            Notice.objects.visible_to(self.access).select_related(
                "village", "township", "inspection", "signed_by", "replied_by", "checked_by"
            ),
            pk=pk,
        )

    def may(self, permission: Permission) -> bool:
        return self.access.may(permission, township_id=self.notice.township_id, village_id=self.notice.village_id)


class NoticeDetail(NoticePage, Page):
    permission = Permission.INSPECTION_VIEW
    template_name = "inspections/notice_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        notice = self.notice
        state = notice.state_on(self.access.on)
        answers, edits = self.may(Permission.NOTICE_ANSWER), self.may(Permission.INSPECTION_EDIT)
        waiting = bool(notice.replied_on) and not notice.closed_on
        own = edits and waiting and answered_by(notice, self.request.user)
        files: dict[int, list[NoticeFile]] = defaultdict(list)
        for file in notice.files.all():
            files[file.round_number].append(file)
        return super().get_context_data(**kwargs) | {
            "title": str(notice),
            "notice": notice,
            "state": state.label,
            "light": NOTICE_LIGHTS[state],
            "findings": list(notice.findings.select_related("problem")),
            "files": files[notice.round_number],
            "rounds": [
                {"row": round, "files": files[round.number]}
                for round in notice.rounds.select_related("signed_by", "replied_by", "checked_by")
            ],
            "may_sign": answers and not notice.signed_on,
            "may_reply": answers and bool(notice.signed_on) and not notice.closed_on,
            "may_check": edits and waiting and not own,
            "waits_for_another": own,
            "may_edit": edits and not notice.replied_on,
            "here": self.request.get_full_path(),
            "history": history(notice),
        }


class NoticeSheet(NoticePage, Page):
    """The notice as it is printed, stamped and handed over, with the slip the village signs."""

    permission = Permission.INSPECTION_VIEW
    template_name = "inspections/notice_sheet.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        notice = self.notice
        return super().get_context_data(**kwargs) | {
            "title": str(notice),
            "notice": notice,
            "findings": list(notice.findings.all()),
            "sender": f"中共{notice.township.name}委员会",
        }


class NoticeFilePage(PermissionRequired):
    """A photo or file of a reply, for whoever sees the notice."""

    permission = Permission.INSPECTION_VIEW
    thumbnail = False

    def load(self, pk: int) -> None:
        self.file = get_object_or_404(NoticeFile.objects.visible_to(self.access), pk=pk)

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        return send(self.file, thumbnail=self.thumbnail)


class NoticeFileThumbnail(NoticeFilePage):
    thumbnail = True
