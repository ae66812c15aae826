"""Posts of the two committees: one holder at a time, vacant since a day, for a reason."""

from datetime import date

import pytest
from django.db import IntegrityError

from common.errors import Refused
from tests.conftest import NOON
from villages.models import Cadre, Post, PostTenure
from villages.services import posts

LEFT = date(2026, 4, 15)


@pytest.fixture
def held(post, cadre):
    """A deputy's post held by 潘小明 since 2025."""
    deputy = post()
    posts.take_post(deputy, cadre=cadre("潘小明"), started_on=date(2025, 1, 1), by=None, at=NOON)
    return deputy


class TestTenure:
    def test_a_second_holder_is_refused(self, held, cadre):
        with pytest.raises(Refused, match="现由潘小明担任，请先填写离任"):
            posts.take_post(held, cadre=cadre("何国强"), started_on=LEFT, by=None, at=NOON)

    def test_the_database_refuses_a_second_holder_too(self, held, cadre):
        with pytest.raises(IntegrityError):
            PostTenure.objects.create(post=held, cadre=cadre("何国强"), started_on=LEFT)

    def test_vacant_from_the_day_he_left(self, held):
        posts.vacate_post(held, ended_on=LEFT, reason="辞职", by=None, at=NOON)

        assert held not in Post.objects.vacant_on(date(2026, 4, 14))
        assert held in Post.objects.vacant_on(LEFT)

    def test_a_reason_is_asked_for(self, held):
        with pytest.raises(Refused, match="请填写离任原因"):
            posts.vacate_post(held, ended_on=LEFT, reason="", by=None, at=NOON)

    def test_not_before_he_began(self, held):
        with pytest.raises(Refused, match="不能早于任职日期（2025年1月1日）"):
            posts.vacate_post(held, ended_on=date(2024, 1, 1), reason="辞职", by=None, at=NOON)

    def test_a_successor_not_before_the_predecessor_left(self, held, cadre):
        posts.vacate_post(held, ended_on=LEFT, reason="辞职", by=None, at=NOON)

        successor = cadre("何国强")
        with pytest.raises(Refused, match="前任2026年4月15日离任"):
            posts.take_post(held, cadre=successor, started_on=date(2026, 4, 1), by=None, at=NOON)
        assert posts.take_post(held, cadre=successor, started_on=LEFT, by=None, at=NOON).pk

    def test_one_person_may_hold_two_posts(self, held, post):
        holder = Cadre.objects.get(name="潘小明")

        assert posts.take_post(post("主任"), cadre=holder, started_on=LEFT, by=None, at=NOON).pk

    def test_wrong_days_can_be_corrected_but_not_to_overlap(self, held, cadre):
        first = posts.vacate_post(held, ended_on=LEFT, reason="辞职", by=None, at=NOON)
        posts.take_post(held, cadre=cadre("何国强"), started_on=date(2026, 6, 1), by=None, at=NOON)
        held.refresh_from_db()
        first = PostTenure.objects.select_related("post", "cadre").get(pk=first.pk)
        correct = {"reason": "辞职", "base_version": held.version, "by": None, "at": NOON}

        with pytest.raises(Refused, match="与何国强的任职时间重叠"):
            posts.correct_tenure(first, started_on=date(2025, 1, 1), ended_on=date(2026, 6, 2), **correct)
        posts.correct_tenure(first, started_on=date(2025, 1, 1), ended_on=date(2026, 6, 1), **correct)

        assert PostTenure.objects.get(pk=first.pk).ended_on == date(2026, 6, 1)


class TestPostPages:
    def test_vacant_on_a_day(self, world, held):
        posts.vacate_post(held, ended_on=LEFT, reason="辞职", by=None, at=NOON)
        client = world.client(world.linked_leader)

        vacant = client.get("/villages/posts/?vacant=on").content.decode()
        before = client.get("/villages/posts/?vacant=on&as_of=2026-04-14")

        assert "2026-04-15" in vacant
        assert "辞职" in vacant
        assert before.context["paging"].total == 0
        assert "潘小明" in client.get("/villages/posts/?as_of=2026-04-14").content.decode()

    def test_village_secretary_keeps_his_own_posts(self, world, send, cadre):
        client = world.client(world.village_secretary)
        holder = cadre("徐建平", village=world.village)

        send(client, f"/villages/{world.village.pk}/posts/new/", committee="villagers", title="主任")
        made = Post.objects.get(title="主任")
        send(client, f"/villages/posts/{made.pk}/take/", cadre=holder.pk, started_on="2026-01-01")
        send(client, f"/villages/posts/{made.pk}/leave/", ended_on="2026-04-15", reason="换届")

        tenure = PostTenure.objects.get(post=made)
        assert (tenure.cadre, tenure.ended_on, tenure.end_reason) == (holder, LEFT, "换届")

    def test_a_person_not_yet_in_the_directory(self, world, send, post):
        vacant = post()

        send(world.client(world.village_secretary), f"/villages/posts/{vacant.pk}/take/",
             name="徐小红", started_on="2026-05-01")  # fmt: skip

        assert PostTenure.objects.get(post=vacant).cadre.village == world.village

    def test_either_a_choice_or_a_name(self, world, send, post, cadre):
        url = f"/villages/posts/{post().pk}/take/"
        client = world.client(world.village_secretary)

        neither = send(client, url, started_on="2026-05-01")
        both = send(client, url, cadre=cadre().pk, name="徐小红", started_on="2026-05-01")

        for answer in (neither, both):
            assert "二者填一项" in str(answer.context["form"].errors["cadre"])

    def test_a_foreign_cadre_in_the_body_is_refused(self, world, send, post):
        stranger = Cadre.objects.get(user=world.stranger)

        answer = send(world.client(world.village_secretary), f"/villages/posts/{post().pk}/take/",
                      cadre=stranger.pk, started_on="2026-05-01")  # fmt: skip

        assert answer.status_code == 422
        assert not PostTenure.objects.exists()

    def test_who_opened_the_form_before_the_holder_changed_does_not_end_the_new_one(self, world, held, cadre):
        client, url = world.client(world.office_clerk), f"/villages/posts/{held.pk}/leave/"
        page = client.get(url)
        form = {
            "submission": page.context["submission"], "base_version": page.context["base_version"],
            "ended_on": "2026-10-01", "reason": "辞职",
        }  # fmt: skip
        posts.vacate_post(held, ended_on=LEFT, reason="辞职", by=None, at=NOON)
        posts.take_post(held, cadre=cadre("何国强"), started_on=LEFT, by=None, at=NOON)

        assert client.post(url, form).status_code == 409
        assert PostTenure.objects.get(cadre__name="何国强").ended_on is None

    def test_rights(self, world, held):
        tenure = held.tenures.get()
        urls = [f"/villages/posts/{held.pk}/{page}/" for page in ("edit", "take", "leave")]
        urls += [f"/villages/tenures/{tenure.pk}/edit/", f"/villages/{world.village.pk}/posts/new/"]

        for url in urls:
            assert world.client(world.linked_leader).get(url).status_code == 403
            assert world.client(world.stranger).get(url).status_code == 404
            assert world.client(world.sibling_secretary).get(url).status_code == 404
            assert world.client(world.village_secretary).get(url).status_code == 200
