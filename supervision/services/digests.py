"""The morning digest: what stands in a person's inbox at the beginning of a working day, kept as it was; sent by e-mail where he asked for it."""

from __future__ import annotations

import logging
from collections import defaultdict
from datetime import date, datetime
from smtplib import SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Case, IntegerField, Value, When

from supervision.models import Digest, InboxItem, MailAddress
from supervision.services.cuts import RulesOfDay
from supervision.services.people import People
from supervision.terms import Colour, Reason

logger = logging.getLogger(__name__)
MAX_LINES = 50
MAILS_AT_ONCE = 100
PRESSING = Case(
    *(When(colour=colour, then=Value(n)) for n, colour in enumerate((Colour.RED, Colour.YELLOW, Colour.BLUE))),
    default=Value(9), output_field=IntegerField(),
)  # fmt: skip


@transaction.atomic
def collect(user_ids: list[int], people: People, rules: RulesOfDay) -> int:
    """Write the digests of these people for the day, where it is a working day for them; a second call finds them written."""
    day = rules.day
    there = [u for u in user_ids if rules.calendar(people.township_of(u)).is_working_day(day)]
    written = set(Digest.objects.filter(user__in=there, day=day).values_list("user", flat=True))
    due = [u for u in there if u not in written]
    if not due:
        return 0
    lines: dict[int, list[dict[str, Any]]] = defaultdict(list)
    totals: dict[int, int] = defaultdict(int)
    rows = (
        InboxItem.objects.filter(user__in=due).annotate(pressing=PRESSING).order_by("user", "pressing", "-since", "pk")
    )
    for user, kind, key, reason, colour, text, note, url, since in rows.values_list(
        "user_id", "kind", "object_id", "reason", "colour", "text", "note", "url", "since"
    ):
        totals[user] += 1
        if len(lines[user]) < MAX_LINES:
            lines[user].append(
                {"kind": kind, "id": key, "reason": reason, "colour": colour, "text": text, "note": note, "url": url,
                 "new": since == day}
            )  # fmt: skip
    wants = set(MailAddress.objects.filter(user__in=due, is_on=True).values_list("user", flat=True))
    made = [
        Digest(
            user_id=user, day=day, lines=lines[user], total=totals[user],
            mail=Digest.Mail.WAITING if user in wants and is_configured() else Digest.Mail.NONE,
        )
        for user in due if totals[user]
    ]  # fmt: skip
    Digest.objects.bulk_create(made, batch_size=200)
    return len(made)


def is_configured() -> bool:
    return bool(settings.EMAIL_CONFIGURED)


def send_waiting(*, day: date, at: datetime) -> int:
    """Send the e-mails of a day that wait. Each is taken before it is sent, in a transaction of its own: cut off between the two it is not

    sent again (the portal shows the digest anyway), so that nobody gets it twice. A server that refuses gives the mail back to the next try.
    """
    if not is_configured():
        return 0
    sent = 0
    waiting = Digest.objects.filter(day=day, mail=Digest.Mail.WAITING).order_by("pk").values_list("pk", flat=True)
    keys = list(waiting[:MAILS_AT_ONCE])
    if not keys:
        return 0
    with get_connection() as connection:
        for pk in keys:
            mine = Digest.objects.filter(pk=pk, mail=Digest.Mail.WAITING)
            if not mine.update(mail=Digest.Mail.TAKEN):
                continue
            digest = Digest.objects.select_related("user").get(pk=pk)
            address = MailAddress.objects.filter(user=digest.user, is_on=True).values_list("address", flat=True).first()
            if address is None:
                Digest.objects.filter(pk=pk).update(mail=Digest.Mail.NONE)
                continue
            try:
                EmailMessage(
                    subject(digest), body(digest), to=[address], connection=connection,
                    headers={"Message-ID": f"<digest-{digest.pk}@portal>"},
                ).send()  # fmt: skip
            except SMTPRecipientsRefused:  # this address alone: the others get theirs
                Digest.objects.filter(pk=pk).update(mail=Digest.Mail.WAITING)
                logger.warning("the address of digest %s was refused", pk)
                continue
            except Exception:  # whatever the mail server says: tried again with the later job of the day
                Digest.objects.filter(pk=pk).update(mail=Digest.Mail.WAITING)
                logger.warning("the digests of %s could not be sent; tried again later", day, exc_info=True)
                return sent
            Digest.objects.filter(pk=pk).update(mail=Digest.Mail.SENT)
            sent += 1
    return sent


def subject(digest: Digest) -> str:
    return f"后进村集中整治：{digest.day.month}月{digest.day.day}日待办{digest.total}项"


def body(digest: Digest) -> str:
    """Plain text: what waits, most pressing first, with addresses where the portal knows its own."""
    base = settings.PUBLIC_URL
    parts = [
        f"{digest.user.name}：",
        "",
        f"截至{digest.day.month}月{digest.day.day}日早，您有{digest.total}项待办：",
        "",
    ]
    for n, line in enumerate(digest.lines, 1):
        note = f"（{line['note']}）" if line["note"] else ""
        parts.append(f"{n}. [{Reason(line['reason']).label}] {line['text']}{note}{'　新' if line['new'] else ''}")
        if base:
            parts.append(f"   {base}{line['url']}")
    if digest.total > len(digest.lines):
        parts.append(f"另有{digest.total - len(digest.lines)}项，请登录后在“待办”中查看。")
    parts += ["", "这封信由系统在工作日早上自动发出，请勿回复；不需要时可在“待办”页关闭。"]
    return "\n".join(parts)
