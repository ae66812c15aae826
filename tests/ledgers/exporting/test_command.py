"""manage.py export_ledger."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from audit.models import Entry
from tests.ledgers.exporting.conftest import table


def call(out, *more: str, code: str = "B") -> str:
    said = StringIO()
    call_command("export_ledger", code, "--round", "2", "--out", str(out), *more, stdout=said)
    return said.getvalue()


def test_writes_the_ledger_of_a_township(world, desk, tmp_path):
    desk.accept(title="甲")
    said = call(tmp_path / "b.xlsx", "--township", "清溪镇")

    assert "已导出问题清单1个问题" in said
    assert [r["description"] for r in table(load_workbook(tmp_path / "b.xlsx").active, "B")] == ["甲"]
    entry = Entry.objects.get(verb="导出台账")
    assert (entry.by_name, entry.township_id) == ("系统", world.township.pk)


def test_of_a_whole_county_as_of_a_day(world, tmp_path):
    call(tmp_path / "g.xlsx", "--as-of", "2026-06-30", code="G")
    sheet = load_workbook(tmp_path / "g.xlsx").active

    assert [r["township"] for r in table(sheet, "G")] == ["清溪镇", "白石镇"]
    assert any(str(c.value).startswith("填报日期：2026年6月30日（本期自2026年3月5日起）") for c in sheet[2])


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--township", "无此镇"], "没有这个乡镇的这一轮次"),
        (["--year", "1999"], "没有这个乡镇的这一轮次"),
    ],
)
def test_refuses_with_a_sentence(world, tmp_path, more, sentence):
    with pytest.raises(CommandError, match=sentence):
        call(tmp_path / "b.xlsx", *more)


def test_a_folder_that_is_not_there(world, tmp_path):
    with pytest.raises(CommandError, match="目录不存在"):
        call(tmp_path / "none" / "b.xlsx")


@pytest.mark.parametrize("arguments", [["Z"], ["B", "--as-of", "gestern"]])
def test_what_is_no_ledger_or_day(world, tmp_path, arguments):
    with pytest.raises(CommandError):
        call_command("export_ledger", *arguments, "--round", "2", "--out", str(tmp_path / "b.xlsx"))
