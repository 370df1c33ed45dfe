.DEFAULT_GOAL := help
SHELL := bash
GO ?= go
OUT ?= out
GOLANGCI := $(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

.PHONY: help demo build check format vet arrows services test unit e2e peers lint bench fuzz golden clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## run the demo: simulator, console, embedded databases
	$(GO) run ./cmd/vrep demo

build: ## a static binary ./vrep
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w" -o vrep ./cmd/vrep

check: format vet arrows test ## everything that must be green: format, vet, arrows, tests

format: ## fail when gofmt would change a file
	@files=$$(gofmt -l $$(git ls-files -co --exclude-standard '*.go')); if [ -n "$$files" ]; then echo "gofmt wants to change:"; echo "$$files"; exit 1; fi

vet: ## go vet of every module
	$(GO) vet ./...
	cd e2e && $(GO) vet ./...
	cd bench && $(GO) vet ./...

arrows: ## which package may import which
	$(GO) test ./cmd/vrep -run TestArrows -count=1

services: ## install MariaDB, Redis and Chromium when missing (Debian, as root), or name them
	@.ci/services

test: services unit peers e2e ## install what is missing and run every test

unit: ## all tests of the main module, on embedded and on real databases
	$(GO) test ./... -count=1 -timeout 20m

peers: ## the tests of bench/: whatever is compared with the SDK's own server does the same work
	cd bench && $(GO) test ./... -count=1

e2e: services ## the whole story in a real browser; screenshots land in out/
	cd e2e && VREP_TEST_OUT=$(abspath $(OUT)) $(GO) test ./... -count=1 -timeout 15m

lint: ## golangci-lint
	$(GOLANGCI) run ./...

bench: services ## benchmarks, each printed as a ratio within one run
	$(GO) test ./... -run '^$$' -bench . -benchtime 1s -timeout 30m
	cd bench && $(GO) test ./... -run '^$$' -bench . -benchtime 3s

fuzz: ## every fuzz target for FUZZTIME (default 30s)
	@for p in $$($(GO) list ./...); do for f in $$($(GO) test $$p -list '^Fuzz' | grep '^Fuzz' || true); do \
	  echo "$$p $$f"; $(GO) test $$p -run '^$$' -fuzz "^$$f$$" -fuzztime $${FUZZTIME:-30s} || exit 1; done; done

golden: ## rewrite golden files after a review
	$(GO) test ./config ./cmd/vrep ./flows/library -update

clean: ## remove what builds and tests leave behind
	rm -rf vrep dist $(OUT)
