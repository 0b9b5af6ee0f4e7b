# SPDX-License-Identifier: Apache-2.0
# make install DESTDIR= PREFIX=, and its way back.

INSTALL ?= install
BINDIR := $(DESTDIR)$(PREFIX)/bin
MANDIR := $(DESTDIR)$(PREFIX)/share/man
COMPDIR := $(DESTDIR)$(PREFIX)/share/bash-completion/completions
DOCDIR := $(DESTDIR)$(PREFIX)/share/doc/scapcache
UNITDIR := $(DESTDIR)$(PREFIX)/lib/systemd/system
SYSUSERSDIR := $(DESTDIR)$(PREFIX)/lib/sysusers.d
SERVICES := scapcache-syncd.service scapcache-sync.service \
	scapcache-serve.service
UNITS := scapcache-sync.timer scapcache-serve.socket
DOCS := README.md CHANGELOG.md LICENSE

.PHONY: install
install: all
	$(INSTALL) -D -m 755 $(BIN) $(BINDIR)/scapcache
	$(INSTALL) -D -m 644 man/scapcache.1 $(MANDIR)/man1/scapcache.1
	$(INSTALL) -D -m 644 man/scapcache.conf.5 \
		$(MANDIR)/man5/scapcache.conf.5
	$(INSTALL) -D -m 644 completions/scapcache $(COMPDIR)/scapcache
	$(INSTALL) -d $(UNITDIR)
	for unit in $(SERVICES); do \
		sed 's,@BINDIR@,$(PREFIX)/bin,' packaging/systemd/$$unit.in \
			>$(UNITDIR)/$$unit && \
		chmod 644 $(UNITDIR)/$$unit || exit 1; \
	done
	$(INSTALL) -m 644 $(UNITS:%=packaging/systemd/%) $(UNITDIR)
	$(INSTALL) -D -m 644 packaging/systemd/scapcache.sysusers \
		$(SYSUSERSDIR)/scapcache.conf
	$(INSTALL) -d $(DOCDIR)
	$(INSTALL) -m 644 $(DOCS) $(DOCDIR)

.PHONY: uninstall
uninstall:
	rm -f $(BINDIR)/scapcache $(MANDIR)/man1/scapcache.1 \
		$(MANDIR)/man5/scapcache.conf.5 $(COMPDIR)/scapcache \
		$(SERVICES:%=$(UNITDIR)/%) $(UNITS:%=$(UNITDIR)/%) \
		$(SYSUSERSDIR)/scapcache.conf \
		$(DOCS:%=$(DOCDIR)/%)
	-rmdir $(DOCDIR)
