"""Where an entity's months and daily worklists are published."""

import hashlib
import re
from pathlib import Path

from tradecredit.params.run import Run

DAILY = "worklist"
"""Folder beside an entity's months that holds the worklists of days (`daily`)."""
MONTH = re.compile(r"\d{4}-\d{2}")


def month_folder(run: Run) -> Path:
    """Return the folder that a run's month is published in: reports/<entity>/<YYYY-MM>."""
    return run.reports / slug(run.entity) / f"{run.as_of:%Y-%m}"


def slug(entity: str) -> str:
    """Return an entity's name as a folder.

    >>> slug("Demo Trading (EMEA)")
    'demo-trading-emea'
    """
    return re.sub(r"[\W_]+", "-", entity.lower()).strip("-")


def months(folder: Path) -> list[Path]:
    """Return the folders of the months that lie in an entity's folder, oldest first."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_dir() and MONTH.fullmatch(path.name))


def file_name(kind: str, buyer_id: str) -> str:
    """Return the name, without an ending, of a file or folder of a buyer's.

    What a file's name cannot hold is replaced; ids that differ in that alone, or in their case, are told apart.

    >>> file_name("claim", "B00268"), file_name("claim", "x/1").split("-")[0]
    ('claim_B00268', 'claim_x_1')
    """
    plain = re.sub(r"[^A-Za-z0-9_-]", "_", buyer_id)[:60]
    same = plain == buyer_id and plain == plain.upper()
    return f"{kind}_{plain}" if same else f"{kind}_{plain}-{hashlib.sha256(buyer_id.encode()).hexdigest()[:8]}"
