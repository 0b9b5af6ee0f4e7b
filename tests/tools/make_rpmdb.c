/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make_rpmdb FILE PACKAGE…: writes an rpm database. A PACKAGE is
 * "NAME ARCH EPOCH:VERSION-RELEASE [TAG KEY]", TAG the number of the
 * signature's tag, KEY its key's id.
 */
#include "tests/tools/rpm_db.h"

int
main(int argc, char **argv)
{
	char name[64], arch[32], evr[64], key[32];
	struct rpm_db_package p;
	unsigned tag;
	sqlite3 *db;
	int n;
	int i;

	if (argc < 2)
		rpm_db_die("usage: make_rpmdb FILE PACKAGE...");
	db = rpm_db_create(argv[1]);
	for (i = 2; i < argc; i++) {
		tag = 0;
		n = sscanf(argv[i], "%63s %31s %63s %u %31s", name, arch, evr,
		    &tag, key);
		if (n != 3 && n != 5)
			rpm_db_die("a package has three or five words");
		p = (struct rpm_db_package){ name, arch, evr, tag, key };
		rpm_db_add(db, &p);
	}
	rpm_db_close(db);
	return 0;
}
