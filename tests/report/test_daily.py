"""The worklist of a day: its page and files, made by the command line from a book alone."""

import re
import shutil

import pandas as pd
import pytest
import yaml
from icalendar import Calendar
from typer.testing import CliRunner

from tradecredit import cli
from tradecredit.decide.collect.worklist import CHAPTER, TODAY
from tradecredit.report.folders import file_name
from tradecredit.report.index import write_index
from tradecredit.report.sheet_links import FOLDER, sheet_name
from tradecredit.words.collect import ACTS, TASKS


@pytest.mark.usefixtures("own_results")
def test_the_worklist_of_a_day_is_a_page_and_files_that_agree(demo, tmp_path):
    content = yaml.safe_load((demo / "run.yaml").read_text())
    buyers = pd.read_csv(demo / "buyers.csv", dtype="str")
    source = tmp_path / "data"
    source.mkdir()
    for file in demo.glob("*.csv"):
        (source / file.name).write_bytes(file.read_bytes())
    buyers.assign(name="<b>" + buyers["name"] + "</b> {{x}} & =1").to_csv(source / "buyers.csv", index=False)
    stated = {"source": {"kind": "folder", "path": "data"}, "reports": "reports", "quotes": [], "scenarios": []}
    stated |= {"policy": str(demo / content["policy"]), "provision": {}}
    stated["default"] = content["default"] | {"insolvency_index": str(demo / content["default"]["insolvency_index"])}
    run_file = tmp_path / "run.yaml"
    run_file.write_text(yaml.safe_dump(content | stated))
    outcome = CliRunner().invoke(cli.app, ["worklist", str(run_file), "--as-of", "2026-10-15"])
    assert outcome.exit_code == 0, outcome.output
    told, page = outcome.output.strip().splitlines()[0], outcome.output.strip().splitlines()[-1]
    folder = tmp_path / "reports" / "demo-trading" / "worklist" / "2026-10-15"
    assert page == str(folder / "index.html")
    assert "to act on" in told
    assert "a duty whatever it is worth" in outcome.output
    listed, letters = (pd.read_csv(folder / f"{name}.csv", encoding="utf-8-sig") for name in ("worklist", "letters"))
    written = listed[listed["letter"].notna()].set_index("buyer_id")["to_collect"].sort_index()
    sums = letters.groupby("buyer_id")["to_collect"].sum().sort_index()
    pd.testing.assert_series_equal(sums, written, check_exact=False, atol=0.005)
    assert len(written) > 5
    html = (folder / "index.html").read_text()
    assert "<b>" not in html
    assert "&lt;b&gt;" in html
    assert "table-sheets" not in html  # the month is not published
    calendar = Calendar.from_ical((folder / "collections.ics").read_bytes())
    events = pd.DataFrame(
        [(str(event["summary"]), event["categories"].to_ical().decode()) for event in calendar.walk("VEVENT")],
        columns=["title", "kind"],
    )
    # Each debt that somebody acts on today and each hold has its day, and each claim a folder.
    names = {ACTS[act] for act in TODAY}
    todays = listed["authority"].notna()
    assert events["kind"].isin(names).sum() == todays.sum() > 5
    assert events["kind"].str.startswith("deliver ").sum() == listed["hold_by"].notna().sum() > 5
    claimed = listed.loc[listed["insurer_task"].fillna("").str.startswith(TASKS["claim"]), "buyer_id"]
    assert {file_name("claim", buyer) for buyer in claimed} == {path.name for path in folder.glob("claims/*")} != set()
    # Once the month is published, buyers lead to their sheets, where they have one, else to what is decided of them.
    month = tmp_path / "reports" / "demo-trading" / "2026-10"
    first, second = listed["buyer_id"][:2]
    (month / FOLDER).mkdir(parents=True)
    for file in (month / CHAPTER, month / FOLDER / sheet_name(first)):
        file.touch()
    outcome = CliRunner().invoke(cli.app, ["worklist", str(run_file), "--as-of", "2026-10-15"])
    assert outcome.exit_code == 0, outcome.output
    html = (folder / "index.html").read_text()
    assert f'<a href="../../2026-10/{FOLDER}/{sheet_name(first)}">{first}</a>' in html
    assert re.search(rf'<a href="../../2026-10/{CHAPTER}#[^"]+">{second}</a>', html)
    assert sheet_name(second) not in html
    shutil.rmtree(month)
    write_index(tmp_path / "reports")
    assert "not read" not in (tmp_path / "reports" / "index.html").read_text()
