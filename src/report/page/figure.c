#include "report/page/figure.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "report/page/gnuplot.h"
#include "report/page/svg.h"

#define PNG_SCALE 2
#define PICTURE_MAX ((size_t)1 << 28)
#define TIC_CHARACTERS 38 /* side by side below a figure of 400 */

const Look looks[LOOK_COUNT] = {{"#0072B2", 0.55, 6, 1},  {"#E69F00", 0.55, 5, 2},  {"#009E73", 0.75, 9, 4},
                                {"#CC79A7", 0.75, 13, 5}, {"#56B4E9", 0.75, 11, 3}, {"#000000", 0.7, 15, 1},
                                {"#8a7a00", 0.55, 4, 2}};

void figure_begin(Figures *f, const char *name, int width, int height) {
    Text *s = &f->script;
    if (memory_grow(&f->figures, &f->capacity, f->count + 1, sizeof(Figure)) != STATUS_OK) {
        s->failed = true;
        return;
    }
    text_copy(f->figures[f->count].name, FIGURE_NAME_SIZE, name);
    f->width = width;
    f->height = height;
    f->label = 0;
    f->longest = 0;
    text_release(&f->plot);
    text_add(s, "reset\nset encoding utf8\n");
    text_add(s, "set terminal svg size %d,%d noenhanced font 'sans-serif,12' background rgb 'white'\n", width,
             height);
    text_add(s, "set output '%s.svg'\n", name);
    text_add(s,
             "set border 3 lw 0.8 lc rgb '#606060'\nset tics out nomirror scale 0.6 textcolor rgb '#303030'\n"
             "set grid lc rgb '#e4e4e4' lw 0.7 lt 1 dt 1\nset grid noxtics\n"
             "set key outside top left horizontal Left reverse samplen 1.6 spacing 1.1 height 0.2 textcolor "
             "rgb '#303030'\nset style fill solid 1 noborder\n");
}

void figure_axis(Figures *f, char which, const Axis *axis) {
    Text *s = &f->script;
    size_t characters = 0;
    for (size_t i = 0; i < axis->tic_count; i++)
        characters += strlen(axis->tics[i].text) + 2;
    bool turned = which == 'x' && characters * 400 > (size_t)TIC_CHARACTERS * (size_t)f->width;
    text_add(s, "set %crange [%.9g:%.9g]\nset %ctics %s(", which, axis->low, axis->high, which,
             turned ? "rotate by -35 " : "");
    for (size_t i = 0; i < axis->tic_count; i++) {
        text_add(s, i > 0 ? ", " : "");
        gnuplot_quoted(s, axis->tics[i].text);
        text_add(s, " %.9g", axis->tics[i].at);
    }
    text_add(s, ")\nset %clabel ", which);
    gnuplot_quoted(s, axis->name);
    text_add(s, " textcolor rgb '#303030'\n");
}

size_t figure_data_begin(Figures *f) {
    text_add(&f->script, "$d%zu << END\n", ++f->block);
    return f->block;
}

void figure_data_end(Figures *f) {
    text_add(&f->script, "END\n");
}

/* The legend needs as wide columns as its longest title. */
static void note_title(Figures *f, const char *element) {
    const char *title = strstr(element, " title '");
    if (title == NULL) return;
    size_t characters = 0;
    for (const char *at = title + strlen(" title '"); *at != '\0' && (*at != '\'' || at[1] == '\''); at++)
        characters += ((unsigned char)*at & 0xC0) != 0x80;
    if (characters > f->longest) f->longest = characters;
}

void figure_plot(Figures *f, const char *format, ...) {
    char element[768];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(element, sizeof(element), format, arguments);
    va_end(arguments);
    note_title(f, element);
    text_add(&f->plot, "%s%s", f->plot.length > 0 ? ", \\\n  " : "", element);
}

void figure_box(Figures *f, double x1, double y1, double x2, double y2, const char *colour, double opacity) {
    text_add(&f->script,
             "set object %zu rect from first %.9g, first %.9g to first %.9g, first %.9g fc rgb '%s' fs "
             "transparent solid %.3g noborder behind\n",
             ++f->label, x1, y1, x2, y2, colour, opacity);
}

void figure_words(Figures *f, double x, double y, const char *text, const char *how) {
    text_add(&f->script, "set label %zu ", ++f->label);
    gnuplot_quoted(&f->script, text);
    text_add(&f->script, " at first %.9g, first %.9g %s\n", x, y, how);
}

void figure_palette(Figures *f, const Axis *axis) {
    /* Viridis (van der Walt and Smith 2015): even in lightness, also without red and green. */
    text_add(&f->script, "set palette maxcolors 32 defined (0 '#440154', 1 '#472c7a', 2 '#3b518b', 3 "
                         "'#2c718e', 4 '#21908d', 5 '#27ad81', 6 '#5cc863', 7 '#aadc32', 8 '#fde725')\n");
    Axis bar = *axis;
    text_add(&f->script, "set cbrange [%.9g:%.9g]\nset cbtics scale 0.4 (", bar.low, bar.high);
    for (size_t i = 0; i < bar.tic_count; i++) {
        text_add(&f->script, i > 0 ? ", " : "");
        gnuplot_quoted(&f->script, bar.tics[i].text);
        text_add(&f->script, " %.9g", bar.tics[i].at);
    }
    text_add(&f->script, ")\nset cblabel ");
    gnuplot_quoted(&f->script, bar.name);
    text_add(&f->script, " textcolor rgb '#303030' offset 1.5,0\nset colorbox user origin graph 1.04, graph "
                         "0 size 0.025, graph 1\n");
}

