# unknot: `make run` serves a demo directory, `make test` runs every test, `make help` lists the rest.
.DEFAULT_GOAL := build
BUILD ?= build
CC ?= gcc
PKGS := libmicrohttpd libpq libsodium jansson libcmark zlib libcurl

WARN := -Wall -Wextra -Werror -Wformat=2 -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes \
        -Wconversion -Wsign-conversion -Wimplicit-fallthrough -Wundef -Wpointer-arith -Wwrite-strings
HARD := -fstack-protector-strong -fPIE -D_FORTIFY_SOURCE=2 -fcf-protection=full -fno-delete-null-pointer-checks
CFLAGS ?= -O2 -g
ALL_CFLAGS = -std=gnu11 $(CFLAGS) $(HARD) $(WARN) -Isrc -I$(BUILD)/gen $(shell pkg-config --cflags $(PKGS))
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now,-z,noexecstack $(LDFLAGS)
LIBS = $(shell pkg-config --libs $(PKGS)) -lm -pthread

SRC := $(shell find src -name '*.c' ! -name main.c | sort)
OBJ := $(SRC:%.c=$(BUILD)/%.o)
UNIT := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))

.PHONY: build unit clean
build: $(BUILD)/unknot
$(BUILD)/unknot: $(BUILD)/src/main.o $(BUILD)/libunknot.a $(BUILD)/gen/assets.o
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)
$(BUILD)/libunknot.a: $(OBJ)
	@rm -f $@
	@ar rcs $@ $^
$(BUILD)/%.o: %.c $(BUILD)/gen/queries.h
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/tests/%: tests/unit/%.c $(BUILD)/libunknot.a $(BUILD)/gen/assets.o
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -o $@ $(filter-out %.h,$^) $(ALL_LDFLAGS) $(LIBS) -lcmocka
unit: $(UNIT)
	@set -e; for t in $(UNIT); do $$t; done

clean:
	rm -rf $(BUILD)
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
