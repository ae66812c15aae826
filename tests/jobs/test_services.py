"""The promises about long work: once, whole, never silent, whatever happens to the worker or the broker."""

from contextlib import nullcontext
from datetime import datetime, timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.utils import timezone

from jobs import heartbeat, registry, services, sweep, tasks
from jobs.models import MAX_ATTEMPTS, MAX_SECOND_TRIES, SECOND_TRY_AFTER, Job

pytestmark = pytest.mark.services


class TestEnqueue:
    def test_the_message_goes_out_when_the_transaction_is_committed(
        self, make, monkeypatch, django_capture_on_commit_callbacks
    ):
        sent = []
        monkeypatch.setattr(tasks.run_job, "apply_async", lambda **kwargs: sent.append(kwargs["kwargs"]))

        with django_capture_on_commit_callbacks(execute=True):
            job = make()
            assert sent == []

        assert sent == [{"job_id": job.pk}]

    def test_the_same_key_gives_the_same_job(self, make):
        assert make(key="summary:1:1").pk == make(key="summary:1:1").pk
        assert Job.objects.count() == 1


class TestRun:
    def test_work_ends_with_its_result(self, make, work):
        job = make(arguments={"summary_id": 7})

        services.run(job.pk)

        job.refresh_from_db()
        assert (job.state, job.percent, job.step) == (Job.State.DONE, 100, "完成")
        assert job.result == {"url": "/summaries/1/", "label": "打开总结"}
        assert work == [{"summary_id": 7}]

    def test_a_message_delivered_twice_runs_once(self, make, work):
        job = make()

        services.run(job.pk)
        services.run(job.pk)
        tasks.run_job(job_id=job.pk, argument_of_a_later_version=1)

        assert len(work) == 1

    def test_only_one_of_two_workers_gets_the_job(self, make):
        job = make()

        assert services.claim(job.pk) is not None
        assert services.claim(job.pk) is None

    def test_a_refusal_is_shown_as_it_stands(self, make):
        job = make("refuse")

        services.run(job.pk)

        job.refresh_from_db()
        assert (job.state, job.error) == (Job.State.FAILED, "提交之后总结又有改动。")

    def test_a_fault_gives_a_number_and_no_inside(self, make):
        job = make("break_down")

        services.run(job.pk)

        job.refresh_from_db()
        assert job.state == Job.State.FAILED
        assert f"J{job.pk}" in job.error
        assert "secret" not in job.error

    def test_work_over_the_time_limit_says_so(self, make, monkeypatch):
        def slow(progress):
            raise SoftTimeLimitExceeded

        monkeypatch.setattr(registry, "work_of", lambda kind: slow)
        job = make()

        services.run(job.pk)

        job.refresh_from_db()
        assert "用时超过限度" in job.error

    def test_a_kind_nobody_registered_fails_and_does_not_stay_running(self, make):
        job = make("unknown")

        services.run(job.pk)

        job.refresh_from_db()
        assert job.state == Job.State.FAILED


class TestKilledWorker:
    def test_a_silent_job_is_found_and_taken_over(self, make, fall_silent):
        job = make()
        services.claim(job.pk)
        assert sweep.lost_jobs() == []
        fall_silent(job)

        assert sweep.lost_jobs() == [job.pk]
        services.run(job.pk)

        job.refresh_from_db()
        assert (job.state, job.attempts) == (Job.State.DONE, 2)

    def test_the_late_first_worker_leaves_no_trace(self, make, fall_silent):
        job = make()
        first = services.claim(job.pk)
        fall_silent(job)
        second = services.claim(job.pk)
        services.progress_of(second)(30, "第二个在做")

        with pytest.raises(services.LostClaim):
            services.progress_of(first)(90, "第一个醒来")
        services._finish(first, Job.State.DONE, result={"url": "/wrong/"})

        job.refresh_from_db()
        assert (job.state, job.percent, job.step, job.result) == (Job.State.RUNNING, 30, "第二个在做", {})

    def test_a_retry_does_not_revive_the_claim_of_the_first_worker(self, make):
        """Both are attempt number one; only the claim's own number tells them apart."""
        job = make()
        late = services.claim(job.pk)
        services._finish(late, Job.State.FAILED, error="x")
        services.retry(Job.objects.get(pk=job.pk))
        now = services.claim(job.pk)
        assert (late.attempts, now.attempts) == (1, 1)

        with pytest.raises(services.LostClaim):
            services.progress_of(late)(90, "旧的")
        services._finish(late, Job.State.DONE, result={"url": "/wrong/"})

        job.refresh_from_db()
        assert job.state == Job.State.RUNNING

    def test_a_job_that_kills_its_workers_is_given_up(self, make, work, fall_silent):
        job = make()
        for _ in range(MAX_ATTEMPTS):
            assert services.claim(job.pk) is not None
            fall_silent(job)

        services.run(job.pk)

        job.refresh_from_db()
        assert job.state == Job.State.FAILED
        assert f"连续{MAX_ATTEMPTS}次" in job.error
        assert work == []
        assert sweep.lost_jobs(at_start=True) == []

    def test_a_cancelled_job_whose_worker_died_is_not_done_again(self, make, work, fall_silent):
        job = make()
        services.claim(job.pk)
        services.cancel(job)
        fall_silent(job)

        services.run(job.pk)

        job.refresh_from_db()
        assert (job.state, work) == (Job.State.CANCELLED, [])


