"""What pages of inspections share."""

from django.db.models import QuerySet

from accounts.permissions import Permission
from inspections.models import Notice
from meetings.models import Meeting
from villages.access import Access

# A shape and a word: never colour alone.
NOTICE_LIGHTS = {
    Notice.State.ISSUED: "light-yellow",
    Notice.State.SIGNED: "light-yellow",
    Notice.State.LATE: "light-red",
    Notice.State.ANSWERED: "light-green",
    Notice.State.CLOSED: "light-green",
}


def meetings_for(access: Access, permission: Permission) -> QuerySet[Meeting]:
    """Meetings at which a township inspects or reports; newest first."""
    return Meeting.objects.filter(township_id__in=access.townships_with(permission)).exclude(
        level=Meeting.Level.VILLAGE
    )
