#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# deps.sh [--check | --list] [GROUP...]: the Debian 12 packages that GROUPs
# need (build check lint fuzz; without a name: build check lint).
# Without an option it installs what is missing, as root or through sudo, and
# is silent when nothing is. --check installs nothing: it names what is missing
# and the command, and ends 1. --list prints the names.
set -eu

build="gcc make pkg-config libc6-dev libcurl4-openssl-dev libmicrohttpd-dev
libsqlite3-dev libxml2-dev libyajl-dev libbz2-dev zlib1g-dev libzstd-dev liblzma-dev
libarchive-dev libpcre2-dev libssl-dev libinih-dev libseccomp-dev bzip2"
check="libcmocka-dev openscap-scanner skopeo umoci nginx-light valgrind
libxml2-utils sqlite3 db-util zstd xz-utils ca-certificates procps systemd
python3-jsonschema rpm gnupg
libdpkg-perl
docker-registry apache2-utils openssl strace mmdebstrap gpg gpg-agent
nodejs npm faketime curl wget chromium wrk"
lint="clang clang-format clang-tidy cppcheck shellcheck mandoc libcmocka-dev"
fuzz="clang libclang-rt-14-dev"

mode=install
case ${1-} in
--check | --list)
	mode=${1#--}
	shift
	;;
-*)
	echo "usage: tools/deps.sh [--check | --list] [GROUP...]" >&2
	exit 1
	;;
esac
[ $# -gt 0 ] || set -- build check lint

wanted=
for group in "$@"; do
	case $group in
	build) wanted="$wanted $build" ;;
	check) wanted="$wanted $check" ;;
	lint) wanted="$wanted $lint" ;;
	fuzz) wanted="$wanted $fuzz" ;;
	*)
		echo "deps.sh: no group '$group': build check lint fuzz" >&2
		exit 1
		;;
	esac
done
# Names are words: splitting is meant here and below.
# shellcheck disable=SC2086
wanted=$(printf '%s\n' $wanted | sort -u)
if [ "$mode" = list ]; then
	echo "$wanted"
	exit 0
fi
# Other packages of nodejs bring npm, and Debian's is not for them.
if command -v npm >/dev/null; then
	wanted=$(printf '%s\n' "$wanted" | grep -vx npm)
fi
# Where there is no dpkg the compiler will say what it lacks.
command -v dpkg-query >/dev/null || exit 0

# shellcheck disable=SC2086
missing=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' $wanted \
	2>/dev/null | sed -n 's/^installed //p' | sort -u |
	awk -v wanted="$wanted" '
		{ have[$1] = 1 }
		END {
			n = split(wanted, w, "\n")
			for (i = 1; i <= n; i++)
				if (!(w[i] in have))
					printf "%s ", w[i]
		}')
[ -n "$missing" ] || exit 0

root=
[ "$(id -u)" -eq 0 ] || root=sudo
if [ "$mode" = check ]; then
	echo "missing Debian packages: $missing" >&2
	echo "install them with: tools/deps.sh $*" >&2
	echo "which is: ${root:+$root }apt-get update, then ${root:+$root }apt-get" \
		"install --no-install-recommends $missing" >&2
	exit 1
fi
if [ -n "$root" ] && ! command -v sudo >/dev/null; then
	echo "missing Debian packages: $missing" >&2
	echo "neither root nor sudo: as root, run tools/deps.sh $*" >&2
	exit 1
fi

as_root() {
	$root env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"
}

# nginx and docker-registry serve on loopback, started by the tests themselves:
# their packages shall not start servers of their own, now or at the next boot.
policy=/usr/sbin/policy-rc.d
made_policy=
cleanup() {
	[ -z "$made_policy" ] || as_root rm -f "$policy"
}
trap cleanup EXIT
trap 'exit 1' INT TERM HUP
case " $missing " in
*" nginx-light "* | *" docker-registry "*)
	if [ ! -e "$policy" ]; then
		made_policy=yes
		printf '#!/bin/sh\nexit 101\n' |
			as_root tee "$policy" >/dev/null
		as_root chmod 755 "$policy"
	fi
	;;
esac

log=$(mktemp)
echo "installing Debian packages: $missing" >&2
# shellcheck disable=SC2086
if ! as_root apt-get update -qq >"$log" 2>&1 ||
	! as_root apt-get install -qq -y --no-install-recommends \
		$missing >>"$log" 2>&1 </dev/null; then
	cat "$log" >&2
	rm -f "$log"
	echo "apt-get could not install: $missing" >&2
	exit 1
fi
rm -f "$log"
if [ -n "$made_policy" ] && command -v update-rc.d >/dev/null; then
	for name in nginx-light docker-registry; do
		case " $missing " in
		*" $name "*)
			as_root update-rc.d "${name%-light}" disable \
				>/dev/null 2>&1 || true
			;;
		esac
	done
fi
