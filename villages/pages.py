"""Bases of every page: a page names its permission, loads by scope, makes one call.

Out of scope is 404 (the queryset does not hold the row), in scope without the right is 403.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.views.generic import TemplateView, View
from django.views.generic.edit import FormView

from accounts.middleware import give_back
from accounts.permissions import Permission
from audit import receipts
from common import clashes
from common.errors import Refused
from common.lists import Column, Paging, draw_rows, number_named, rows_named, with_query
from common.models import RecordChanged, Versioned
from villages.access import Access

logger = logging.getLogger(__name__)


class PortalRequest(HttpRequest):
    """A request as the portal's middleware leaves it."""

    access: Access


def safe_back(request: HttpRequest, default: str) -> str:
    """Where the visitor came from (`back` in the address or the form) when it is a page of ours, else `default`."""
    back = request.POST.get("back") or request.GET.get("back") or ""
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/") else default


def with_back(url: str, back: str) -> str:
    """`url` with a `back` parameter, so that the page can lead the visitor back to the same filter and page of a list."""
    if not back:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode({'back': back})}"


def link(url: str, text: object, back: str = "") -> SafeString:
    """A link in a cell of a list; with `back` the page it opens leads back to the list as it stands."""
    return format_html('<a href="{}">{}</a>', with_back(url, back), text)


class PermissionRequired(View):
    """Refuses with 403 who lacks `permission` everywhere; pages for one place also call `require` with the place."""

    permission: Permission
    request: PortalRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not self.request.access.may(self.permission):
            raise PermissionDenied
        self.load(**kwargs)
        return super().dispatch(request, *args, **kwargs)

    def load(self, **kwargs: Any) -> None:
        """Load the page's records by scope, then call `require` for their place. Subclasses override."""

    def require(
        self, permission: Permission, *, township_id: int, village_id: int | None = None, unit_ids: Sequence[int] = ()
    ) -> None:
        """403 unless the permission holds at this place."""
        if not self.request.access.may(permission, township_id=township_id, village_id=village_id, unit_ids=unit_ids):
            raise PermissionDenied

    @property
    def access(self) -> Access:
        return self.request.access

    @property
    def base_version(self) -> int:
        """The version of the record the page was opened with; -1 when that was tampered with, which never matches (0 reads as "not asked")."""
        return number_named(self.request.POST.get("base_version"), 9) or -1


class WritingPage(PermissionRequired):
    """A page that writes. Of two people at the same moment the database lets one pass; the other's request is then looked at again.

    Everything is loaded, allowed and checked anew, so that the service says in its own words what has become of it, or takes the next
    number. What the database refuses at the last look is told by the page itself.
    """

    LOOKS = 3
    is_last_look = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        looks = getattr(request, "looks", 0) + 1
        self.is_last_look = looks >= self.LOOKS
        try:
            return super().dispatch(request, *args, **kwargs)
        except DatabaseError as error:
            if self.is_last_look or request.resolver_match is None or not clashes.is_clash(error):
                raise
            logger.info("looked at again: %s", error)
            request.looks = looks  # type: ignore[attr-defined]
            for _, files in request.FILES.lists():
                for file in files:
                    file.seek(0)
            return request.resolver_match.func(request, *args, **kwargs)

    def refused_again(self, error: DatabaseError) -> str:
        """The sentence for what the database refuses at the last look, or was too busy to do; anything else is raised on."""
        if not (clashes.is_busy(error) or (self.is_last_look and clashes.is_clash(error))):
            raise error
        logger.warning("refused by the database: %s", error)
        return clashes.sentence(error)


class Page(PermissionRequired, TemplateView):
    """A page that only shows. `title` is the heading and the window title."""

    title = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context.setdefault("title", self.title)
        context.setdefault("back", safe_back(self.request, ""))
        return context


