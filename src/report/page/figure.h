/* The figures of a page, all drawn by one gnuplot. */
#ifndef WINNOW_REPORT_PAGE_FIGURE_H
#define WINNOW_REPORT_PAGE_FIGURE_H

#include "base/status.h"
#include "base/text.h"
#include "report/page/axis.h"

#define FIGURE_NAME_SIZE 96

typedef struct Figure {
    char name[FIGURE_NAME_SIZE]; /* of its file, without the ending */
    char *alt;                   /* owned: what it shows */
    size_t place;                /* where in the page's text it stands */
} Figure;

typedef struct Figures {
    Text script;
    Text plot;         /* of the figure being made: what follows "plot" */
    size_t block;      /* data blocks so far */
    size_t label;      /* labels and objects of the figure so far */
    int width, height; /* of the figure being made */
    size_t longest;    /* characters of its longest title */
    bool png;
    size_t count, capacity;
    Figure *figures; /* owned [count] */
} Figures;

/* A color-blind safe look for each of several series: Okabe and Ito's colours, and marks of different shape.
 */
typedef struct Look {
    const char *colour; /* "#0072B2" */
    double size;
    int mark; /* gnuplot's point type */
    int dash; /* gnuplot's dash type */
} Look;
#define LOOK_COUNT 7
extern const Look looks[LOOK_COUNT];
#define COLOUR_DIVERGED "#D55E00"
#define COLOUR_FAILED "#000000"
#define COLOUR_STOPPED "#6e6e6e"
#define MARK_DIVERGED 2 /* a cross */
#define MARK_FAILED 1   /* a plus */
#define MARK_STOPPED 4  /* an empty square */
#define COLOUR_QUIET "#9a9a9a"

/* Begin one; width and height in points of the page. */
void figure_begin(Figures *figures, const char *name, int width, int height);

/* An axis of the plot: 'x' or 'y'. Tics are turned where they would meet. */
void figure_axis(Figures *figures, char which, const Axis *axis);

/* A block of data: rows are added to figures->script between the two; the number names it: "$d3". */
size_t figure_data_begin(Figures *figures);
void figure_data_end(Figures *figures);

/* One more element of the plot command: "$d3 using 1:2 with points title 'x'". */
void figure_plot(Figures *figures, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A rectangle behind the data; corners are gnuplot's: "first 3", "graph 0". */
void figure_box(Figures *figures, double x1, double y1, double x2, double y2, const char *colour,
                double opacity);

/* Words in the plot, at places of its axes; `how`: "left", "center rotate by 30 front". */
void figure_words(Figures *figures, double x, double y, const char *text, const char *how);

/* A palette from low to high for "palette", and its bar with the name. */
void figure_palette(Figures *figures, const Axis *axis);

/* End it: it belongs at byte `place` of the page's text. */
void figure_end(Figures *figures, const char *alt, size_t place);

/* Draw all in a folder for a while; the page's text with the pictures in their places goes to *page, and
 * where `png` is not NULL their files to that folder. */
Status figures_draw(Figures *figures, const Text *html, const char *png, Text *page) MUST_CHECK;

void figures_release(Figures *figures);

#endif
