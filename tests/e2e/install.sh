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
./usr/lib/systemd/system/scapcache-serve.service
./usr/lib/systemd/system/scapcache-serve.socket
./usr/lib/systemd/system/scapcache-sync.service
./usr/lib/systemd/system/scapcache-sync.timer
./usr/lib/systemd/system/scapcache-syncd.service
./usr/lib/sysusers.d/scapcache.conf
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

# The units: of the installed program, as narrow as the other, and systemd
# understands each line.
units=$T/root/usr/lib/systemd/system
equal "the services run it" 3 "$(grep -c '^ExecStart=/usr/bin/scapcache ' \
	"$units"/*.service | grep -c ':1$')"
for unit in syncd sync serve; do
	sed -n '/^User=/,/^RemoveIPC/p' "$units/scapcache-$unit.service" \
		>"$T/$unit"
	sed -n '/^# Each process/,$p' "$T/$unit" |
		grep -v '^RestrictAddressFamilies=' >"$T/$unit.box"
done
check "there is a sandbox" grep -q '^NoNewPrivileges=yes' "$T/sync"
# systemd would give it to their user, and let them write there.
equal "no service owns /etc/scapcache" 0 \
	"$(cat "$units"/*.service | grep -c '^ConfigurationDirectory=')"
# A socket is not started again under a server that runs.
check "the server goes with its sockets" grep -q \
	'^PartOf=scapcache-serve.socket' "$units/scapcache-serve.service"
same "both services of a sync have the same" "$T/syncd" "$T/sync"
same "and the server's is as narrow" "$T/sync.box" "$T/serve.box"
if command -v systemd-analyze >/dev/null; then
	mkdir -p "$T/root/bin"
	cp -L /bin/kill "$T/root/bin/kill" 2>/dev/null || : >"$T/root/bin/kill"
	chmod 755 "$T/root/bin/kill"
	for unit in scapcache-syncd.service scapcache-sync.service \
		scapcache-sync.timer scapcache-serve.service \
		scapcache-serve.socket; do
		run systemd-analyze verify --root="$T/root" --man=no \
			--recursive-errors=no "$unit"
		expect "systemd knows $unit" 0
		equal "$unit: and has nothing to say" "" "$(cat "$T/err")"
	done
	for unit in "$units"/*.service; do
		check "$(basename "$unit") is well protected" systemd-analyze \
			security --no-pager --offline=true --threshold=20 "$unit"
	done
	rm -r "$T/root/bin"
else
	skip "no systemd-analyze"
fi
run make_here uninstall
expect "make uninstall" 0
equal "nothing is left" "" "$(find "$T/root" -type f)"
done_testing
