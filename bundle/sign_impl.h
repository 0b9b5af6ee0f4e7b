/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the sign process: sign_child.c answers, sign_keys.c has the files,
 * sign_pem.c their format, sign_secret.c the passphrase, sign_memory.c what
 * was signed. sign.c and sign_terminal.c are main's side.
 */
#ifndef BUNDLE_SIGN_IMPL_H
#define BUNDLE_SIGN_IMPL_H

#include <openssl/evp.h>

#include "base/pack.h"
#include "bundle/sign.h"

/* Requests; the answer to each is SIGN_ANSWER: the error, then what is said. */
enum sign_request {
	SIGN_LIST = 1,
	SIGN_NEW,    /* role, offline, plain, like → public */
	SIGN_RETIRE, /* keyid → was there, the key */
	SIGN_LAST,   /* role → version */
	SIGN_BYTES,  /* role, keyids; a descriptor → signatures */
	SIGN_SECRET, /* → has one; a descriptor */
	SIGN_ANSWER,
	SIGN_ASK,      /* which question, a file's name: while it works */
	SIGN_TERMINAL, /* main's reply: a descriptor, or none */
};

enum sign_question {
	SIGN_ASK_NEW = 0, /* a passphrase for new keys */
	SIGN_ASK_AGAIN,   /* the same, again */
	SIGN_ASK_DIFFERS, /* the two were not the same: from the beginning */
	SIGN_ASK_UNLOCK,  /* that of a key */
	SIGN_ASK_WRONG,   /* it was not: once more */
};

/* Of an answer: the error of what was asked; ERR_NONE. Twin: sign_pack_err().
 */
void sign_unpack_err(struct unpack *u, struct err *e);

/* --- the passphrase --- */

enum sign_secret_state {
	SECRET_UNREAD = 0,
	SECRET_NONE,
	SECRET_HELD,
};

struct sign_secret {
	enum sign_secret_state state;
	char bytes[SIGN_PASSPHRASE_MAX + 1];
	size_t len;
};

/* --- the process --- */

struct sign_child {
	struct ipc *ipc;
	const struct sign_options *options;
	int folders[2]; /* keys/, the offline one; -1: there is none */
	struct sign_secret secret;
	bool asked;         /* for the file at hand */
	struct arena arena; /* of one request */
};

int sign_process(struct ipc *ipc, void *options);

/* Has the passphrase for new keys read or asked for, if there is one. */
int secret_for_new(struct sign_child *c, struct err *e);
/*
 * Has one at hand to unlock a file. attempt counts from 0: those that came
 * before were wrong. ERR_UNTRUSTED: there is none, or no further one.
 */
int secret_to_unlock(
    struct sign_child *c, const char *file, unsigned attempt, struct err *e);
/* As a descriptor. */
int secret_export(const struct sign_child *c, int *fd, struct err *e);

/* --- files --- */

struct sign_file {
	struct sign_key key; /* spans live in the request's arena */
	const char *name;
};

/* All, by role and id. */
int sign_files(
    struct sign_child *c, struct sign_file **out, size_t *n, struct err *e);
/* *out NULL: it is not at hand. */
int sign_file_find(struct sign_child *c, const struct digest *id,
    const struct sign_file **out, struct err *e);
/* Makes a key and its file. */
int sign_file_make(struct sign_child *c, const struct sign_new *what,
    struct tuf_key *out, struct err *e);
/* Reads the private key, asking for the passphrase where there is need. */
int sign_file_unlock(struct sign_child *c, const struct sign_file *f,
    EVP_PKEY **out, struct err *e);
int sign_file_retire(
    struct sign_child *c, const struct sign_file *f, struct err *e);
/* [a-z0-9-], not too long. */
bool sign_is_role(struct span name);

/* --- PEM --- */

/* What stands in a file. */
struct sign_pem {
	uint8_t *private; /* DER of PKCS #8 */
	size_t n_private;
	bool is_encrypted;
	bool has_public;
	uint8_t public[TUF_PUBLIC_SIZE];
};

/* ERR_FORMAT, without the file's name. */
int pem_read(struct sign_pem *p, struct span text, struct err *e);
void pem_cleanup(struct sign_pem *p); /* wipes */
/* 1: *out is the key; 0: the passphrase is wrong; -1. */
int pem_unlock(const struct sign_pem *p, const struct sign_secret *secret,
    EVP_PKEY **out, struct err *e);
/* Appends the file; secret NULL: not encrypted. The caller wipes out. */
int pem_write(struct buf *out, EVP_PKEY *key, const struct sign_secret *secret,
    struct err *e);
int pem_public(EVP_PKEY *key, uint8_t out[TUF_PUBLIC_SIZE], struct err *e);

/* --- what was signed --- */

/* The highest version; 0: none. digest may be NULL. */
int memory_read(const struct sign_child *c, struct span role, uint64_t *version,
    struct digest *digest, struct err *e);
/*
 * Before a signature leaves: the version is above all before, or the bytes
 * are those of the last. REFUSAL_ROLLBACK.
 */
int memory_raise(const struct sign_child *c, struct span role, uint64_t version,
    const struct digest *digest, struct err *e);

/* --- main's side --- */

struct sign_terminal; /* the echo is off while it is open */

/* Prints the question. NULL: there is no terminal. */
struct sign_terminal *terminal_open(enum sign_question q, struct span file);
int terminal_fd(const struct sign_terminal *t); /* to read from */
void terminal_close(struct sign_terminal *t);   /* NULL is fine */

#endif
