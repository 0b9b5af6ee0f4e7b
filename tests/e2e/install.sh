#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# make install lays out what it should below DESTDIR, make uninstall takes all
# of it away, and a second make has nothing to do.
. "$(dirname "$0")/lib.sh"
need make
unset MAKEFLAGS MAKELEVEL MFLAGS

make_here() {
	make -C "$ROOT" --no-print-directory MODE="$(basename "$BUILD")" \
		DESTDIR="$T/root" PREFIX=/usr "$@"
}

run make_here all
expect "make" 0
run make_here all
check "a second make compiles nothing" sh -c "! grep -E 'CC|LINK' '$T/out'"
run make_here install
expect "make install" 0
(cd "$T/root" && find . -type f | sort) >"$T/files"
cat >"$T/want" <<'EOF'
./usr/bin/scapcache
./usr/share/bash-completion/completions/scapcache
./usr/share/doc/scapcache/CHANGELOG.md
./usr/share/doc/scapcache/LICENSE
./usr/share/doc/scapcache/README.md
./usr/share/man/man1/scapcache.1
./usr/share/man/man5/scapcache.conf.5
EOF
same "what is installed" "$T/want" "$T/files"
run "$T/root/usr/bin/scapcache" version
expect "the installed program runs" 0 "$(cat "$ROOT/VERSION")"
run make_here uninstall
expect "make uninstall" 0
equal "nothing is left" "" "$(find "$T/root" -type f)"
done_testing
