"""Is this paper genuine? Answered to anybody who holds it, and nothing beyond what stands on it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from common.errors import Refused
from reports.models import Issue, IssuedFile, SummaryFile, VerificationCount
from reports.models.issue import CODE_ALPHABET, CODE_LENGTH

SPAN = timedelta(minutes=10)
MAX_QUESTIONS = 60  # of one address within SPAN; a whole office shares one


class Standing(StrEnum):
    GENUINE = "genuine"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"


class Match(StrEnum):
    """What an uploaded file is to the signed paper."""

    GENUINE = "genuine"
    ALTERED = "altered"
    OTHER = "other"  # made by this portal, but not the signed version of this paper


@dataclass(frozen=True)
class Answer:
    standing: Standing
    code: str = ""
    title: str = ""
    township: str = ""
    as_of: date | None = None
    signed_on: date | None = None
    withdrawn_on: date | None = None
    file: Match | None = None
    issue: Issue | None = None  # for pages of people who may see it; never shown to others


def read_code(typed: str) -> str:
    """The code as it is stored, from what a person typed: any case, full-width or half-width, with or without hyphens. "" if it is none."""
    plain = unicodedata.normalize("NFKC", typed[:100]).upper()
    code = "".join(c for c in plain if c not in " \t\r\n-_－—–·")
    return code if len(code) == CODE_LENGTH and set(code) <= set(CODE_ALPHABET) else ""


def verify(code: str, *, sha256: str = "") -> Answer:
    """The answer for a typed code and, if one was chosen, a file by its digest."""
    stored = read_code(code)
    issue = Issue.objects.select_related("summary", "withdrawal").filter(code=stored).first() if stored else None
    if issue is None:
        return Answer(Standing.UNKNOWN)
    withdrawal = getattr(issue, "withdrawal", None)
    return Answer(
        standing=Standing.WITHDRAWN if withdrawal else Standing.GENUINE,
        code=issue.shown_code,
        title=issue.title,
        township=issue.township_name,
        as_of=issue.as_of,
        signed_on=timezone.localdate(issue.signed_at),
        withdrawn_on=timezone.localdate(withdrawal.at) if withdrawal else None,
        file=match(issue, sha256) if sha256 else None,
        issue=issue,
    )


def match(issue: Issue, sha256: str) -> Match:
    """Compared by digest only: nothing in the file is read."""
    made = SummaryFile.objects.filter(sha256=sha256)
    if made.filter(summary_id=issue.summary_id, summary_version=issue.summary.version).exists():
        return Match.GENUINE
    newest = issue.issued_files.first()
    if newest and newest.sha256 == sha256:
        return Match.GENUINE
    if made.exists() or IssuedFile.objects.filter(sha256=sha256).exists():
        return Match.OTHER
    return Match.ALTERED


def admit(address: str, *, at: datetime) -> None:
    """Count one question of an address. Refused when it asked too often within SPAN."""
    key = salted_hmac("reports.verification", address, algorithm="sha256").hexdigest()
    since = datetime.fromtimestamp(at.timestamp() // SPAN.total_seconds() * SPAN.total_seconds(), tz=at.tzinfo)
    mine = VerificationCount.objects.filter(address=key, since=since)
    if mine.filter(count__lt=MAX_QUESTIONS).update(count=F("count") + 1):
        return
    try:
        with transaction.atomic():
            VerificationCount.objects.create(address=key, since=since)
    except IntegrityError:  # there is one already: full, or made by a question of the same moment
        if not mine.filter(count__lt=MAX_QUESTIONS).update(count=F("count") + 1):
            raise Refused("核对得太频繁，请过十分钟再试。") from None
    else:
        VerificationCount.objects.filter(since__lt=at - timedelta(days=1)).delete()
