"""Buyers under two numbers become one, as the run file says."""

from dataclasses import replace

from tradecredit.book.sources import RawTable


def merged(raw: dict[str, RawTable], merge: dict[str, str]) -> dict[str, RawTable]:
    """Return raw tables in which buyers stand under the number that `merge` (number: number to keep) gives them.

    The rows of `buyers` that go are counted in what is assumed of that table.
    """
    if not merge:
        return raw
    found = {}
    for name, table in raw.items():
        frame = table.frame
        for column in [column for column in ("buyer_id", "owner_id", "owned_id") if column in frame]:
            text = frame[column].astype("str").str.removesuffix(".0").where(frame[column].notna())
            hit = text.isin(list(merge))
            if name == "buyers":
                rule = f"merged into another buyer: {', '.join(f'{old} into {new}' for old, new in merge.items())}"
                table = replace(table, assumed=(*table.assumed, (rule, int(hit.sum()))))
                frame = frame[~hit]
            elif hit.any():
                frame = frame.assign(**{column: frame[column].where(~hit, text.map(merge))})
        found[name] = replace(table, frame=frame)
    return found
