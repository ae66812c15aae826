"""Pages of hand-overs: preview, both confirm, the paper."""

from datetime import date

import pytest
from django.urls import reverse

from handovers.models import HandOver
from tests.handovers.conftest import cadre_of
from villages.models import Assignment, Cadre


@pytest.fixture
def started(world, post, successor, work):
    """Proposed on the page by the clerk, for the real today."""
    client = world.client(world.office_clerk)
    page = client.get(f"/villages/hand-overs/new/{post.pk}/")
    form = {
        "submission": page.context["submission"], "receiver": successor.pk, "reason": "工作调动",
        "takes_effect_on": date.today().isoformat(), "remark": "与移民户的约定见纸质记录。",
    }  # fmt: skip
    assert client.post(f"/villages/hand-overs/new/{post.pk}/", form).status_code == 302
    assert client.post(f"/villages/hand-overs/new/{post.pk}/", form).status_code == 302
    return HandOver.objects.get()


def test_the_form_shows_what_would_move(world, post, work):
    page = world.client(world.office_clerk).get(f"/villages/hand-overs/new/{post.pk}/").content.decode()

    for shown in ("机耕路硬化", "完成测量设计", "路灯不亮", "水渠清淤", "责任人改为接收人"):
        assert shown in page


def test_it_begins_at_the_list_for_who_gives_posts(world, post):
    listed = reverse("handovers:handover_list")

    offered = dict(world.client(world.office_clerk).get(listed).context["actions"])
    page = world.client(world.office_clerk).get(offered["发起交接"]).content.decode()

    assert "点“交接”" in page
    assert reverse("handovers:handover_create", args=[post.pk]) in page
    assert "发起交接" not in dict(world.client(world.resident_cadre).get(listed).context["actions"])


def test_both_confirm_and_rights_change_with_the_next_request(world, started, successor):
    url = f"/villages/hand-overs/{started.pk}/"
    giver, receiver = world.client(world.resident_cadre), world.client(successor.user)
    village = f"/villages/{world.village.pk}/"
    assert giver.get(village).status_code == 200
    assert receiver.get(village).status_code == 404

    for client, word in ((giver, "同意移交"), (receiver, "同意接收")):
        page = client.get(url)
        assert word in page.content.decode()
        assert "机耕路硬化" in page.content.decode()
        client.post(f"{url}confirm/", {"base_version": page.context["hand_over"].version})

    started.refresh_from_db()
    assert started.state == "done"
    assert giver.get(village).status_code == 404 or giver.get(village).status_code == 403
    assert receiver.get(village).status_code == 200
    chain = world.client(world.party_secretary).get(f"{village}chain/").content.decode()
    assert str(started) in chain


def test_the_paper_has_number_list_and_blank_lines(world, started):
    sheet = world.client(world.office_clerk).get(f"/villages/hand-overs/{started.pk}/sheet/").content.decode()

    for shown in (
        str(started),
        "移交人（签字）",
        "接收人（签字）",
        "监交人（签字）",
        "机耕路硬化",
        "纸质记录",
        "仅供核对",
    ):
        assert shown in sheet


def test_a_receiver_without_any_post_reads_and_confirms(world, post, work):
    from accounts.models import User
    from handovers.services import handovers
    from tests.conftest import NOON, TODAY

    user = User.objects.create_user("newcomer", "新人", "secret-newcomer")
    newcomer = Cadre.objects.create(county=world.county, township=world.township, name="新人", user=user)
    hand_over = handovers.propose(
        assignment=post, receiver=newcomer, takes_effect_on=TODAY, reason="轮岗", by=world.office_clerk, at=NOON
    )
    client = world.client(user)

    assert client.get(f"/villages/hand-overs/{hand_over.pk}/").status_code == 200
    assert "待您确认的岗位交接" in client.get("/").content.decode()
    url = f"/villages/hand-overs/{hand_over.pk}/confirm/"
    client.post(url)  # a button that lost the version of what was read confirms nothing
    hand_over.refresh_from_db()
    assert hand_over.receiver_confirmed_by is None
    assert client.post(url, {"base_version": hand_over.version}).status_code == 302
    hand_over.refresh_from_db()
    assert hand_over.receiver_confirmed_by == user
    assert "待您确认的岗位交接" not in client.get("/").content.decode()


