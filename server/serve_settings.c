/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "server/serve_parts.h"

#define PEM_MAX ((size_t)1024 * 1024) /* bytes of a file of certificates */
#define THREADS_MAX 8u                /* unless configured */
#define MIB ((uint64_t)1024 * 1024)
#define MODE_MAX 0777u

static unsigned
number(const struct config *c, const char *key)
{
	return (unsigned)config_uint(c, key);
}

static int
read_pem(
    const struct config *c, const char *key, struct buf *out, struct err *e)
{
	const char *path = config_str(c, key);

	if (path[0] == '\0')
		return 0;
	if (file_read(AT_FDCWD, path, PEM_MAX, out, e) != 0)
		return err_context(e, "%s", key);
	if (out->len == 0)
		return err_set(e, ERR_FORMAT, "%s: %s is empty", key, path);
	return 0;
}

static bool
is_set(const struct config *c, const char *key)
{
	return config_str(c, key)[0] != '\0';
}

/* Certificate and key go together; authorities make sense with them only. */
static int
check_tls(const struct config *c, struct err *e)
{
	bool cert = is_set(c, "serve.tls_cert");

	if (cert != is_set(c, "serve.tls_key"))
		return err_set(e, ERR_FORMAT,
		    "of serve.tls_cert and serve.tls_key one is set: TLS needs "
		    "both");
	if (is_set(c, "serve.client_ca") && !cert)
		return err_set(e, ERR_FORMAT,
		    "serve.client_ca needs serve.tls_cert and serve.tls_key");
	return 0;
}

/*
 * The library takes authorities that are none, and no client's certificate is
 * worth anything then.
 */
static int
check_authorities(const struct serve_settings *s, struct err *e)
{
	X509 *first;
	BIO *pem;

	if (s->client_ca.len == 0)
		return 0;
	pem = BIO_new_mem_buf(s->client_ca.ptr, (int)s->client_ca.len);
	first = PEM_read_bio_X509(pem, NULL, NULL, NULL);
	BIO_free(pem);
	ERR_clear_error();
	if (first == NULL)
		return err_set(e, ERR_FORMAT,
		    "serve.client_ca: %s has no certificate as PEM in it",
		    config_str(s->config, "serve.client_ca"));
	X509_free(first);
	return 0;
}

static int
read_tls(struct serve_settings *s, struct err *e)
{
	const struct config *c = s->config;

	if (read_pem(c, "serve.tls_cert", &s->tls_cert, e) != 0 ||
	    read_pem(c, "serve.tls_key", &s->tls_key, e) != 0 ||
	    read_pem(c, "serve.client_ca", &s->client_ca, e) != 0)
		return -1;
	return check_authorities(s, e);
}

static int
read_mode(const struct config *c, unsigned *out, struct err *e)
{
	struct span text = span_of(config_str(c, "serve.unix_mode"));
	unsigned mode = 0;
	size_t i;

	for (i = 0; i < text.len && i < 4; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '7')
			break;
		mode = mode * 8 + (unsigned)(text.ptr[i] - '0');
	}
	if (text.len == 0 || i < text.len || mode > MODE_MAX)
		return err_set(e, ERR_FORMAT,
		    "serve.unix_mode is an octal number like 0660, not "
		    "\"%.*s\"",
		    SPAN_ARG(text));
	*out = mode;
	return 0;
}

static unsigned
n_threads(const struct config *c)
{
	unsigned n = number(c, "serve.threads");
	long processors;

	if (n != 0)
		return n;
	processors = sysconf(_SC_NPROCESSORS_ONLN);
	if (processors < 1)
		return 1;
	return processors > (long)THREADS_MAX ? THREADS_MAX
					      : (unsigned)processors;
}

static void
read_numbers(struct serve_settings *s)
{
	const struct config *c = s->config;

	s->http = (struct httpd_options){
		.tls_cert = buf_span(&s->tls_cert),
		.tls_key = buf_span(&s->tls_key),
		.client_ca = buf_span(&s->client_ca),
		.behind_tls = config_bool(c, "serve.behind_tls"),
		.threads = n_threads(c),
		.connections_max = number(c, "serve.connections_max"),
		.address_max = number(c, "serve.address_max"),
		.rate = number(c, "serve.rate"),
		.idle_s = number(c, "serve.idle_s"),
		.request_s = number(c, "serve.request_s"),
		.body_rate = number(c, "serve.low_speed_bytes"),
		.upload_max = config_uint(c, "serve.upload_max_mib") * MIB,
		.statefd = -1,
		.n_work = number(c, "serve.workers"),
		.n_scan = number(c, "serve.scans"),
		.n_judge = number(c, "serve.judges"),
	};
	s->drain_s = number(c, "serve.drain_s");
	s->anonymous = config_bool(c, "serve.anonymous");
}

/* A limit of nothing would be a server that answers nobody. */
static int
check_numbers(const struct config *c, struct err *e)
{
	static const char *const keys[] = { "serve.connections_max",
		"serve.workers", "serve.scans", "serve.judges", "serve.idle_s",
		"serve.request_s" };
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (config_uint(c, keys[i]) == 0)
			return err_set(
			    e, ERR_FORMAT, "%s cannot be 0", keys[i]);
	return 0;
}

int
serve_check(struct config *config, struct err *e)
{
	const char *const *word = config_words(config, "serve.listen");
	unsigned ignored = 0;

	if (check_numbers(config, e) != 0 || check_tls(config, e) != 0 ||
	    read_mode(config, &ignored, e) != 0)
		return -1;
	for (; *word != NULL; word++)
		if (serve_listen_check(*word, e) != 0)
			return err_context(e, "serve.listen");
	return 0;
}

int
serve_settings_read(struct serve_settings **out, struct config *config,
    bool owns, const char *listen, struct err *e)
{
	struct serve_settings *s = xcalloc(1, sizeof(*s));

	s->config = config;
	s->owns_config = owns;
	s->listen = config_split(config,
	    listen != NULL ? listen : config_str(config, "serve.listen"));
	if (serve_check(config, e) != 0 ||
	    read_mode(config, &s->unix_mode, e) != 0 || read_tls(s, e) != 0) {
		serve_settings_free(s);
		return -1;
	}
	read_numbers(s);
	*out = s;
	return 0;
}

void
serve_settings_free(struct serve_settings *s)
{
	if (s == NULL)
		return;
	buf_cleanup(&s->tls_cert);
	if (s->tls_key.ptr != NULL)
		explicit_bzero(s->tls_key.ptr, s->tls_key.cap);
	buf_cleanup(&s->tls_key);
	buf_cleanup(&s->client_ca);
	if (s->owns_config)
		config_close(s->config);
	free(s);
}
