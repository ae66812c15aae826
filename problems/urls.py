from django.urls import include, path

app_name = "problems"
urlpatterns: list = [
    path("", include("problems.urls_field")),
]
