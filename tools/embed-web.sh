#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# embed-web.sh OUTDIR: turns the files of web/, and what describes the API, into
# web_files.h and .c, each a string: web/report.css is WEB_REPORT_CSS, and its
# digest, by which a browser may keep it, WEB_REPORT_CSS_SHA256.
set -eu
out=$1
set -- web/* docs/openapi.json docs/scan.schema.json

name() {
	basename "$1" | tr '[:lower:].-' '[:upper:]__'
}

{
	printf '/* Made by tools/embed-web.sh from web and docs. */\n'
	printf '#ifndef WEB_FILES_H\n#define WEB_FILES_H\n\n'
	for f; do
		printf 'extern const char WEB_%s[];\n' "$(name "$f")"
		printf '#define WEB_%s_SHA256 "%s"\n' "$(name "$f")" \
			"$(sha256sum "$f" | cut -d ' ' -f 1)"
	done
	printf '\n#endif\n'
} >"$out/web_files.h"

{
	printf '/* Made by tools/embed-web.sh from web and docs. */\n'
	printf '#include "web_files.h"\n'
	for f; do
		printf '\nconst char WEB_%s[] =\n' "$(name "$f")"
		sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' \
			-e 's/^/	"/' -e 's/$/\\n"/' "$f"
		printf '	;\n'
	done
} >"$out/web_files.c"
