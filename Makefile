# SPDX-License-Identifier: Apache-2.0
# GNU make. `make` builds, `make run` does the main job on the sample,
# `make check` runs every test. See CONTRIBUTING.md.

# release; asan: ASan and UBSan; fuzz: libFuzzer; clang: warnings of clang.
MODE ?= release
PREFIX ?= /usr/local
VERSION := $(shell cat VERSION)

B := build/$(MODE)
GEN := build/gen

ifneq ($(filter $(MODE),clang fuzz),)
CC := clang
endif

PKGS := sqlite3 libxml-2.0 yajl zlib libzstd liblzma libarchive libpcre2-8 \
	libcrypto libseccomp inih
# libcurl is loaded by the process that fetches: docs/decisions/0004.
PKG_CFLAGS := $(shell pkg-config --cflags libcurl libmicrohttpd $(PKGS) 2>/dev/null)
PKG_LIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lbz2

WARN := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wcast-qual -Wformat=2 -Wimplicit-fallthrough \
	-Wvla -Wundef -Werror
ALL_CPPFLAGS := -D_GNU_SOURCE -DOPENSSL_NO_DEPRECATED -I. -I$(GEN) \
	-DSCAPCACHE_VERSION='"$(VERSION)"' $(PKG_CFLAGS) $(CPPFLAGS)
CFLAGS_release := -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong
CFLAGS_clang := -O1
CFLAGS_asan := -O1 -g -fsanitize=address,undefined \
	-fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS_fuzz := -O1 -g -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all -fno-omit-frame-pointer
ALL_CFLAGS := -std=c11 $(WARN) -fPIE -pthread $(CFLAGS_$(MODE)) \
	$(EXTRA_CFLAGS)
LDFLAGS_release := -Wl,-z,relro,-z,now -Wl,--as-needed
LDFLAGS_asan := -fsanitize=address,undefined
LDFLAGS_fuzz := -fsanitize=address,undefined
ALL_LDFLAGS := -pie -pthread $(LDFLAGS_$(MODE)) $(LDFLAGS)
LDLIBS := $(PKG_LIBS)

# V=1 shows the commands.
V ?= 0
Q := $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),,@printf '  %-5s %s\n' $(1) $(2))

DIRS := base content eval scanner bundle indexer server syncd cli
SRCS := $(wildcard $(addsuffix /*.c,$(DIRS)))
SCHEMAS := $(notdir $(wildcard schema/*))
GENHDRS := $(SCHEMAS:%=$(GEN)/schema_%.h) $(GEN)/web_files.h
GENSRCS := $(SCHEMAS:%=$(GEN)/schema_%.c) $(GEN)/web_files.c
OBJS := $(SRCS:%.c=$(B)/%.o) $(GENSRCS:$(GEN)/%.c=$(B)/gen/%.o)
LIBOBJS := $(filter-out $(B)/cli/main.o,$(OBJS))
LIB := $(B)/libscapcache.a
BIN := $(B)/scapcache

UNIT_SRCS := $(wildcard tests/unit/test_*.c)
UNIT_BINS := $(UNIT_SRCS:tests/unit/%.c=$(B)/tests/%)

.PHONY: all
all: $(BIN)

# make never installs anything: it names what is missing.
.PHONY: need
need:
	@tools/deps.sh --check build

# Objects are made again when the compiler or its flags change.
FLAGS := $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS)
$(B)/flags: force | need
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(FLAGS))' | cmp -s - $@ || \
		printf '%s\n' '$(subst ','\'',$(FLAGS))' >$@
.PHONY: force
force:

$(BIN): $(OBJS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@.new $^ $(LDLIBS)
	$(Q)mv -f $@.new $@

$(LIB): $(LIBOBJS)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(B)/%.o: %.c $(B)/flags | $(GENHDRS)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/gen/%.o: $(GEN)/%.c $(B)/flags | $(GENHDRS)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

define SCHEMA_RULE
$(GEN)/schema_$(1).c $(GEN)/schema_$(1).h &: \
		$(wildcard schema/$(1)/*) tools/embed-schema.sh
	@mkdir -p $(GEN)
	@tools/embed-schema.sh $(1) $(GEN)
endef
$(foreach s,$(SCHEMAS),$(eval $(call SCHEMA_RULE,$(s))))

$(GEN)/web_files.c $(GEN)/web_files.h &: $(wildcard web/*) \
		docs/openapi.json docs/scan.schema.json tools/embed-web.sh
	@mkdir -p $(GEN)
	@tools/embed-web.sh $(GEN)

# Targets that install packages first build in a make of their own, which
# asks pkg-config again; on all cores unless told otherwise.
NPROC := $(shell nproc)
SUBMAKE = $(MAKE) --no-print-directory \
	$(if $(findstring --jobserver,$(MAKEFLAGS)),,-j$(NPROC))

.PHONY: clean
clean:
	rm -rf build

include $(wildcard tools/*.mk)

-include $(OBJS:.o=.d) $(UNIT_BINS:=.d) $(TOOL_BINS:=.d)
