from django.urls import path

from supervision.terms import Kind
from supervision.views import inbox, issuing, rules, slips, urging

app_name = "supervision"
urlpatterns = [
    path("", slips.SlipList.as_view(), name="slip_list"),
    path("<int:pk>/", slips.SlipDetail.as_view(), name="slip_detail"),
    path("<int:pk>/sign/", slips.SlipSign.as_view(), name="slip_sign"),
    path("<int:pk>/answer/", slips.SlipAnswer.as_view(), name="slip_answer"),
    path("<int:pk>/close/", issuing.SlipClose.as_view(), name="slip_close"),
    path("new/", issuing.MatterList.as_view(), name="matter_problems"),
    path("new/notices/", issuing.MatterList.as_view(kind=Kind.NOTICE), name="matter_notices"),
    path("new/commitments/", issuing.MatterList.as_view(kind=Kind.COMMITMENT), name="matter_commitments"),
    path("new/problems/<int:pk>/", issuing.SlipCreate.as_view(kind=Kind.PROBLEM), name="slip_problem"),
    path("new/notices/<int:pk>/", issuing.SlipCreate.as_view(kind=Kind.NOTICE), name="slip_notice"),
    path("new/commitments/<int:pk>/", issuing.SlipCreate.as_view(kind=Kind.COMMITMENT), name="slip_commitment"),
    path("rules/<int:pk>/", rules.RulesUpdate.as_view(), name="rules"),
    path("urge/<int:pk>/", urging.UrgeCreate.as_view(), name="urge"),
    path("inbox/", inbox.Inbox.as_view(), name="inbox"),
    path("inbox/read/", inbox.InboxRead.as_view(), name="inbox_read"),
    path("inbox/mail/", inbox.MailSettings.as_view(), name="mail"),
    path("digests/", inbox.DigestList.as_view(), name="digest_list"),
    path("digests/<int:pk>/", inbox.DigestDetail.as_view(), name="digest_detail"),
]
