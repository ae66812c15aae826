from django.urls import include, path

from problems.views import actions, edit, ledger, rules
from problems.views.detail import ProblemDetail

app_name = "problems"

urlpatterns = [
    path("", ledger.ProblemList.as_view(), name="problem_list"),
    path("new/", edit.ProblemChoose.as_view(), name="problem_choose"),
    path("new/<slug:category>/", edit.ProblemCreate.as_view(), name="problem_create"),
    path("transitions/", rules.TransitionTable.as_view(), name="transition_table"),
    path("thresholds/<int:pk>/", rules.Thresholds.as_view(), name="thresholds"),
    path("<int:pk>/", ProblemDetail.as_view(), name="problem_detail"),
    path("<int:pk>/edit/", edit.ProblemUpdate.as_view(), name="problem_update"),
    path("<int:pk>/submit/", actions.Submit.as_view(), name="submit"),
    path("<int:pk>/accept/", actions.Accept.as_view(), name="accept"),
    path("<int:pk>/return/", actions.ReturnToAuthor.as_view(), name="return_to_author"),
    path("<int:pk>/suspend/", actions.Suspend.as_view(), name="suspend"),
    path("<int:pk>/resume/", actions.Resume.as_view(), name="resume"),
    path("<int:pk>/degree/", actions.RecordDegree.as_view(), name="record_degree"),
    path("<int:pk>/deadline/", actions.ChangeDeadline.as_view(), name="change_deadline"),
    path("<int:pk>/extension/ask/", actions.AskExtension.as_view(), name="ask_extension"),
    path("<int:pk>/extension/decide/", actions.DecideExtension.as_view(), name="decide_extension"),
    path("<int:pk>/close-out/ask/", actions.AskCloseOut.as_view(), name="ask_close_out"),
    path("<int:pk>/close-out/check/", actions.CheckCloseOut.as_view(), name="check_close_out"),
    path("<int:pk>/close-out/", actions.CloseOut.as_view(), name="close_out"),
    path("<int:pk>/close-out/return/", actions.ReturnCloseOut.as_view(), name="return_close_out"),
    path("<int:pk>/relapse/", actions.Relapse.as_view(), name="relapse"),
    path("<int:pk>/instruction/", actions.LeaveInstruction.as_view(), name="leave_instruction"),
    path("", include("problems.urls_field")),
]
