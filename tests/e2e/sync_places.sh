#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Where a source is: a mirror or a folder of its own, a chain of lists, a
# folder of data streams; what is named, enabled, or neither.
. "$(dirname "$0")/lib.sh"

ubuntu=security-metadata.canonical.com/oval
documents() {
	scapcache --state "$S" status --json >"$T/status.json"
	json "$T/status.json" "(SELECT group_concat(name, ' ') FROM (
		SELECT json_extract(d.value, '\$.name') AS name
		FROM json_each(j, '\$.sources') s,
			json_each(s.value, '\$.documents') d ORDER BY name))"
}
proof() {
	json "$T/status.json" "(SELECT json_extract(d.value, '\$.proof')
		FROM json_each(j, '\$.sources') s,
			json_each(s.value, '\$.documents') d
		WHERE json_extract(d.value, '\$.name') = '$1')"
}

# A mirror stands for one source, a folder for another.
cp -R "$SAMPLE/upstream/." "$T/mirror"
serve "$T/mirror/$ubuntu"
cat >"$T/site.conf" <<CONF
[source.ubuntu-oval]
url = $URL
releases = noble
[source.ubuntu-usn]
url = $T/mirror/usn.ubuntu.com/usn-db
CONF
run scapcache --config "$T/site.conf" --state "$S" sync ubuntu-oval ubuntu-usn
expect "a mirror and a folder" 0 "Generation 1 is published."
equal "the documents of both" "com.ubuntu.noble.cve.oval \
com.ubuntu.noble.usn.oval database-all" "$(documents)"
equal "a mirror of the site's proves as a folder does" local \
	"$(proof com.ubuntu.noble.cve.oval)"
run scapcache --config "$T/site.conf" --state "$S" sync ubuntu-oval ubuntu-usn
expect "nothing new there" 0 "generation 1 stays current"
rm "$T/mirror/usn.ubuntu.com/usn-db/database-all.json.bz2"
run scapcache --config "$T/site.conf" --state "$S" sync ubuntu-usn
expect "a file that left the folder is told" 1 "Not offered:" \
	"database-all.json.bz2"
equal "and stays in the index" "com.ubuntu.noble.cve.oval \
com.ubuntu.noble.usn.oval database-all" "$(documents)"
printf '[source.ubuntu-usn]\nurl = %s/none\n' "$T" >"$T/bad.conf"
run scapcache --config "$T/bad.conf" --state "$S" sync ubuntu-usn
expect "a folder that is not there" 1 "ubuntu-usn: $T/none"

# A password in a URL is for the server alone.
S=$T/login
run scapcache --log-level info --state "$S" sync ubuntu-oval --json \
	--from "http://me:hidden@${URL#http://}"
check "a server that wants a password is asked" grep -q "answered status=" "$T/err"
cp "$T/out" "$T/login.out"
cp "$T/err" "$T/login.err"
scapcache --state "$S" status >"$T/login.status"
check "a password is shown nowhere" sh -c "! grep -r hidden '$T/login.out' \
	'$T/login.err' '$T/login.status' '$S'"
S=$T/state

# What is asked when nothing is named.
asked() {
	scapcache --config "$T/ask.conf" source list |
		awk '$3 == "yes" { printf "%s ", $1 }'
}
printf '[source.nvd]\nenabled = no\n[source.epss]\nenabled = no\n' \
	>"$T/ask.conf"
equal "all that are enabled" "ubuntu-oval ubuntu-usn redhat-oval \
redhat-repositories debian-tracker alpine-secdb kev " "$(asked)"
printf '[sync]\nsources = kev, nvd\n[source.kev]\nenabled = no\n' \
	>"$T/ask.conf"
equal "or those that are listed" "nvd kev " "$(asked)"
printf '[source.nosuch]\nurl = x\n' >"$T/ask.conf"
run scapcache --config "$T/ask.conf" source list
expect "a section of no source" 1 "line 2: there is no key source.nosuch.url"

