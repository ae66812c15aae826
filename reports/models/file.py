"""The files made from a summary."""

from __future__ import annotations

from django.db import models

from jobs.models import Job

from .summary import Summary


class SummaryFile(models.Model):
    """A PDF made from a summary by a job. The file appears whole or not at all."""

    summary = models.ForeignKey(Summary, models.CASCADE, related_name="files", verbose_name="总结")
    job = models.OneToOneField(Job, models.PROTECT, related_name="summary_file")
    file = models.FileField("文件", upload_to="summaries/%Y/", max_length=200)
    name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField("字节数")
    pages = models.PositiveSmallIntegerField("页数")
    made_at = models.DateTimeField("生成时间")
    summary_version = models.PositiveIntegerField()

    class Meta:
        verbose_name = "总结文件"
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.name

    @property
    def township_id(self) -> int:
        return self.summary.township_id
