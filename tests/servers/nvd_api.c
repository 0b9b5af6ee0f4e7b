/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVD's API 2.0 on loopback, as strict as the real one: at most RATE requests
 * in WINDOW ms (403), windows of 120 days at most (404), pages of 2 000.
 *   nvd_api LOG RECORDS RATE WINDOW FAIL
 * prints its port and serves until it is killed. The request number FAIL is
 * cut in the middle of its body; 0: none is. LOG has a line an answer:
 * status, startIndex, lastModStartDate.
 */
#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define REQUEST_MAX 8192
#define PAGE_MAX 2000
#define RATE_MAX 1000
#define WINDOW_DAYS 120

struct api {
	FILE *log;
	unsigned long records;
	unsigned long rate;
	long window_ms;
	unsigned long fail;
	unsigned long n_requests;
	long asked[RATE_MAX]; /* when, the last ones, a ring */
};

static long
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Too many within the window? Each request counts, also a refused one. */
static int
is_throttled(struct api *a)
{
	unsigned long slot = a->n_requests % a->rate;
	long before = a->asked[slot];

	a->asked[slot] = now_ms();
	return a->n_requests >= a->rate &&
	    a->asked[slot] - before < a->window_ms;
}

/* The value of a parameter, %2B and all, into text. */
static int
parameter(const char *query, const char *name, char *text, size_t size)
{
	const char *at = strstr(query, name);
	size_t n;

	if (at == NULL)
		return -1;
	at += strlen(name);
	n = strcspn(at, "& ");
	snprintf(text, size, "%.*s", (int)n, at);
	return 0;
}

static time_t
time_of(const char *text)
{
	struct tm t = { 0 };

	if (strptime(text, "%Y-%m-%dT%H:%M:%S", &t) == NULL ||
	    strcmp(text + 19, ".000%2B00:00") != 0)
		return 0;
	return timegm(&t);
}

static void
send_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, text, len, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		text += n;
		len -= (size_t)n;
	}
}

static void
refuse(struct api *a, int fd, const char *status, const char *message)
{
	char text[512];
	int n = snprintf(text, sizeof(text),
	    "HTTP/1.1 %s\r\nmessage: %s\r\nContent-Length: 0\r\n"
	    "Connection: close\r\n\r\n",
	    status, message);

	send_all(fd, text, (size_t)n);
	fprintf(a->log, "%.3s - -\n", status);
}

static void
add_records(FILE *out, unsigned long start, unsigned long n, const char *since)
{
	unsigned long i;

	for (i = 0; i < n; i++)
		fprintf(out,
		    "%s{\"cve\":{\"id\":\"CVE-2030-%lu\",\"sourceIdentifier\":"
		    "\"cve@example.org\",\"published\":\"2030-01-01T00:00:00."
		    "000\",\"lastModified\":\"%.19s.000\",\"vulnStatus\":"
		    "\"Analyzed\",\"descriptions\":[{\"lang\":\"en\",\"value\":"
		    "\"Number %lu.\"}],\"metrics\":{},\"references\":[]}}",
		    i == 0 ? "" : ",", 10000 + start + i, since, start + i);
}

static void
answer(struct api *a, int fd, unsigned long start, const char *since)
{
	unsigned long left = start < a->records ? a->records - start : 0;
	unsigned long n = left < PAGE_MAX ? left : PAGE_MAX;
	char *body = NULL, head[256];
	size_t size = 0;
	FILE *out = open_memstream(&body, &size);
	int len;

	fprintf(out,
	    "{\"resultsPerPage\":%lu,\"startIndex\":%lu,\"totalResults\":%lu,"
	    "\"format\":\"NVD_CVE\",\"version\":\"2.0\",\"timestamp\":"
	    "\"2030-01-01T00:00:00.000\",\"vulnerabilities\":[",
	    n, start, a->records);
	add_records(out, start, n, since);
	fputs("]}", out);
	fclose(out);
	len = snprintf(head, sizeof(head),
	    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	    "Content-Length: %zu\r\nConnection: close\r\n\r\n",
	    size);
	send_all(fd, head, (size_t)len);
	if (a->n_requests == a->fail)
		size /= 2;
	send_all(fd, body, size);
	fprintf(a->log, "%s %lu %s\n", a->n_requests == a->fail ? "cut" : "200",
	    start, since);
	free(body);
}

static void
serve(struct api *a, int fd)
{
	char request[REQUEST_MAX + 1], since[64], until[64], start[32], n[32];
	ssize_t len = recv(fd, request, REQUEST_MAX, 0);
	int throttled = is_throttled(a);

	a->n_requests++;
	if (len <= 0)
		return;
	request[len] = '\0';
	request[strcspn(request, "\r\n")] = '\0';
	if (throttled)
		refuse(a, fd, "403 Forbidden", "too many requests");
	else if (parameter(request, "lastModStartDate=", since, 64) != 0 ||
	    parameter(request, "lastModEndDate=", until, 64) != 0 ||
	    parameter(request, "startIndex=", start, 32) != 0 ||
	    parameter(request, "resultsPerPage=", n, 32) != 0 ||
	    time_of(since) == 0 || time_of(until) <= time_of(since) ||
	    time_of(until) - time_of(since) > WINDOW_DAYS * 86400 ||
	    strtoul(n, NULL, 10) > PAGE_MAX)
		refuse(a, fd, "404 Not Found", "invalid parameters");
	else
		answer(a, fd, strtoul(start, NULL, 10), since);
	fflush(a->log);
}

int
main(int argc, char **argv)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);
	struct api a = { 0 };
	int listener = socket(AF_INET, SOCK_STREAM, 0), fd;

	if (argc != 6 || (a.log = fopen(argv[1], "a")) == NULL)
		return 2;
	a.records = strtoul(argv[2], NULL, 10);
	a.rate = strtoul(argv[3], NULL, 10);
	a.window_ms = strtol(argv[4], NULL, 10);
	a.fail = strtoul(argv[5], NULL, 10);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (a.rate == 0 || a.rate > RATE_MAX ||
	    bind(listener, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	    listen(listener, 16) != 0 ||
	    getsockname(listener, (struct sockaddr *)&at, &len) != 0)
		return 2;
	printf("%d\n", ntohs(at.sin_port));
	fflush(stdout);
	while ((fd = accept(listener, NULL, NULL)) != -1) {
		serve(&a, fd);
		close(fd);
	}
	return 1;
}
