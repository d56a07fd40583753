/* The door to HTML: all text from outside goes through here. */
#ifndef WINNOW_REPORT_PAGE_HTML_H
#define WINNOW_REPORT_PAGE_HTML_H

#include "base/text.h"

/* Text as text, in elements and in attributes with double quotes: &, <, >, " and ' as entities, control
 * characters and what is no UTF-8 as '?'. */
void html_text(Text *html, const char *text);

/* The beginning of text for a label: at most `most` characters, the last one an ellipsis where it was cut;
 * control characters and what is no UTF-8 as '?'. */
void label_text(char *out, size_t size, const char *text, size_t most);

/* A table whose headers sort it when clicked. Columns are separated by '|'; one that begins with '#' holds
 * numbers, right-aligned and sorted as such, one with '=' words that a number sorts. */
void html_table_begin(Text *html, const char *caption, const char *columns);
void html_row_begin(Text *html);
void html_cell(Text *html, const char *text);
/* `text` is shown, `value` sorts (NaN: at the end). */
void html_cell_number(Text *html, double value, const char *text);
/* Words that `value` sorts. */
void html_cell_key(Text *html, double value, const char *text);
void html_row_end(Text *html);
void html_table_end(Text *html);

/* What stands before and after all sections: style, script, title. `name` is the campaign's. */
void html_page_begin(Text *html, const char *name);
void html_page_end(Text *html);

#endif
