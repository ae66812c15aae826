"""The registry as it was set up before the first round: places and units, people with their duties, posts of the village committees."""

from __future__ import annotations

from datetime import date as D
from typing import Any

from accounts import services as accounts
from accounts.roles import ROLE_LEVEL, Level
from rectify.demo import place
from rectify.demo.base import Demo, at
from rectify.demo.handing import agree_hand_over
from rectify.demo.place import OTHER_TOWNSHIP, OTHER_VILLAGES, TOWNSHIP, VILLAGES
from villages.models import Township
from villages.services import duties, people, places, posts, units

SET_UP = at(D(2025, 1, 2))


def load(demo: Demo) -> None:
    load_places(demo)
    load_people(demo)
    load_posts(demo)


def load_places(demo: Demo) -> None:
    demo.county = places.add_county(**place.COUNTY, by=demo.admin, at=SET_UP)
    for name, rows in ((TOWNSHIP, VILLAGES), (OTHER_TOWNSHIP, OTHER_VILLAGES)):
        township = demo.township[name] = places.add_township(county=demo.county, name=name, by=demo.admin, at=SET_UP)
        for i, (village, is_model, initials) in enumerate(rows, 1):
            demo.village[village] = places.add_village(
                township=township,
                name=village,
                is_model=is_model,
                initials=initials,
                sort=i,
                by=demo.admin,
                at=SET_UP,
            )
    for name, handles in place.STATIONS:
        demo.unit[name] = units.add_unit(
            county=demo.county,
            name=name,
            kind="station",
            township=demo.township[TOWNSHIP],
            handles=handles,
            by=demo.admin,
            at=SET_UP,
        )
    for name in place.DEPARTMENTS:
        demo.unit[name] = units.add_unit(
            county=demo.county, name=name, kind="department", township=None, handles="", by=demo.admin, at=SET_UP
        )


def load_people(demo: Demo) -> None:
    for key, name, title, village, account, held in place.PEOPLE:
        add_person(demo, key, name, title, village, account, held, demo.township[TOWNSHIP])
    for key, name, title, account, held in place.COUNTY_PEOPLE:
        add_person(demo, key, name, title, None, account, held, None)
    for key, name, title, village, account, held in place.OTHER_PEOPLE:
        add_person(demo, key, name, title, village, account, held, demo.township[OTHER_TOWNSHIP])


def add_person(
    demo: Demo,
    key: str,
    name: str,
    title: str,
    village: str | None,
    account: str | None,
    held: list[Any],
    township: Township | None,
) -> None:
    cadre = demo.cadre[key] = people.add_cadre(
        county=demo.county, name=name, title=title, township=township, village=demo.village[village] if village else None, by=demo.admin, at=SET_UP
    )  # fmt: skip
    if account:
        user, _password = accounts.create_user(
            username=account, name=name, password=place.PASSWORD, must_change_password=False, by=demo.admin, at=SET_UP
        )
        demo.user[key] = user
        people.link_cadre(cadre, user=user, by=demo.admin, at=SET_UP)
    for role, where, starts, ends in held:
        spot = {
            Level.COUNTY: lambda _w: demo.county,
            Level.TOWNSHIP: demo.township.__getitem__,
            Level.VILLAGE: demo.village.__getitem__,
            Level.UNIT: demo.unit.__getitem__,
        }[Level(ROLE_LEVEL[role])](where)
        # 东岭村's resident cadre changed on 2026-06-01: entered as the hand-over it was.
        if key == "zhao":
            agree_hand_over(demo, demo.handed)
            continue
        assignment = duties.assign(
            cadre=cadre,
            role=role,
            place=spot,
            starts_on=starts,
            ends_on=None if key == "sun" else ends,
            by=demo.admin,
            at=SET_UP,
        )
        if key == "sun":
            demo.handed = assignment


def load_posts(demo: Demo) -> None:
    for village, rows in place.POSTS.items():
        for i, (title, committee, tenures) in enumerate(rows, 1):
            post = posts.add_post(
                village=demo.village[village],
                title=title,
                committee=committee,
                sort=i,
                by=demo.user["shen"],
                at=SET_UP,
            )
            for holder, since, until, reason in tenures:
                tenure = posts.take_post(
                    post, cadre=demo.cadre[holder], started_on=since, by=demo.user["shen"], at=SET_UP
                )
                if until:
                    posts.leave_post(tenure, ended_on=until, reason=reason, by=demo.user["shen"], at=at(until, 15))
