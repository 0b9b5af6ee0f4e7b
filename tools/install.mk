# SPDX-License-Identifier: Apache-2.0
# make install DESTDIR= PREFIX=, and its way back.

INSTALL ?= install
BINDIR := $(DESTDIR)$(PREFIX)/bin
MANDIR := $(DESTDIR)$(PREFIX)/share/man
COMPDIR := $(DESTDIR)$(PREFIX)/share/bash-completion/completions
DOCDIR := $(DESTDIR)$(PREFIX)/share/doc/scapcache
DOCS := README.md CHANGELOG.md LICENSE

.PHONY: install
install: all
	$(INSTALL) -D -m 755 $(BIN) $(BINDIR)/scapcache
	$(INSTALL) -D -m 644 man/scapcache.1 $(MANDIR)/man1/scapcache.1
	$(INSTALL) -D -m 644 man/scapcache.conf.5 \
		$(MANDIR)/man5/scapcache.conf.5
	$(INSTALL) -D -m 644 completions/scapcache $(COMPDIR)/scapcache
	$(INSTALL) -d $(DOCDIR)
	$(INSTALL) -m 644 $(DOCS) $(DOCDIR)

.PHONY: uninstall
uninstall:
	rm -f $(BINDIR)/scapcache $(MANDIR)/man1/scapcache.1 \
		$(MANDIR)/man5/scapcache.conf.5 $(COMPDIR)/scapcache \
		$(DOCS:%=$(DOCDIR)/%)
	-rmdir $(DOCDIR)
