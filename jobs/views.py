"""A job's own page: what is being done, how far, where the result stands. It may be left and found again."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.html import format_html
from django.views.generic import TemplateView, View

from common.chinese import moment
from common.lists import Column, Paging, draw_rows
from jobs import services
from jobs.models import Job


def words(job: Job) -> str:
    """The state as a person says it."""
    if job.state == Job.State.RUNNING and job.cancel_asked:
        return "正在停止"
    return job.get_state_display()


class JobPage(View):
    """Loads a job the visitor may see; everything else is not found."""

    own_only = False

    def get_job(self) -> Job:
        jobs = Job.objects.visible_to(self.request.access).select_related("by")  # type: ignore[attr-defined]
        if self.own_only:
            jobs = jobs.own(self.request.access)  # type: ignore[attr-defined]
        return get_object_or_404(jobs, pk=self.kwargs["pk"])

    def is_own(self, job: Job) -> bool:
        access = self.request.access  # type: ignore[attr-defined]
        return job.by_id == access.user.pk or (job.by_id is None and access.is_administrator)


class JobDetail(JobPage, TemplateView):
    template_name = "jobs/job_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        job = self.get_job()
        return super().get_context_data(**kwargs) | {
            "title": job.title,
            "job": job,
            "words": words(job),
            "is_own": self.is_own(job),
        }


class JobState(JobPage):
    """How far the job is, for the script that asks every second."""

    def get(self, request: HttpRequest, pk: int) -> JsonResponse:
        job = self.get_job()
        return JsonResponse({"state": words(job), "percent": job.percent, "step": job.step, "over": job.is_over})


class JobCancel(JobPage):
    http_method_names = ["post"]
    own_only = True

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = self.get_job()
        if job.is_over:
            messages.info(request, "这项任务已经结束，不用取消。")
        else:
            services.cancel(job)
        return redirect(job)


class JobRetry(JobPage):
    http_method_names = ["post"]
    own_only = True

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = self.get_job()
        if job.may_retry:
            services.retry(job)
        else:
            messages.info(request, "这项任务不用重试。")
        return redirect(job)


class JobList(TemplateView):
    """One's own jobs, newest first: the way back to a page that was left."""

    template_name = "jobs/job_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = Job.objects.own(self.request.access)  # type: ignore[attr-defined]
        paging = Paging(own.order_by("-created_at", "-pk"), self.request.GET, default_size=20)
        columns = [
            Column("名称", lambda j: format_html('<a href="{}">{}</a>', j.get_absolute_url(), j.title), lead=True),
            Column("状态", lambda j: words(j) if j.is_over else f"{words(j)} {j.percent}%", css="nowrap"),
            Column("提交时间", lambda j: moment(j.created_at), css="nowrap"),
            Column("结束时间", lambda j: moment(j.finished_at), css="nowrap"),
        ]
        return super().get_context_data(**kwargs) | {
            "title": "我的任务",
            "paging": paging,
            "columns": columns,
            "body": draw_rows(columns, paging.rows),
        }
