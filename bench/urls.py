"""The portal's pages plus the reference: one indexed query, fifty rows, a template, nothing else."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from problems.models import Problem
from problems.terms import OPEN_STATES

COLUMNS = (
    "number", "village__name", "category", "title", "state", "degree", "due_on", "last_progress_on", "owner__name", "extensions_granted", "pk",
)  # fmt: skip


@login_not_required
def bare(request: HttpRequest, township: int) -> HttpResponse:
    """What a plain Django list costs: the same fifty rows, drawn by a loop in a template."""
    rows = (
        Problem.objects.filter(township_id=township, state__in=OPEN_STATES)
        .order_by("queue_on", "id")
        .values(*COLUMNS)[:50]
    )
    return render(request, "bench/bare.html", {"rows": list(rows)})


urlpatterns = [path("bench/bare/<int:township>/", bare, name="bare"), path("", include("rectify.urls"))]
handler404 = "rectify.views.not_found"
