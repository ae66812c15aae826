"""Units: the same questions for each page: works, stranger, reader, nonsense."""

from villages.models import County, Unit


class TestUnitPages:
    def test_list_shows_own_stations_and_not_the_other_townships(self, world):
        Unit.objects.create(county=world.county, township=world.other_township, name="白石农技站")

        page = world.client(world.office_clerk).get("/villages/units/").content.decode()

        assert "自然资源所" in page
        assert "白石农技站" not in page

    def test_clerk_registers_a_unit_once_however_often_he_clicks(self, world):
        client = world.client(world.office_clerk)
        page = client.get("/villages/units/new/")
        form = {
            "submission": page.context["submission"],
            "name": "水利站",
            "kind": "station",
            "township": world.township.pk,
            "handles": "",
        }

        first = client.post("/villages/units/new/", form)
        second = client.post("/villages/units/new/", form)

        assert first.status_code == second.status_code == 302
        assert Unit.objects.filter(name="水利站").count() == 1

    def test_reader_may_not_register(self, world):
        assert world.client(world.linked_leader).get("/villages/units/new/").status_code == 403

    def test_station_of_another_township_is_not_found(self, world):
        unit = Unit.objects.create(county=world.county, township=world.other_township, name="白石农技站")

        assert world.client(world.office_clerk).get(f"/villages/units/{unit.pk}/edit/").status_code == 404

    def test_second_of_two_editors_sees_the_difference_and_loses_nothing(self, world):
        client = world.client(world.office_clerk)
        url = f"/villages/units/{world.station.pk}/edit/"
        page = client.get(url)
        form = {
            "submission": page.context["submission"], "base_version": page.context["base_version"],
            "name": "自然资源所", "kind": "station", "township": world.township.pk, "handles": "我写的职能",
        }  # fmt: skip
        Unit.objects.filter(pk=world.station.pk).update(handles="别人写的职能", version=2)

        refused = client.post(url, form)

        assert refused.status_code == 409
        assert "别人写的职能" in refused.content.decode()
        assert "我写的职能" in refused.content.decode()
        again = client.post(url, form | {"base_version": refused.context["base_version"]})
        assert again.status_code == 302
        world.station.refresh_from_db()
        assert world.station.handles == "我写的职能"


class TestDepartments:
    """Departments serve every township of the county: no township's clerk changes them."""

    def test_a_clerk_registers_one_but_does_not_change_it(self, world):
        client = world.client(world.office_clerk)
        page = client.get("/villages/units/new/")
        form = {"submission": page.context["submission"], "name": "发改局", "kind": "department", "handles": ""}
        assert client.post("/villages/units/new/", form).status_code == 302

        bureau = Unit.objects.get(name="发改局")
        assert (bureau.county, bureau.township) == (world.county, None)
        assert client.get(f"/villages/units/{bureau.pk}/edit/").status_code == 403
        assert world.client(world.stranger).get(f"/villages/units/{bureau.pk}/edit/").status_code == 403
        assert f"/villages/units/{bureau.pk}/edit/" not in client.get("/villages/units/").content.decode()

    def test_the_administrator_changes_it(self, world):
        bureau = Unit.objects.create(county=world.county, name="发改局", kind="department")
        client, url = world.client(world.administrator), f"/villages/units/{bureau.pk}/edit/"
        page = client.get(url)
        form = {
            "submission": page.context["submission"], "base_version": page.context["base_version"],
            "name": "发展和改革局", "kind": "department", "handles": "",
        }  # fmt: skip

        assert client.post(url, form).status_code == 302
        bureau.refresh_from_db()
        assert bureau.name == "发展和改革局"

    def test_with_several_counties_the_county_is_asked_for(self, world):
        other = County.objects.create(name="远山县")
        client = world.client(world.administrator)
        page = client.get("/villages/units/new/")
        form = {"submission": page.context["submission"], "name": "交通局", "kind": "department", "handles": ""}

        assert client.post("/villages/units/new/", form).status_code == 422
        wrong = client.post("/villages/units/new/", form | {"county": other.pk, "township": world.township.pk})
        assert "清溪镇不在远山县" in wrong.content.decode()
        assert client.post("/villages/units/new/", form | {"county": other.pk}).status_code == 302
        assert Unit.objects.get(name="交通局").county == other