class FilterForm(forms.Form):
    """Base of the filters above a list: every field optional, read from the address, nonsense ignored field by field."""

    def __init__(self, data: QueryDict, access: Access) -> None:
        self.access = access
        super().__init__(data, label_suffix="")
        self.prepare()
        self.full_clean()

    def prepare(self) -> None:
        """Give choice fields the rows in scope. Subclasses override."""

    def value(self, name: str) -> Any:
        """The cleaned value, or None when absent or nonsense."""
        value = self.cleaned_data.get(name)
        return None if value in ("", None) else value

    def chips(self) -> list[dict[str, str]]:
        """What is switched on: label, shown value, and the address without it."""
        rows = []
        for name, field in self.fields.items():
            value = self.value(name)
            if value is None or value is False or isinstance(field.widget, forms.HiddenInput):
                continue
            shown = str(value)
            if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
                shown = str(dict(_flat(field.choices)).get(str(value), value))
            rows.append(
                {
                    "label": str(field.label),
                    "value": "" if value is True else shown,
                    "without": with_query(self.data, **{name: None}),
                }
            )
        return rows


def _flat(choices: Any) -> Any:
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield key, label


KEPT_BETWEEN_TABS = ("round", "township", "village")


class Tab(NamedTuple):
    """A list of a section, as its neighbours lead to it."""

    label: str
    url_name: str
    permission: Permission


