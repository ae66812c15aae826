"""The only task: it carries an id, may arrive twice, and tolerates arguments of a later version."""

from celery import shared_task

from jobs import services


@shared_task
def run_job(*, job_id: int, **_later: object) -> None:
    services.run(job_id)
