# SPDX-License-Identifier: Apache-2.0
# GNU make. `make` builds, `make run` does the main job on the sample,
# `make check` runs every test. See CONTRIBUTING.md.

MODE ?= release
PREFIX ?= /usr/local
VERSION := $(shell cat VERSION)

B := build/$(MODE)
GEN := build/gen

PKGS := libcurl sqlite3 libxml-2.0 yajl zlib libzstd liblzma libarchive \
	libpcre2-8 libcrypto libseccomp inih

WARN := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wcast-qual -Wformat=2 -Wimplicit-fallthrough \
	-Wvla -Wundef -Werror
CPPFLAGS += -D_GNU_SOURCE -DOPENSSL_NO_DEPRECATED -I. -I$(GEN) \
	-DSCAPCACHE_VERSION='"$(VERSION)"' \
	$(shell pkg-config --cflags $(PKGS) 2>/dev/null)
CFLAGS_release := -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong
CFLAGS_asan := -O1 -g -fsanitize=address,undefined \
	-fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS_fuzz := -O1 -g -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS := -std=c11 $(WARN) -fPIE -pthread $(CFLAGS_$(MODE)) $(EXTRA_CFLAGS)
LDFLAGS_release := -Wl,-z,relro -Wl,--as-needed
LDFLAGS_asan := -fsanitize=address,undefined
LDFLAGS_fuzz := -fsanitize=address,undefined
LDFLAGS := -pie -pthread $(LDFLAGS_$(MODE))
LDLIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lbz2

ifeq ($(MODE),fuzz)
CC := clang
endif

DIRS := base content eval scanner bundle indexer server syncd cli
SRCS := $(wildcard $(addsuffix /*.c,$(DIRS)))
SCHEMAS := $(notdir $(wildcard schema/*))
GENHDRS := $(SCHEMAS:%=$(GEN)/schema_%.h)
GENSRCS := $(SCHEMAS:%=$(GEN)/schema_%.c)
OBJS := $(SRCS:%.c=$(B)/%.o) $(GENSRCS:$(GEN)/%.c=$(B)/gen/%.o)
LIBOBJS := $(filter-out $(B)/cli/main.o,$(OBJS))
LIB := $(B)/libscapcache.a
BIN := $(B)/scapcache

UNIT_SRCS := $(wildcard tests/unit/test_*.c)
UNIT_BINS := $(UNIT_SRCS:tests/unit/%.c=$(B)/tests/%)

.PHONY: all
all: need $(BIN)

.PHONY: need
need:
	@tools/deps.sh --check

$(BIN): $(B)/cli/main.o $(LIB)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(LIB): $(LIBOBJS)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/%.o: %.c | $(GENHDRS)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/gen/%.o: $(GEN)/%.c | $(GENHDRS)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(GEN)/schema_%.c $(GEN)/schema_%.h &: schema/%/* tools/embed-schema.sh
	@mkdir -p $(GEN)
	tools/embed-schema.sh $* $(GEN)

$(B)/tests/%: tests/unit/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -MMD -MP -o $@ $< $(LIB) \
		$(LDLIBS) -lcmocka

.PHONY: unit-bins
unit-bins: $(UNIT_BINS)

.PHONY: clean
clean:
	rm -rf build

include $(wildcard tools/*.mk)

-include $(OBJS:.o=.d) $(UNIT_BINS:=.d)
