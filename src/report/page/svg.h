/* gnuplot's SVG, made fit to stand within a page. Pure. */
#ifndef WINNOW_REPORT_PAGE_SVG_H
#define WINNOW_REPORT_PAGE_SVG_H

#include "base/status.h"
#include "base/text.h"

/* The marks of gnuplot's points, once for all figures of a page. */
void svg_marks(Text *html);

/* Append the picture: without prologue, fixed size, identifiers, titles of its own and the marks, which the
 * page holds once. `name` is what it shows, for those who cannot see it. STATUS_ENVIRONMENT where it is no
 * picture of gnuplot's. */
Status svg_inline(Text *html, const char *svg, const char *name) MUST_CHECK;

#endif
