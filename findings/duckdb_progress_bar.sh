#!/usr/bin/env bash
# duckdb 2.0.0 (Python 3.11): `SET enable_progress_bar = false` raises an error in a Jupyter kernel that has no ipywidgets,
# though it asks for no bar, and the setting is false there already. In a plain Python process the same statement works. A
# library that turns the bar off before it reads, so that terminals and logs stay clean, works in every script, test and
# scheduled run, and fails the first time that an analyst calls it from a notebook.
# Seen: "script, SET false: (False,)", "notebook: (False,)", "notebook, SET false: InvalidInputException Invalid Input
# Error: Could not change the progress bar setting because: 'required package 'ipywidgets' is missing, …".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check duckdb==2.0.0 ipykernel==7.4.0 nbclient==0.11.0 \
    nbformat==5.11.1
cd "$folder"
PATH="$folder/venv/bin:$PATH" JUPYTER_PATH="$folder/venv/share/jupyter" "$folder/venv/bin/python" - 2>/dev/null <<'PYTHON'
import duckdb
import nbclient
import nbformat

ASKED = "select current_setting('enable_progress_bar')"
OFF = "set enable_progress_bar = false"


def in_notebook(code):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("import duckdb\n" + code)])
    nbclient.NotebookClient(notebook, kernel_name="python3").execute()
    return "".join(output.get("text", "") for output in notebook.cells[0].outputs)


plain = duckdb.connect()
plain.execute(OFF)
after = plain.execute(ASKED).fetchone()
print("script, SET false:", after)
there = in_notebook(f'print(duckdb.connect().execute("{ASKED}").fetchone())').strip()
print("notebook:", there)
said = in_notebook(
    f'try:\n    duckdb.connect().execute("{OFF}"); print("works")\n'
    'except Exception as error:\n    print(type(error).__name__, error)'
).strip()
print("notebook, SET false:", said)
assert (after, there) == ((False,), "(False,)")
assert said.startswith("InvalidInputException") and "ipywidgets" in said
PYTHON
