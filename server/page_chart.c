/* SPDX-License-Identifier: Apache-2.0 */
#include "server/page.h"

#define CHART_WIDTH 400u /* units of the chart's own */
#define CHART_HEIGHT 120u
#define CHART_LEFT 4u
#define CHART_TOP 16u
#define CHART_FOOT 20u /* room for the first and the last label */
#define COLUMN_MAX 28u

static uint64_t
highest(const struct page_point *points, size_t n)
{
	uint64_t most = 1;
	size_t i;

	for (i = 0; i < n; i++)
		most = points[i].value > most ? points[i].value : most;
	return most;
}

static void
write_column(struct page *p, const struct page_point *point, unsigned x,
    unsigned width, uint64_t most)
{
	unsigned room = CHART_HEIGHT - CHART_TOP - CHART_FOOT;
	unsigned height =
	    (unsigned)((double)point->value * room / (double)most);

	if (point->value > 0 && height == 0)
		height = 1;
	out_printf(p->h.out,
	    "<rect class=\"added\" x=\"%u\" y=\"%u\" width=\"%u\" "
	    "height=\"%u\" rx=\"1\"/>\n",
	    x, CHART_HEIGHT - CHART_FOOT - height, width, height);
}

static void
write_drawing(
    struct page *p, const struct page_point *points, size_t n, uint64_t most)
{
	unsigned step = (CHART_WIDTH - 2 * CHART_LEFT) / (unsigned)n;
	unsigned base = CHART_HEIGHT - CHART_FOOT;
	unsigned width;
	size_t i;

	step = step > COLUMN_MAX ? COLUMN_MAX : step;
	width = step > 4 ? step - 3 : step;
	for (i = 0; i < n; i++)
		write_column(p, &points[i], CHART_LEFT + (unsigned)i * step,
		    width, most);
	out_printf(p->h.out, "<path class=\"axis\" d=\"M0 %u.5h%u\"/>\n", base,
	    CHART_WIDTH);
	HTML(&p->h, "<text x=\"{}\" y=\"12\" class=\"value\">most: {#}</text>",
	    page_number(p, CHART_LEFT), page_number(p, most));
	HTML(&p->h, "<text x=\"{}\" y=\"{}\">{}</text>\n",
	    page_number(p, CHART_LEFT), page_number(p, CHART_HEIGHT - 5),
	    span_first(points[0].label, 10));
	if (n > 1)
		HTML(&p->h,
		    "<text x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>\n",
		    page_number(
			p, step * n < 160 ? 100 : CHART_LEFT + step * n),
		    page_number(p, CHART_HEIGHT - 5),
		    step * n < 160 ? SPAN_LIT("start") : SPAN_LIT("end"),
		    span_first(points[n - 1].label, 10));
}

static void
write_numbers(struct page *p, const char *name, const char *unit,
    const struct page_point *points, size_t n)
{
	size_t i;

	HTML(&p->h,
	    "<details class=\"plain\"><summary class=\"small\">The same in "
	    "numbers</summary><div><table><caption>{}</caption>\n"
	    "<thead><tr><th scope=\"col\">When</th><th scope=\"col\" "
	    "class=\"num\">{}</th></tr></thead>\n<tbody>\n",
	    span_of(name), span_of(unit));
	for (i = n; i-- > 0;)
		HTML(&p->h, "<tr><td>{t}</td><td class=\"num\">{#}</td></tr>\n",
		    points[i].label, page_number(p, points[i].value));
	html_raw(&p->h, "</tbody></table></div></details>\n");
}

void
page_chart(struct page *p, const struct page_chart *c)
{
	uint64_t most = highest(c->points, c->n);
	struct span id = span_of(c->id);

	if (c->n == 0)
		return;
	HTML(&p->h,
	    "<figure>\n<svg class=\"chart\" viewBox=\"0 0 {} {}\" "
	    "width=\"400\" role=\"img\" aria-labelledby=\"{}\">\n<title id=\"{}\">",
	    page_number(p, CHART_WIDTH), page_number(p, CHART_HEIGHT), id, id);
	HTML(&p->h, "{}, from {} to {}: the last {#}, the most {#}</title>\n",
	    span_of(c->name), span_first(c->points[0].label, 10),
	    span_first(c->points[c->n - 1].label, 10),
	    page_number(p, c->points[c->n - 1].value), page_number(p, most));
	write_drawing(p, c->points, c->n, most);
	HTML(&p->h, "</svg>\n<figcaption>{}</figcaption>\n", span_of(c->name));
	write_numbers(p, c->name, c->unit, c->points, c->n);
	html_raw(&p->h, "</figure>\n");
}
