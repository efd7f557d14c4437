"""A group of two companies in two currencies, small enough to be worked out by hand."""

from pathlib import Path

import yaml

from tradecredit.book.book import Book

NORTH = {
    "buyers": """buyer_id,name,registration_id,country,group_id,kind
B1,Alder & Sons,HRB 1,DE,G1,private
B2,Birch Ltd,,GB,G1,private
B9,South Inc.,77-1,US,,affiliate
""",
    "invoices": """invoice_id,buyer_id,issued,due,currency,amount
I1,B1,2024-01-10,2024-02-09,EUR,1000.00
I2,B2,2024-03-01,2024-04-30,EUR,500.00
I3,B9,2024-02-01,2024-03-01,EUR,700.00
""",
    "receipts": """receipt_id,invoice_id,received,amount,kind
R1,I1,2024-02-20,400.00,payment
""",
    "fx": """date,currency,rate
2024-01-31,USD,0.90
2024-03-31,USD,0.80
""",
    "limits": """buyer_id,source,amount,valid_from,valid_to
B1,own,800.00,2024-01-01,
B2,own,400.00,2024-01-01,
""",
    "defaults": """buyer_id,date,kind,debt
B1,2024-03-31,protracted,600.00
""",
}
SOUTH = {
    "buyers": """buyer_id,name,registration_id,country,group_id,kind
C1,Alder,hrb1,DE,G1,private
C2,Cedar,55,US,G2,private
C9,North GmbH,HRB 900,DE,,affiliate
""",
    "invoices": """invoice_id,buyer_id,issued,due,currency,amount
I1,C1,2024-02-10,2024-03-11,USD,300.00
I2,C2,2024-03-05,2024-05-04,USD,200.00
I3,C9,2024-02-05,2024-03-06,USD,400.00
""",
    "receipts": """receipt_id,invoice_id,received,amount,kind
R1,I2,2024-03-20,50.00,payment
""",
    "limits": """buyer_id,source,amount,valid_from,valid_to
C1,own,500.00,2024-02-01,2024-12-31
""",
    "defaults": """buyer_id,date,kind,debt
C1,2024-03-31,insolvency,300.00
""",
}
ENTITIES = [
    {"run": "north.yaml", "registration_id": "HRB 900", "country": "DE"},
    {"run": "south.yaml", "registration_id": "77-1", "country": "US"},
]


class Group:
    """Run files of a group and its two entities; `run` writes one of them anew with other keys."""

    def __init__(self, folder: Path):
        self.folder, self.file = folder, folder / "group.yaml"
        for name, currency, tables in (("north", "EUR", NORTH), ("south", "USD", SOUTH)):
            for table, text in tables.items():
                self.write(name, table, text)
            entity = {"north": "North GmbH", "south": "South Inc."}[name]
            self.run(name, entity=entity, currency=currency, source={"kind": "folder", "path": name})
        self.run("group", entity="Compass", currency="EUR", source={"kind": "group", "entities": ENTITIES})

    def write(self, entity: str, table: str, text: str) -> None:
        (self.folder / entity).mkdir(exist_ok=True)
        (self.folder / entity / f"{table}.csv").write_text(text, encoding="utf-8")

    def run(self, name: str, **keys: object) -> None:
        content = {"as_of": "2024-03-31", "reports": "reports"} | keys
        (self.folder / f"{name}.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")

    def of(self, **source: object) -> None:
        keys = {key: source.pop(key) for key in ("tables", "merge", "anonymise", "exchange_rates") if key in source}
        content = {"kind": "group", "entities": ENTITIES} | source
        self.run("group", entity="Compass", currency="EUR", source=content, **keys)

    def book(self) -> Book:
        return Book.open(self.file)
