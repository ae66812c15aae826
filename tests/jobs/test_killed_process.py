"""kill -9 for real: another process holds the job and is shot in the middle of its work."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests import prepare

ROOT = Path(__file__).resolve().parent.parent.parent

SECOND = """
from datetime import timedelta
from django.utils import timezone
from jobs import models, registry, services, sweep
job = models.Job.objects.get()
assert job.state == "running" and job.percent == 20, (job.state, job.percent)
assert job.heartbeat_at is not None
models.Job.objects.update(heartbeat_at=timezone.now())  # however long this process took to start
assert sweep.lost_jobs() == []  # its heart has only just stopped
models.Job.objects.update(heartbeat_at=timezone.now() - models.HEARTBEAT_LIMIT - timedelta(seconds=1))
assert sweep.lost_jobs() == [job.pk]
registry.work_of = lambda kind: lambda progress: {"url": "/done/"}
services.run(job.pk)
job.refresh_from_db()
print(job.state, job.attempts, job.result["url"])
"""
FIRST = """
from django.utils import timezone
from jobs import services
print(services.enqueue("x", "x", by=None, at=timezone.now(), arguments={}).pk)
"""


def test_the_job_of_a_killed_process_is_done_by_another(django_db_setup, tmp_path):
    environment = os.environ | {
        "DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "rectify.settings_test",
        "PYTHONPATH": str(ROOT),
        "SECRET_KEY": "k" * 50,
    }
    environment.pop("DATABASE_URL", None)

    def manage(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    if not prepare.fresh_tables(tmp_path / "portal.sqlite3"):
        manage("migrate", "--verbosity", "0")
    job_id = manage("shell", "-c", FIRST).splitlines()[-1]
    worker = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("killed_worker.py")), job_id],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert worker.stdout is not None
        assert worker.stdout.readline().strip() == "working"
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        worker.stdout.close()

    assert manage("shell", "-c", SECOND).splitlines()[-1] == "done 2 /done/"
