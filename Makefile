# What people type. Every target that needs a ready checkout makes it ready itself (scripts/setup.sh).

export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
SHELL := /bin/bash
SECONDS_TO_FUZZ ?= 60
INPUTS ?= 1000000
KILLS ?= 200
DURATION ?= 180

.PHONY: help setup demo test unit netns test-systemd native-test kernels lint generate man api-baseline bench footprint fuzz churn soak deb deb-twice test-packages install uninstall clean

help: ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

setup: ## Debian packages, npm packages, pinned Node, generated files, native build
	@scripts/setup.sh

demo: setup ## two hosts, two tenants with the same addresses, on this machine (KEEP=1 leaves it up)
	@node scripts/demo.ts

test netns: export SETUP_FOR = tests
test: setup ## everything that must hold: lint, native, unit, namespaces, a short fuzz
	@node scripts/test.ts

unit: setup ## unit tests only: no root needed
	@vitest run --project unit

netns: setup ## end-to-end tests in network namespaces (root)
	@vitest run --project netns

test-systemd: export SETUP_FOR = tests
test-systemd: setup ## services under a real systemd, restarts and upgrades under traffic (root; five minutes)
	@vitest run --project systemd

native-test: setup ## the engine's own tests, without Node
	@$(MAKE) --no-print-directory -s -C native test

kernels: setup ## the BPF programs on Debian's kernels 6.1 and 6.12, booted under QEMU (x86_64)
	@$(MAKE) --no-print-directory -s -C native all $(CURDIR)/build/native/bpf/bpf-test
	@node test/kernels/main.ts $(if $(ONLY),--only $(ONLY)) $(if $(TASK),--task $(TASK))

lint: setup ## formatting, lint rules, types
	@biome check . && tsc --noEmit

generate: ## write everything derived: from wire/, and the references of commands, configuration and API
	@node wire/generate/main.ts && node scripts/generate/main.ts

man: setup ## the manual pages, into build/man
	@node scripts/man.ts

api-baseline: ## the API as it is becomes what later changes are compared with (scripts/api)
	@cp docs/gen/openapi.json docs/gen/openapi-baseline.json

bench: setup ## Weft beside routing, vxlan, Open vSwitch, nebula, WireGuard, tinc (root; SHORT=1; WIREGUARD_GO=program)
	@node bench/main.ts $(if $(SHORT),--short) $(if $(WIREGUARD_GO),--wireguard-go $(WIREGUARD_GO))

footprint: setup ## what the daemons take of this machine, also part of bench (root)
	@node bench/daemons/main.ts

fuzz: setup ## libFuzzer on the packet paths, SECONDS_TO_FUZZ=60; control messages and REST, INPUTS=1000000 each
	@$(MAKE) --no-print-directory -s -C native fuzz SECONDS=$(SECONDS_TO_FUZZ)
	@node test/fuzz/main.ts --count $(INPUTS) $(if $(SEED),--seed $(SEED))

churn: setup ## guests come and go while processes are killed at random, then look for leaks: KILLS=200 (root)
	@node test/churn/main.ts --kills $(KILLS) $(if $(SEED),--seed $(SEED))

soak: setup ## guests come and go, and what that costs in memory and descriptors: DURATION=180 seconds, an hour is 3600 (root)
	@node test/churn/soak-main.ts --seconds $(DURATION)

deb deb-twice: export SETUP_FOR = packages
deb: man ## Debian packages weft-cli, weft-agent, weft-controller into build/deb (VERSION=, SOURCE_DATE_EPOCH=)
	@node packaging/main.ts

deb-twice: setup ## builds them in two fresh clones at different places and compares them byte for byte
	@node packaging/reproducible.ts

test-packages: export SETUP_FOR = test-packages
test-packages: setup ## installs, runs, upgrades, removes and purges them in a clean Debian with systemd (root)
	@vitest run --project packages

install: setup ## put a service on this machine: ROLE=agent or ROLE=controller
	@scripts/install.sh install $(ROLE)

uninstall: ## stop and remove the services and their guests; PURGE=1 also state and configuration
	@scripts/install.sh uninstall $(if $(PURGE),--purge)

clean: ## remove what set-up made in this checkout
	@rm -rf build .setup node_modules
