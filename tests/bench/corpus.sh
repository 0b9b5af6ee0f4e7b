#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# corpus.sh: the whole corpus: one run, its memory, the size of its index, a
# run without news, and what an update writes; sourced by run.sh.
: "${T:?}" "${corpus:?}" "${tree:?}" "${measure:?}" "${bin:?}"

# One run into a new state directory, which stays, and its summary with it.
# Its folder is taken away before the second run, the one that is watched.
whole_run() {
	echo "the whole corpus" >&2
	whole=$("$measure" 1 -m sh -c "rm -rf '$T/whole'; exec '$bin' --quiet \
		--state '$T/whole' sync --json --from '$tree' >'$T/whole.json'")
	ended "$whole" "the whole corpus"
	"$bin" --state "$T/whole" status --json >"$T/status.json"
	cat <<EOF
| wall | user + system | largest process | all processes together |
| --- | --- | --- | --- |
| $(field 1 "$whole") ms | $(field 3 "$whole") ms | $(mib \
	"$(field 4 "$whole")") MiB | $(mib "$(field 6 "$whole")") MiB |
EOF
}

unpacked_bytes() {
	case $1 in
	*.bz2) bzip2 -dc "$1" ;;
	*.gz) gzip -dc "$1" ;;
	*.xz) xz -dc "$1" ;;
	*.zst) zstd -dqc "$1" ;;
	*) cat "$1" ;;
	esac | wc -c
}

# FAMILY UNPACKED INDEX, bytes, a line each.
sizes() {
	sql "$T/status.json" "SELECT s.value ->> 'family', d.value ->> 'path'
		FROM j, json_each(text, '\$.sources') s,
		json_each(s.value, '\$.documents') d" |
		while IFS=' |' read -r family path; do
			echo "$family $(unpacked_bytes "$tree/$path")"
		done | awk '{ n[$1] += $2 } END { for (f in n) print f, n[f] }' |
		sort | while read -r family n; do
		echo "$family $n" \
			"$(wc -c <"$T/whole/index/current/$family.sqlite")"
	done
}

index_size() {
	sizes | awk '{ print; a += $2; b += $3 } END { print "all", a, b }' \
		>"$T/sizes"
	echo "| family | feeds, unpacked | index | share |"
	echo "| --- | --- | --- | --- |"
	while read -r family n index; do
		echo "| $family | $(bytes_mib "$n") MiB" \
			"| $(bytes_mib "$index") MiB" \
			"| $(percent "$index" "$n") |"
	done <"$T/sizes"
}

# What would differ if anything of the index were written.
index_stat() {
	(cd "$T/whole/index" && stat -c '%n %i %s %Y %Z' current ./*/*)
}

no_news() {
	index_stat >"$T/stat.before"
	again=$("$measure" 5 sh -c "exec '$bin' --quiet --state '$T/whole' \
		sync --json --from '$tree' >'$T/again.json'")
	ended "$again" "the corpus once more"
	index_stat >"$T/stat.after"
	same="every file of the index as before"
	cmp -s "$T/stat.before" "$T/stat.after" || same="THE INDEX WAS WRITTEN"
	written=$(sql "$T/again.json" "SELECT sum(f.value ->> 'rows_written')
		FROM j, json_each(text, '\$.files') f")
	echo "| $(field 1 "$again") ms | $(field 3 "$again") ms | $written" \
		"| $same |"
}

# The corpus as it was: the earlier publication of what there is of it, all
# else as now.
previous_tree() {
	cp -Rs "$tree" "$T/previous"
	find "$T/previous" -type d -exec chmod u+w {} +
	cp -R --remove-destination "$corpus/upstream-previous/." "$T/previous"
	find "$T/previous" -type d -exec chmod u+w {} +
	find "$corpus" -path '*/upstream*' -name PULP_MANIFEST -printf '%P\n' |
		sed 's,^upstream[^/]*/,,' | sort -u | while read -r list; do
		rm -f "$T/previous/$list"
		cat "$corpus/upstream-previous/$list" "$tree/$list" |
			awk -F, '!seen[$1]++' >"$T/previous/$list"
	done
}

# Of each document of which there is an earlier publication: its records, the
# rows that a run which found it new has written, and those of the update.
update() {
	echo "an update" >&2
	previous_tree
	"$bin" --quiet --state "$T/updated" sync --from "$T/previous" \
		>/dev/null || return 1
	updated=$("$measure" 1 sh -c "exec '$bin' --quiet --state \
		'$T/updated' sync --json --from '$tree' >'$T/updated.json'")
	ended "$updated" "an update"
	linked=$(find "$T/updated/index/2" -type f -links +1 | wc -l)
	cat <<EOF
| document | records | added | changed | removed | share | rows, when new | rows written | share |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
EOF
	sql "$T/updated.json" "
		, fresh AS (SELECT f.value ->> 'path' AS path,
			f.value ->> 'records_added' AS records,
			f.value ->> 'rows_written' AS written
			FROM json_each(CAST(readfile('$T/whole.json') AS TEXT),
				'\$.files') f),
		d AS (SELECT fresh.path AS path, records, fresh.written AS rows_new,
			f.value ->> 'records_added' AS added,
			f.value ->> 'records_changed' AS changed,
			f.value ->> 'records_removed' AS removed,
			f.value ->> 'rows_written' AS written
			FROM j, json_each(text, '\$.files') f JOIN fresh
			ON fresh.path = f.value ->> 'path'
			WHERE f.value ->> 'indexed')
		SELECT '| ' || path, records, added, changed, removed,
			printf('%.1f %%', 100.0 * (added + changed + removed) /
				records), rows_new, written,
			printf('%.1f %%', 100.0 * written / rows_new) || ' |'
		FROM d ORDER BY path" | sed 's,^| .*/\([^/]*\.\),| \1,'
	cat <<EOF

The run: $(field 1 "$updated") ms, $(field 3 "$updated") ms of user + system;
$linked families of $(find "$T/updated/index/2" -type f | wc -l) are the files of the generation before.
EOF
}
