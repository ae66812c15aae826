"""The people directory, and the account a person signs in with."""

from datetime import date

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from common.errors import Refused
from tests.conftest import NOON
from villages.models import Cadre, Unit
from villages.services import people


class TestAddCadre:
    def test_village_belongs_to_the_township(self, cadre, world):
        with pytest.raises(Refused, match="不在所选乡镇内"):
            cadre(village=world.foreign)

    def test_a_unit_of_the_county_is_everybodys_of_another_township_nobodys(self, cadre, world):
        department = Unit.objects.create(county=world.county, name="发改局", kind="department")
        foreign = Unit.objects.create(county=world.county, township=world.other_township, name="白石农技站")

        assert cadre("张三", unit=department).pk
        with pytest.raises(Refused, match="所选单位不在"):
            cadre("李四", unit=foreign)

    def test_the_same_person_twice_is_refused(self, cadre):
        cadre("王伟", title="干事")

        with pytest.raises(Refused, match="已登记同名同职务"):
            cadre("王伟", title="干事")
        assert cadre("王伟", title="站长").pk


class TestLink:
    def test_one_cadre_one_account(self, cadre, world):
        user = User.objects.create_user("wangwei", "王伟", "x")
        person = people.link_cadre(cadre(), user=user, by=world.administrator, at=NOON)

        with pytest.raises(Refused, match="这个账号已对应"):
            people.link_cadre(cadre("李娜"), user=user, by=world.administrator, at=NOON)
        with pytest.raises(Refused, match="已有登录账号"):
            people.link_cadre(person, user=User.objects.create_user("x2", "某人", "x"), by=None, at=NOON)
        with pytest.raises(IntegrityError):  # the database has the last word
            Cadre.objects.create(county=world.county, name="李娜", user=user)

    def test_an_administrator_belongs_to_no_cadre(self, cadre, world):
        with pytest.raises(Refused, match="系统管理员账号不能对应干部"):
            people.link_cadre(cadre(), user=world.administrator, by=None, at=NOON)

    def test_unlinked_sees_nothing_at_the_next_request(self, world):
        client = world.client(world.office_clerk)
        assert client.get("/villages/").status_code == 200

        people.unlink_cadre(Cadre.objects.get(user=world.office_clerk), by=world.administrator, at=NOON)

        assert client.get("/villages/").status_code == 403


class TestCadrePages:
    def test_directory_of_the_township_and_the_county_only(self, world, cadre):
        cadre("方敏", township=None)

        page = world.client(world.village_secretary).get("/villages/cadres/?size=100").content.decode()

        assert "方敏" in page
        assert "外镇经办" not in page

    def test_filters(self, world, cadre):
        cadre("徐建平", village=world.village, title="主任")
        gone = cadre("老李")
        Cadre.objects.filter(pk=gone.pk).update(left_on=date(2026, 1, 1))
        client = world.client(world.office_clerk)

        def total(query: str) -> int:
            return client.get(f"/villages/cadres/?{query}").context["paging"].total

        assert total("q=徐建") == 1
        assert total(f"village={world.village.pk}&q=主任") == 1
        assert total("q=老李") == 0
        assert total("q=老李&left=on") == 1
        assert total(f"village={world.foreign.pk}") == total("")  # a foreign village is nonsense here

    def test_clerk_registers_a_person(self, world, send):
        answer = send(world.client(world.office_clerk), "/villages/cadres/new/", name="李娜", village=world.village.pk)

        person = Cadre.objects.get(name="李娜")
        assert answer.url == f"/villages/cadres/{person.pk}/"
        assert (person.county, person.township, person.village) == (world.county, world.township, world.village)

    def test_clerk_registers_a_county_leader(self, world, send):
        url = f"/villages/cadres/new/?county={world.county.pk}"

        send(world.client(world.office_clerk), url, name="方敏", title="市委常委、组织部部长")

        assert Cadre.objects.get(name="方敏").township is None

    def test_a_foreign_village_in_the_body_is_refused(self, world, send):
        answer = send(world.client(world.office_clerk), "/villages/cadres/new/", name="李娜", village=world.foreign.pk)

        assert answer.status_code == 422
        assert not Cadre.objects.filter(name="李娜").exists()

    def test_a_foreign_township_in_the_address_is_not_found(self, world):
        url = f"/villages/cadres/new/?township={world.other_township.pk}"

        assert world.client(world.office_clerk).get(url).status_code == 404

    def test_an_id_card_number_is_refused(self, world, send):
        answer = send(
            world.client(world.office_clerk), "/villages/cadres/new/", name="李娜", title="证号11010519491231002X"
        )

        assert "身份证号码" in str(answer.context["form"].errors["title"])

    def test_rights(self, world, cadre):
        person = cadre()

        assert world.client(world.village_secretary).get("/villages/cadres/new/").status_code == 403
        assert world.client(world.village_secretary).get(f"/villages/cadres/{person.pk}/edit/").status_code == 403
        assert world.client(world.stranger).get(f"/villages/cadres/{person.pk}/").status_code == 404
        assert world.client(world.stranger).get(f"/villages/cadres/{person.pk}/edit/").status_code == 404

    def test_a_county_person_who_signs_in_is_the_administrators(self, world):
        reader = Cadre.objects.get(user=world.county_reader)

        assert world.client(world.office_clerk).get(f"/villages/cadres/{reader.pk}/edit/").status_code == 403
        assert world.client(world.administrator).get(f"/villages/cadres/{reader.pk}/edit/").status_code == 200

    def test_detail_tells_duties_posts_and_history(self, world, duty, send):
        person = duty(note="组长").cadre
        send(world.client(world.office_clerk), f"/villages/cadres/{person.pk}/edit/", title="农业农村办主任")

        page = world.client(world.office_clerk).get(f"/villages/cadres/{person.pk}/").content.decode()

        for shown in ("石桥村", "驻村干部", "组长", "交接", "把职务由“（空）”改为“农业农村办主任”"):
            assert shown in page

    def test_few_queries(self, world, cadre):
        for n in range(30):
            cadre(f"干部{n}", village=world.village)
        client = world.client(world.office_clerk)

        for url in ("/villages/cadres/", f"/villages/cadres/?village={world.village.pk}&q=干部",
                    "/villages/assignments/", f"/villages/cadres/{Cadre.objects.last().pk}/"):  # fmt: skip
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            assert len(queries) <= 12

    def test_second_editor_sees_the_change(self, world, cadre):
        person, client = cadre(), world.client(world.office_clerk)
        url = f"/villages/cadres/{person.pk}/edit/"
        page = client.get(url)
        form = {
            "submission": page.context["submission"], "base_version": page.context["base_version"],
            "name": "王伟", "title": "我写的职务",
        }  # fmt: skip
        Cadre.objects.filter(pk=person.pk).update(title="别人写的职务", version=2)

        refused = client.post(url, form)

        assert refused.status_code == 409
        assert "别人写的职务" in refused.content.decode()
