"""What was done, by whom, when: append-only."""

from django.conf import settings
from django.db import models


class Entry(models.Model):
    """One thing a person did to one record, in words a township official reads.

    `changes` is a list of {"field", "label", "old", "new"} with display strings. The record is named by model label and key, not by a
    foreign key: the entry outlives the record.
    """

    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="操作人")
    by_name = models.CharField("操作人姓名", max_length=60)
    verb = models.CharField("操作", max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    object_label = models.CharField("对象", max_length=200)
    township_id = models.BigIntegerField(null=True)
    changes = models.JSONField("变动", default=list)
    reason = models.CharField("原因", max_length=2000, blank=True)

    class Meta:
        verbose_name = "操作记录"
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["object_type", "object_id", "-at"], name="audit_object"),
            models.Index(fields=["township_id", "-at"], name="audit_township"),
        ]


class Receipt(models.Model):
    """A form that was taken: its token is unique, so that a double click or a re-sent form makes one record."""

    token = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    url = models.CharField("结果页", max_length=400, blank=True)
