from django.urls import path

from supervision.views import inbox, rules, slips, urging

app_name = "supervision"
urlpatterns = [
    path("", slips.SlipList.as_view(), name="slip_list"),
    path("<int:pk>/", slips.SlipDetail.as_view(), name="slip_detail"),
    path("<int:pk>/sign/", slips.SlipSign.as_view(), name="slip_sign"),
    path("<int:pk>/answer/", slips.SlipAnswer.as_view(), name="slip_answer"),
    path("rules/<int:pk>/", rules.RulesUpdate.as_view(), name="rules"),
    path("urge/<int:pk>/", urging.UrgeCreate.as_view(), name="urge"),
    path("inbox/", inbox.Inbox.as_view(), name="inbox"),
    path("inbox/read/", inbox.InboxRead.as_view(), name="inbox_read"),
    path("inbox/mail/", inbox.MailSettings.as_view(), name="mail"),
    path("digests/", inbox.DigestList.as_view(), name="digest_list"),
    path("digests/<int:pk>/", inbox.DigestDetail.as_view(), name="digest_detail"),
]
