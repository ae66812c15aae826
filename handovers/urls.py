from django.urls import path

from handovers import views

app_name = "handovers"
urlpatterns = [
    path("", views.HandOverList.as_view(), name="handover_list"),
    path("new/<int:pk>/", views.HandOverCreate.as_view(), name="handover_create"),
    path("<int:pk>/", views.HandOverDetail.as_view(), name="handover_detail"),
    path("<int:pk>/sheet/", views.HandOverSheet.as_view(), name="handover_sheet"),
    path("<int:pk>/confirm/", views.HandOverConfirm.as_view(), name="handover_confirm"),
    path("<int:pk>/confirm-for/", views.HandOverConfirmFor.as_view(), name="handover_confirm_for"),
    path("<int:pk>/call-off/", views.HandOverCallOff.as_view(), name="handover_call_off"),
]
