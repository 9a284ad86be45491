# Two commands to begin with: `make demo` and `make test`. Everything sets itself up.
.PHONY: setup build size pack page sbom published test runtimes test-deep lint audit fuzz fmt generated bench bench-chaos bench-page bench-edge demo demo-faults edge-demo clean

setup:
	@node js/build/setup.mjs

build: setup
	@node js/build/build.mjs

# What each entry makes a program load, in parts and beside its budget.
size: build
	@node js/build/size.mjs

pack: build
	@node js/build/pack.mjs

# What is in the package, beside it: the crates in its WebAssembly and the npm packages in its command, as CycloneDX.
sbom: pack
	@node js/build/sbom.mjs

test: pack
	@node js/build/test.mjs

# What takes minutes: simulated jobs by the hundred thousand; then bugs made on purpose, in a build of their own; then
# kills of real processes at every write of a job's store.
test-deep: pack
	@node js/build/deep.mjs

lint: build
	@node js/build/lint.mjs
	@node js/build/docs.mjs

# What the crates are, whence they come and what is known against them; the last of it needs github.com.
audit: setup
	@node js/build/audit.mjs

# New inputs for the fuzz targets, a minute each (FUZZ_SECONDS); their corpora are replayed by `make test`.
fuzz:
	@node js/build/fuzz.mjs

# The packed package wherever it is promised to run, loaded as users load it; `make test` does the same among the rest.
runtimes: pack
	@node tests/packaging/run.mjs

# The page on this machine, in demo mode; PORT picks its port.
page: build
	@node js/dist/cli.js demo --no-open --port $(or $(PORT),0)

bench: build
	@node tests/bench/results.mjs --write
	@node tests/bench/memory.mjs
	@node tests/bench/check.mjs
	@node tests/bench/cli.mjs

# The same jobs in the same bad weather, by this package and by two loops on the official SDK. CHAOS_JOBS: how many.
bench-chaos: pack
	@node tests/bench/chaos.mjs

# A job on native workerd with every fault and three kills, in 128 MB where a cgroup can be made. EDGE_REQUESTS: how many.
bench-edge: build
	@node --experimental-websocket tests/bench/edge.mjs

# What the page loads and how long it takes, in Chromium, beside its budgets.
bench-page: build
	@node tests/bench/page.mjs

# The main job, on the built-in emulator: no key, no cost, nothing leaves this machine.
demo: build
	@node js/build/demo.mjs

# The same with failing creates, broken results and the network cut in the middle.
demo-faults: build
	@node js/build/demo.mjs --faults

# A job on Cloudflare's runtime, from curl to its results: the example Worker with Workflows, on this machine.
edge-demo: build
	@node js/build/edge-demo.mjs

# Formats everything and refreshes what is generated from the engine's tables.
fmt: setup
	@cargo fmt
	@node_modules/.bin/biome check --write --log-level=error

# The committed tables, pages and lists that tests hold against the sources, and the public surface.
generated: setup
	@BATCHWISE_GENERATE=1 cargo test --quiet --features emulator --test it codegen
	@node js/build/build.mjs
	@BATCHWISE_GENERATE=1 node tests/packaging/surface.mjs
	@node js/build/llms.mjs --write

# The same package once more, built from nothing in another folder, to be compared byte by byte.
reproduce: pack
	@node js/build/reproduce.mjs

# The reference of every exported name, target/docs.
docs: build
	@node js/build/docs.mjs

# The list of what is published, anew; to be looked at before it is committed.
published: pack
	@node js/build/published.mjs --write

# Everything that was made, but for the tools, which take minutes to build.
clean:
	@rm -rf js/dist js/wasm
	@mkdir -p target && find target -mindepth 1 -maxdepth 1 ! -name tools -exec rm -rf {} +
