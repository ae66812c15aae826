"""The files made from a summary."""

from __future__ import annotations

from django.db import models

from jobs.models import Job

from .summary import Summary


class SummaryFile(models.Model):
    """A file made from a summary by a job. It appears whole or not at all, and once for each text and format."""

    class Format(models.TextChoices):
        PDF = "pdf", "PDF"
        WORD = "docx", "Word"

    summary = models.ForeignKey(Summary, models.CASCADE, related_name="files", verbose_name="总结")
    job = models.OneToOneField(Job, models.PROTECT, related_name="summary_file")
    format = models.CharField("格式", max_length=4, choices=Format, default=Format.PDF)
    file = models.FileField("文件", upload_to="summaries/%Y/", max_length=200)
    name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField("字节数")
    pages = models.PositiveSmallIntegerField("页数", null=True)  # of a Word file the program that opens it decides
    made_at = models.DateTimeField("生成时间")
    summary_version = models.PositiveIntegerField()

    class Meta:
        verbose_name = "总结文件"
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(fields=["summary", "summary_version", "format"], name="one_file_per_text"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def township_id(self) -> int:
        return self.summary.township_id
