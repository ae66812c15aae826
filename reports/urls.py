from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("", views.SummaryList.as_view(), name="summary_list"),
    path("new/", views.SummaryCreate.as_view(), name="summary_create"),
    path("<int:pk>/", views.SummaryDetail.as_view(), name="summary_detail"),
    path("<int:pk>/recompute/", views.SummaryRecompute.as_view(), name="summary_recompute"),
    path("<int:pk>/parts/new/", views.PartCreate.as_view(), name="part_create"),
    path("<int:pk>/submit/", views.SummarySubmit.as_view(), name="summary_submit"),
    path("<int:pk>/return/", views.SummaryReturn.as_view(), name="summary_return"),
    path("<int:pk>/sign/", views.SummarySign.as_view(), name="summary_sign"),
    path("<int:pk>/withdraw/", views.SummaryWithdraw.as_view(), name="summary_withdraw"),
    path("<int:pk>/again/", views.SummaryStartAgain.as_view(), name="summary_start_again"),
    path("<int:pk>/issued/", views.IssuedFileCreate.as_view(), name="issued_file_create"),
    path("issued/<int:pk>/", views.IssuedFileDownload.as_view(), name="issued_file_download"),
    path("verify/", views.Verify.as_view(), name="verify"),
    path("<int:pk>/pdf/", views.SummaryPdf.as_view(), name="summary_pdf"),
    path("<int:pk>/word/", views.SummaryWord.as_view(), name="summary_word"),
    path("parts/<int:pk>/edit/", views.PartUpdate.as_view(), name="part_update"),
    path("parts/<int:pk>/revert/", views.PartRevert.as_view(), name="part_revert"),
    path("parts/<int:pk>/lock/", views.PartLock.as_view(), name="part_lock"),
    path("parts/<int:pk>/unlock/", views.PartUnlock.as_view(), name="part_unlock"),
    path("<int:pk>/versions/", views.VersionList.as_view(), name="version_list"),
    path("versions/<int:pk>/restore/", views.VersionRestore.as_view(), name="version_restore"),
    path("compare/", views.Compare.as_view(), name="compare"),
    path("outlines/", views.OutlineList.as_view(), name="outline_list"),
    path("outlines/<int:pk>/<str:kind>/", views.OutlineDetail.as_view(), name="outline_detail"),
    path("outlines/<int:pk>/<str:kind>/new/", views.OutlinePartCreate.as_view(), name="outline_part_create"),
    path(
        "outlines/<int:pk>/<str:kind>/<str:key>/remove/",
        views.OutlinePartRemove.as_view(),
        name="outline_part_remove",
    ),
    path("outlines/<int:pk>/<str:kind>/reset/", views.OutlineReset.as_view(), name="outline_reset"),
    path(
        "outlines/<int:pk>/<str:kind>/<str:key>/edit/",
        views.OutlinePartUpdate.as_view(),
        name="outline_part_update",
    ),
    path("outlines/<int:pk>/<str:kind>/<str:key>/move/", views.OutlinePartMove.as_view(), name="outline_part_move"),
    path("schedule/<int:pk>/", views.ScheduleUpdate.as_view(), name="schedule_update"),
    path("parts/<int:pk>/keep/", views.PartKeep.as_view(), name="part_keep"),
    path("parts/<int:pk>/move/", views.PartMove.as_view(), name="part_move"),
    path("parts/<int:pk>/remove/", views.PartRemove.as_view(), name="part_remove"),
    path("files/<int:pk>/", views.FileDownload.as_view(), name="file_download"),
]
