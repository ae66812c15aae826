from django.urls import path

from inspections.views import bulletins, findings, inspections, notice_steps, notices, surveys, visits

app_name = "inspections"
urlpatterns = [
    path("", inspections.InspectionList.as_view(), name="inspection_list"),
    path("new/", inspections.InspectionCreate.as_view(), name="inspection_create"),
    path("<int:pk>/", inspections.InspectionDetail.as_view(), name="inspection_detail"),
    path("<int:pk>/edit/", inspections.InspectionUpdate.as_view(), name="inspection_update"),
    path("findings/", findings.FindingList.as_view(), name="finding_list"),
    path("<int:pk>/findings/new/", findings.FindingCreate.as_view(), name="finding_create"),
    path("findings/<int:pk>/edit/", findings.FindingUpdate.as_view(), name="finding_update"),
    path("findings/<int:pk>/problem/", findings.FindingProblem.as_view(), name="finding_problem"),
    path("<int:pk>/notices/new/", notice_steps.NoticeCreate.as_view(), name="notice_create"),
    path("notices/", notices.NoticeList.as_view(), name="notice_list"),
    path("notices/<int:pk>/", notices.NoticeDetail.as_view(), name="notice_detail"),
    path("notices/<int:pk>/edit/", notice_steps.NoticeUpdate.as_view(), name="notice_update"),
    path("notices/<int:pk>/sign/", notice_steps.NoticeSign.as_view(), name="notice_sign"),
    path("notices/<int:pk>/reply/", notice_steps.NoticeReply.as_view(), name="notice_reply"),
    path("notices/<int:pk>/check/", notice_steps.NoticeCheck.as_view(), name="notice_check"),
    path("notices/<int:pk>/sheet/", notices.NoticeSheet.as_view(), name="notice_sheet"),
    path("notices/files/<int:pk>/", notices.NoticeFilePage.as_view(), name="notice_file"),
    path("notices/files/<int:pk>/small/", notices.NoticeFileThumbnail.as_view(), name="notice_file_thumbnail"),
    path("bulletins/", bulletins.BulletinList.as_view(), name="bulletin_list"),
    path("bulletins/new/", bulletins.BulletinCreate.as_view(), name="bulletin_create"),
    path("bulletins/<int:pk>/", bulletins.BulletinDetail.as_view(), name="bulletin_detail"),
    path("bulletins/<int:pk>/edit/", bulletins.BulletinUpdate.as_view(), name="bulletin_update"),
    path("visits/", visits.VisitList.as_view(), name="visit_list"),
    path("visits/new/", visits.VisitCreate.as_view(), name="visit_create"),
    path("visits/<int:pk>/", visits.VisitDetail.as_view(), name="visit_detail"),
    path("visits/<int:pk>/edit/", visits.VisitUpdate.as_view(), name="visit_update"),
    path("surveys/", surveys.SurveyList.as_view(), name="survey_list"),
    path("surveys/new/", surveys.SurveyCreate.as_view(), name="survey_create"),
    path("surveys/<int:pk>/", surveys.SurveyDetail.as_view(), name="survey_detail"),
    path("surveys/<int:pk>/edit/", surveys.SurveyUpdate.as_view(), name="survey_update"),
]
