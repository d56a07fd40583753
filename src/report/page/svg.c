#include "report/page/svg.h"

#include <string.h>

#include "report/page/html.h"

/* As gnuplot draws them, from its first (a plus) on. */
void svg_marks(Text *html) {
    text_add(
        html,
        "<svg width=\"0\" height=\"0\" style=\"position:absolute\" aria-hidden=\"true\"><defs>"
        "<g stroke-width=\"0.222\" stroke=\"currentColor\">"
        "<circle id=\"gpDot\" r=\"0.5\" stroke-width=\"0.5\"/>"
        "<path id=\"gpPt0\" stroke-width=\"0.3\" stroke=\"currentColor\" d=\"M-1,0 h2 M0,-1 v2\"/>"
        "<path id=\"gpPt1\" stroke-width=\"0.3\" stroke=\"currentColor\" d=\"M-1,-1 L1,1 M1,-1 L-1,1\"/>"
        "<rect id=\"gpPt3\" stroke-width=\"0.222\" stroke=\"currentColor\" x=\"-1\" y=\"-1\" width=\"2\" "
        "height=\"2\"/>"
        "<rect id=\"gpPt4\" stroke-width=\"0.222\" stroke=\"currentColor\" fill=\"currentColor\" x=\"-1\" "
        "y=\"-1\" "
        "width=\"2\" height=\"2\"/>"
        "<circle id=\"gpPt5\" stroke-width=\"0.222\" stroke=\"currentColor\" cx=\"0\" cy=\"0\" r=\"1\"/>"
        "<circle id=\"gpPt6\" fill=\"currentColor\" stroke=\"none\" cx=\"0\" cy=\"0\" r=\"1\"/>"
        "<path id=\"gpPt8\" fill=\"currentColor\" stroke=\"none\" d=\"M0,-1.33 L-1.33,0.67 L1.33,0.67 z\"/>"
        "<path id=\"gpPt10\" fill=\"currentColor\" stroke=\"none\" d=\"M0,1.33 L-1.33,-0.67 L1.33,-0.67 z\"/>"
        "<path id=\"gpPt12\" fill=\"currentColor\" stroke=\"none\" d=\"M0,-1.41 L1.41,0 L0,1.41 L-1.41,0 "
        "z\"/>"
        "<path id=\"gpPt14\" fill=\"currentColor\" stroke=\"none\" d=\"M0,1.330 L1.265,0.411 L0.782,-1.067 "
        "L-0.782,-1.076 L-1.265,0.411 z\"/>"
        "</g></defs></svg>\n");
}

/* Lines of gnuplot's that say nothing here. */
static bool is_empty_group(const char *line, const char *next) {
    return strncmp(line, "<g fill=", 8) == 0 && strncmp(next, "</g>", 4) == 0;
}

static const char *line_end(const char *at) {
    return at + strcspn(at, "\n");
}

static const char *next_line(const char *at) {
    at = line_end(at);
    return *at == '\n' ? at + 1 : at;
}

static void copy_line(Text *html, const char *line) {
    const char *end = line_end(line);
    while (line < end && (*line == '\t' || *line == ' '))
        line++;
    if (end > line) text_add(html, "%.*s\n", (int)(end - line), line);
}

/* <g id="gnuplot_canvas"> and <g id="x_plot_1" ><title>x_plot_1</title>. */
static bool is_named_group(const char *line) {
    line += strspn(line, "\t ");
    return strncmp(line, "<g id=\"", 7) == 0;
}

static void copy_body(Text *html, const char *at) {
    while (*at != '\0') {
        const char *next = next_line(at);
        if (is_empty_group(at, next))
            next = next_line(next);
        else if (is_named_group(at))
            text_add(html, "<g>\n");
        else
            copy_line(html, at);
        at = next;
    }
}

Status svg_inline(Text *html, const char *svg, const char *name) {
    const char *box = strstr(svg, "viewBox=\""), *marks = strstr(svg, "<defs>"),
               *end = strstr(svg, "</defs>");
    if (box == NULL || marks == NULL || end == NULL || box > marks || marks > end)
        return status_fail(STATUS_ENVIRONMENT,
                           "gnuplot wrote no picture that is known here; 5.2 or later is needed");
    text_add(html,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" %.*s\" ",
             (int)(strcspn(box + 9, "\"") + 9), box);
    text_add(html, "role=\"img\" aria-label=\"");
    html_text(html, name);
    text_add(html, "\"><g>\n");
    copy_body(html, next_line(end));
    return STATUS_OK;
}
