# Two commands do everything, set-up included: `make run` and `make test`.
.DEFAULT_GOAL := help
.PHONY: help run test check lint format docs guides bench bench-ocr bench-fields bench-size bench-signing bench-search bench-throughput conformance fuzz sbom audit lock clean drill soak
BIN := .venv/bin
CODE := ingest ocr signing storage api tests scripts

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: ## install what is missing, then start the app with a digitised sample dossier
	@scripts/setup.sh run
	@$(BIN)/sohoa run --sample

test: ## install what is missing, then run every test (real servers, real Chromium)
	@scripts/setup.sh test
	@scripts/test.sh

check: ## style, types, import contract, sizes, error catalogue, docs in step with the code
	@scripts/setup.sh check
	@$(MAKE) --no-print-directory lint

lint:
	@$(BIN)/ruff format --check --quiet $(CODE)
	@$(BIN)/ruff check --quiet $(CODE)
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pytest -q tests/architecture

format: ## put the code into the house's form
	@$(BIN)/ruff format $(CODE)
	@$(BIN)/ruff check --fix $(CODE)

docs: ## write docs/errors.md and docs/settings.md anew from the code
	@$(BIN)/python -m scripts.make_docs

guides: ## take the screenshots of the user guides anew from the running product
	@scripts/setup.sh test
	@$(BIN)/python -m scripts.make_guides

bench-signing: ## measure signing and verifying beside the pyHanko command line, same files, same run
	@scripts/setup.sh test
	@$(BIN)/python -m scripts.bench_signing

bench-ocr: ## measure reading beside plain Tesseract and OCRmyPDF, same pages, same run (BENCH="--seeds 5 --ablation")
	@scripts/setup.sh test
	@$(BIN)/python -m scripts.bench_ocr $(BENCH)

bench-fields: ## measure register fields on painted papers: right, sent to a person, wrong and seen by nobody
	@scripts/setup.sh test
	@$(BIN)/python -m scripts.bench_fields $(BENCH)

bench-size: ## measure KB a page and likeness of the copy (BENCH="--ocrmypdf PROGRAM" for the peer beside it)
	@scripts/setup.sh test
	@$(BIN)/python -m scripts.bench_size $(BENCH)

bench-search: ## measure searching on 200,000 (SQLite) and 1,000,000 records (PostgreSQL, beside its plain set-up) (BENCH="--postgres 100000")
	@scripts/setup.sh test
	@nice -n 5 $(BIN)/python -m scripts.search_bench.run $(BENCH)

bench-throughput: ## 1 worker beside 2, what else costs CPU, memory through a long file (BENCH="papers --papers 10000")
	@scripts/setup.sh test
	@nice -n 5 $(BIN)/python -m scripts.bench_throughput $(BENCH)

bench: bench-ocr bench-signing bench-search ## all measurements

drill: ## a backup of 50,000 records restored and proven (DRILL="--records 500")
	@scripts/setup.sh run
	@$(BIN)/python -m scripts.drill $(DRILL)

soak: ## real servers and processes under a seeded schedule of faults, every promise checked (SOAK="--seed 7 --minutes 30")
	@scripts/setup.sh test
	@$(BIN)/python -m scripts.soak $(SOAK)

conformance: ## our verdicts beside EU DSS, OpenSSL, pdfsig, qpdf and pdfium; writes docs/conformance.md
	@scripts/setup.sh test
	@$(BIN)/python -m scripts.conformance.run

sbom: ## what an installation consists of, as CycloneDX: build/sbom.cdx.json
	@scripts/setup.sh check
	@$(BIN)/python -m scripts.sbom

audit: ## known weaknesses of the locked packages (needs the package index's advisory service)
	@scripts/setup.sh check
	@$(BIN)/python -m scripts.audit

fuzz: ## hostile bytes against every parser (SECONDS=60 each), then schemathesis over the whole API (EXAMPLES=100)
	@scripts/setup.sh test
	@$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),60)
	@SOHOA_TEST_FUZZ_EXAMPLES=$(or $(EXAMPLES),100) $(BIN)/pytest -q --timeout 3600 tests/unit/api/test_whole_openapi.py

lock: ## resolve requirements/*.lock anew from pyproject.toml
	@scripts/lock.sh

clean: ## remove everything made here (never the data folder)
	@rm -rf .venv var build dist .mypy_cache .ruff_cache .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
