# SPDX-License-Identifier: Apache-2.0
# make check, fuzz, bench.

.PHONY: check check-bins asan-all
check:
	@tools/deps.sh build check
	+@$(SUBMAKE) $(BIN) sample
	+@$(SUBMAKE) -k check-bins || true
	@BUILD=$(B) tests/run.sh $(TESTS)

# The tests of this mode, and those of asan beside them. One that does not
# compile counts as failed: its binary is gone.
check-bins: unit-bins server-bins tool-bins npm-programs asan-all
asan-all:
	+@$(SUBMAKE) -k MODE=asan asan-bins

.PHONY: asan-bins unit-bins
unit-bins: $(UNIT_BINS)
asan-bins: unit-bins replay-bins

# A row of a table names only what matters to it, its text stands in pieces.
TEST_CFLAGS := -Wno-missing-field-initializers -Wno-string-concatenation
$(B)/tests/%: tests/unit/%.c $(LIB)
	@mkdir -p $(@D)
	@rm -f $@
	$(call say,TEST,$<)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(TEST_CFLAGS) $(ALL_LDFLAGS) \
		-MMD -MP -MF $@.d -o $@ $< $(LIB) $(LDLIBS) -lcmocka

# Upstreams on loopback that tests/e2e starts.
SERVER_SRCS := $(wildcard tests/servers/*.c)
SERVER_BINS := $(SERVER_SRCS:tests/servers/%.c=$(B)/servers/%)
.PHONY: server-bins
server-bins: $(SERVER_BINS)
$(B)/servers/%: tests/servers/%.c $(wildcard tests/servers/*.h) $(B)/flags
	@mkdir -p $(@D)
	$(call say,SERVE,$<)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $<

# Programs that show tests/e2e what the library makes of something.
TOOL_SRCS := $(wildcard tests/tools/*.c)
TOOL_BINS := $(TOOL_SRCS:tests/tools/%.c=$(B)/tools/%)
.PHONY: tool-bins
tool-bins: $(TOOL_BINS)
$(B)/tools/%: tests/tools/%.c $(LIB)
	@mkdir -p $(@D)
	$(call say,TOOL,$<)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) \
		-MMD -MP -MF $@.d -o $@ $< $(LIB) $(LDLIBS)

# Programs that others wrote, with which tests/e2e talks TUF.
.PHONY: npm-programs
npm-programs:
	@tools/npm.sh

# A fuzz target linked with a driver that feeds it files, under sanitizers.
FUZZ_SRCS := $(wildcard tests/fuzz/fuzz_*.c)
REPLAY_BINS := $(FUZZ_SRCS:tests/fuzz/%.c=$(B)/fuzz/%)
.PHONY: replay-bins
replay-bins: $(REPLAY_BINS)

FUZZ_DRIVER := tests/fuzz/replay.c
FUZZ_LINK :=
ifeq ($(MODE),fuzz)
FUZZ_DRIVER :=
FUZZ_LINK := -fsanitize=fuzzer
endif
$(B)/fuzz/%: tests/fuzz/%.c $(FUZZ_DRIVER) $(LIB)
	@mkdir -p $(@D)
	@rm -f $@
	$(call say,FUZZ,$<)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -Wno-missing-prototypes \
		$(ALL_LDFLAGS) $(FUZZ_LINK) -o $@ $< $(FUZZ_DRIVER) $(LIB) \
		$(LDLIBS)

# T seconds for each target; what it finds of new ground stays in build/.
T ?= 60
.PHONY: fuzz
fuzz:
	@tools/deps.sh build fuzz
	+@$(SUBMAKE) MODE=fuzz replay-bins
	@MODE=fuzz T=$(T) tools/fuzz.sh

.PHONY: golden-update
golden-update: $(BIN) $(UNIT_BINS)
	@BUILD=$(B) tests/run.sh golden-update

# Stored images for the benchmark of `rescan`.
$(B)/fill_results: tests/bench/fill_results.c $(LIB)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(LIB) \
		$(LDLIBS)

.PHONY: bench
bench:
	@tools/deps.sh build check
	+@$(SUBMAKE) all $(B)/fill_results
	@BUILD=$(B) tests/bench/run.sh
