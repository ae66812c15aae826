"""What a first visit transfers and what a second one does not, on the static files as production serves them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

pytestmark = pytest.mark.browser
KB = 1024


@dataclass
class Answer:
    path: str
    kind: str  # Document, Stylesheet, Script, Image …
    size: int = 0  # bytes over the network with headers
    cached: bool = False


class Meter:
    """Counts what Chromium itself says it fetched."""

    def __init__(self, page: Any, origin: str) -> None:
        self.answers: dict[str, Answer] = {}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.responseReceived", lambda event: self.received(event, origin))
        session.on("Network.requestServedFromCache", lambda event: self.cached.add(event["requestId"]))
        session.on("Network.loadingFinished", self.finished)
        self.cached: set[str] = set()

    def received(self, event: dict[str, Any], origin: str) -> None:
        response = event["response"]
        if response["url"].startswith(origin):
            kept = response["fromDiskCache"] or event["requestId"] in self.cached
            path = response["url"].removeprefix(origin)
            self.answers[event["requestId"]] = Answer(path, event["type"], cached=kept)

    def finished(self, event: dict[str, Any]) -> None:
        if answer := self.answers.get(event["requestId"]):
            answer.size = 0 if answer.cached else int(event["encodedDataLength"])

    def take(self) -> tuple[list[Answer], list[Answer]]:
        """(pages, what belongs to them) since the last time."""
        found = list(self.answers.values())
        self.answers.clear()
        return [a for a in found if a.kind == "Document"], [a for a in found if a.kind != "Document"]


@pytest.fixture
def pages(portal):
    summary = portal.sql("SELECT max(id) FROM reports_summary")[0][0]
    return [
        "/",
        "/problems/?state=ledger&size=50",
        f"/problems/{portal.problem('村办公楼建设')}/",
        f"/summaries/{summary}/",
    ]


class TestTransfer:
    def test_a_first_visit_is_small_and_a_second_brings_only_the_page(self, enter, visit, cookies, portal, pages):
        enter("dangjianban").context.close()
        page = visit()  # a browser that has never been here
        page.context.add_cookies(cookies["dangjianban"])
        meter = Meter(page, portal.url)

        sizes = {}
        assets = 0
        for path in pages:
            page.goto(path, wait_until="networkidle")
            documents, others = meter.take()
            assert [d.path for d in documents] == [path]
            sizes[path] = documents[0].size
            assets += sum(answer.size for answer in others)
        assert all(0 < size <= 100 * KB for size in sizes.values()), sizes
        assert assets > 10 * KB, "the meter measures nothing"
        assert assets + max(sizes.values()) <= 350 * KB, (assets, sizes)

        for path in pages:
            page.goto(path, wait_until="networkidle")
            documents, others = meter.take()
            assert others
            assert [answer for answer in others if not answer.cached] == []
            assert documents[0].size <= 100 * KB

    def test_an_asset_says_that_it_never_changes(self, visit, portal):
        page = visit()
        page.goto("/accounts/login/")
        address = page.get_attribute("link[rel=stylesheet]", "href")
        answer = page.request.get(address, headers={"Accept-Encoding": "gzip"})

        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-encoding"] == "gzip"
