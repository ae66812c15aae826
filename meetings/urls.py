from django.urls import path

from meetings.views import agenda, commitments, meetings, village_meetings

app_name = "meetings"
urlpatterns = [
    path("", meetings.MeetingList.as_view(), name="meeting_list"),
    path("new/", meetings.MeetingCreate.as_view(), name="meeting_create"),
    path("<int:pk>/", meetings.MeetingDetail.as_view(), name="meeting_detail"),
    path("<int:pk>/edit/", meetings.MeetingUpdate.as_view(), name="meeting_update"),
    path("<int:pk>/minutes/", meetings.MeetingMinutes.as_view(), name="meeting_minutes"),
    path("villages/new/", village_meetings.VillageMeetingCreate.as_view(), name="village_meeting_create"),
    path("villages/<int:pk>/edit/", village_meetings.VillageMeetingUpdate.as_view(), name="village_meeting_update"),
    path("<int:pk>/agenda/choose/", agenda.AgendaChoose.as_view(), name="agenda_choose"),
    path("<int:pk>/agenda/unkept/", agenda.AgendaOpen.as_view(), name="agenda_open"),
    path("<int:pk>/agenda/new/", agenda.AgendaCreate.as_view(), name="agenda_create"),
    path("<int:pk>/commitments/new/", commitments.CommitmentCreate.as_view(), name="commitment_create"),
    path("agenda/", agenda.AgendaList.as_view(), name="agenda_list"),
    path("agenda/<int:pk>/edit/", agenda.AgendaUpdate.as_view(), name="agenda_update"),
    path("commitments/", commitments.CommitmentList.as_view(), name="commitment_list"),
    path("commitments/<int:pk>/", commitments.CommitmentDetail.as_view(), name="commitment_detail"),
    path("commitments/<int:pk>/edit/", commitments.CommitmentUpdate.as_view(), name="commitment_update"),
    path("commitments/<int:pk>/report/", commitments.CommitmentReport.as_view(), name="commitment_report"),
]
