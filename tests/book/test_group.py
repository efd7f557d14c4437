"""A group of two companies in two currencies, worked out by hand: what they owe each other, and a buyer they share."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from groups import ENTITIES, NORTH, SOUTH, Group

from tradecredit.book.book import Book
from tradecredit.errors import InputError, ParameterError
from tradecredit.measure.entities import by_entity
from tradecredit.measure.limits_in_force import limits_in_force
from tradecredit.measure.open_items import open_items
from tradecredit.params.run import Run


@pytest.fixture
def group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Group:
    monkeypatch.setattr("tradecredit.book.memory.CACHE", tmp_path / "cache")
    return Group(tmp_path)


def _owed(book: Book) -> dict[str, float]:
    items = open_items(book)
    return items.groupby("buyer_id")["open_amount"].sum().round(2).to_dict()


def test_the_group_is_owed_what_its_entities_are_without_what_they_owe_each_other(group):
    # Alder owes 1,000 − 400 in EUR and 300 in USD at 0.80; Cedar 200 − 50 in USD.
    assert _owed(group.book()) == {"north:B1": 600 + 240, "north:B2": 500, "south:C2": 120}


def test_what_is_owed_by_entity_with_what_is_eliminated_is_what_their_own_books_have(group):
    table = by_entity(group.book()).set_index("entity")
    assert table.loc["north", ["open_amount", "eliminated"]].tolist() == [1100, 700]
    assert table.loc["south", ["open_amount", "eliminated"]].tolist() == pytest.approx([360, 320])
    for name, rate in (("north", 1.0), ("south", 0.80)):
        own = Book.open(group.folder / f"{name}.yaml")
        assert sum(_owed(own).values()) * rate == pytest.approx(table.loc[name, ["open_amount", "eliminated"]].sum())
    assert table.loc["north", "buyers"] == 2
    assert table["shared_buyers"].tolist() == [1, 1, 1]
    assert table.loc["Compass", ["buyers", "open_amount", "eliminated", "own_book"]].tolist() == [3, 1460, 1020, 2480]


def test_each_account_has_its_buyer_and_those_eliminated_have_none(group):
    accounts = group.book().entity_accounts
    assert accounts.astype("object").fillna("").values.tolist() == [
        ["north", "B1", "north:B1", ""],
        ["north", "B2", "north:B2", ""],
        ["north", "B9", "", 700],
        ["south", "C1", "north:B1", ""],
        ["south", "C2", "south:C2", ""],
        ["south", "C9", "", pytest.approx(320)],
    ]


def test_the_book_is_the_same_when_it_is_opened_again(group):
    first, again = group.book(), group.book()
    assert first.fingerprint == again.fingerprint
    pd.testing.assert_frame_equal(first.entity_accounts, again.entity_accounts)
    pd.testing.assert_frame_equal(first.invoices, again.invoices)


def test_limits_of_a_shared_buyer_add_up_while_they_hold(group):
    book = group.book()
    # 800 EUR and 500 USD at 0.80; before south's began, and after it ends, 800 alone.
    assert limits_in_force(book)["own"].to_dict() == {"north:B1": 1200, "north:B2": 400}
    rows = book.limits[book.limits["buyer_id"] == "north:B1"].sort_values("valid_from")
    assert rows["amount"].tolist() == [800, 1200]  # the third is not known yet
    assert rows["valid_to"].dt.strftime("%Y-%m-%d").tolist() == ["2024-01-31", "2024-12-31"]
    group.run("group", entity="Compass", currency="EUR", as_of="2025-01-31", oldest_rate_days=999,
              source={"kind": "group", "entities": ENTITIES})  # fmt: skip
    assert limits_in_force(group.book())["own"]["north:B1"] == 800


def test_one_default_of_a_shared_buyer_on_one_day_is_one_with_both_debts(group):
    rows = group.book().defaults
    # 600 EUR and 300 USD at 0.80.
    assert rows[["buyer_id", "kind", "debt"]].values.tolist() == [["north:B1", "insolvency", 600 + 240]]


def test_groups_of_buyers_that_share_one_are_one_group(group):
    groups = group.book().buyers.set_index("buyer_id")["group_id"]
    assert groups.to_dict() == {"north:B1": "north:G1", "north:B2": "north:G1", "south:C2": "south:G2"}


def test_a_buyer_in_another_country_is_not_shared(group):
    group.write("south", "buyers", SOUTH["buyers"].replace("hrb1,DE", "hrb1,AT"))
    assert _owed(group.book()) == {"north:B1": 600, "north:B2": 500, "south:C1": 240, "south:C2": 120}


def test_only_stated_buyers_are_shared_where_the_run_file_says_so(group):
    group.of(shared="stated", merge={"south:C2": "north:B2"})
    assert _owed(group.book()) == {"north:B1": 600, "north:B2": 500 + 120, "south:C1": 240}


def test_affiliates_are_eliminated_by_their_numbers_too(group):
    group.of(entities=[{"run": "north.yaml", "affiliates": ["B9"]}, "south.yaml"])
    book = group.book()
    assert _owed(book) == {"north:B1": 840, "north:B2": 500, "south:C2": 120, "south:C9": 320}
    told = book.notes[book.notes["table"] == "buyers"].set_index("rule")["rows"].to_dict()
    assert told["affiliates that are none of the group's entities: they stay"] == 1
    assert told["left out: north: of companies of the group, eliminated: 700.00 EUR open"] == 1


def test_the_groups_own_rates_come_before_those_of_its_entities(group):
    (group.folder / "own").mkdir()
    (group.folder / "own" / "fx.csv").write_text("date,currency,rate\n2024-01-01,USD,0.5\n", encoding="utf-8")
    group.of(path="own", tables={"fx": {"file": "fx.csv"}})
    group.run("north", entity="North GmbH", currency="EUR", source={"kind": "folder", "path": "north"})
    with pytest.raises(InputError, match="days old"):
        group.book()
    (group.folder / "own" / "fx.csv").write_text(
        "date,currency,rate\n2024-01-01,USD,0.5\n2024-03-01,USD,0.5\n", encoding="utf-8"
    )
    assert _owed(group.book())["south:C2"] == 75


def test_an_entity_whose_rates_are_others_is_told_of(group):
    # A dollar is 0.80 EUR to North; 1.28 dollars a euro are 0.78125, 2.3 % less.
    group.write("south", "fx", "date,currency,rate\n2024-01-31,EUR,1.1111\n2024-03-31,EUR,1.28\n")
    book = group.book()
    assert _owed(book)["south:C2"] == 120
    assert book.notes[book.notes["table"] == "fx"][["rule", "rows"]].values.tolist() == [
        ["south: other rates of USD than the first entity's, which count: by up to 2.3%", 1]
    ]


def test_rates_go_over_those_of_another_entity(group):
    # South states EUR and GBP in USD: 1.25 and 1.50, so that a pound is 1.20 EUR, and a dollar 0.80.
    (group.folder / "north" / "fx.csv").unlink()
    group.write("south", "fx", "date,currency,rate\n2024-02-01,EUR,1.25\n2024-02-01,GBP,1.50\n")
    group.write("south", "invoices", SOUTH["invoices"] + "I4,C2,2024-03-05,2024-05-04,GBP,100.00\n")
    assert _owed(group.book())["south:C2"] == 120 + 120


def broken(group: Group, kind: type[Exception]) -> str:
    with pytest.raises(kind) as error:
        group.book()
    return str(error.value)


@pytest.mark.parametrize(
    ("spoil", "kind", "told"),
    [
        (lambda group: (group.folder / "north" / "fx.csv").unlink(), InputError,
         "currency: found 'USD'; south keeps its books in it, and no rate of it to EUR is known"),
        (lambda group: group.write("south", "invoices", SOUTH["invoices"].replace("C2", "C5")), InputError,
         "south: invoices.csv, row 3, buyer_id: found 'C5'"),
        (lambda group: (group.folder / "south.yaml").unlink(), ParameterError, "south.yaml: cannot be read"),
        (lambda group: group.of(entities=["north.yaml", "south.yaml", {"run": "group.yaml", "name": "again"}]),
         ParameterError, "source.entities: found 'again'; is a group itself"),
        (lambda group: group.of(entities=["north.yaml", "south.yaml", "north.yaml"]), ParameterError,
         "north: two entities have this name"),
        (lambda group: group.of(entities=["north.yaml", {"run": "north.yaml", "name": "again"}]), ParameterError,
         "found 'north, again'; have the same run file"),
        (lambda group: group.of(entities=["north.yaml"]), ParameterError, "at least 2"),
        (lambda group: group.of(merge={"C2": "north:B2"}), InputError, "merge: found 'C2'; is no buyer of the group"),
        (lambda group: group.of(merge={"south:C9": "north:B2"}), InputError,
         "found 'south:C9: north:B2'; one of the two is a company of the group, which is eliminated"),
        (lambda group: group.of(entities=[{"run": "north.yaml", "affiliates": ["B8"]}, "south.yaml"]), InputError,
         "found 'B8'; is no buyer of north"),
        (lambda group: group.of(tables={"invoices": {"file": "x.csv"}}), ParameterError,
         "tables: invoices of a group are its entities'"),
        (lambda group: group.of(anonymise=True), ParameterError, "a group's report names its entities"),
        (lambda group: group.run("south", entity="North GmbH", currency="USD",
                                 source={"kind": "folder", "path": "south"}), ParameterError,
         "found 'North GmbH'; is the name of another entity, or of the group, too"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_group_is_told_with_its_remedy(
    group: Group, spoil: Callable[[Group], None], kind: type[Exception], told: str
):
    spoil(group)
    assert told in broken(group, kind)


def test_all_entities_are_checked_at_once(group):
    group.write("north", "invoices", NORTH["invoices"].replace("B2", "B5"))
    group.write("south", "invoices", SOUTH["invoices"].replace("C2", "C5"))
    message = broken(group, InputError)
    assert "north: invoices.csv" in message
    assert "south: invoices.csv" in message


def test_a_run_of_a_group_publishes_no_place(group):
    published = Run.from_yaml(group.file).published()
    assert group.folder.name not in str(published)
    assert published["source"]["path"] == "."
    assert [one["run"] for one in published["source"]["entities"]] == ["north.yaml", "south.yaml"]
