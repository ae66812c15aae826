from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = "会议"

    def ready(self) -> None:
        from meetings.models import AgendaItem, Commitment
        from meetings.sections import of_problem
        from problems import sections
        from villages import handing

        sections.register(of_problem, AgendaItem, Commitment)
        handing.register("meetings.handing")
