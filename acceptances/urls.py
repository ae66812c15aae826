from django.urls import path

from acceptances.views import acceptances, afterwards, settings, sheets, steps

app_name = "acceptances"
urlpatterns = [
    path("", acceptances.AcceptanceList.as_view(), name="acceptance_list"),
    path("designations/<int:pk>/ask/", steps.AcceptanceCreate.as_view(), name="acceptance_create"),
    path("<int:pk>/", acceptances.AcceptanceDetail.as_view(), name="acceptance_detail"),
    path("<int:pk>/sheet/", acceptances.AcceptanceSheet.as_view(), name="acceptance_sheet"),
    path("<int:pk>/check/", steps.AcceptanceCheck.as_view(), name="acceptance_check"),
    path("<int:pk>/return/", steps.AcceptanceReturn.as_view(), name="acceptance_return"),
    path("<int:pk>/judge/", steps.AcceptanceJudge.as_view(), name="acceptance_judge"),
    path("<int:pk>/confirm/", steps.AcceptanceConfirm.as_view(), name="acceptance_confirm"),
    path("follow-ups/", afterwards.FollowUpList.as_view(), name="follow_up_list"),
    path("follow-ups/<int:pk>/", afterwards.FollowUpRecord.as_view(), name="follow_up_record"),
    path("rechecks/", afterwards.RecheckList.as_view(), name="recheck_list"),
    path("<int:pk>/rechecks/new/", afterwards.RecheckCreate.as_view(), name="recheck_create"),
    path("rechecks/<int:pk>/edit/", afterwards.RecheckUpdate.as_view(), name="recheck_update"),
    path("rounds/<int:pk>/sheet/", sheets.SheetDetail.as_view(), name="sheet_detail"),
    path("rounds/<int:pk>/sheet/new/", sheets.SheetCreate.as_view(), name="sheet_create"),
    path("rounds/<int:pk>/sheet/edit/", sheets.SheetUpdate.as_view(), name="sheet_update"),
    path("rounds/<int:pk>/settings/", settings.SettingsUpdate.as_view(), name="settings_update"),
]
