"""What pages of inspections share."""

from django.db.models import QuerySet

from accounts.permissions import Permission
from inspections.models import Notice
from meetings.models import Meeting
from villages.access import Access
from villages.pages import Tab

TABS = (
    Tab("督查", "inspections:inspection_list", Permission.INSPECTION_VIEW),
    Tab("督查发现", "inspections:finding_list", Permission.INSPECTION_VIEW),
    Tab("整改通知书", "inspections:notice_list", Permission.INSPECTION_VIEW),
    Tab("督查通报", "inspections:bulletin_list", Permission.INSPECTION_VIEW),
    Tab("走访", "inspections:visit_list", Permission.INSPECTION_VIEW),
    Tab("民主测评", "inspections:survey_list", Permission.INSPECTION_VIEW),
)

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
