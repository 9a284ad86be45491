# Two commands to begin with: `make demo` and `make test`. Everything sets itself up.
.PHONY: setup build pack test lint bench demo demo-faults clean

setup:
	@node js/build/setup.mjs

build: setup
	@node js/build/build.mjs

pack: build
	@node js/build/pack.mjs

clean:
	@rm -rf js/dist js/wasm target/wasm target/stamps target/npm target/tests target/demo
	@cargo clean --quiet --profile dev && cargo clean --quiet --release
