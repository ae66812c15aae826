"""Everything about one problem, in the order of the work."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Permission
from audit.services import history
from problems import course, shown, transitions
from problems.categories import shown_details
from problems.models import Problem
from problems.sections import related_sections
from problems.terms import BEFORE_STATES
from problems.views.criteria import PROVERS
from villages.pages import Page, with_back

# What moves the work on, before what keeps the record straight.
MAIN_ACTIONS = ("submit", "accept", "progress", "ask_close", "check_close", "close", "extension", "resume")
# The page of each action of the table.
ADDRESSES = {
    "edit": "problem_update",
    "submit": "submit",
    "accept": "accept",
    "return": "return_to_author",
    "progress": "progress_create",
    "suspend": "suspend",
    "resume": "resume",
    "degree": "record_degree",
    "deadline": "change_deadline",
    "ask_extension": "ask_extension",
    "extension": "decide_extension",
    "ask_close": "ask_close_out",
    "check_close": "check_close_out",
    "close": "close_out",
    "return_close": "return_close_out",
    "relapse": "relapse",
    "instruction": "leave_instruction",
}


class ProblemDetail(Page):
    permission = Permission.PROBLEM_VIEW
    template_name = "problems/problem_detail.html"

    def load(self, pk: int) -> None:
        # The other names come with the course: ten joins here would cost the database more planning than all the rest of the page.
        rows = Problem.objects.shown_to(self.access).select_related("village", "round")
        self.problem = get_object_or_404(rows, pk=pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        problem, day = self.problem, timezone.localdate()
        parts = course.course_of(problem, problem.closed_on or day)
        units = [part.pk for part in parts[course.UNIT]]
        if problem.responsible_unit_id:
            units.append(problem.responsible_unit_id)
        evidence: dict[tuple[str, int | None], list[course.Part]] = defaultdict(list)
        for file in parts[course.EVIDENCE]:
            if file.status:
                evidence[("criterion", int(file.status))].append(file)
            else:
                evidence[("progress", file.who_id) if file.who_id else ("milestone", file.checker_id)].append(file)
        people = {part.pk: part.with_title for part in parts[course.PERSON]}
        back = context["back"]
        context |= {
            "title": str(problem),
            "problem": problem,
            "day": day,
            "light": shown.light(problem.colour_on(day)),
            "state": shown.state_html(problem.state, problem.degree),
            "deadline": shown.deadline_text(problem.deadline_kind, problem.due_on),
            "left": shown.days_text(problem.state, problem.due_on, day),
            "extended": shown.extended_text(problem.first_due_on, problem.due_on, problem.extensions_granted),
            "details": shown_details(problem.category, problem.details),
            "lead_official": people.get(problem.lead_official_id, ""),
            "owner": people.get(problem.owner_id, ""),
            **{
                kind: "".join(part.text for part in parts[kind])
                for kind in (course.RESPONSIBLE, course.PROJECT, course.CAMPAIGN, course.TOWNSHIP, course.AUTHOR)
            },
            "chain": course.chain_of(parts),
            "assisting": "、".join(part.text for part in parts[course.UNIT]),
            "buttons": self.buttons(parts, units, back),
            "add": self.records(back),
            "measures": parts[course.MEASURE],
            "criteria": [(part, evidence[("criterion", part.pk)]) for part in parts[course.CRITERION]],
            "may_prove": self.may_prove(units),
            "here": with_back(problem.get_absolute_url(), back),
            "milestones": [(part, evidence[("milestone", part.pk)]) for part in parts[course.MILESTONE]],
            "progress": [(part, evidence[("progress", part.pk)]) for part in parts[course.PROGRESS]],
            "extensions": parts[course.EXTENSION],
            "closes": parts[course.CLOSE],
            "instructions": parts[course.INSTRUCTION],
            "related": related_sections(problem, self.access, {part.text for part in parts[course.PRESENT]}),
            "history": list(history(problem, 50)),
            "before": problem.state in BEFORE_STATES,
            "back": back or reverse("problems:problem_list"),
            "back_word": self.back_word(back),
        }
        return context

    def back_word(self, back: str) -> str:
        """What the way back leads to: the ledger, one's own tasks, or whatever page had the link."""
        words = {"": "问题台账", reverse("problems:problem_list"): "问题台账", reverse("problems:phone_home"): "我的事"}
        return words.get(back.partition("?")[0], "返回")

    def buttons(
        self, parts: dict[str, list[course.Part]], units: list[int], back: str
    ) -> dict[str, list[tuple[str, str]]]:
        """(label, address) of what this visitor may do now."""
        now = course.circumstances_of(parts, self.request.user)
        main: list[tuple[str, str]] = []
        more: list[tuple[str, str]] = []
        for row in transitions.allowed_actions(self.problem, self.access, units, now):
            if row.action == "ask_extension" and not self.problem.due_on:
                continue  # the service refuses it: without a deadline there is nothing to extend
            url = reverse(f"problems:{ADDRESSES[row.action]}", args=[self.problem.pk])
            (main if row.action in MAIN_ACTIONS else more).append((row.label, with_back(url, back)))
        return {"main": main, "more": more}

    def may_prove(self, units: list[int]) -> bool:
        """May this visitor bring files for the criteria?"""
        problem = self.problem
        place: dict[str, Any] = {
            "township_id": problem.township_id,
            "village_id": problem.village_id,
            "unit_ids": units,
        }
        return problem.is_open and any(self.access.may(permission, **place) for permission in PROVERS)

    def records(self, back: str) -> dict[str, str]:
        """Where to add a measure or a milestone, for those who may."""
        problem = self.problem
        place = {"township_id": problem.township_id, "village_id": problem.village_id}
        here = with_back(problem.get_absolute_url(), back)

        def link(name: str, *permissions: Permission) -> str:
            may = problem.is_open and any(self.access.may(permission, **place) for permission in permissions)
            return with_back(reverse(f"problems:{name}", args=[problem.pk]), here) if may else ""

        return {
            "measure": link("measure_create", Permission.MEASURE_EDIT),
            "criteria": link("criteria_update", Permission.MEASURE_EDIT),
            "milestone": link("milestone_create", Permission.PROGRESS_POST, Permission.PROBLEM_EDIT),
        }
