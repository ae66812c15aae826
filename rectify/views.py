"""The front door: home, health, error pages."""

import logging
import uuid
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """Ready when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True})


def _error(request: HttpRequest, status: int, title: str, text: str, number: str = "") -> HttpResponse:
    return render(request, "error.html", {"title": title, "text": text, "number": number}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 400, "请求有误", "浏览器发来的内容无法识别。请返回上一页，刷新后再试一次。")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(
        request, 403, "没有权限", "您的岗位没有办理这件事的权限。如工作需要，请与乡镇党建办或系统管理员联系。"
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 404, "没有找到", "这一页不存在，或不在您的工作范围内。可以从上方菜单重新进入。")


def server_error(request: HttpRequest) -> HttpResponse:
    number = uuid.uuid4().hex[:8].upper()
    logger.error("error page %s at %s", number, request.path)
    # Without the request: whatever is broken (the database, say) would break the frame's menu too.
    words = {"title": "系统出错", "number": number}
    words["text"] = "您填写的内容没有保存成功，请返回上一页再试。仍不成功，请把编号告诉管理员。"
    return HttpResponse(render_to_string("error.html", words), status=500)


def csrf_failure(request: HttpRequest, reason: str = "", **_kwargs: Any) -> HttpResponse:
    return _error(
        request,
        403,
        "页面已过期",
        "这一页停留时间过长，为安全起见没有提交。请返回上一页，刷新后再提交；已填写的文字会保留在页面上。",
    )
