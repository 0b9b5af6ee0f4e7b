#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# lint-layers.sh: includes point one way. Each line names a folder and the
# folders that its files may include; siblings never include each other.
set -eu
cd "$(dirname "$0")/.."

table="
base:
content: base
eval: content base
scanner: eval content base
bundle: eval content base
indexer: eval content base
server: indexer bundle scanner eval content base
syncd: indexer bundle scanner eval content base
cli: syncd server indexer bundle scanner eval content base
"

rc=0
for dir in $(printf '%s' "$table" | sed -n 's/:.*//p'); do
	allowed=$(printf '%s' "$table" | sed -n "s/^$dir://p")
	for file in "$dir"/*.[ch]; do
		[ -e "$file" ] || continue
		# shellcheck disable=SC2013
		for inc in $(sed -n 's,^#include "\([a-z]*\)/.*,\1,p' "$file" |
			sort -u); do
			case " $dir $allowed " in
			*" $inc "*) ;;
			*)
				echo "$file includes $inc/: $dir/ may" \
					"include only:$allowed"
				rc=1
				;;
			esac
		done
		if grep -n '^#include "[^/"]*"$' "$file" |
			grep -v '"\(schema_[a-z]*\|web_files\)\.h"'; then
			echo "$file: includes are written from the root"
			rc=1
		fi
	done
done
exit $rc