class ListPage(Page):
    """A list: filters in the address, chips, sort, page size, count, an empty state that says what to do next.

    Subclasses give `columns`, `filter_form`, `rows()` (queryset in scope, filtered), `sorts` (key → order_by fields), and the words.
    """

    template_name = "common/list.html"
    columns: Sequence[Column] = ()
    filter_form: type[FilterForm] | None = None
    sorts: dict[str, Sequence[str]] = {}
    default_sort = ""
    tabs: Sequence[Tab] = ()  # the lists of one section of the work, this one among them
    noun = "条"
    empty_text = "还没有记录。"
    empty_filtered_text = "没有符合条件的记录，可去掉部分筛选条件再看。"
    default_size = 50

    def rows(self) -> QuerySet[Any]:
        raise NotImplementedError

    def get_columns(self) -> Sequence[Column]:
        return self.columns

    def total(self) -> int | None:
        """The number of rows when the page knows it from a query of its own; None lets it be counted."""
        return None

    def actions(self) -> list[tuple[str, str]]:
        """(label, url) of the buttons above the list, e.g. the page to add one; only those the visitor may use."""
        return []

    def only(self) -> list[int]:
        """Keys in the address (`only=12.15.31`): how a figure links to exactly the rows it counts where no filter can name them."""
        return rows_named(self.request.GET.get("only", ""))

    @property
    def here(self) -> str:
        """This list with its filters, for `back` links."""
        return self.request.get_full_path()

    def sort_asked(self) -> tuple[str, bool]:
        """(key, descending) of the address."""
        sort = self.request.GET.get("sort", self.default_sort)
        return sort.removeprefix("-"), sort.startswith("-")

    def chosen(self) -> QuerySet[Any]:
        """Every row the address asks for, in its order: what the page cuts into pages, and what an export writes."""
        self.filters = self.filter_form(self.request.GET, self.access) if self.filter_form else None
        queryset = self.rows()
        if only := self.only():
            queryset = queryset.filter(pk__in=only)
        key, descending = self.sort_asked()
        if key in self.sorts:
            queryset = queryset.order_by(*(_reverse(f) if descending else f for f in self.sorts[key]))
        return queryset

    def neighbours(self) -> list[dict[str, Any]]:
        """The lists of the section the visitor may open, for the round and the place that are being looked at."""
        open_to = [tab for tab in self.tabs if self.access.may(tab.permission)]
        if len(open_to) < 2:
            return []
        kept = {name: value for name in KEPT_BETWEEN_TABS if (value := self.request.GET.get(name))}
        query = f"?{urlencode(kept)}" if kept else ""
        here = self.request.resolver_match.view_name if self.request.resolver_match else ""
        return [
            {"label": tab.label, "url": reverse(tab.url_name) + query, "here": tab.url_name == here} for tab in open_to
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET
        queryset, only = self.chosen(), self.only()
        key, descending = self.sort_asked()
        paging = Paging(queryset, query, default_size=self.default_size, total=self.total())
        columns = self.get_columns()
        chips = self.filters.chips() if self.filters else []
        if only:
            chips.append({"label": "只看所选", "value": f"{len(only)}条", "without": with_query(query, only=None)})
        heads = []
        for column in columns:
            if column.sort in self.sorts:
                now = key == column.sort
                following = f"-{column.sort}" if now and not descending else column.sort
                heads.append(
                    {
                        "column": column,
                        "url": with_query(query, sort=following),
                        "mark": ("▼" if descending else "▲") if now else "",
                    }
                )
            else:
                heads.append({"column": column, "url": "", "mark": ""})
        context = super().get_context_data(**kwargs)
        context |= {
            "filters": self.filters,
            "chips": chips,
            "heads": heads,
            "body": draw_rows(columns, paging.rows),
            "paging": paging,
            "noun": self.noun,
            "empty": self.empty_filtered_text if chips else self.empty_text,
            "tabs": self.neighbours(),
            "actions": [*self.actions(), *(made for action in _list_actions if (made := action(self)))],
        }
        return context


class TotalsPage(ListPage):
    """A list with one line on what its rows add up to."""

    def totals(self, rows: QuerySet[Any]) -> str:
        """A sentence about the rows shown; empty when there is nothing to say."""
        return ""

    def as_of_sentence(self) -> str:
        """Which day the list stands for, where it stands for a day."""
        return ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        shown, only = self.rows(), self.only()
        if only:
            shown = shown.filter(pk__in=only)
        parts = [self.as_of_sentence(), self.totals(shown) if context["paging"].total else ""]
        context["lead"] = "：".join(part for part in parts if part)
        return context


# Buttons that apps above add to lists (export), so that imports keep going downward: page → (label, address), or None.
ListAction = Callable[[ListPage], "tuple[str, str] | None"]
_list_actions: list[ListAction] = []


def add_list_action(action: ListAction) -> None:
    """Add a button to lists, after their own; the same one twice stands once. Called in an app's `ready()`."""
    if action not in _list_actions:
        _list_actions.append(action)


def _reverse(order: str) -> str:
    return order[1:] if order.startswith("-") else f"-{order}"


class FormPage(WritingPage, FormView):
    """A form that takes one record, once, and keeps what was typed whatever happens.

    Subclasses set `form_class` (a PortalForm), `title`, `button`, and `perform(form)`: one call into a service, returning the record or an
    address. Refusals (common.errors.Refused) become a sentence at the field; a record changed by somebody else shows what changed; the
    same form sent twice leads to the first result.
    """

    template_name = "common/form.html"
    title = ""
    button = "保存"
    intro = ""
    success_text = "已保存。"

    def perform(self, form: Any) -> Any:
        raise NotImplementedError

    def get_success_url(self) -> str:
        raise NotImplementedError

    def current(self) -> Versioned | None:
        """The record being edited, when the form edits one: its version travels with the form."""
        return None

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        kept = give_back(self.request) if self.request.method == "GET" else None
        if kept:
            data = QueryDict(mutable=True)
            for name, values in kept.items():
                data.setlist(name, values)
            kwargs["data"] = data
            self.restored = True
            self.kept_data = data
        return kwargs

    def form_valid(self, form: Any) -> HttpResponse:
        token = self.request.POST.get("submission", "")
        if receipts.owner(token) != self.request.user.pk:
            form.add_error(None, "页面停留过久或已换人登录，请核对后再点一次保存。")
            return self.form_invalid(form)
        try:
            with transaction.atomic():
                receipt = receipts.take(token, by=self.request.user, at=timezone.now())
                done = self.perform(form)
                url = self.address(done)
                receipts.settle(receipt, url)
        except receipts.AlreadyTaken as taken:
            messages.success(self.request, "这份内容已经保存过，没有重复记录。")
            return redirect(taken.url or self.request.path)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            return self.form_invalid(form)
        except RecordChanged as changed:
            return self.show_change(form, changed)
        except DatabaseError as error:
            form.add_error(None, self.refused_again(error))
            return self.form_invalid(form)
        messages.success(self.request, self.success_text)
        return redirect(url)

    def address(self, done: Any) -> str:
        """Where to go after `perform` returned `done`."""
        if isinstance(done, str):
            return done
        if done is not None and hasattr(done, "get_absolute_url"):
            return with_back(done.get_absolute_url(), self.request.POST.get("back", ""))
        return safe_back(self.request, self.get_success_url())

    def show_change(self, form: Any, changed: RecordChanged) -> HttpResponse:
        """Nothing is written: show what the other person saved beside what was typed; the next save is based on the new version."""
        differences = self.differences(form, changed.current)
        form.add_error(None, "您打开此页后，他人已保存了修改。您填写的内容都还在；请核对下面的不同之处，再点一次保存。")
        return self.render_to_response(
            self.get_context_data(form=form, differences=differences, base_version=changed.current.version),
            status=409,  # type: ignore[attr-defined]
        )

    def differences(self, form: Any, current: Any) -> list[dict[str, str]]:
        """Field by field: what stands in the record now, what the visitor typed."""
        from audit.services import show

        rows = []
        for name, field in form.fields.items():
            if not hasattr(current, name):
                continue
            now = getattr(current, name)
            if hasattr(now, "all"):
                now = list(now.all())
            typed = form.cleaned_data.get(name)
            if hasattr(typed, "all"):
                typed = list(typed.all())
            if (now or None) != (typed or None):
                rows.append(
                    {
                        "label": str(field.label),
                        "now": self._shown(current, name, now),
                        "typed": self._shown_typed(field, typed, show),
                    }
                )
        return rows

    @staticmethod
    def _shown(current: Any, name: str, value: Any) -> str:
        from audit.services import show

        getter: Callable[[], str] | None = getattr(current, f"get_{name}_display", None)
        return str(getter()) if getter else show(value)

    @staticmethod
    def _shown_typed(field: forms.Field, value: Any, show: Callable[[Any], str]) -> str:
        if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
            return str(dict(_flat(field.choices)).get(value, show(value)))
        return show(value)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        posted = self.request.POST or getattr(self, "kept_data", {})
        current = self.current()
        version = kwargs.get("base_version") or posted.get("base_version") or (current.version if current else "")
        token = posted.get("submission", "") if self.request.method == "POST" else ""
        context |= {
            "title": self.title,
            "button": self.button,
            "intro": self.intro,
            "restored": getattr(self, "restored", False),
            "submission": token
            if receipts.owner(token) == self.request.user.pk
            else receipts.issue(self.request.user.pk),
            "base_version": version,
            "back": safe_back(self.request, ""),
            "cancel": safe_back(self.request, self.get_success_url()),
        }
        return context


class ActionPage(WritingPage):
    """A button: POST only, one call into a service, then back to where it stood."""

    http_method_names = ["post"]
    success_text = "已完成。"

    def perform(self) -> Any:
        raise NotImplementedError

    def get_success_url(self) -> str:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                self.perform()
        except Refused as refusal:
            messages.error(request, str(refusal))
        except RecordChanged as changed:
            messages.error(request, str(changed) + "请看清最新内容后再操作。")
        except DatabaseError as error:
            messages.error(request, self.refused_again(error))
        else:
            messages.success(request, self.success_text)
        return redirect(safe_back(request, self.get_success_url()))
