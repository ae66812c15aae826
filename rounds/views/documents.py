"""Papers of a round: the list, one with its items, entry and change."""

from typing import Any

from django.db.models import Count, QuerySet
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.html import format_html

from accounts.permissions import Permission
from audit.services import history
from common import chinese
from common.lists import Column
from common.sending import send
from rounds.forms.desk import DocumentFileForm, DocumentForm
from rounds.forms.filters import DocumentFilter
from rounds.models import DocumentFile, RoundDocument
from rounds.services import documents as services
from rounds.services import files
from rounds.views.base import AddToRound, ChangeRecord, RoundListPage
from villages.pages import ActionPage, Page, PermissionRequired, with_back


class DocumentList(RoundListPage):
    title = "轮次文件"
    noun = "份文件"
    filter_form = DocumentFilter
    filters: DocumentFilter
    add = ("登记文件", "rounds:document_create")
    sorts = {"issued_on": ["issued_on", "pk"]}
    empty_text = "还没有文件。登记实施方案、行事历和上级指导意见后，总结会写明名称和日期。"

    def rows(self) -> QuerySet[RoundDocument]:
        rows = (
            RoundDocument.objects.visible_to(self.access)
            .select_related("round__township")
            .annotate(item_count=Count("items", distinct=True), file_count=Count("files", distinct=True))
            .order_by("-issued_on", "-pk")
        )
        rows = self.filters.of_round(rows)
        if kind := self.filters.value("kind"):
            rows = rows.filter(kind=kind)
        if topic := self.filters.value("topic"):
            rows = rows.filter(topic=topic)
        if end := self.filters.value("to"):
            rows = rows.filter(issued_on__lte=end)
        return rows

    def get_columns(self) -> list[Column]:
        here = self.here

        def title(d: RoundDocument) -> str:
            return format_html('<a href="{}">《{}》</a>', with_back(d.get_absolute_url(), here), d.title)

        return [
            Column("标题", title, lead=True),
            Column("类别", lambda d: d.get_kind_display(), css="nowrap"),
            Column("内容", lambda d: d.get_topic_display()),
            *self.place_columns(),
            Column("发文单位", lambda d: d.issuer or "—"),
            Column("文号", lambda d: d.number or "—"),
            Column("印发日期", lambda d: chinese.day_text(d.issued_on), sort="issued_on", css="nowrap"),
            Column("正文", lambda d: f"{d.file_count}个" if d.file_count else "未上传", css="nowrap"),
            Column("条目", lambda d: str(d.item_count) if d.item_count else "—", css="num"),
        ]


class DocumentDetail(Page):
    permission = Permission.ROUND_VIEW
    template_name = "rounds/document_detail.html"

    def load(self, pk: int) -> None:
        rows = RoundDocument.objects.visible_to(self.access).select_related("round__township")
        self.document = get_object_or_404(rows, pk=pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        document = self.document
        return super().get_context_data(**kwargs) | {
            "title": str(document),
            "document": document,
            "items": list(document.items.all()),
            "files": list(document.files.select_related("by")),
            "may_edit": self.access.may(Permission.ROUND_EDIT, township_id=document.round.township_id),
            "history": history(document),
        }


class DocumentCreate(AddToRound):
    form_class = DocumentForm
    title = "登记文件"

    def write(self, measures: list[str], **values: Any) -> RoundDocument:
        return services.add_document(items=measures, **values)


class DocumentFileCreate(ChangeRecord):
    form_class = DocumentFileForm
    model = RoundDocument
    title = "上传正文或附件"
    button = "上传"
    success_text = "已上传。"

    def current(self) -> None:  # type: ignore[override]
        return None  # adding a file changes no field that somebody else may be editing

    def perform(self, form: DocumentFileForm) -> RoundDocument:
        files.attach_file(self.record, file=form.cleaned_data["file"], by=self.request.user, at=timezone.now())
        return self.record  # type: ignore[no-any-return]

    def get_success_url(self) -> str:
        return self.record.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"subject": str(self.record)}


class DocumentFilePage(PermissionRequired):
    """The bytes, for whoever may see the document."""

    permission = Permission.ROUND_VIEW

    def load(self, pk: int) -> None:
        self.file = get_object_or_404(DocumentFile.objects.visible_to(self.access), pk=pk)

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        return send(self.file)


class DocumentFileRemove(ActionPage):
    permission = Permission.ROUND_EDIT
    success_text = "已去掉。"

    def load(self, pk: int) -> None:
        rows = DocumentFile.objects.visible_to(self.access).select_related("document__round")
        self.file = get_object_or_404(rows, pk=pk)
        self.require(Permission.ROUND_EDIT, township_id=self.file.township_id)

    def perform(self) -> None:
        files.remove_file(self.file, by=self.request.user, at=timezone.now())

    def get_success_url(self) -> str:
        return self.file.document.get_absolute_url()


class DocumentUpdate(ChangeRecord):
    form_class = DocumentForm
    model = RoundDocument
    fields = services.FIELDS
    title = "修改文件"

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"measures": "\n".join(self._measures(self.record))}

    def write(self, measures: list[str], **values: Any) -> RoundDocument:
        return services.change_document(self.record, items=measures, **values)

    def differences(self, form: Any, current: Any) -> list[dict[str, str]]:
        """The items are lines in the form and rows in the record: compared as lines."""
        now, typed = self._measures(current), form.cleaned_data["measures"]
        rows = super().differences(form, current)
        if now != typed:
            rows.append({"label": "条目", "now": "\n".join(now) or "（空）", "typed": "\n".join(typed) or "（空）"})
        return rows

    @staticmethod
    def _measures(document: RoundDocument) -> list[str]:
        return list(document.items.values_list("text", flat=True))

    def get_success_url(self) -> str:
        return self.record.get_absolute_url()
