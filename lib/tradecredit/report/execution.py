"""Chapters executed side by side by papermill, each in a kernel of its own, and what is shown meanwhile."""

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import papermill
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode, write
from nbformat.v4 import new_code_cell, new_notebook
from papermill.exceptions import PapermillExecutionError
from tqdm import tqdm
from traitlets.config import Config

from tradecredit.numerics.threads import cores
from tradecredit.params.run import Run
from tradecredit.report.kernels import limited
from tradecredit.words import failures

ENCRYPTED = Config({"KernelManager": {"transport_encryption": "auto"}})
"""Else each kernel warns that others on this machine could listen."""

NOT_BEGUN = "Kernel died before replying to kernel_info"
"""What Jupyter says of a kernel that ends before any cell runs. The ports that it is told to listen at were free when
they were chosen, and another process may have taken one since; so it is begun once more."""

PARAMETERS = 'run_file = ""\nas_of = ""\noutput = ""'
"""Of code that is no notebook."""

Progress = Callable[[str, float | None], None]
"""Called with a chapter's name when it begins, and with its seconds too when it is done."""


class ChapterTimeoutError(Exception):
    """A chapter took longer than the run allows."""


INVOICES_AT_ONCE = 1_000_000
"""Invoices that chapters which are made at a time hold together: one of a book of so many takes 2 to 3 GB."""


class Executed(NamedTuple):
    """A chapter that was executed: its notebook with outputs, and how many seconds that took."""

    name: str
    notebook: NotebookNode
    seconds: float


def executed_side_by_side(
    notebooks: Sequence[Path],
    run: Run,
    build: Path,
    *,
    kernels: type[AsyncKernelManager],
    progress: Progress,
    invoices: int = 0,
) -> list[Executed]:
    """Return the notebooks, executed for a run's month as many at a time as there are cores, begun in their order.

    Of a book of so many `invoices` no more than `INVOICES_AT_ONCE` are held at a time, but one chapter always is made.

    Raises papermill's `PapermillExecutionError`, with the chapter's name as `chapter`, where a cell or a kernel fails.
    Nothing is begun after a failure, but what is under way ends, since its remembered results serve the next try; of
    several failures the first in alphabetical order is raised, whichever came first.
    """
    if not notebooks:
        return []
    failure = threading.Event()

    def execute(notebook: Path) -> Executed | None:
        if failure.is_set():
            return None
        try:
            return _executed(notebook, run, build, kernels, progress)
        except BaseException:
            failure.set()
            raise

    most = max(INVOICES_AT_ONCE // max(invoices, 1), 1)
    pool = ThreadPoolExecutor(min(len(notebooks), cores(), most))
    futures = {notebook: pool.submit(execute, notebook) for notebook in notebooks}
    try:
        wait(futures.values())
    finally:  # an interrupt does not wait: the kernels end with their context, and the threads with them
        pool.shutdown(wait=False, cancel_futures=True)
    results = [futures[notebook].result() for notebook in sorted(futures)]
    return [result for result in results if result is not None]


@contextmanager
def executed_beside(code: str, run: Run, build: Path, *, kernels: type[AsyncKernelManager]) -> Iterator[None]:
    """Execute code for a run's month during the block, in a kernel of its own as a chapter has it.

    `code` finds the parameters of a chapter: `run_file`, `as_of` and `output`. What fails is raised at the end of the
    block: `PapermillExecutionError` for bad input and for a kernel that died or took too long, and `RuntimeError` for
    anything else, since there is no notebook to mend.
    """
    notebook = build / ".beside.ipynb"
    parameters = new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})
    write(new_notebook(cells=[parameters, new_code_cell(code)]), notebook)
    pool = ThreadPoolExecutor(1)
    future = pool.submit(_executed, notebook, run, build, kernels, _unseen)
    try:
        yield
        try:
            future.result()
        except PapermillExecutionError as error:
            if error.ename in (failures.TOO_LONG, failures.DEAD, *failures.BAD_INPUT):
                raise
            raise RuntimeError(f"{error.ename}: {error.evalue}") from error
    finally:  # an interrupt does not wait, as in `executed_side_by_side`
        pool.shutdown(wait=False, cancel_futures=True)
        notebook.unlink(missing_ok=True)


def _executed(notebook: Path, run: Run, build: Path, kernels: type[AsyncKernelManager], progress: Progress) -> Executed:
    began, most_seconds = time.monotonic(), 60 * run.chapter_minutes
    progress(notebook.stem, None)

    def execute() -> NotebookNode:
        return papermill.execute_notebook(
            notebook,
            None,
            parameters={"run_file": str(run.file), "as_of": str(run.as_of), "output": str(build)},
            kernel_name="python3",
            language="python",
            progress_bar=False,
            kernel_manager_class=limited(kernels, most_seconds),
            resources={"metadata": {"path": str(notebook.parent)}},  # papermill's `cwd` moves all threads there
            config=ENCRYPTED,
            extra_arguments=["--log-level=CRITICAL"],  # a failure is reported once, by us
        )

    try:
        try:
            executed = execute()
        except RuntimeError as error:
            if str(error) != NOT_BEGUN:
                raise
            executed = execute()
    except PapermillExecutionError as error:
        error.chapter = notebook.stem
        raise
    except RuntimeError as error:  # of a kernel that died, also before it could answer, or did not answer in time
        if time.monotonic() - began >= most_seconds:
            raise failed(notebook.stem, ChapterTimeoutError(failures.too_long(run.chapter_minutes))) from None
        raise failed(notebook.stem, DeadKernelError(*error.args)) from error
    seconds = time.monotonic() - began
    progress(notebook.stem, seconds)
    return Executed(notebook.stem, executed, seconds)


def failed(chapter: str, error: Exception) -> PapermillExecutionError:
    """Return the failure of a chapter that no cell is to blame for, such as a picture without a description."""
    failed = PapermillExecutionError(0, "?", "the whole chapter", type(error).__name__, str(error), [])
    failed.chapter = chapter
    return failed


def _unseen(name: str, seconds: float | None) -> None:
    """Show nothing of what is executed beside the chapters (`Progress`)."""


@contextmanager
def shown_progress(notebooks: Sequence[Path], title: str) -> Iterator[Progress]:
    """Show a progress bar on a terminal, and a line for each chapter that is done elsewhere."""
    if not sys.stderr.isatty():
        print(title, flush=True)
        yield lambda name, seconds: None if seconds is None else print(f"  {name} {seconds:.1f} s", flush=True)
        return
    under_way: list[str] = []
    with tqdm(total=len(notebooks), bar_format="{desc} {bar} {n_fmt}/{total_fmt} {elapsed}", desc=title) as bar:

        def progress(name: str, seconds: float | None) -> None:
            if seconds is None:
                under_way.append(name)
            else:
                under_way.remove(name)
                bar.update()
            bar.set_description_str(", ".join([title, *under_way]))

        yield progress
