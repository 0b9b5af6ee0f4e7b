/* SPDX-License-Identifier: Apache-2.0 */
/* A root in one tar, as `docker export` writes it: a layer, and no manifest. */
#include "scanner/image_manifest.h"

/* Where an archive that images are saved in begins to say so. */
static const char *const of_saved[] = { "manifest.json", "oci-layout" };

#define N_OF_SAVED (sizeof(of_saved) / sizeof(*of_saved))

void
manifest_of_tarball(struct image *img, const struct target *t)
{
	struct err e;
	size_t i;

	img->transport = TRANSPORT_TARBALL;
	img->n_layers = 1;
	img->layers = arena_array(&img->arena, 1, sizeof(*img->layers));
	img->layers[0].text = SPAN_LIT("tarball");
	for (i = 0; t->is_guess && i < N_OF_SAVED; i++)
		if (watch_add(
			&img->wanted->watch, span_of(of_saved[i]), 0, &e) == -1)
			image_problem(img, "%s: %s", of_saved[i], e.msg);
}

void
manifest_tarball_check(struct image *img, const struct target *t)
{
	const struct layer *l = img->read[0];
	struct err e;
	uint32_t node;
	size_t i;

	if (l != NULL && l->failed.code == ERR_NONE && !l->has_trailer)
		image_problem(
		    img, "the tarball ends early: a tar ends with zeros");
	if (l != NULL && l->failed.code == ERR_NONE) {
		img->layers[0].diff_id = l->diff_id;
		img->layers[0].has_diff_id = true;
	}
	for (i = 0; t->is_guess && i < N_OF_SAVED; i++)
		if (image_find(img, span_of(of_saved[i]), &node, &e) != 0)
			image_problem(img,
			    "begins as a root file system, and there is %s in "
			    "it: say tarball: or docker-archive:",
			    of_saved[i]);
}
