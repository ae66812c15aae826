"""The search box: found by two characters, in scope, marked, in a bounded number of questions."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.roles import Role
from inspections.models import Inspection, Notice
from meetings.models import Commitment, Meeting
from otherwork.models import WorkEntry, WorkKind
from problems.models import Problem, VillagePlan
from rounds.models import RoundDocument
from search import marking, pinyin, sources
from tests.conftest import NOON, TODAY
from villages.models import Cadre, Village

pytestmark = [pytest.mark.django_db, pytest.mark.services]
DAY = date(2026, 6, 1)


def one_of_each(world, village, mark: str) -> None:
    """One record of every kind searched, each with the word 征地."""
    township, user = village.township, world.office_clerk
    round_ = world.round if township == world.township else world.other_round
    Problem.objects.create(
        township=township, village=village, round=round_, number=village.pk, category="legacy", title=f"征地补偿{mark}",
        state="rectifying", discovered_on=DAY, due_on=TODAY, queue_on=TODAY, search_text=f"征地补偿{mark} sq-7".lower(),
        created_by=user, created_at=NOON, updated_at=NOON,
    )  # fmt: skip
    VillagePlan.objects.create(round=round_, village=village, causes=f"征地{mark}", goals="")
    meeting = Meeting.objects.create(
        township=township,
        round=round_,
        kind="other",
        level="village",
        village=village,
        name=f"征地协调{mark}",
        held_on=DAY,
    )
    Commitment.objects.create(meeting=meeting, text=f"征地款到位{mark}", due_on=TODAY, unit=world.station)
    inspection = Inspection.objects.create(
        township=township, round=round_, mode="unannounced", held_on=DAY, people="", summary=""
    )
    inspection.villages.add(village)
    Notice.objects.create(
        township=township, inspection=inspection, village=village, year=2026, number=village.pk,
        requirement=f"征地政策上墙{mark}", issued_on=DAY, reply_due_on=TODAY,
    )  # fmt: skip
    RoundDocument.objects.create(round=round_, kind="other", title=f"征地办法{mark}", issued_on=DAY)
    Cadre.objects.create(county=world.county, township=township, name="王芳", title=f"征地专干{mark}")
    kind, _ = WorkKind.objects.get_or_create(
        township=township, name="入户", defaults={"unit": "户", "wording": "{数量}户。", "starts_on": DAY}
    )
    WorkEntry.objects.create(
        kind=kind,
        village=village,
        happened_on=DAY,
        quantity=Decimal(1),
        note=f"征地宣讲{mark}",
        created_by=user,
        created_at=NOON,
    )
    Village.objects.create(township=township, name=f"征地新村{mark}")


@pytest.fixture
def filled(world):
    for village, mark in ((world.village, "甲"), (world.sibling, "乙"), (world.foreign, "丙")):
        one_of_each(world, village, mark)
    return world


def found(world, user, words):
    page = world.client(user).get(reverse("search:search"), {"q": words})
    assert page.status_code == 200
    return {g["label"]: [str(h["title"]) + str(h["text"]) for h in g["hits"]] for g in page.context["groups"]}


EVERY = {"村", "问题", "干部", "一村一策", "会议", "议定事项", "整改通知书", "文件", "其他工作"}


def test_a_word_of_two_characters_is_found_in_every_kind_and_marked(filled):
    groups = found(filled, filled.office_clerk, "征地")

    assert set(groups) == EVERY
    assert all("<mark>征地</mark>" in hit for hits in groups.values() for hit in hits)
    assert {label: len(hits) for label, hits in groups.items()} == dict.fromkeys(EVERY, 2)
    assert "丙" not in str(groups)


@pytest.mark.parametrize(
    ("name", "own", "foreign"),
    [
        (Role.VILLAGE_SECRETARY, {"问题", "一村一策", "会议", "议定事项", "整改通知书", "其他工作"}, "乙丙"),
        (Role.COUNTY_READER, EVERY - {"议定事项"}, ""),
        ("stranger", EVERY, "甲乙"),
    ],
)
def test_everybody_finds_in_his_scope(filled, name, own, foreign):
    groups = found(filled, filled.users[name], "征地")

    assert own <= set(groups)
    for label in own:
        assert groups[label], label
        assert not set(foreign) & set("".join(groups[label]).replace("<mark>征地</mark>", "")), label


def test_an_administrator_finds_people_only(filled):
    assert set(found(filled, filled.administrator, "征地")) <= {"干部"}


def test_a_station_finds_what_is_its_own(filled):
    Problem.objects.filter(village=filled.village).update(responsible_unit=filled.station)

    groups = found(filled, filled.users["station"], "征地")

    assert set(groups) == {"问题", "议定事项"}
    assert len(groups["问题"]) == 1


def test_several_words_stand_together(filled):
    assert found(filled, filled.office_clerk, "征地 补偿甲")["问题"] == ["".join(
        [f"{filled.village.pk}号 ", "<mark>征地</mark><mark>补偿甲</mark>"]
    )]  # fmt: skip
    assert found(filled, filled.office_clerk, "征地 没有这个") == {}


def test_letters_of_either_case_are_the_same(filled):
    assert "问题" in found(filled, filled.office_clerk, "SQ-7")


@pytest.mark.parametrize(
    ("typed", "names"), [("sq", ["石桥村"]), ("SQC", ["石桥村"]), ("shiq", ["石桥村"]), ("xt", ["下塘村"]), ("zz", [])]
)
def test_villages_are_found_by_pinyin(world, typed, names):
    assert [hit.title for hit in sources.villages(world.access(world.office_clerk), [typed]).hits] == names


def test_the_office_s_own_initials_count_too():
    assert pinyin.sounds_like("圩上村", "xs", "XSC")  # read otherwise in this place than in the dictionary
    assert not pinyin.sounds_like("石桥村", "xs", "sqc")


@pytest.mark.parametrize("typed", ["", "征", " 征 ", "​"])
def test_one_character_is_not_searched_for(world, typed, django_assert_max_num_queries):
    client = world.client(world.office_clerk)
    with django_assert_max_num_queries(6):
        page = client.get(reverse("search:search"), {"q": typed})
    assert page.context["groups"] == []


def test_nothing_found_says_so_without_running_what_was_typed(world):
    page = world.client(world.office_clerk).get(reverse("search:search"), {"q": "<script>alert(1)</script>"})

    assert "没有找到" in page.content.decode()
    assert "<script>alert" not in page.content.decode()


def test_more_than_the_limit_leads_to_the_list(filled, django_assert_max_num_queries):
    for n in range(sources.LIMIT + 2):
        Cadre.objects.create(county=filled.county, township=filled.township, name=f"征地员{n}")
    client = filled.client(filled.office_clerk)
    with django_assert_max_num_queries(10):
        page = client.get(reverse("search:search"), {"q": "征地"})

    people = next(g for g in page.context["groups"] if g["label"] == "干部")
    assert len(people["hits"]) == sources.LIMIT
    assert client.get(people["more"]).context["paging"].total == sources.LIMIT + 4


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("甲<b>乙", ["甲<"], "<mark>甲&lt;</mark>b&gt;乙"),
        ("a.c abc", ["a.c"], "<mark>a.c</mark> abc"),
        ("长" * 200 + "征地" + "短" * 200, ["征地"], "…" + "长" * 16 + "<mark>征地</mark>" + "短" * 72 + "…"),
    ],
)
def test_marks_escape_everything_else(text, words, shown):
    assert marking.marked(text, words) == shown


def test_the_box_stands_in_the_head_of_every_page(world):
    for user in (world.office_clerk, world.village_secretary, world.users["station"], world.administrator):
        assert 'class="find"' in world.client(user).get("/").content.decode()
