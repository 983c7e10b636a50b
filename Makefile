# unknot: `make run` serves a demo directory, `make test` runs every test, `make help` lists the rest.
.DEFAULT_GOAL := build
.DELETE_ON_ERROR:
BUILD ?= build
ifeq ($(origin CC),default)
CC := gcc
endif
PKGS := libmicrohttpd libpq libsodium jansson libcmark zlib libcurl libical libseccomp libjpeg libpng libwebp libqrencode liboath libfido2

WARN := -Wall -Wextra -Werror -Wformat=2 -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes \
        -Wconversion -Wsign-conversion -Wimplicit-fallthrough -Wundef -Wpointer-arith -Wwrite-strings
HARD ?= -fstack-protector-strong -fPIE -D_FORTIFY_SOURCE=2 -fcf-protection=full -fno-delete-null-pointer-checks
CFLAGS ?= -O2 -g
# pkg-config is asked once, and only when something is compiled: it may not be there yet at `make run`
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell pkg-config --cflags $(PKGS)))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $$(shell pkg-config --libs $(PKGS)))$(PKG_LIBS)
ALL_CFLAGS = -std=gnu11 $(CFLAGS) $(HARD) $(WARN) -Isrc -I$(BUILD)/gen $(PKG_CFLAGS)
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now,-z,noexecstack $(LDFLAGS)
LIBS = $(PKG_LIBS) -lzxcvbn -lm -pthread

SRC := $(shell find src -name '*.c' ! -name main.c | sort)
OBJ := $(SRC:%.c=$(BUILD)/%.o)
UNIT := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))
EMBEDDED := $(shell deploy/embed-list)
FETCHED := $(BUILD)/gen/fetched$(if $(shell command -v npm),-with-npm)
DRAWN := $(BUILD)/gen/drawn$(if $(shell command -v rsvg-convert),-with-rsvg)

PORT ?= 8080
ROUNDS ?= 10000
KILLS ?= 50

.PHONY: help build open short lib run stop test test-long tests unit lint fmt bench clean
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' Makefile | expand -t 16
	@echo 'make run PORT=9000 serves there. The data of make run is in var/ and stays until you remove it.'
run: ## serve a demo directory on http://127.0.0.1:8080, installing and making what it needs
	@PORT='$(PORT)' deploy/run
stop: ## end make run from another shell
	@deploy/stop
test: ## run all tests, installing what they need
	@deploy/test.sh
test-long: $(BUILD)/unknot ## what is tested against chance, for long (ROUNDS=10000 races, KILLS=50, a minute of fuzzing for each parser)
	@ROUNDS='$(ROUNDS)' tests/server.sh with node --test tests/http/contention.mjs
	@KILLS='$(KILLS)' node --test tests/fault/crash.mjs
	@FUZZ_SECONDS=60 deploy/test.sh fuzz
build: $(BUILD)/unknot ## the program, build/unknot
# For tests/http/walls.mjs alone, and never installed: no route asks who calls, so the database stands by itself.
open: $(BUILD)/unknot-open
$(BUILD)/unknot-open: $(BUILD)/open/session.o $(BUILD)/src/main.o $(BUILD)/libunknot.a $(BUILD)/gen/assets.o
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)
$(BUILD)/open/session.o: src/web/session.c | $(BUILD)/gen/queries.h
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -DUNKNOT_TEST_ROUTE_WALL_OFF -MMD -MP -c -o $@ $<
# For tests/fault/memory.mjs alone, and never installed: a server and a worker that run short of memory at will.
WRAPPED := arena_take arena_alloc arena_strndup arena_strdup arena_printf arena_defer buf_put_slowly
short: $(BUILD)/unknot-short
$(BUILD)/unknot-short: $(BUILD)/tests/fault/short.o $(BUILD)/src/main.o $(BUILD)/libunknot.a $(BUILD)/gen/assets.o
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(WRAPPED:%=-Wl,--wrap=%) -o $@ $^ $(LIBS)
$(BUILD)/tests/fault/short.o: ALL_CFLAGS += -Wno-missing-prototypes
lib: $(BUILD)/libunknot.a
$(BUILD)/unknot: $(BUILD)/src/main.o $(BUILD)/libunknot.a $(BUILD)/gen/assets.o
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)
$(BUILD)/libunknot.a: $(OBJ)
	@rm -f $@
	@ar rcs $@ $^
$(BUILD)/%.o: %.c | $(BUILD)/gen/queries.h
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/tests/%: tests/unit/%.c $(BUILD)/libunknot.a $(BUILD)/gen/assets.o | $(BUILD)/gen/queries.h
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -o $@ $(filter-out %.h,$^) $(ALL_LDFLAGS) $(LIBS) -lcmocka
$(BUILD)/fuzz_%: tests/fuzz/fuzz_%.c $(BUILD)/libunknot.a $(BUILD)/gen/assets.o | $(BUILD)/gen/queries.h
	$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer -Wno-missing-prototypes -MMD -MP -o $@ $(filter-out %.h,$^) $(ALL_LDFLAGS) $(LIBS)
$(BUILD)/bench_%: tests/bench/%.c $(BUILD)/libunknot.a $(BUILD)/gen/assets.o | $(BUILD)/gen/queries.h
	$(CC) $(ALL_CFLAGS) -MMD -MP -o $@ $(filter-out %.h,$^) $(ALL_LDFLAGS) $(LIBS)
tests: $(UNIT)
unit: $(UNIT) ## the unit tests alone
	@set -e; for t in $(UNIT); do $$t; done
lint: ## banned functions, direction of imports, format
	@deploy/lint.sh
fmt: ## format all C (clang-format 14)
	clang-format -i $$(find src tests -name '*.[ch]')
bench: ## measure this machine: search, slots, static files, memory
	@deploy/setup build run bench
	@if [ -x tests/bench/run.sh ]; then tests/bench/run.sh; else echo 'There is nothing to measure with yet.'; fi

# What is embedded; written anew only when a file appears or vanishes, so that this is noticed as well as an edit
$(BUILD)/gen/files: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(EMBEDDED) | cmp -s - $@ || printf '%s\n' $(EMBEDDED) >$@
$(BUILD)/gen/assets.c: deploy/embed deploy/embed-list $(BUILD)/gen/files $(FETCHED) $(DRAWN) $(EMBEDDED)
	deploy/embed $(@D)
# The typeface, when npm can bring it; tried once a build directory, and once more when npm has come
$(FETCHED): deploy/assets/fetch $(wildcard deploy/assets/*.json)
	@mkdir -p $(@D)
	deploy/assets/fetch $(BUILD)/assets
	@touch $@
# The pictures; beside the typeface, which is fetched into an empty folder
$(DRAWN): deploy/assets/draw $(wildcard deploy/assets/*.svg) templates/assets/favicon.svg $(FETCHED)
	deploy/assets/draw $(BUILD)/assets
	@touch $@
$(BUILD)/gen/assets.o: $(BUILD)/gen/assets.c
	$(CC) $(ALL_CFLAGS) -c -o $@ $<
# Keeps its time when the names stay the same: an edit of SQL alone compiles nothing but the embedded files
$(BUILD)/gen/queries.h: deploy/queries $(BUILD)/gen/files $(filter sql/queries/%,$(EMBEDDED))
	@deploy/queries >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
.PHONY: FORCE
FORCE:

clean: ## remove what was built (var/ stays)
	rm -rf $(BUILD)
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
