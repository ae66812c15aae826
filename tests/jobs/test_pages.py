"""The pages of jobs: one's own, and those of the township for colleagues who may see its summaries."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobs import services
from jobs.models import Job


class TestJobDetail:
    def test_shows_how_far_it_is_and_works_without_script(self, world, make):
        job = make()
        services.progress_of(services.claim(job.pk))(40, "排版第三部分")

        page = world.client(world.office_clerk).get(f"/jobs/{job.pk}/").content.decode()

        assert "进行中" in page
        assert "40%" in page
        assert "排版第三部分" in page
        assert "刷新" in page
        assert "http-equiv" not in page

    def test_done_leads_to_the_result(self, world, make):
        job = make()
        services.run(job.pk)

        page = world.client(world.office_clerk).get(f"/jobs/{job.pk}/").content.decode()

        assert 'href="/summaries/1/"' in page
        assert "打开总结" in page

    def test_a_result_never_leads_outside(self, make):
        job = make()
        job.result = {"url": "https://elsewhere.example/", "links": [{"url": "javascript:alert(1)"}, {"url": "/a/"}]}

        assert job.links == [{"url": "/a/", "label": "查看结果"}]

    def test_failed_shows_the_sentence_and_retry(self, world, make):
        job = make("refuse")
        services.run(job.pk)

        page = world.client(world.office_clerk).get(f"/jobs/{job.pk}/").content.decode()

        assert "提交之后总结又有改动。" in page
        assert "重试" in page

    def test_another_township_does_not_find_it(self, world, make):
        job = make()
        stranger = world.client(world.stranger)

        for path in ("", "state/"):
            assert stranger.get(f"/jobs/{job.pk}/{path}").status_code == 404
        for path in ("cancel/", "retry/"):
            assert stranger.post(f"/jobs/{job.pk}/{path}").status_code == 404

    def test_a_colleague_may_look_but_not_touch(self, world, make):
        job = make()
        colleague = world.client(world.party_secretary)

        page = colleague.get(f"/jobs/{job.pk}/").content.decode()

        assert "取消" not in page
        assert colleague.post(f"/jobs/{job.pk}/cancel/").status_code == 404
        job.refresh_from_db()
        assert job.state == Job.State.QUEUED

    def test_who_may_not_see_summaries_does_not_see_their_jobs(self, world, make):
        assert world.client(world.village_secretary).get(f"/jobs/{make().pk}/").status_code == 404

    def test_the_administrator_looks_after_those_of_every_day(self, world, make):
        day = timezone.localdate().isoformat()
        job = make("break_down", by=None, township_id=None, arguments={"day": day})
        services.run(job.pk)
        Job.objects.filter(pk=job.pk).update(second_tries=1, finished_at=timezone.localtime().replace(hour=1, minute=0))
        administrator = world.client(world.administrator)

        page = administrator.get(f"/jobs/{job.pk}/").content.decode()

        assert "已自动重试1次" in page
        assert "将在01:30以后自动重试" in page
        assert f"/jobs/{job.pk}/" in administrator.get("/jobs/").content.decode()
        assert administrator.post(f"/jobs/{job.pk}/retry/").status_code == 302
        assert world.client(world.office_clerk).get(f"/jobs/{job.pk}/").status_code == 404
        assert world.client(world.office_clerk).post(f"/jobs/{job.pk}/retry/").status_code == 404

    def test_a_kind_that_is_not_shared_is_its_owners_alone(self, world, make):
        assert world.client(world.party_secretary).get(f"/jobs/{make('refuse').pk}/").status_code == 404

    def test_few_queries(self, world, make):
        job = make()
        client = world.client(world.office_clerk)

        with CaptureQueriesContext(connection) as queries:
            client.get(f"/jobs/{job.pk}/")

        assert len(queries) <= 5


class TestJobState:
    def test_answers_for_the_script(self, world, make):
        job = make()
        client = world.client(world.office_clerk)

        assert client.get(f"/jobs/{job.pk}/state/").json() == {
            "state": "排队中",
            "percent": 0,
            "step": "",
            "over": False,
        }
        services.run(job.pk)
        assert client.get(f"/jobs/{job.pk}/state/").json()["over"] is True

    def test_needs_a_login(self, world, make):
        assert world.client(None).get(f"/jobs/{make().pk}/state/").status_code == 302


class TestButtons:
    def test_cancel_then_retry(self, world, make):
        job = make()
        client = world.client(world.office_clerk)

        client.post(f"/jobs/{job.pk}/cancel/")
        job.refresh_from_db()
        assert job.state == Job.State.CANCELLED

        client.post(f"/jobs/{job.pk}/retry/")
        job.refresh_from_db()
        assert job.state == Job.State.QUEUED

    def test_a_link_cannot_cancel(self, world, make):
        assert world.client(world.office_clerk).get(f"/jobs/{make().pk}/cancel/").status_code == 405

    def test_pressing_twice_says_it_is_over(self, world, make):
        job = make()
        client = world.client(world.office_clerk)
        client.post(f"/jobs/{job.pk}/cancel/")

        page = client.post(f"/jobs/{job.pk}/cancel/", follow=True).content.decode()

        assert "已经结束" in page


class TestJobList:
    def test_only_ones_own(self, world, make):
        make()
        make(by=world.party_secretary)

        page = world.client(world.office_clerk).get("/jobs/")

        assert page.context["paging"].total == 1

    def test_says_what_will_stand_here(self, world, work):
        assert "还没有提交过任务" in world.client(world.village_secretary).get("/jobs/").content.decode()
