# SPDX-License-Identifier: Apache-2.0
# make lint. What costs time per file is a target per file, so that only what
# changed is looked at again.

L := build/lint
LINT_SRCS := $(SRCS) $(UNIT_SRCS) $(FUZZ_SRCS) $(wildcard tests/fuzz/replay.c)
LINT_HDRS := $(wildcard $(addsuffix /*.h,$(DIRS) tests tests/unit))
TIDY := $(LINT_SRCS:%=$(L)/tidy/%)
ALONE := $(LINT_HDRS:%=$(L)/alone/%)
# What is not ours is not looked at.
CLANG_FLAGS := -std=c11 $(WARN) \
	$(patsubst -I/%,-isystem /%,$(ALL_CPPFLAGS))

.PHONY: lint
lint:
	@tools/deps.sh build lint
	+@$(SUBMAKE) lint-files || true
	@LINT_SRCS="$(LINT_SRCS)" LINT_HDRS="$(LINT_HDRS)" tools/lint.sh

.PHONY: lint-files
lint-files:
	@mkdir -p $(L)
	+@$(SUBMAKE) -k $(ALONE) $(TIDY) || true
	+@rm -f $(L)/clang; $(SUBMAKE) -k MODE=clang \
		build/clang/scapcache unit-bins && touch $(L)/clang

$(L)/tidy/%: % .clang-tidy tests/.clang-tidy | $(GENHDRS)
	@mkdir -p $(@D)
	$(call say,TIDY,$<)
	@rm -f $@
	@clang-tidy --quiet $< -- $(CLANG_FLAGS) \
		$(if $(filter tests/%,$<),$(TEST_CFLAGS)) \
		>$@.log 2>$@.err || { cat $@.log; exit 1; }
	@$(CC) $(ALL_CPPFLAGS) -MM -MP -MT $@ -MF $@.d $< && touch $@

# Every header compiles alone.
$(L)/alone/%: % | $(GENHDRS)
	@mkdir -p $(@D)
	@rm -f $@
	@$(CC) $(CLANG_FLAGS) -x c -fsyntax-only $<
	@$(CC) $(ALL_CPPFLAGS) -MM -MP -MT $@ -MF $@.d $< && touch $@

-include $(TIDY:=.d) $(ALONE:=.d)
