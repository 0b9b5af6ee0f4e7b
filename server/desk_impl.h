/* SPDX-License-Identifier: Apache-2.0 */
/* What desk.c and desk_client.c say to each other; nobody else includes it. */
#ifndef SERVER_DESK_IMPL_H
#define SERVER_DESK_IMPL_H

/*
 * A question is a message whose type is the call. Its answer is one message,
 * DESK_DONE or DESK_FAILED, and before it one DESK_PART if it is too long.
 */
enum desk_reply {
	DESK_PART = 1, /* a descriptor of the answer's bytes */
	DESK_DONE,   /* its bytes, if there was no part; perhaps one to keep */
	DESK_FAILED, /* code, text */
};

#endif
