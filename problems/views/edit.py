"""Logging and editing: the category first, then the form it asks for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from audit.services import show
from common.lists import number_named
from problems.categories import DETAILS, MEANINGS, shown_details
from problems.forms.problem import Choices, ProblemForm, initial_of
from problems.models import Problem
from problems.services import ledger
from problems.terms import LEDGER_STATES, Category
from problems.views.similar import similar_context
from villages.forms.near import People
from villages.pages import FormPage, Page, with_back


class ProblemChoose(Page):
    """Five big choices, each with what it means."""

    permission = Permission.PROBLEM_LOG
    template_name = "problems/problem_choose.html"
    title = "登记问题：先选类别"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["choices"] = [
            {
                "label": category.label,
                "meaning": MEANINGS[category],
                "asks": "、".join(detail.label for detail in DETAILS[category]),
                "url": with_back(reverse("problems:problem_create", args=[category.value]), context["back"]),
            }
            for category in Category
        ]
        return context


class ProblemFormPage(FormPage):
    form_class = ProblemForm
    template_name = "problems/problem_form.html"
    category: str
    problem: Any = None  # the one being edited, if any

    def get_form_kwargs(self) -> dict[str, Any]:
        choices = Choices(self.access, self.permission, timezone.localdate(), self.problem, self.near())
        self.choices = choices
        return super().get_form_kwargs() | {"category": self.category, "choices": choices}

    def near(self) -> Collection[int]:
        """The village of the problem, or those it may be about as far as is known: their people are offered first."""
        return [self.problem.village_id] if self.problem else ()

    def facts(self, form: ProblemForm) -> dict[str, Any]:
        """The form's values; a key project named anew is entered first."""
        facts = form.facts()
        if name := form.cleaned_data.get("new_key_project"):
            facts["key_project"] = ledger.add_key_project(
                township=facts["village"].township, name=name, by=self.request.user, at=timezone.now()
            )
        return facts

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        problem = self.problem
        address = reverse("problems:problem_update", args=[problem.pk]) if problem else ""
        others = []
        for category in Category:
            if category != self.category:
                url = (
                    f"{address}?category={category}"
                    if problem
                    else reverse("problems:problem_create", args=[category.value])
                )
                others.append((category.label, with_back(url, context["back"])))
        context |= {"category": Category(self.category), "others": others, "no_round": not self.choices.rounds}
        return context


class ProblemCreate(ProblemFormPage):
    permission = Permission.PROBLEM_LOG
    template_name = "problems/problem_create.html"
    title = "登记问题"
    success_text = "已登记。"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The button “查看相近问题” shows them and saves nothing; with JavaScript they show as the title is typed."""
        if "check" in request.POST:
            return self.render_to_response(self.get_context_data(form=self.get_form()))
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | (similar_context(self.request.POST, self.access) if self.request.method == "POST" else {})

    def load(self, category: str) -> None:
        if category not in Category.values:
            raise Http404
        self.category = category

    def get_success_url(self) -> str:
        return reverse("problems:problem_list")

    def known_village(self) -> int | None:
        """The village the page begins with: named in the address, or the visitor's only one, which he need not choose."""
        if village := number_named(self.request.GET.get("village")):
            return village
        only = len(self.access.village_ids) == 1 and not self.access.township_ids
        return next(iter(self.access.village_ids)) if only else None

    def near(self) -> Collection[int]:
        chosen = number_named(self.request.POST.get("village")) or self.known_village()
        if chosen:
            return [chosen]
        return () if self.access.township_ids else self.access.village_ids

    def get_initial(self) -> dict[str, Any]:
        """The village, and its secretary as the person responsible, where the village is known."""
        initial: dict[str, Any] = {"discovered_on": timezone.localdate()}
        if village := self.known_village():
            initial["village"] = village
            offered = self.choices.named
            same = list(offered.villages) == [
                village
            ]  # not after another was chosen: what was preselected stays what it was
            initial["owner"] = (offered if same else People(offered.people, [village], offered.day)).secretary
        return initial

    def perform(self, form: ProblemForm) -> Problem:
        submit = form.cleaned_data["submit"]
        self.success_text = "已登记并提交审核。" if submit else "已存为草稿，提交审核后才进入台账。"
        return ledger.log_problem(
            round=form.cleaned_data["round"],
            submit=submit,
            by=self.request.user,
            at=timezone.now(),
            **self.facts(form),
        )


class ProblemUpdate(ProblemFormPage):
    permission = Permission.PROBLEM_EDIT
    title = "修改问题"

    def load(self, pk: int) -> None:
        self.problem = get_object_or_404(
            Problem.objects.shown_to(self.access).with_names().prefetch_related("assisting_units"), pk=pk
        )
        self.require(Permission.PROBLEM_EDIT, township_id=self.problem.township_id, village_id=self.problem.village_id)
        asked = self.request.GET.get("category")
        self.category = asked if asked in Category.values else self.problem.category

    def current(self) -> Problem:
        return self.problem

    def get_success_url(self) -> str:
        return self.problem.get_absolute_url()

    def get_initial(self) -> dict[str, Any]:
        return initial_of(self.problem)

    def perform(self, form: ProblemForm) -> Problem:
        return ledger.edit_problem(
            self.problem,
            base_version=self.base_version,
            reason=form.cleaned_data.get("reason", ""),
            by=self.request.user,
            at=timezone.now(),
            **self.facts(form),
        )

    def differences(self, form: Any, current: Any) -> list[dict[str, str]]:
        """The category's own fields stand inside `details`, so they are compared by their words."""
        rows = super().differences(form, current)
        now = dict(shown_details(current.category, current.details))
        typed = dict(shown_details(self.category, {k: v for k, v in form.details.items() if v not in (None, "")}))
        for label in dict.fromkeys([*now, *typed]):
            if now.get(label) != typed.get(label):
                rows.append({"label": label, "now": show(now.get(label)), "typed": show(typed.get(label))})
        return rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"problem": self.problem, "accepted": self.problem.state in LEDGER_STATES}
