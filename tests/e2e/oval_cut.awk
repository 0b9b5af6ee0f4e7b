# SPDX-License-Identifier: Apache-2.0
# oval_cut.awk -v n=200: the first n definitions of an OVAL document that has
# an element a line, and of the rest what they refer to.

function note_refs(line) {
	while (match(line, /(test|object|state|var|definition)_ref="[^"]*"/)) {
		ref = substr(line, RSTART, RLENGTH)
		sub(/^[^"]*"/, "", ref)
		sub(/"$/, "", ref)
		wanted[ref] = 1
		line = substr(line, RSTART + RLENGTH)
	}
}

function id_of(line) {
	if (!match(line, / id="[^"]*"/))
		return ""
	return substr(line, RSTART + 5, RLENGTH - 6)
}

# <definition …> to </definition>, or an element of the lists below.
/<(definitions|tests|objects|states|variables)>/ { print; inside = 1; next }
/<\/(definitions|tests|objects|states|variables)>/ { print; inside = 0; next }
!inside { print; next }

element == "" {
	if (!match($0, /<[A-Za-z:_-]+[0-9]*[A-Za-z_]*/))
		next
	element = substr($0, RSTART + 1, RLENGTH - 1)
	keep = element == "definition" ? ++seen <= n : (id_of($0) in wanted)
	text = ""
}

{
	text = text $0 "\n"
	if (index($0, "</" element ">") || (text == $0 "\n" && /\/>[ \t\r]*$/)) {
		if (keep) {
			printf "%s", text
			note_refs(text)
		}
		element = ""
	}
}
