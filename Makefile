# A thin front of CMake: `make help` lists what it does. The work is in CMakeLists.txt and deps/.
# Variables GGML_* reach the build of llama.cpp: make GGML_CUDA=ON

PREFIX ?= /usr/local
SECONDS ?= 60
TARGET ?= *
LABEL ?=
NOT_LABEL ?=
JOBS ?= $(shell nproc)
export JOBS

# What a sanitizer finds must fail the test.
export UBSAN_OPTIONS ?= print_stacktrace=1:halt_on_error=1
export ASAN_OPTIONS ?= detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1
export TSAN_OPTIONS ?= halt_on_error=0:second_deadlock_stack=1

.NOTPARALLEL:
.PHONY: all demo test parity check golden debug asan tsan bench fuzz models install clean help

# $(call build,PRESET,FOLDER,TARGETS): configures each time, because the processor, the compiler or
# the cache may have changed since; that takes less than a second.
define build
	@if command -v ninja >/dev/null; then export CMAKE_GENERATOR=$${CMAKE_GENERATOR:-Ninja}; fi; \
	cmake --preset $(1) --log-level=NOTICE >/dev/null && \
	cmake --build --preset $(1) -j $(JOBS) $(addprefix --target ,$(3)) -- \
	    $$(test -f $(2)/build.ninja && echo --quiet || echo --silent)
endef
models = @deps/get models $(1)/prepare-models >/dev/null
run_tests = @ctest --preset $(1) --no-tests=error -j $(JOBS) $(if $(LABEL),-L '$(LABEL)') $(if $(NOT_LABEL),-LE '$(NOT_LABEL)')

all:
	@deps/packages build
	$(call build,release,build,drp prepare-models help-files)

demo: all
	$(call models,build)
	@build/drp demo

test:
	@deps/packages build test
	$(call build,release,build)
	$(call models,build)
	$(call run_tests,release)

# Beside the tests because llama-server takes minutes to build, once.
parity:
	@deps/packages build test parity
	$(call build,release,build,drp prepare-models)
	$(call models,build)
	@server=$$(deps/get server) && \
	for test in tests/parity/*.sh; do \
	    SOURCE_DIR=. DRP=build/drp LLAMA_SERVER=$$server/llama-server sh "$$test" || exit 1; \
	done

check:
	@deps/packages build test check
	$(call build,release,build)
	@tools/check

# make golden DIR=folder of golden files PUNKT=folder of Punkt's parameters
golden: all
	@DRP=build/drp tools/golden $(DIR) $(PUNKT)

debug asan tsan:
	@deps/packages build test
	$(call build,$@,build-$@)
	$(call models,build-$@)
	$(call run_tests,$@)

# The benches, then the same work by us and by other programs in one run.
bench:
	@deps/packages build test peers
	$(call build,release,build,drp bench)
	$(call models,build)
	@for bench in build/bench/*; do echo "$$bench" && "$$bench" || exit 1; done
	@python=$$(deps/peers python) && NLTK_DATA=$$(deps/peers nltk share/punkt/english) && \
	export NLTK_DATA && for bench in bench/*.py; do \
	    echo "$$bench" && "$$python" "$$bench" build/drp share/sample/reviews.jsonl || exit 1; \
	done

# make fuzz [SECONDS=60] [TARGET=name without fuzz_]: what it finds new goes to build-fuzz/corpus.
fuzz:
	@deps/packages build test fuzz
	$(call build,fuzz,build-fuzz,$(if $(filter *,$(TARGET)),fuzz,fuzz_$(TARGET)))
	@for target in build-fuzz/fuzz/fuzz_$(TARGET); do \
	    name=$${target##*/fuzz_} && mkdir -p build-fuzz/corpus/$$name && \
	    echo "fuzz $$name: $(SECONDS) s" && \
	    $$target -max_total_time=$(SECONDS) -timeout=20 -verbosity=0 -print_final_stats=1 \
	        -artifact_prefix=build-fuzz/$$name- build-fuzz/corpus/$$name \
	        tests/fuzz/corpus/$$name || exit 1; \
	done

models: all
	$(call models,build)

install:
	@deps/packages build
	$(call build,release,build,drp help-files archive)
	@cmake --install build --prefix $(PREFIX)

clean:
	@rm -rf build build-debug build-asan build-tsan build-fuzz

help:
	@echo 'make            build/drp, after fetching and building what it needs (once)'
	@echo 'make demo       install what is missing, prepare the models, show what drp does'
	@echo 'make test       all tests, or LABEL=unit, fuzz, e2e, golden'
	@echo 'make parity     the same run through a real llama-server, which is built once (minutes)'
	@echo 'make check      style: layers, format, clang-tidy, banned words'
	@echo 'make golden     compare with golden files: DIR=folder PUNKT=folder'
	@echo 'make debug asan tsan    build and test with more checks or a sanitizer'
	@echo 'make fuzz       fuzz every parser: SECONDS=60 each, TARGET=one of them'
	@echo 'make bench      run the benches'
	@echo 'make install    PREFIX=/usr/local, DESTDIR'
	@echo 'make clean      remove what was built here; the cache stays'
