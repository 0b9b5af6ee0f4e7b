# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# rpm_lib.sh: roots made by rpm itself, documents for them, and what a scan
# says of both. It stands behind lib.sh.
HERE=$ROOT/tests/e2e
need rpm rpmbuild rpmsign gpg bzip2 zstd python3

# --- roots ---

# root NAME ID VERSION_ID [CPE]: the lines of rpm that follow are installed
root() {
	NAME=$1
	mkdir -p "$T/roots/$1/etc" "$T/roots/$1/var/lib/rpm"
	printf 'ID="%s"\nVERSION_ID="%s"\n' "$2" "$3" \
		>"$T/roots/$1/etc/os-release"
	[ -z "${4-}" ] || echo "CPE_NAME=\"$4\"" >>"$T/roots/$1/etc/os-release"
	: >"$T/roots/$1.list"
}

# rpm_of NAME VERSION-RELEASE [ARCH [SOURCE [MODULE]]]: SOURCE is
# name-version-release, "-" for that of NAME
rpm_of() {
	_version=${2#*:}
	_source=${4:--}
	[ "$_source" != - ] || _source=$1-$_version
	echo "${3:-x86_64} $_source $1 $2 ${5:--}" >>"$T/packages"
	echo "$T/rpms/$1-$_version.${3:-x86_64}.rpm" >>"$T/roots/$NAME.list"
}

# modules NAME:STREAM…: those that are enabled
modules() {
	mkdir -p "$T/roots/$NAME/etc/dnf/modules.d"
	for _module in "$@"; do
		printf '[%s]\nname=%s\nstream=%s\nprofiles=\nstate=enabled\n' \
			"${_module%:*}" "${_module%:*}" "${_module#*:}" \
			>"$T/roots/$NAME/etc/dnf/modules.d/${_module%:*}.module"
	done
}

# content_sets REPOSITORY…
content_sets() {
	mkdir -p "$T/roots/$NAME/usr/share/buildinfo"
	printf '"%s",' "$@" | sed 's/^/{"metadata":{},"content_sets":[/;s/,$/]}/' \
		>"$T/roots/$NAME/usr/share/buildinfo/content-sets.json"
}

build_rpms() {
	mkdir -p "$T/rpms"
	sort -u "$T/packages" >"$T/packages.sorted"
	for _arch in $(cut -d' ' -f1 "$T/packages.sorted" | uniq); do
		mkdir -p "$T/specs/$_arch"
	done
	awk -v out="$T/specs" -f "$HERE/spec_make.awk" "$T/packages.sorted"
	for _dir in "$T"/specs/*; do
		rpmbuild -bb --quiet --nodeps --target "${_dir##*/}" \
			--define "_topdir $T/top" --define "_rpmdir $T/rpms" \
			--define '_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' \
			--define '_binary_payload w0.ufdio' \
			--define '__spec_install_post %{nil}' \
			--define '_build_id_links none' \
			"$_dir"/*.spec || return
	done
	rpmsign --addsign --define '_gpg_name test' \
		--define "__gpg $(command -v gpg)" "$T"/rpms/*.rpm
}

install_rpms() {
	for _list in "$T"/roots/*.list; do
		_root=${_list%.list}
		# shellcheck disable=SC2046
		[ ! -s "$_list" ] ||
			rpm --dbpath "$_root/var/lib/rpm" --justdb --nodeps \
				--nosignature --ignorearch --ignoreos --noscripts \
				--replacefiles --oldpackage \
				-i $(cat "$_list") || return
	done
}

build_roots() {
	if ! build_rpms >"$T/rpmbuild.log" 2>&1; then
		tail -n 20 "$T/rpmbuild.log" | diag
		not_ok "rpmbuild"
	fi
	check "rpm installs" install_rpms
	gpgconf --kill all
}

# --- documents ---

# oval STYLE VERSION FILE [PRODUCT] <LINES: oval_make.awk's
oval() {
	mkdir -p "$T/tree/${3%/*}"
	awk -v style="$1" -v version="$2" -v key="$KEY" -v product="${4-}" \
		-f "$HERE/oval_make.awk" >"$T/oval.xml"
	case $3 in
	*.gz) gzip -c "$T/oval.xml" ;;
	*) bzip2 -c "$T/oval.xml" ;;
	esac >"$T/tree/$3"
}

GNUPGHOME=$T/gpg
export GNUPGHOME
mkdir -m 700 "$GNUPGHOME"
gpg --batch --quiet --passphrase '' --quick-generate-key test rsa2048 sign \
	never 2>"$T/gpg.err" || skip_all "gpg makes no key here"
KEY=$(gpg --list-keys --with-colons 2>/dev/null |
	awk -F: '$1 == "pub" { print tolower($5) }')
