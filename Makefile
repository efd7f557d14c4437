# make report · make test · make lab · make bench · make docs · make sbom · make audit; each sets up .venv by itself.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: report test lab bench docs pins sbom licences audit clean

# The days as of which `make report` makes the demo company's reports.
DAYS ?= 2026-09-30 2026-10-31
report: $(VENV)/ready
	for day in $(DAYS); do $(BIN)/tradecredit report params/demo.yaml --as-of $$day || exit 1; done

test: $(VENV)/ready
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

# Notebooks, run files and ledgers in view; `make lab AT=FOLDER` where your own lie. It asks the network for nothing.
AT ?= .
lab: $(VENV)/ready
	$(BIN)/jupyter lab --notebook-dir="$(AT)" --LabApp.news_url=None \
	    --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate

# `make bench OTHER=path` also times this checkout beside another one, such as a worktree of an earlier commit.
bench: $(VENV)/ready
	for script in $$(grep -L OTHER tests/bench/*.py); do $(BIN)/python $$script || exit 1; done
	test -z "$(OTHER)" || for script in $$(grep -l OTHER tests/bench/*.py); do \
	    $(BIN)/python $$script "$(OTHER)" || exit 1; done

$(VENV)/ready: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14) and "Python 3.11, 3.12 or 3.13 is needed; name one: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	touch $@

# The reference of run file, policies, stresses and laws, from their models.
docs: $(VENV)/ready
	$(BIN)/python -m tradecredit.params.reference

# The catalogues of German and Chinese, from the texts of the code.
translations: $(VENV)/ready
	$(BIN)/python -m tradecredit.translations

# The pins for all platforms and Pythons, with hashes for pip and without for conda, from pyproject.toml.
pins:
	uv pip compile --universal --python-version 3.11 --all-extras --generate-hashes --no-header --no-annotate \
	    --quiet --output-file requirements.txt pyproject.toml
	sed -n '1,/# pins/p' environment.yml >environment.new
	sed -n 's/^\([a-z0-9][^ ]*==.*\) \\$$/      - "\1"/p' requirements.txt >>environment.new
	mv environment.new environment.yml

# What looks at the packages is kept apart from them. sbom.json: all that is installed, with licences (CycloneDX).
AUDIT := $(VENV)/audit
$(AUDIT)/ready:
	$(PYTHON) -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check cyclonedx-bom==7.5.0 pip-audit==2.10.1 pip-licenses==5.5.5
	touch $@

sbom: $(VENV)/ready $(AUDIT)/ready
	$(AUDIT)/bin/cyclonedx-py environment $(BIN)/python --pyproject pyproject.toml --output-reproducible --of JSON -o sbom.json

licences: $(VENV)/ready $(AUDIT)/ready
	$(AUDIT)/bin/pip-licenses --python=$(BIN)/python --order=license

# Asks PyPI which of the pins have known vulnerabilities.
audit: $(AUDIT)/ready
	$(AUDIT)/bin/pip-audit --requirement requirements.txt --require-hashes --disable-pip

clean:
	rm -rf $(VENV) params/.tradecredit