# Amazon Linux: mirror.list names a repository, its repomd.xml the file.
S=$T/amazon
core=cdn.amazonlinux.com/al2023/core
repository=$core/guids/ab12/x86_64
mkdir -p "$T/a/$core/mirrors/latest/x86_64" "$T/a/$repository/repodata"
echo "https://$repository/" >"$T/a/$core/mirrors/latest/x86_64/mirror.list"
# updateinfo SEVERITY: makes it and the repomd.xml that proves it.
updateinfo() {
	cat >"$T/u.xml" <<XML
<?xml version="1.0"?>
<updates><update author="x" from="x" status="final" type="security"
version="1"><id>ALAS2023-2026-001</id><title>curl</title>
<issued date="2026-01-02 03:04:05"/><severity>$1</severity>
<description>d</description><references><reference href="x"
id="CVE-2026-1" type="cve" title=""/></references>
<pkglist><collection short="x"><name>x</name><package name="curl" epoch="0"
version="8.5" release="2.amzn2023" arch="x86_64"><filename>x</filename>
</package></collection></pkglist></update></updates>
XML
	gzip -nc "$T/u.xml" >"$T/a/$repository/repodata/u-updateinfo.xml.gz"
	sum=$(sha256sum <"$T/a/$repository/repodata/u-updateinfo.xml.gz")
	cat >"$T/a/$repository/repodata/repomd.xml" <<XML
<?xml version="1.0"?>
<repomd xmlns="http://linux.duke.edu/metadata/repo"><revision>1</revision>
<data type="updateinfo"><checksum type="sha256">${sum%% *}</checksum>
<location href="repodata/u-updateinfo.xml.gz"/>
<size>$(wc -c <"$T/a/$repository/repodata/u-updateinfo.xml.gz")</size>
</data></repomd>
XML
}
updateinfo Medium
serve "$T/a"
run scapcache --state "$S" sync --from "$URL" amazon
expect "a chain of lists" 0 "Generation 1 is published."
equal "the document has the name of the release" amazon-2023-x86_64 \
	"$(documents)"
equal "and its repository's proof" repomd "$(proof amazon-2023-x86_64)"
run scapcache --state "$S" show amzn/2023/curl
expect "what it says" 0 CVE-2026-1 "0:8.5-2.amzn2023"
: >"$ACCESS_LOG"
run scapcache --state "$S" sync --from "$URL" amazon
expect "again" 0 "generation 1 stays current"
equal "nothing is fetched twice" 0 "$(grep -c ' 200 ' "$ACCESS_LOG")"
updateinfo Important
printf x >>"$T/a/$repository/repodata/u-updateinfo.xml.gz"
touch -d '1 minute' "$T/a/$repository/repodata/repomd.xml"
run scapcache --state "$S" sync --from "$URL" amazon
expect "a file that its repository does not prove" 1 "where repomd.xml says"
rm -rf "$S"
run scapcache --state "$S" sync --from "$T/a"
expect "the same from a folder, not proved" 1 "where repomd.xml says"
updateinfo Important
run scapcache --state "$S" sync --from "$T/a"
expect "and proved" 0 "Generation 1 is published."

# Data streams of the site's own.
S=$T/scap
mkdir "$T/ssg"
cp "$ROOT"/tests/fuzz/corpus/datastream/good*.xml "$T/ssg/" 2>/dev/null ||
	cp "$ROOT"/tests/fuzz/corpus/datastream/*.xml "$T/ssg/"
first=$(find "$T/ssg" -name '*.xml' | sort | head -n 1)
mv "$first" "$T/ssg/site-ds.xml"
SCAPCACHE_SOURCE_SCAP_LOCAL_URL=$T/ssg run scapcache --state "$S" sync \
	scap-local
expect "a folder of data streams" 0 "Generation 1 is published."
equal "its document" site-ds "$(documents)"
run scapcache --state "$T/none" sync scap-local
expect "without a folder there is nothing" 1 "offered by"

# A folder of the tree that cannot be read does not keep the others out.
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	chmod 755 "$T"
	mkdir "$T/nobody"
	chown nobody "$T/nobody"
	cp -R "$SAMPLE/upstream/." "$T/part"
	chmod 000 "$T/part/usn.ubuntu.com"
	run setpriv --reuid nobody --clear-groups "$SCAPCACHE" \
		--state "$T/nobody/state" sync --from "$T/part"
	expect "an unreadable folder" 1 "Cannot be read:" "usn.ubuntu.com" \
		"Generation 1 is published."
	chmod 755 "$T/part/usn.ubuntu.com"
else
	skip "an unreadable folder: needs root and setpriv"
fi
done_testing
