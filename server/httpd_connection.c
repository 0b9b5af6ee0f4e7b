/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "server/httpd_impl.h"

#define UNSENT_MAX (32 * 1024) /* bytes */

static const struct sockaddr *
address_of(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *info =
	    libmicrohttpd.get_connection_info(
		c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

	return info == NULL ? NULL : info->client_addr;
}

enum MHD_Result
httpd_on_accept(void *cls, const struct sockaddr *addr, socklen_t len)
{
	struct httpd *h = cls;

	(void)len;
	if (h->n_connections < h->o.connections_max &&
	    limits_may_connect(&h->limits, addr))
		return MHD_YES;
	h->n_limited++;
	return MHD_NO;
}

static void
name_peer(struct connection *c, const struct sockaddr *addr)
{
	const struct sockaddr_in *in = (const void *)addr;
	const struct sockaddr_in6 *in6 = (const void *)addr;

	snprintf(c->peer, sizeof(c->peer), "unix");
	if (addr != NULL && addr->sa_family == AF_INET)
		inet_ntop(AF_INET, &in->sin_addr, c->peer, sizeof(c->peer));
	else if (addr != NULL && addr->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &in6->sin6_addr, c->peer, sizeof(c->peer));
	/* an IPv4 client of a socket for both is written as one */
	if (strncmp(c->peer, "::ffff:", 7) == 0 && strchr(c->peer, '.') != NULL)
		memmove(c->peer, c->peer + 7, strlen(c->peer + 7) + 1);
}

/*
 * What waits in the kernel beyond the network's own window is sent later by
 * whoever handles the client's acknowledgements, on its processor, and takes
 * memory of each slow client's connection. A Unix socket has no such limit.
 */
static void
limit_unsent(int fd)
{
	const int max = UNSENT_MAX;

	setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &max, sizeof(max));
}

static void
open_connection(struct httpd *h, struct MHD_Connection *mhd, void **ctx)
{
	const struct sockaddr *addr = address_of(mhd);
	const union MHD_ConnectionInfo *info =
	    libmicrohttpd.get_connection_info(
		mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct connection *c = xcalloc(1, sizeof(*c));

	c->h = h;
	c->mhd = mhd;
	c->fd = info == NULL ? -1 : info->connect_fd;
	limit_unsent(c->fd);
	c->since_ms = clock_monotonic_ms();
	c->address = limits_connect(&h->limits, addr);
	name_peer(c, addr);
	c->q.body_fd = -1;
	response_init(&c->s);
	pthread_mutex_lock(&h->connections_mutex);
	c->next = h->connections;
	if (c->next != NULL)
		c->next->prev = c;
	h->connections = c;
	pthread_mutex_unlock(&h->connections_mutex);
	h->n_connections++;
	*ctx = c;
}

static void
close_connection(struct connection *c)
{
	struct httpd *h = c->h;

	pthread_mutex_lock(&h->connections_mutex);
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		h->connections = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	pthread_mutex_unlock(&h->connections_mutex);
	limits_disconnect(&h->limits, c->address);
	response_cleanup(&c->s);
	arena_cleanup(&c->q.arena);
	free(c);
	h->n_connections--;
}

void
httpd_on_connection(void *cls, struct MHD_Connection *mhd, void **ctx,
    enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		open_connection(cls, mhd, ctx);
	else if (*ctx != NULL)
		close_connection(*ctx);
}

/* --- places for streams --- */

bool
httpd_slot_take(const struct request *q, struct httpd_slot *out)
{
	struct connection *c = q->connection;

	*out = (struct httpd_slot){ NULL, NULL };
	if (c == NULL)
		return true;
	if (!limits_stream(&c->h->limits, c->address))
		return false;
	*out = (struct httpd_slot){ &c->h->limits, c->address };
	return true;
}

void
httpd_slot_drop(const struct httpd_slot *s)
{
	if (s->limits != NULL)
		limits_stream_end(s->limits, s->address);
}

/* --- certificates of clients --- */

static bool
is_proved(gnutls_session_t session)
{
	gnutls_typed_vdata_st purpose = { .type = GNUTLS_DT_KEY_PURPOSE_OID };
	char oid[] = GNUTLS_KP_TLS_WWW_CLIENT;
	unsigned status = 1;

	purpose.data = (unsigned char *)oid;
	return libgnutls.certificate_verify_peers(
		   session, &purpose, 1, &status) == GNUTLS_E_SUCCESS &&
	    status == 0;
}

/*
 * As it is, in UTF-8: GnuTLS escapes it. One of several could be any of them,
 * and what stands behind a NUL would be hidden.
 */
static void
read_name(struct connection *c, const gnutls_datum_t *der)
{
	const unsigned char *at = der->data;
	X509 *certificate = d2i_X509(NULL, &at, (long)der->size);
	const X509_NAME *subject = NULL;
	unsigned char *text = NULL;
	int i = -1, n = -1;

	if (certificate != NULL) {
		subject = X509_get_subject_name(certificate);
		i = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	}
	if (i >= 0 &&
	    X509_NAME_get_index_by_NID(subject, NID_commonName, i) == -1)
		n = ASN1_STRING_to_UTF8(&text,
		    X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, i)));
	if (n > 0 && (size_t)n < sizeof(c->client_name) &&
	    memchr(text, '\0', (size_t)n) == NULL)
		memcpy(c->client_name, text, (size_t)n);
	OPENSSL_free(text);
	X509_free(certificate);
}

struct span
httpd_client_name(struct connection *c)
{
	const union MHD_ConnectionInfo *info;
	const gnutls_datum_t *der;
	unsigned n = 0;

	if (c->is_named || c->h->client_ca == NULL)
		return span_of(c->client_name);
	c->is_named = true;
	info = libmicrohttpd.get_connection_info(
	    c->mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	if (info == NULL || !is_proved(info->tls_session))
		return SPAN_NONE;
	der = libgnutls.certificate_get_peers(info->tls_session, &n);
	if (der != NULL && n > 0)
		read_name(c, der);
	return span_of(c->client_name);
}
