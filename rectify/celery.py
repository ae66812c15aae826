"""The Celery application: it carries job ids to the worker, nothing else. The truth about a job is its row in `jobs.Job`."""

import os

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rectify.settings")

app = Celery("rectify")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def start_sweeping(**_kwargs: object) -> None:
    """Start the sweep that re-sends jobs whose message or worker was lost. It lives in the worker's parent process."""
    from jobs.sweep import start_in_background

    start_in_background()
