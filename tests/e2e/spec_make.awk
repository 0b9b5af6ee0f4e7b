# SPDX-License-Identifier: Apache-2.0
# spec_make.awk: packages for rpmbuild. Lines "ARCH SOURCE NAME EVR MODULE",
# sorted, where SOURCE is name-version-release of the source rpm and MODULE "-"
# for none; a spec each ARCH and SOURCE, out/ARCH/SOURCE.spec.
#
# A package *-release owns /etc/*-release and, as rebuilds do, redhat-release.
#
#	awk -v out=specs -f spec_make.awk packages

# tags(EVR, MODULE, all): the lines of a preamble; all: with name's version
function tags(evr, module,    epoch, release) {
	if (evr ~ /:/) {
		epoch = evr
		sub(/:.*/, "", epoch)
		sub(/^[^:]*:/, "", evr)
		print "Epoch: " epoch >spec
	}
	release = evr
	sub(/^.*-/, "", release)
	sub(/-[^-]*$/, "", evr)
	print "Version: " evr >spec
	print "Release: " release >spec
	if (module != "-")
		print "ModularityLabel: " module >spec
	print "Summary: a test" >spec
	print "License: none" >spec
}

function files(name) {
	if (name ~ /-release$/)
		print "/etc/" name (name == "redhat-release" ? "" : \
			"\n/etc/redhat-release") >spec
}

# What is named as its source is the main package.
function finish(    i, main) {
	if (spec == "")
		return
	main = 0
	for (i = 1; i <= n; i++)
		if (names[i] == source_name)
			main = i
	print "Name: " source_name >spec
	if (main)
		tags(evrs[main], modules[main])
	else
		tags(source_evr, "-")
	print "%description\nA test." >spec
	for (i = 1; i <= n; i++) {
		if (i == main)
			continue
		print "%package -n " names[i] >spec
		tags(evrs[i], modules[i])
		print "%description -n " names[i] "\nA test." >spec
	}
	print "%install" >spec
	for (i = 1; i <= n; i++)
		if (names[i] ~ /-release$/)
			print "mkdir -p %{buildroot}/etc\n" \
				"echo x >%{buildroot}/etc/redhat-release\n" \
				"echo x >%{buildroot}/etc/" names[i] >spec
	for (i = 1; i <= n; i++) {
		print (i == main) ? "%files" : "%files -n " names[i] >spec
		files(names[i])
	}
	close(spec)
}

$1 " " $2 != key {
	finish()
	key = $1 " " $2
	spec = out "/" $1 "/" $2 ".spec"
	n = 0
	match($2, /-[^-]*-[^-]*$/)
	source_name = substr($2, 1, RSTART - 1)
	source_evr = substr($2, RSTART + 1)
}

{
	n++
	names[n] = $3
	evrs[n] = $4
	modules[n] = $5
}

END { finish() }
