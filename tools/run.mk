# SPDX-License-Identifier: Apache-2.0
# make run: the main job on the sample, offline, in build/run.
# make run LIVE=1: the same with what the upstreams publish today.

SAMPLE := build/run/image.tar
.PHONY: sample run
sample: $(SAMPLE)
	@:

$(SAMPLE): samples/make.sh $(shell find samples/src samples/rootfs -type f)
	@mkdir -p $(@D)
	$(call say,MAKE,$@)
	$(Q)samples/make.sh $(@D)

LIVE ?= 0
run:
	@tools/deps.sh build
	+@$(SUBMAKE) all sample
	@BUILD=$(B) LIVE=$(LIVE) tools/run.sh
