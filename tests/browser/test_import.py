"""A clerk's walk through an import: upload, answer, preview, import, undo, with the real worker and without a word of help."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import wait_until
from tests.workbooks import make

pytestmark = pytest.mark.browser


def test_an_office_workbook_goes_in_and_out_again(enter, portal, tmp_path: Path):
    path = tmp_path / "后进村问题台账.xlsx"
    path.write_bytes(make.office_5())
    before = portal.count("problems_problem")
    page = enter("dangjianban", "/ledgers/imports/new/")
    page.set_input_files("input[type=file]", str(path))
    page.click("text=上传并检查")

    # The page follows the job by itself and shows the questions when it is over, the likeliest answers chosen.
    page.wait_for_selector("text=“石乔村”是哪个村？", timeout=180_000)
    page.click("text=提交，继续检查")
    page.wait_for_selector("button:has-text('导入 2 条')", timeout=180_000)
    assert portal.count("problems_problem") == before  # looked at, nothing written
    page.click("button:has-text('导入 2 条')")
    page.wait_for_selector("text=写入的记录", timeout=180_000)
    assert portal.count("problems_problem") == before + 2
    page.click(".plain-list a >> nth=0")
    page.wait_for_selector("h1")
    page.go_back()

    page.click("text=撤销这次导入")
    wait_until(lambda: portal.count("problems_problem") == before, "the import taken back")
