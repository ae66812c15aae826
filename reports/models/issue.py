"""What was signed: frozen for ever. The rows of this module are written once; the database refuses every change (reports.guards)."""

from __future__ import annotations

import json
from datetime import date
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from reports.document.blocks import Document, from_json

from .summary import Summary

CODE_LENGTH = 12
# 32 characters, none of which is taken for another when read from paper (no 0, O, 1, I): 12 of them are 60 bits.
CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class Issue(models.Model):
    """The signed text of a summary. `content` is canonical JSON (reports.services.freezing) kept as text, so that its SHA-256 can always
    be computed again; what pages and files show of a signed summary comes from it, never from live records."""

    summary = models.OneToOneField(Summary, models.PROTECT, related_name="issue", verbose_name="总结")
    code = models.CharField("验证码", max_length=CODE_LENGTH, unique=True)
    content = models.TextField("冻结内容")
    sha256 = models.CharField("内容摘要", max_length=64)
    signed_at = models.DateTimeField("签发时间")

    class Meta:
        verbose_name = "签发稿"
        ordering = ["-signed_at"]
        constraints = [
            models.CheckConstraint(name="issue_code_length", condition=Exact(Length("code"), CODE_LENGTH)),
            models.CheckConstraint(name="issue_sha256_length", condition=Exact(Length("sha256"), 64)),
        ]

    def __str__(self) -> str:
        return self.shown_code

    def get_absolute_url(self) -> str:
        return self.summary.get_absolute_url()

    @property
    def township_id(self) -> int:
        return self.summary.township_id

    @property
    def shown_code(self) -> str:
        """In groups of four, as it is printed: ABCD-EFGH-JKLM."""
        return shown_code(self.code)

    @cached_property
    def data(self) -> dict[str, Any]:
        return json.loads(self.content)

    @property
    def figures(self) -> dict[str, Any]:
        return self.data["figures"]

    @cached_property
    def document(self) -> Document:
        """The paper as it was signed; raises ContentError if a newer portal wrote it."""
        return from_json(self.data["document"])

    @property
    def title(self) -> str:
        return self.data["title"]

    @property
    def township_name(self) -> str:
        return self.data["township"]

    @property
    def as_of(self) -> date:
        return date.fromisoformat(self.data["as_of"])


def shown_code(code: str) -> str:
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


class Withdrawal(models.Model):
    """A signed summary was taken back. The paper stays as it was; whoever checks it is told."""

    issue = models.OneToOneField(Issue, models.PROTECT, related_name="withdrawal", verbose_name="签发稿")
    reason = models.CharField("撤回原因", max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="撤回人")
    at = models.DateTimeField("撤回时间")

    class Meta:
        verbose_name = "撤回"
        constraints = [models.CheckConstraint(name="withdrawal_has_reason", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return self.reason


class IssuedFile(models.Model):
    """The signed final file an office keeps beside the generated one (Word or PDF). The newest is in force, earlier ones stay."""

    issue = models.ForeignKey(Issue, models.PROTECT, related_name="issued_files", verbose_name="签发稿")
    number = models.PositiveSmallIntegerField("次序")
    file = models.FileField("文件", upload_to="issued/%Y/", max_length=200)
    name = models.CharField("文件名", max_length=120)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField(max_length=64)
    note = models.CharField("说明", max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = "正式签发件"
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["issue", "number"], name="issued_file_number")]

    def __str__(self) -> str:
        return self.name

    @property
    def township_id(self) -> int:
        return self.issue.summary.township_id


class VerificationCount(models.Model):
    """How often one address asked within a short span of time. The address is kept as a keyed digest and for a day only."""

    address = models.CharField(max_length=64)
    since = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "核对次数"
        constraints = [models.UniqueConstraint(fields=["address", "since"], name="verification_count")]

    def __str__(self) -> str:
        return f"{self.since}: {self.count}"
