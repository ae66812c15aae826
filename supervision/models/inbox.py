"""What waits for one person: a line for each item, and the digest of a morning."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from supervision.terms import Colour, Kind, Reason


class InboxItem(models.Model):
    """One item that waits for one person: why, how pressing, where to go. It leaves when the item no longer waits for him."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="inbox", verbose_name="收件人")
    kind = models.CharField("对象", max_length=12, choices=Kind)
    object_id = models.BigIntegerField()
    reason = models.CharField("事由", max_length=16, choices=Reason)
    colour = models.CharField("颜色", max_length=8, choices=Colour)
    text = models.CharField("事项", max_length=300)
    note = models.CharField("说明", max_length=200, blank=True)
    url = models.CharField(max_length=200)
    since = models.DateField("日期")
    read_at = models.DateTimeField("已读时间", null=True)

    class Meta:
        verbose_name = "待办提醒"
        ordering = ["-since", "-id"]
        indexes = [models.Index(fields=["kind", "object_id"], name="inbox_item")]
        constraints = [models.UniqueConstraint(fields=["user", "kind", "object_id"], name="inbox_once")]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} {self.text}"


class Digest(models.Model):
    """What a person was told on the morning of a working day. `lines` keeps it as it was; the inbox goes on."""

    class Mail(models.TextChoices):
        NONE = "none", "未设置邮箱"
        WAITING = "waiting", "待发送"
        TAKEN = "taken", "发送中断，未再重发"
        SENT = "sent", "已发送"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="digests", verbose_name="收件人")
    day = models.DateField("日期")
    lines = models.JSONField("内容")
    total = models.PositiveIntegerField("项数")
    mail = models.CharField("邮件", max_length=8, choices=Mail, default=Mail.NONE)

    class Meta:
        verbose_name = "每日提醒"
        ordering = ["-day"]
        indexes = [models.Index(fields=["day"], condition=Q(mail="waiting"), name="digest_waiting")]
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="digest_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day.isoformat()}提醒"

    def get_absolute_url(self) -> str:
        return reverse("supervision:digest_detail", args=[self.pk])


class MailAddress(models.Model):
    """Where a person wants his digest sent besides the portal."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mail", verbose_name="账号")
    address = models.EmailField("邮箱", blank=True)
    is_on = models.BooleanField("每个工作日早上发到邮箱", default=False)

    class Meta:
        verbose_name = "邮箱"
        constraints = [
            models.CheckConstraint(name="mail_address_known", condition=Q(is_on=False) | ~Q(address="")),
        ]

    def __str__(self) -> str:
        return self.address
