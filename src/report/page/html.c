#include "report/page/html.h"

#include <math.h>
#include <string.h>

/* Bytes of the character at the start of `text`, 0 where it must not be shown as it is. */
static size_t printable(const char *text, size_t length) {
    size_t bytes = utf8_length(text, length);
    unsigned char first = (unsigned char)text[0];
    bool control = bytes == 1 && (first < 0x20 || first == 0x7F);
    bool high_control = bytes == 2 && first == 0xC2 && (unsigned char)text[1] < 0xA0;
    return control || high_control ? 0 : bytes;
}

static const char *entity(char byte) {
    switch (byte) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

void html_text(Text *html, const char *text) {
    size_t left = strlen(text);
    while (left > 0) {
        size_t bytes = printable(text, left);
        const char *name = entity(text[0]);
        if (name != NULL)
            text_add(html, "%s", name);
        else if (bytes == 0)
            text_add(html, "?");
        else
            text_add(html, "%.*s", (int)bytes, text);
        text += bytes > 0 ? bytes : 1;
        left -= bytes > 0 ? bytes : 1;
    }
}

void label_text(char *out, size_t size, const char *text, size_t most) {
    static const char ellipsis[] = "…";
    size_t left = strlen(text), used = 0;
    for (size_t shown = 0; left > 0 && used + sizeof(ellipsis) < size; shown++) {
        size_t bytes = printable(text, left), step = bytes > 0 ? bytes : 1;
        if (shown + 1 == most && left > step) {
            memcpy(out + used, ellipsis, sizeof(ellipsis) - 1);
            used += sizeof(ellipsis) - 1;
            break;
        }
        if (used + step + sizeof(ellipsis) > size) break;
        memcpy(out + used, bytes > 0 ? text : "?", step);
        used += step;
        text += step;
        left -= step;
    }
    out[used] = '\0';
}

void html_table_begin(Text *html, const char *caption, const char *columns) {
    text_add(html, "<div class=\"scroll\" tabindex=\"0\"><table>");
    if (caption[0] != '\0') {
        text_add(html, "<caption>");
        html_text(html, caption);
        text_add(html, "</caption>");
    }
    text_add(html, "<thead><tr>");
    while (*columns != '\0') {
        size_t length = strcspn(columns, "|");
        bool number = columns[0] == '#' || columns[0] == '=';
        const char *class = columns[0] == '#' ? " class=\"n\"" : columns[0] == '=' ? " class=\"k\"" : "";
        char name[96];
        text_copy(name, length - number + 1 < sizeof(name) ? length - number + 1 : sizeof(name),
                  columns + number);
        text_add(html, "<th scope=\"col\"%s><button type=\"button\">", class);
        html_text(html, name);
        text_add(html, "</button></th>");
        columns += length + (columns[length] == '|');
    }
    text_add(html, "</tr></thead><tbody>\n");
}

void html_row_begin(Text *html) {
    text_add(html, "<tr>");
}

void html_cell(Text *html, const char *text) {
    text_add(html, "<td>");
    html_text(html, text);
    text_add(html, "</td>");
}

void html_cell_number(Text *html, double value, const char *text) {
    text_add(html, "<td class=\"n\"");
    if (!isnan(value)) text_add(html, " data-v=\"%.17g\"", value);
    text_add(html, ">");
    html_text(html, text);
    text_add(html, "</td>");
}

void html_cell_key(Text *html, double value, const char *text) {
    text_add(html, "<td data-v=\"%.17g\">", value);
    html_text(html, text);
    text_add(html, "</td>");
}

void html_row_end(Text *html) {
    text_add(html, "</tr>\n");
}

void html_table_end(Text *html) {
    text_add(html, "</tbody></table></div>\n");
}

/* No script but this one runs, and nothing is loaded from anywhere. */
static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
    "script-src 'nonce-winnow'; img-src data:\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"generator\" content=\"winnow " WINNOW_VERSION "\">\n"
    "<link rel=\"icon\" href=\"data:,\">\n";

static const char style[] =
    "<style>\n"
    ":root{--ink:#1c1c1c;--soft:#565656;--line:#dcdcdc;--pale:#f5f6f7;--accent:#00598c}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:#fff;color:var(--ink);font:16px/1.55 system-ui,-apple-system,\"Segoe UI\","
    "Roboto,\"Liberation Sans\",\"DejaVu Sans\",sans-serif;-webkit-text-size-adjust:100%}\n"
    "main,header,footer{max-width:72rem;margin:0 auto;padding:0 1.25rem}\n"
    "header{padding-top:2.25rem}\n"
    "h1{font-size:1.9rem;line-height:1.2;font-weight:650;margin:0 0 .35rem;overflow-wrap:anywhere}\n"
    "h2{font-size:1.3rem;line-height:1.3;font-weight:650;margin:3.25rem 0 .6rem;padding-top:.9rem;"
    "border-top:1px solid var(--line)}\n"
    "h3{font-size:1.02rem;font-weight:650;margin:1.8rem 0 .4rem}\n"
    "p,ul,ol{max-width:44rem;margin:.6rem 0}li{margin:.35rem 0}\n"
    "a{color:var(--accent)}code{font:.92em ui-monospace,\"Liberation Mono\",\"DejaVu Sans Mono\",monospace;"
    "overflow-wrap:anywhere}\n"
    ".soft,figcaption,caption{color:var(--soft)}\n"
    "nav{margin:1.1rem 0 0}nav ul{display:flex;flex-wrap:wrap;gap:.15rem 1.1rem;list-style:none;padding:0;"
    "margin:0;max-width:none;font-size:.92rem}nav li{margin:0}\n"
    "nav a{text-decoration:none}nav a:hover{text-decoration:underline}\n"
    ".warn{border-left:4px solid #d55e00;background:var(--pale);padding:.5rem .9rem;margin:1rem 0}\n"
    "dl.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(15rem,100%),1fr));gap:.9rem;"
    "margin:1.4rem 0}\n"
    "dl.facts div{background:var(--pale);border-radius:.4rem;padding:.85rem 1.05rem}\n"
    "dl.facts dt{color:var(--soft);font-size:.88rem}\n"
    "dl.facts dd{margin:0}dl.facts .big{font-size:1.75rem;line-height:1.3;font-weight:600;"
    "font-variant-numeric:tabular-nums}\n"
    "dl.facts small{font-size:1.05rem;font-weight:400;white-space:nowrap}\n"
    "dl.facts .more{font-size:.88rem;color:var(--soft)}\n"
    "figure{margin:1.1rem 0}figcaption{font-size:.88rem;max-width:48rem;margin-top:.3rem}\n"
    ".panels{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(21rem,100%),1fr));"
    "gap:.6rem 1.2rem;align-items:start}.panels figure{margin:.5rem 0}\n"
    ".panels.two{grid-template-columns:repeat(auto-fill,minmax(min(27rem,100%),1fr))}\n"
    ".scroll{overflow-x:auto;max-width:100%}\n"
    "figure svg{display:block;width:100%;height:auto}figure.wide svg{min-width:41rem}"
    "figure.square svg{max-width:44rem}figure.square.wide svg{min-width:34rem}\n"
    "svg text{font-family:system-ui,-apple-system,\"Segoe UI\",Roboto,\"Liberation Sans\","
    "\"DejaVu Sans\",sans-serif}\n"
    "table{border-collapse:collapse;font-size:.9rem;margin:.9rem 0;font-variant-numeric:tabular-nums}\n"
    "caption{text-align:left;padding-bottom:.35rem;font-size:.88rem}\n"
    "th,td{padding:.3rem .8rem .3rem 0;text-align:left;vertical-align:top;border-bottom:1px solid "
    "var(--line);white-space:nowrap}td.w{white-space:normal;min-width:24rem}\n"
    "th.n,td.n{text-align:right}\n"
    "th button{all:unset;cursor:pointer;font-weight:650}th button:focus-visible{outline:2px solid "
    "var(--accent);outline-offset:2px}\n"
    "th button::after{content:\"\\2003\"}th[aria-sort=ascending] button::after{content:\"\\00a0\\25b4\"}"
    "th[aria-sort=descending] button::after{content:\"\\00a0\\25be\"}\n"
    "footer{margin-top:3.5rem;padding-bottom:2.5rem;color:var(--soft);font-size:.88rem}\n"
    "@media(max-width:40rem){table{font-size:.82rem}th,td{padding-right:.55rem}main,header,footer{padding-"
    "left:1rem;"
    "padding-right:1rem}}\n"
    "@media print{body{font-size:10pt}nav{display:none}h2{break-after:avoid;margin-top:1.6rem}"
    "figure,tr,dl.facts div{break-inside:avoid}.scroll{overflow:visible}figure.wide svg,"
    "figure.square.wide svg{min-width:0}.panels{grid-template-columns:1fr "
    "1fr}table{font-size:7.5pt}th,td,td.w{white-space:normal;"
    "overflow-wrap:anywhere;min-width:0;padding-right:.4rem}"
    "dl.facts div{border:1px solid var(--line)}a{color:inherit;text-decoration:none}}\n"
    "@page{margin:1.5cm}\n"
    "</style>\n";

/* Sorts by a click on a column's name; numbers by data-v, those without one last. */
static const char script[] =
    "<script nonce=\"winnow\">\n"
    "for (const button of document.querySelectorAll('th button')) button.addEventListener('click', () => {\n"
    "  const th = button.parentNode, body = th.closest('table').tBodies[0], column = th.cellIndex;\n"
    "  const down = th.getAttribute('aria-sort') === 'ascending', number = th.className !== '';\n"
    "  for (const other of th.parentNode.cells) other.removeAttribute('aria-sort');\n"
    "  th.setAttribute('aria-sort', down ? 'descending' : 'ascending');\n"
    "  const key = row => number ? row.cells[column].dataset.v : row.cells[column].textContent;\n"
    "  const order = (a, b) => number ? a - b : a.localeCompare(b);\n"
    "  const rows = [...body.rows].sort((a, b) => {\n"
    "    const x = key(a), y = key(b);\n"
    "    if (x === undefined || y === undefined) return (x === undefined) - (y === undefined);\n"
    "    return down ? order(y, x) : order(x, y);\n"
    "  });\n"
    "  body.append(...rows);\n"
    "});\n"
    "</script>\n";

void html_page_begin(Text *html, const char *name) {
    text_add(html, "%s<title>", head);
    html_text(html, name);
    text_add(html, ": report of winnow</title>\n%s</head><body>\n", style);
}

void html_page_end(Text *html) {
    text_add(html, "%s</body></html>\n", script);
}
