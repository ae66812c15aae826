"""Who is away, who acts for him, until when."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from accounts.roles import Role
from audit import services as audit
from common.chinese import day_text, full_date
from common.lists import Column
from villages.forms.absences import AbsenceChangeForm, AbsenceForm, CallOffForm
from villages.forms.filters import AbsenceFilter
from villages.models import Absence, Assignment, Cadre
from villages.pages import Page, link
from villages.services import absences as services
from villages.services import duties
from villages.views.registry import RecordForm, RegistryList, add_links, offered_places


class AbsenceList(RegistryList):
    permission = Permission.CADRE_VIEW
    title = "外出代行"
    noun = "次"
    filter_form = AbsenceFilter
    sorts = {"starts": ["starts_on", "pk"], "ends": ["ends_on", "pk"]}
    default_sort = "-starts"
    empty_text = "还没有登记外出代行。干部休假、学习期间需要别人代办的，由党建办点“登记代行”，到期权限自动收回。"

    def rows(self) -> QuerySet[Absence]:
        rows = Absence.objects.visible_to(self.access).select_related("absent__township", "substitute")
        filters = self.filters
        if day := filters.value("as_of"):
            rows = rows.on(day)
        elif not filters.value("past"):
            rows = rows.filter(ends_on__gte=timezone.localdate(), called_off_at=None)
        if q := filters.value("q"):
            rows = rows.filter(Q(absent__name__contains=q) | Q(substitute__name__contains=q))
        return rows

    def get_columns(self) -> list[Column]:
        here, today = self.here, timezone.localdate()
        columns = [
            Column("外出人", lambda a: link(a.get_absolute_url(), a.absent.name, here), lead=True),
            Column("代行人", lambda a: a.substitute.name),
            Column("类别", lambda a: a.get_kind_display()),
            Column("开始", lambda a: day_text(a.starts_on), sort="starts", css="nowrap"),
            Column("结束", lambda a: day_text(a.ends_on), sort="ends", css="nowrap"),
            Column("状态", lambda a: a.state_on(today).label),
        ]
        if len(self.access.all_township_ids) > 1:
            columns.insert(1, Column("乡镇", lambda a: a.absent.township.name if a.absent.township else "县级"))
        return columns

    def actions(self) -> list[tuple[str, str]]:
        if not self.access.may(Permission.ASSIGNMENT_EDIT):
            return []
        return add_links(("登记代行", reverse("villages:absence_create")), here=self.here)


class AbsenceDetail(Page):
    permission = Permission.CADRE_VIEW
    template_name = "villages/absence_detail.html"

    def load(self, pk: int) -> None:
        rows = Absence.objects.visible_to(self.access).select_related(
            "absent__township", "absent__county", "substitute"
        )
        self.absence = get_object_or_404(rows, pk=pk)
        self.title = str(self.absence)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        absence, today = self.absence, timezone.localdate()
        state = absence.state_on(today)
        may_edit = may_edit_absence(self.access, absence) and state in (Absence.State.COMING, Absence.State.NOW)
        return super().get_context_data(**kwargs) | {
            "absence": absence,
            "state": state,
            "lent": services.posts_of(absence),
            "beside": services.posts_beside(absence),
            "may_edit": may_edit,
            "may_call_off": may_edit and state == Absence.State.COMING,
            "history": audit.history(absence),
        }


def may_edit_absence(access: Any, absence: Absence) -> bool:
    """Whoever gives the absent person's posts also lends them; nobody lends to himself."""
    if absence.substitute.user_id == access.user.pk:
        return False
    if access.is_administrator:
        return access.may(Permission.ASSIGNMENT_EDIT)
    township_id = absence.absent.township_id
    return township_id is not None and access.may(Permission.ASSIGNMENT_EDIT, township_id=township_id)


class AbsenceCreate(RecordForm):
    """A form for the people of one township: when several are open, they are offered first."""

    permission = Permission.ASSIGNMENT_EDIT
    form_class = AbsenceForm
    template_name = "villages/absence_form.html"
    title = "登记代行"

    def load(self) -> None:
        self.places = offered_places(self.access, self.permission, self.request.GET)
        self.township = self.places["chosen"]
        if self.request.GET.get("township") and self.township is None:
            raise Http404

    def get_form_kwargs(self) -> dict[str, Any]:
        people = Cadre.objects.filter(township=self.township) if self.township else Cadre.objects.none()
        people = people.filter(Q(left_on=None) | Q(left_on__gt=timezone.localdate()))
        with_post = Assignment.objects.on(timezone.localdate())
        if not self.access.is_administrator:
            with_post = with_post.exclude(role__in=[role for role in Role if duties.only_for_administrator(role)])
        return super().get_form_kwargs() | {
            "absent": people.filter(pk__in=with_post.values("cadre")),
            "substitutes": people.filter(user__is_active=True).exclude(user=self.request.user),
        }

    def get_initial(self) -> dict[str, Any]:
        return {"absent": self.request.GET.get("absent"), "starts_on": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | self.places | {"township": self.township}

    def get_success_url(self) -> str:
        return reverse("villages:absence_list")

    def perform(self, form: AbsenceForm) -> Absence:
        if self.township is None:
            raise Http404
        return services.register_absence(by=self.request.user, at=timezone.now(), **form.cleaned_data)


class AbsencePage(RecordForm):
    permission = Permission.ASSIGNMENT_EDIT

    def load(self, pk: int) -> None:
        rows = Absence.objects.visible_to(self.access).select_related(
            "absent__township", "absent__county", "substitute__user", "absent__user"
        )
        self.absence = get_object_or_404(rows, pk=pk)
        if not may_edit_absence(self.access, self.absence):
            raise PermissionDenied
        a = self.absence
        self.intro = (
            f"{a.absent}外出，由{a.substitute}代行：{full_date(a.starts_on)}至{full_date(a.ends_on)}。{self.more()}"
        )

    def more(self) -> str:
        """What saving does besides."""
        return ""

    def current(self) -> Absence:
        return self.absence

    def get_success_url(self) -> str:
        return self.absence.get_absolute_url()


class AbsenceChange(AbsencePage):
    title = "变更代行时间"
    form_class = AbsenceChangeForm

    def get_form_kwargs(self) -> dict[str, Any]:
        posts = services.lendable(services.posts_beside(self.absence), by=self.request.user)
        return super().get_form_kwargs() | {"posts": posts}

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.absence, name) for name in services.FIELDS}

    def perform(self, form: AbsenceChangeForm) -> Absence:
        return services.change_absence(
            self.absence, base_version=self.base_version, by=self.request.user, at=timezone.now(), **form.cleaned_data
        )


class AbsenceCallOff(AbsencePage):
    title = "取消代行"
    button = "取消代行"
    form_class = CallOffForm

    def perform(self, form: CallOffForm) -> Absence:
        return services.call_off(
            self.absence,
            reason=form.cleaned_data["reason"],
            base_version=self.base_version,
            by=self.request.user,
            at=timezone.now(),
        )
