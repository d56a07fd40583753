/* A campaign as one screen of text: what `status --watch` shows. Pure: figures and a size in, lines out. */
#ifndef WINNOW_REPORT_WATCH_FRAME_H
#define WINNOW_REPORT_WATCH_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "campaign/records.h"
#include "report/words.h"

#define WATCH_TREND 256 /* most points of the best so far */
#define WATCH_TRIALS 48 /* most finished trials that are listed */
#define WATCH_SENTENCE 640
#define WATCH_VALUES 512

/* A rank that trains. */
typedef struct WatchRank {
    uint32_t rank;
    char host[HOST_NAME_SIZE];
    uint64_t trial;
    bool has_epochs;
    uint32_t epoch, epochs; /* done, and of the trial */
    double seconds;         /* at it */
} WatchRank;

/* A trial that has finished. */
typedef struct WatchTrial {
    uint64_t trial;
    char stage[64];
    const char *status; /* static text */
    double metric;      /* NaN: none */
    uint32_t epochs;
    double seconds;
    char values[WATCH_VALUES]; /* "learning_rate 0.01, momentum 0.9" */
} WatchTrial;

/* Everything that is shown, without a pointer into anything but `ranks`. */
typedef struct WatchFigures {
    char name[64], file[256];
    char standing[WATCH_SENTENCE]; /* "running, process 12 on node3: training" */
    char notice[WATCH_SENTENCE];   /* what the user should know and do; "" for nothing */
    char stage[64];
    size_t stage_number, stage_count; /* from 1 */
    uint64_t finished, planned;       /* trials */
    char counts[128];                 /* "22 completed, 2 diverged" */
    double part;                      /* of all epochs, 0 to 1 */
    double seconds_left;              /* NaN: not known, or nobody trains */
    double trials_a_minute;           /* the same */
    MetricKind metric;
    bool has_best;
    uint64_t best_trial;
    double best;
    char best_values[WATCH_VALUES];
    size_t trend_count;
    double trend[WATCH_TREND];     /* best of the trials up to some number, by number; NaN before the first */
    char ensemble[WATCH_SENTENCE]; /* "" for none yet */
    char ranks_told[WATCH_SENTENCE]; /* "62 train, 1 waits, 1 is lost"; "" where nothing is known of ranks */
    size_t rank_count;
    WatchRank *ranks; /* owned [rank_count], the longest at their trial first */
    char trials_title[32];
    size_t trial_count;
    WatchTrial trials[WATCH_TRIALS]; /* in the order of the list */
} WatchFigures;
void watch_figures_release(WatchFigures *figures);

typedef enum FrameStyle { FRAME_PLAIN, FRAME_STRONG, FRAME_FAINT } FrameStyle;

typedef struct FrameLine {
    FrameStyle style;
    char *text; /* owned; without control characters */
} FrameLine;

typedef struct Frame {
    size_t count, capacity;
    FrameLine *lines; /* owned [count] */
} Frame;

typedef struct FrameShape {
    int width, height; /* characters and lines, from 1 */
    bool utf8;         /* else ASCII alone */
} FrameShape;

/* At most `height` lines of at most `width` characters. What does not fit is left out whole: a line ends at
 * a column or comma, lists show their first entries. From 18 lines on blank ones part the sections. */
Status watch_frame(const WatchFigures *figures, FrameShape shape, Frame *frame) MUST_CHECK;
void frame_release(Frame *frame);

/* The same in one line of a log, without its end; owned. */
Status watch_line(const WatchFigures *figures, char **line) MUST_CHECK;

#endif
