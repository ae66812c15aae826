"""Rows named in an address: how a figure links to exactly the records it counts."""

import base64
import random
import zlib

import pytest
from django.http import QueryDict

from common.lists import MAX_ADDRESS, MAX_PACKED, Paging, list_address, named_rows, number_named, rows_named
from villages.models import Township
from villages.pages import PermissionRequired


class TestNamedRows:
    def test_a_few_are_readable(self):
        assert named_rows([31, 12, 15, 12]) == "12.15.31"
        assert named_rows([]) == ""

    @pytest.mark.parametrize(("count", "among"), [(201, 900), (202, 10**6), (203, 210), (3000, 3000), (3000, 60_000)])
    def test_many_come_back_whole(self, count, among):
        keys = random.Random(count).sample(range(1, among + 1), count)

        text = named_rows(keys)

        assert len(text) < MAX_ADDRESS
        assert rows_named(text) == sorted(keys)

    def test_too_many_are_not_named(self):
        assert named_rows(range(1, MAX_PACKED + 2)) == ""

    @pytest.mark.parametrize("text", ["z", "zz", "zAAAA", "z!!", "zé", "z" + "A" * 5000, "a.b", "-1", "1" * 30])
    def test_nonsense_names_nothing(self, text):
        assert rows_named(text) == []

    def test_nonsense_beside_keys_is_passed_over(self):
        assert rows_named("3.x.5.") == [3, 5]

    def test_a_text_that_unpacks_to_millions_is_bounded(self):
        bomb = "z" + base64.urlsafe_b64encode(zlib.compress(b"\x01" * 10**6, 9)).decode().rstrip("=")

        assert len(rows_named(bomb)) == MAX_PACKED


class TestNumberNamed:
    @pytest.mark.parametrize(("text", "number"), [("7", 7), ("0", 0), ("9" * 17, 10**17 - 1)])
    def test_reads_a_key(self, text, number):
        assert number_named(text) == number

    @pytest.mark.parametrize("text", [None, "", " 7", "-1", "1.5", "²", "７", "٣", "9" * 18, "9" * 5000])
    def test_nonsense_and_what_no_column_holds_name_none(self, text):
        assert number_named(text) is None

    def test_no_longer_than_asked(self):
        assert (number_named("9999", 4), number_named("10000", 4)) == (9999, None)


@pytest.mark.parametrize(("text", "version"), [("3", 3), ("", -1), ("0", -1), ("x", -1), ("9" * 30, -1)])
def test_the_version_of_a_page_that_was_tampered_with_matches_none(rf, text, version):
    page = PermissionRequired()
    page.request = rf.post("/", {"base_version": text} if text else {})

    assert page.base_version == version


class TestPaging:
    def paging(self, query, total):
        return Paging(Township.objects.none(), QueryDict(query), total=total)

    @pytest.mark.parametrize(
        ("query", "previous", "following"),
        [
            ("size=20&q=x", "", "?size=20&q=x&page=2"),
            ("size=20&q=x&page=2", "?size=20&q=x&page=1", "?size=20&q=x&page=3"),
            ("size=20&q=x&page=9", "?size=20&q=x&page=2", ""),
            ("size=100", "", ""),
        ],
    )
    def test_leads_to_the_pages_beside_it_with_the_same_filters(self, query, previous, following):
        paging = self.paging(query, 60)

        assert (paging.previous, paging.following) == (previous, following)

    def test_another_size_starts_at_the_first_page(self):
        assert self.paging("page=2&q=x", 60).sizes == [
            (20, "?q=x&size=20", False),
            (50, "?q=x&size=50", True),
            (100, "?q=x&size=100", False),
        ]


def test_an_address_of_a_list_asks_for_what_is_named():
    assert list_address("problems:problem_list") == "/problems/"
    assert list_address("problems:problem_list", state="open", village=3) == "/problems/?state=open&village=3"