void figure_end(Figures *f, const char *alt, size_t place) {
    Text *s = &f->script;
    if (s->failed || f->plot.failed) return;
    Figure *figure = &f->figures[f->count];
    if (memory_text(&figure->alt, alt) != STATUS_OK) {
        s->failed = true;
        return;
    }
    figure->place = place;
    f->count++;
    int column = 48 + 8 * (int)f->longest, columns = (f->width - 70) / column;
    text_add(s, "set key maxcols %d\n", columns > 1 ? columns : 1);
    text_add(s, "plot %s\nunset output\n", f->plot.length > 0 ? text_of(&f->plot) : "NaN notitle");
    if (!f->png) return;
    text_add(s,
             "set terminal pngcairo size %d,%d noenhanced font 'sans,12' fontscale %d linewidth %d "
             "pointscale %d\n",
             PNG_SCALE * f->width, PNG_SCALE * f->height, PNG_SCALE, PNG_SCALE, PNG_SCALE);
    text_add(s, "set output '%s.png'\nreplot\nunset output\n", figure->name);
}

/* --- drawing --- */

/* A folder of our own under $TMPDIR; owned. */
static Status make_folder(char **folder) {
    const char *under = getenv("TMPDIR");
    Text path = {0};
    text_add(&path, "%s/winnow-report-XXXXXX", under != NULL && under[0] == '/' ? under : "/tmp");
    *folder = path.data;
    if (path.failed || *folder == NULL) return status_fail(STATUS_ENVIRONMENT, "out of memory");
    if (mkdtemp(*folder) != NULL) return STATUS_OK;
    (void)status_fail_errno(STATUS_ENVIRONMENT,
                            "cannot make the folder %s for gnuplot; set TMPDIR to one that can be written",
                            *folder);
    text_release(&path);
    *folder = NULL;
    return STATUS_ENVIRONMENT;
}

static void remove_folder(const char *folder) {
    DIR *open = opendir(folder);
    if (open != NULL) {
        for (const struct dirent *entry = readdir(open); entry != NULL; entry = readdir(open))
            (void)unlinkat(dirfd(open), entry->d_name, 0);
        (void)closedir(open);
    }
    (void)rmdir(folder);
}

static Status read_picture(const char *folder, const char *name, const char *ending, char **data,
                           size_t *length) {
    Text path = {0};
    text_add(&path, "%s/%s.%s", folder, name, ending);
    Status status = file_read(text_of(&path), PICTURE_MAX, data, length);
    text_release(&path);
    return status;
}

static Status copy_png(const char *folder, const char *name, const char *png) {
    char *data = NULL;
    size_t length = 0;
    Text path = {0};
    TRY(read_picture(folder, name, "png", &data, &length));
    text_add(&path, "%s/%s.png", png, name);
    Status status = file_write_whole(text_of(&path), data, length);
    text_release(&path);
    free(data);
    return status;
}

static Status put_in_place(const Figures *f, const char *folder, const Text *html, Text *page) {
    size_t done = 0;
    for (size_t i = 0; i < f->count; i++) {
        const Figure *figure = &f->figures[i];
        char *svg = NULL;
        size_t length = 0;
        TRY(read_picture(folder, figure->name, "svg", &svg, &length));
        text_add(page, "%.*s", (int)(figure->place - done), html->data + done);
        Status status = svg_inline(page, svg, figure->alt);
        free(svg);
        TRY(status);
        done = figure->place;
    }
    text_add(page, "%s", html->data + done);
    return page->failed ? status_fail(STATUS_ENVIRONMENT, "out of memory") : STATUS_OK;
}

static Status draw_in(const Figures *f, const char *folder, const Text *html, const char *png, Text *page) {
    if (f->count > 0) TRY(gnuplot_run(folder, &f->script));
    TRY(put_in_place(f, folder, html, page));
    if (png == NULL) return STATUS_OK;
    TRY(file_make_folders(png));
    for (size_t i = 0; i < f->count; i++)
        TRY(copy_png(folder, f->figures[i].name, png));
    return STATUS_OK;
}

Status figures_draw(Figures *f, const Text *html, const char *png, Text *page) {
    if (f->script.failed || html->failed) return status_fail(STATUS_ENVIRONMENT, "out of memory");
    char *folder = NULL;
    TRY(make_folder(&folder));
    Status status = draw_in(f, folder, html, png, page);
    remove_folder(folder);
    free(folder);
    return status;
}

void figures_release(Figures *f) {
    for (size_t i = 0; i < f->count; i++)
        free(f->figures[i].alt);
    free(f->figures);
    text_release(&f->script);
    text_release(&f->plot);
    *f = (Figures){0};
}
