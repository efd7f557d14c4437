"""What is decided on a buyer elsewhere, as far as money is to be had of it: no stage of collection goes against it."""

import pandas as pd

ON_DEBT = ("in default", "enforce", "payment plan", "collect")
"""Kinds of decision on a debt, of which a buyer has one at most."""

OF_THE_INSURER = ("claim", "report missed", "report")
"""Kinds of decision by which the insurer is told something, of which a buyer has one at most."""

COLUMNS = {
    "decided": "str", "authority": "str", "due_day": "datetime64[us]", "amount": "float64",
    "gain_on_waiting": "float64", "deliveries": "str", "supplies_stopped": "bool",
    "hold_authority": "str", "hold_by": "datetime64[us]",
    "insurer_task": "str", "insurer_authority": "str", "insurer_by": "datetime64[us]", "insurer_amount": "float64",
    "insured_stake": "float64", "insured_payable": "float64", "anchor": "str",
}  # fmt: skip


def decided(sheets: pd.DataFrame, records: pd.DataFrame, stake: pd.Series, payable: pd.Series) -> pd.DataFrame:
    """Return what is decided on each buyer of whom money is to be had: its debt, its deliveries, its cover.

    `sheets`: `buyer_sheet.sheets` or `advice`; `records`: `buyer_decisions.records` of them; `stake`: what the policy
    would bear of what it is to be told of, and `payable`, what it would pay after its first loss, by buyer_id
    (`standing.standing`). Index buyer_id, those with a decision:

    - `decided`: one of `ON_DEBT` (missing: none), its `authority`, `due_day` and `amount` at stake; `gain_on_waiting`:
      what enforcement, or a plan, is worth more than waiting (missing: not known);
    - `deliveries`: what is still delivered where it is held back, for whichever reason (missing: it is not), and
      `supplies_stopped`, nothing is; `hold_authority` and `hold_by`, who decides on it and by when;
    - `insurer_task`: one of `OF_THE_INSURER` (missing: none), with `insurer_authority`, `insurer_by`, `insurer_amount`,
      the insured debt that it is about, `insured_stake` and `insured_payable`;
    - `anchor` of the list in the chapter of limits: that of the debt, else of the insurer's, else of the holds.

    Source: definitions §4.10.
    """
    # Whoever asks for a standing that is remembered does not wait for the limits' libraries.
    from tradecredit.decide.deliveries import AGAINST_PAYMENT, HELD

    debt, insurer = (
        records[records["decision"].isin(kinds)].set_index("buyer_id") for kinds in (ON_DEBT, OF_THE_INSURER)
    )
    held = sheets[sheets["deliveries"].isin([*HELD.values()])]
    buyers = sheets.index[sheets.index.isin(debt.index.union(insurer.index).union(held.index))].rename("buyer_id")
    debt, insurer, held = (table.reindex(buyers) for table in (debt, insurer, held))
    gain = sheets["gain_on_waiting"].reindex(buyers) if "gain_on_waiting" in sheets else float("nan")
    of_hold = pd.Series("table-held_back", buyers).where(held["deliveries"].notna())
    table = debt[["decision", "authority", "due_day", "amount"]].rename(columns={"decision": "decided"})
    return table.assign(
        gain_on_waiting=gain, deliveries=held["deliveries"],
        supplies_stopped=held["deliveries"].notna() & (held["deliveries"] != AGAINST_PAYMENT),
        hold_authority=held["hold_authority"], hold_by=held["hold_by"],
        insurer_task=insurer["decision"], insurer_authority=insurer["authority"],
        insurer_by=insurer["due_day"], insurer_amount=insurer["amount"],
        insured_stake=stake.reindex(buyers).where(insurer["decision"].notna()),
        insured_payable=payable.reindex(buyers).where(insurer["decision"].notna()),
        anchor=debt["anchor"].fillna(insurer["anchor"]).fillna(of_hold),
    ).astype(COLUMNS)[list(COLUMNS)]  # fmt: skip


def nothing() -> pd.DataFrame:
    """Return the table of `decided` without a row."""
    index = pd.Index([], name="buyer_id", dtype="str")
    return pd.DataFrame({name: pd.Series(dtype=kind, index=index) for name, kind in COLUMNS.items()})