@pytest.mark.django_db(transaction=True)
class TestHeartbeat:
    """One long step without a word keeps the job alive, as long as its process lives."""

    def _long_step(self, job: Job, tries: int) -> bool:
        """Does the heartbeat move while the work says nothing?"""
        import time

        for _ in range(tries):
            before = Job.objects.get(pk=job.pk).heartbeat_at
            if before > timezone.now() - timedelta(seconds=30):
                return True
            time.sleep(0.03)
        return False

    def _run(self, make, fall_silent, monkeypatch, tries: int = 40) -> bool:
        seen = []

        def work(progress):
            fall_silent(job)
            seen.append(self._long_step(job, tries))
            return {}

        monkeypatch.setattr(heartbeat, "EVERY", 0.05)
        job = make()
        monkeypatch.setattr(registry, "work_of", lambda kind: work)
        services.run(job.pk)
        return seen[0]

    def test_it_beats(self, make, fall_silent, monkeypatch):
        # Ends with the first beat; on a busy machine its thread may have to wait for its turn.
        assert self._run(make, fall_silent, monkeypatch, tries=1000) is True

    def test_without_it_the_job_looks_dead(self, make, fall_silent, monkeypatch):
        monkeypatch.setattr(services, "beating", lambda job: nullcontext())

        assert self._run(make, fall_silent, monkeypatch) is False

    def test_it_ends_with_the_claim(self, make, monkeypatch):
        import threading

        monkeypatch.setattr(heartbeat, "EVERY", 0.02)
        job = services.claim(make().pk)
        Job.objects.filter(pk=job.pk).update(claims=99)
        before = Job.objects.get(pk=job.pk).heartbeat_at

        with heartbeat.beating(job):
            hearts = [t for t in threading.enumerate() if t.name == f"job-{job.pk}-heart"]
            for thread in hearts:
                thread.join(timeout=30)

        assert not any(t.is_alive() for t in hearts)
        assert Job.objects.get(pk=job.pk).heartbeat_at == before


class TestBrokerDown:
    def test_the_job_stays_queued_and_is_swept_later(self, make, work, monkeypatch, django_capture_on_commit_callbacks):
        def unreachable(**kwargs):
            raise OSError("no broker")

        monkeypatch.setattr(tasks.run_job, "apply_async", unreachable)
        with django_capture_on_commit_callbacks(execute=True):
            job = make()
        job.refresh_from_db()
        assert (job.state, job.sent_at) == (Job.State.QUEUED, None)
        assert sweep.lost_jobs() == []  # fresh: the request may still be sending it
        Job.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(minutes=1))

        monkeypatch.setattr(tasks.run_job, "apply_async", lambda **kwargs: services.run(kwargs["kwargs"]["job_id"]))
        assert sweep.sweep() == 1

        job.refresh_from_db()
        assert (job.state, len(work)) == (Job.State.DONE, 1)

    def test_a_starting_worker_sends_everything_queued(self, make):
        job = make()

        assert sweep.lost_jobs(at_start=True) == [job.pk]


