"""Which machines compute, this one or the workers of a dask cluster, and how much of a ledger at once."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from tradecredit.params.base import Parameters

ADDRESS = re.compile(r"(tcp|tls|wss?)://([\w.-]+|\[[0-9a-fA-F:.]+\])(:\d{1,5})?/?", re.ASCII)
"""An address as dask takes it: of a name and a password it knows nothing, of certificates its own settings tell."""


def _address(address: SecretStr) -> SecretStr:
    if not ADDRESS.fullmatch(address.get_secret_value()):
        raise ValueError(
            "the address of a dask scheduler is expected, such as tcp://scheduler.example:8786, without a password: "
            "with tls:// certificates stand in its place (dask's settings, distributed.comm.tls)"
        )
    return address


class ComputeSettings(Parameters):
    """Which machines compute the blocks of scenarios of the losses and the parts of a large ledger.

    No figure depends on it, but for rounding where a ledger is in parts.
    """

    scheduler: Annotated[SecretStr, AfterValidator(_address)] | None = None
    """Address of a dask scheduler, such as tcp://scheduler.example:8786, whose workers compute; needs the `cluster`
    extra. The address is shown nowhere. None: this machine computes."""
    parts: Annotated[int, Field(ge=1, le=1000, strict=True)] | None = None
    """`tradecredit measure`: into how many parts of buyers, at most, a large ledger is divided, so that each fits into
    memory. None: one for each million invoices, of Parquet files in a folder; any other ledger is one part."""
    worker_minutes: Annotated[float, Field(gt=0, strict=True)] = 10.0
    """A cluster that has no worker for so long has failed; one that starts workers on demand may need some time."""
