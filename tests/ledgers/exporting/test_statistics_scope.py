"""Who may open the statistics sheet, and whose townships stand in it."""

from django.urls import reverse

URL = reverse("ledgers:statistics")


class TestScope:
    def test_a_county_reader_sees_all_townships_with_their_sum(self, world):
        text = world.client(world.county_reader).get(URL).content.decode()
        assert "清溪镇" in text
        assert "白石镇" in text
        assert "合计" in text

    def test_a_township_sees_itself(self, world):
        text = world.client(world.office_clerk).get(URL).content.decode()
        assert "清溪镇" in text
        assert "白石镇" not in text

    def test_a_village_may_not(self, world):
        assert world.client(world.village_secretary).get(URL).status_code == 403

    def test_without_rounds_it_says_what_to_do(self, world):
        from rounds.models import Round

        Round.objects.all().delete()
        assert "还没有轮次" in world.client(world.office_clerk).get(URL).content.decode()