class TestCancelAndRetry:
    def test_a_queued_job_ends_at_once(self, make, work):
        job = make()

        services.cancel(job)
        services.run(job.pk)

        job.refresh_from_db()
        assert (job.state, work) == (Job.State.CANCELLED, [])

    def test_a_running_job_ends_at_its_next_step(self, make, monkeypatch):
        reached = []

        def work(progress):
            services.cancel(job)
            progress(10, "下一步")
            reached.append("the step after the next")

        monkeypatch.setattr(registry, "work_of", lambda kind: work)
        job = make()

        services.run(job.pk)

        job.refresh_from_db()
        assert (job.state, reached) == (Job.State.CANCELLED, [])

    def test_retry_starts_from_the_beginning(self, make, work):
        job = make("refuse")
        services.run(job.pk)
        Job.objects.filter(pk=job.pk).update(kind="note")

        services.retry(Job.objects.get(pk=job.pk))
        services.run(job.pk)

        job.refresh_from_db()
        assert (job.state, job.attempts, job.error) == (Job.State.DONE, 1, "")

    def test_a_finished_job_is_not_retried(self, make, work):
        job = make()
        services.run(job.pk)

        services.retry(job)

        job.refresh_from_db()
        assert job.state == Job.State.DONE


class TestJobsOfTheDay:
    """A night that ended by an exception is tried again the same day: a bounded number of times, with a rest between."""

    @pytest.fixture
    def tick(self, db, work, monkeypatch):
        """The sweep looks after so many minutes: (the job of the day, how often it was done)."""
        clock = [timezone.localtime().replace(hour=1, minute=0)]
        monkeypatch.setattr(timezone, "now", lambda: clock[0])
        monkeypatch.setattr(registry, "_daily", {"fail": ("夜间督办计算", 0)})
        registry.register("fail", "tests.jobs.conftest.fail")
        monkeypatch.setattr(services, "send", services.run)

        def tick(minutes: float = 0, *, to: datetime | None = None) -> tuple[Job, int]:
            clock[0] = to or clock[0] + timedelta(minutes=minutes)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(services.transaction, "on_commit", lambda do: do())
                sweep.ask_for_todays()
            return Job.objects.order_by("pk").last(), len(work)

        return tick

    def test_again_after_a_rest_and_not_for_ever(self, tick):
        rest = SECOND_TRY_AFTER.total_seconds() / 60
        job, done = tick()
        assert (job.state, job.second_tries, done) == (Job.State.FAILED, 0, 1)
        assert tick(rest - 1)[1] == 1  # not yet

        assert tick(1)[1] == 2
        assert tick(rest - 1)[1] == 2
        job, done = tick(1)

        assert (done, job.second_tries, job.second_try_at) == (1 + MAX_SECOND_TRIES, MAX_SECOND_TRIES, None)
        assert tick(10 * rest)[1] == 1 + MAX_SECOND_TRIES
        assert Job.objects.count() == 1

    def test_what_has_come_right_is_left_alone(self, tick, monkeypatch):
        tick()
        registry.register("fail", "tests.jobs.conftest.note")

        job, done = tick(31)

        assert (job.state, job.second_tries, job.error, done) == (Job.State.DONE, 1, "", 2)
        assert tick(31)[1] == 2

    def test_without_the_second_try_the_night_is_lost(self, tick, monkeypatch):
        """Control: the key of the day is taken, so that asking alone does nothing."""
        monkeypatch.setattr(Job, "second_try_at", None)
        tick()
        registry.register("fail", "tests.jobs.conftest.note")

        assert tick(31)[0].state == Job.State.FAILED

    def test_the_next_day_makes_up_for_it(self, tick):
        late = timezone.localtime().replace(hour=23, minute=50)
        job, _ = tick(to=late)
        assert job.second_try_at is None

        following, _ = tick(20)

        assert following.pk != job.pk
        job.refresh_from_db()
        assert (job.state, job.second_tries) == (Job.State.FAILED, 0)

    def test_of_two_workers_one_starts_it(self, tick):
        job, _ = tick()

        for _ in range(2):  # both have read the row before the first has written
            services.retry(job, by_itself=True)

        job.refresh_from_db()
        assert job.second_tries == 1

    def test_somebodys_own_job_is_not_tried_again(self, make):
        job = make("break_down")
        services.run(job.pk)
        job.refresh_from_db()

        assert job.second_try_at is None
