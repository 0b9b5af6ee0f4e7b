#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# embed-schema.sh NAME OUTDIR: turns schema/NAME/ into schema_NAME.h and .c.
# NNN-*.sql are the numbered migrations; queries*.sql hold "-- name: x" blocks,
# each of which becomes QUERY_NAME_X.
set -eu
name=$1
out=$2
upper=$(printf %s "$name" | tr '[:lower:]-' '[:upper:]_')

c_string() {
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/	"/' -e 's/$/\\n"/' "$1"
}

{
	printf '/* Made by tools/embed-schema.sh from schema/%s. */\n' "$name"
	printf '#ifndef SCHEMA_%s_H\n#define SCHEMA_%s_H\n\n' "$upper" "$upper"
	printf '#include "base/db.h"\n\n'
	printf 'extern const struct db_schema SCHEMA_%s;\n\n' "$upper"
	printf 'enum query_%s {\n' "$name"
	sed -n 's/^-- name: *\([a-z0-9_]*\).*/\1/p' "schema/$name"/queries*.sql |
		tr '[:lower:]' '[:upper:]' | sed "s/.*/	QUERY_${upper}_&,/"
	printf '};\n\n#endif\n'
} >"$out/schema_$name.h"

{
	printf '/* Made by tools/embed-schema.sh from schema/%s. */\n' "$name"
	printf '#include "schema_%s.h"\n\n' "$name"
	printf 'static const char *const migrations[] = {\n'
	for f in "schema/$name"/[0-9]*.sql; do
		# Without the brackets clang takes two for one.
		printf '	(\n'
		c_string "$f"
		printf '	),\n'
	done
	printf '};\n\nstatic const char *const queries[] = {\n'
	awk '
		function flush() { if (open) printf "\t,\n" }
		/^-- name:/ { flush(); open = 1; next }
		open {
			gsub(/\\/, "\\\\"); gsub(/"/, "\\\"")
			printf "\t\"%s\\n\"\n", $0
		}
		END { flush() }
	' "schema/$name"/queries*.sql
	printf '};\n\nconst struct db_schema SCHEMA_%s = {\n' "$upper"
	printf '	.name = "%s",\n' "$name"
	printf '	.migrations = migrations,\n'
	printf '	.n_migrations = sizeof(migrations) / sizeof(*migrations),\n'
	printf '	.queries = queries,\n'
	printf '	.n_queries = sizeof(queries) / sizeof(*queries),\n};\n'
} >"$out/schema_$name.c"
