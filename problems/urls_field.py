"""Addresses of the field side: the phone, progress, photos, measures, plans. Included by problems.urls."""

from django.urls import path

from problems.views import criteria, evidence, measures, phone, plan_decisions, plans, progress, similar

urlpatterns = [
    path("mine/", phone.PhoneHome.as_view(), name="phone_home"),
    path("<int:pk>/progress/new/", progress.ProgressCreate.as_view(), name="progress_create"),
    path("<int:pk>/milestones/new/", progress.MilestoneCreate.as_view(), name="milestone_create"),
    path("uploads/", evidence.UploadCreate.as_view(), name="upload"),
    path("uploads/<str:token>/", evidence.UploadPreview.as_view(), name="upload_preview"),
    path("uploads/<str:token>/remove/", evidence.UploadRemove.as_view(), name="upload_remove"),
    path("evidence/<int:pk>/", evidence.EvidencePage.as_view(), name="evidence"),
    path("evidence/<int:pk>/thumbnail/", evidence.EvidenceThumbnail.as_view(), name="evidence_thumbnail"),
    path("measures/", measures.MeasureList.as_view(), name="measure_list"),
    path("<int:pk>/measures/new/", measures.MeasureCreate.as_view(), name="measure_create"),
    path("measures/<int:pk>/", measures.MeasureDetail.as_view(), name="measure_detail"),
    path("measures/<int:pk>/edit/", measures.MeasureUpdate.as_view(), name="measure_update"),
    path("measures/<int:pk>/done/", measures.MeasureFinish.as_view(), name="measure_finish"),
    path("measures/<int:pk>/reopen/", measures.MeasureReopen.as_view(), name="measure_reopen"),
    path("plans/", plans.PlanList.as_view(), name="plan_list"),
    path("plans/new/", plans.PlanCreate.as_view(), name="plan_create"),
    path("plans/<int:pk>/", plans.PlanDetail.as_view(), name="plan_detail"),
    path("plans/<int:pk>/edit/", plans.PlanUpdate.as_view(), name="plan_update"),
    path("plans/<int:pk>/submit/", plan_decisions.PlanSubmit.as_view(), name="plan_submit"),
    path("plans/<int:pk>/approve/", plan_decisions.PlanApprove.as_view(), name="plan_approve"),
    path("plans/<int:pk>/return/", plan_decisions.PlanReturn.as_view(), name="plan_return"),
    path("plans/<int:pk>/amend/", plan_decisions.PlanAmend.as_view(), name="plan_amend"),
    path("plans/<int:pk>/call-off/", plan_decisions.PlanCallOff.as_view(), name="plan_call_off"),
    path("plans/<int:pk>/sheet/", plans.PlanSheet.as_view(), name="plan_sheet"),
    path("plans/versions/<int:pk>/", plans.PlanVersionDetail.as_view(), name="plan_version"),
    path("<int:pk>/criteria/", criteria.CriteriaUpdate.as_view(), name="criteria_update"),
    path("criteria/<int:pk>/files/", criteria.CriterionFiles.as_view(), name="criterion_files"),
    path("similar/", similar.Similar.as_view(), name="similar"),
]