def test_both_sides_find_it_on_their_home_page(world, started, successor):
    for user in (world.resident_cadre, successor.user):
        client = world.client(user)
        assert "待您确认的岗位交接" in client.get("/").content.decode()
        assert client.get("/villages/hand-overs/?mine=1").context["paging"].total == 1
    assert "待您确认的岗位交接" not in world.client(world.office_clerk).get("/").content.decode()


def test_others_know_of_it_but_do_not_read_the_list(world, started):
    url = f"/villages/hand-overs/{started.pk}/"
    for user in (world.village_secretary, world.county_reader, world.administrator):
        page = world.client(user).get(url)
        assert page.status_code == 200
        assert "机耕路硬化" not in page.content.decode()
        assert "纸质记录" not in page.content.decode()
    assert world.client(world.stranger).get(url).status_code == 404
    assert world.client(world.stranger).post(f"{url}confirm/").status_code == 404
    assert world.client(world.village_secretary).get(f"{url}confirm-for/").status_code == 403
    started.refresh_from_db()
    assert started.waits_for() == ["giver", "receiver"]


def test_a_foreign_receiver_in_the_body_is_refused(world, post):
    client = world.client(world.office_clerk)
    url = f"/villages/hand-overs/new/{post.pk}/"
    page = client.get(url)

    answer = client.post(
        url,
        {
            "submission": page.context["submission"], "receiver": cadre_of(world.stranger).pk, "reason": "调动",
            "takes_effect_on": date.today().isoformat(),
        },
    )  # fmt: skip

    assert answer.status_code == 422
    assert not HandOver.objects.exists()


def test_the_office_confirms_for_who_has_left(world, started):
    client = world.client(world.commissioner)
    url = f"/villages/hand-overs/{started.pk}/confirm-for/"
    page = client.get(url)
    hidden = {"submission": page.context["submission"], "base_version": page.context["base_version"]}

    assert client.post(url, hidden | {"side": "receiver", "reason": "忙"}).status_code == 422
    assert client.post(url, hidden | {"side": "giver", "reason": "已调离"}).status_code == 302

    page = client.get(f"/villages/hand-overs/{started.pk}/").content.decode()
    assert "代为确认，原因：已调离" in page


def test_a_second_office_does_not_confirm_an_old_state(world, started):
    client = world.client(world.commissioner)
    url = f"/villages/hand-overs/{started.pk}/confirm-for/"
    page = client.get(url)
    hidden = {"submission": page.context["submission"], "base_version": page.context["base_version"]}
    HandOver.objects.filter(pk=started.pk).update(version=9)

    answer = client.post(url, hidden | {"side": "giver", "reason": "已调离"})

    assert answer.status_code == 409
    assert "已调离" in answer.content.decode()


def test_few_queries(world, started, django_assert_max_num_queries):
    from problems.services import ledger
    from tests.conftest import NOON
    from tests.inspections.conftest import inspect, issue_notice

    for _ in range(2):
        issue_notice(inspect(world), village=world.village, requirement="补齐会议记录", issued_on=date(2026, 6, 3),
                     reply_due_on=date(2026, 6, 10), by=world.commissioner, at=NOON)  # fmt: skip
    giver = cadre_of(world.resident_cadre)
    for n in range(8):
        ledger.log_problem(
            round=world.round, village=world.village, category="legacy", title=f"事{n}", owner=giver,
            discovered_on=date(2026, 3, 6), due_on=date(2026, 12, 20), by=world.resident_cadre, at=NOON, submit=True,
        )  # fmt: skip
    client = world.client(world.office_clerk)
    pages = ("", f"{started.pk}/", f"{started.pk}/sheet/")
    for page in pages:
        with django_assert_max_num_queries(12):
            client.get(f"/villages/hand-overs/{page}")
    desk = Assignment.objects.get(role="station", unit=world.station)
    with django_assert_max_num_queries(12):
        assert client.get(f"/villages/hand-overs/new/{desk.pk}/").status_code == 200


def test_few_queries_for_an_office(world, successor, django_assert_max_num_queries):
    from handovers.services import handovers
    from tests.conftest import NOON, TODAY

    desk = Assignment.objects.get(role="office_clerk", township=world.township)
    hand_over = handovers.propose(
        assignment=desk, receiver=successor, takes_effect_on=TODAY, reason="轮岗", by=world.administrator, at=NOON
    )
    client = world.client(world.office_clerk)
    with django_assert_max_num_queries(12):
        assert client.get(f"/villages/hand-overs/{hand_over.pk}/").status_code == 200
