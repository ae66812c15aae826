"""Asking for the file of a village."""

import pytest
from django.urls import reverse

from archives import services
from common.errors import Refused
from jobs.models import Job
from rounds.models import Round
from tests.conftest import NOON

pytestmark = pytest.mark.django_db


def test_a_third_package_waits(world):
    args = {"round": world.round, "by": world.office_clerk, "at": NOON}
    services.request_archive(world.village, **args)
    services.request_archive(world.sibling, **args)
    with pytest.raises(Refused, match="还在打包"):
        services.request_archive(world.village, **args)


def test_a_round_of_another_township_is_refused(world):
    with pytest.raises(Refused, match="不属于"):
        services.request_archive(world.village, round=world.other_round, by=world.office_clerk, at=NOON)


def test_asked_for_once_however_often_the_button_is_clicked(world):
    client, url = world.client(world.office_clerk), reverse("archives:archive_request", args=[world.village.pk])
    sent = {"submission": client.get(url).context["submission"]}

    client.post(url, sent)
    client.post(url, sent)

    assert Job.objects.filter(kind=services.KIND).count() == 1


def test_a_village_without_a_round_says_what_comes_first(world):
    Round.objects.filter(township=world.township).delete()
    page = (
        world.client(world.office_clerk)
        .get(reverse("archives:village_archive", args=[world.village.pk]))
        .content.decode()
    )
    assert "还没有轮次" in page
