"""Photos and files. A photo is re-encoded without EXIF before it is kept; a file waits as `Upload` until its form is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from problems.models.criteria import CloseCriterion
from problems.models.problem import Problem
from problems.models.progress import Milestone, ProgressEntry

if TYPE_CHECKING:
    from villages.access import Access


class StoredFile(models.Model):
    """A file under DATA_DIR/media with a generated name; the name people gave it is data."""

    file = models.FileField("文件", upload_to="evidence/%Y/%m/", max_length=200)
    thumbnail = models.FileField(upload_to="evidence/%Y/%m/", max_length=200, blank=True)
    name = models.CharField("原文件名", max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField(max_length=64)

    class Meta:
        abstract = True

    @property
    def is_photo(self) -> bool:
        return self.media_type.startswith("image/")


class Upload(StoredFile):
    """A file sent but not yet part of a record: it survives a refused form. Cleared away after some days."""

    token = models.CharField(max_length=43, unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "待提交的文件"


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, access: Access) -> EvidenceQuerySet:
        """A photo is seen by whoever is shown its problem: before acceptance, only by the posts that work on the ledger."""
        return self.filter(problem__in=Problem.objects.shown_to(access).values("pk"))


class Evidence(StoredFile):
    """A photo or file that supports a problem's record (佐证材料)."""

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="evidence", verbose_name="问题")
    progress = models.ForeignKey(ProgressEntry, models.CASCADE, null=True, blank=True, related_name="evidence")
    milestone = models.ForeignKey(Milestone, models.CASCADE, null=True, blank=True, related_name="evidence")
    criterion = models.ForeignKey(CloseCriterion, models.SET_NULL, null=True, blank=True, related_name="evidence")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    at = models.DateTimeField("上传时间")

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = "佐证材料"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
