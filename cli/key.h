/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the verb `key` share. */
#ifndef CLI_KEY_H
#define CLI_KEY_H

#include "base/catalog.h"
#include "bundle/key.h"
#include "cli/cli.h"

/* What was said on the command line, and what is open for it. */
struct key_run {
	struct cli *cli;
	const char *offline_dir;
	const char *passphrase_file;
	const char *passphrase_fd;
	const char *root_keys;
	const char *snapshot_threshold;
	const char *key; /* rotate: this one only */
	bool as_json;

	struct state state;
	bool has_state;
	struct key_ring ring;
	bool has_ring;
	char *offline; /* absolute; NULL: none */
	int fd;        /* of the passphrase; -1: none */
	int own_fd;    /* the same where it was opened here */
};

/* Opens state, passphrase and keys. CLI_OK, or it was told. */
int key_run_open(struct key_run *r, enum state_mode mode, bool make);
/*
 * Has the current generation signed; renew, NULL-terminated, are roles that
 * are to be signed in any case. The keys are closed then. CLI_OK, or told.
 */
int key_publish(struct key_run *r, const char *const *renew);
/* A line of the audit log: "rotated", of a role. */
int key_audit(
    struct key_run *r, const char *role, const char *event, struct err *e);

int key_list(struct key_run *r);
int key_rotate_role(struct key_run *r, const char *role);
/* roles: none is all whose keys are at hand. */
int key_renew_roles(struct key_run *r, char *const *roles, int n);

#endif
