#include "report/watch_frame.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "report/gauge.h"
#include "report/table.h"

#define LABEL "%-8s "
#define LABEL_WIDTH 9
#define AIRY_HEIGHT 18 /* from here on blank lines part the sections */
#define NOTICE_LINES 3
#define FEWEST_CELLS 10 /* of the bar */
#define MOST_CELLS 60
#define BAR_TOLD 49 /* characters behind the bar: part, time left, pace */
#define TABLE_INDENT 2
#define RANK_COLUMNS 5
#define TRIAL_COLUMNS 7
#define MOST_GROUPS 4 /* of ranks beside each other */
#define QUIT "q: quit"

typedef struct Screen {
    const WatchFigures *figures;
    FrameShape shape;
    Frame *frame;
} Screen;

/* --- lines --- */

/* Bytes of the first `count` characters. */
static size_t bytes_of(const char *text, size_t count) {
    size_t at = 0;
    while (text[at] != '\0' && count > 0) {
        do
            at++;
        while (((unsigned char)text[at] & 0xC0) == 0x80);
        count--;
    }
    return at;
}

static size_t width_of(const char *text) {
    size_t width = 0;
    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}

/* Cut to the width, before a column or a part of a list that does not fit whole. */
static void clip(char *text, size_t width) {
    size_t end = bytes_of(text, width);
    if (text[end] != '\0') {
        size_t at = end;
        while (at > 0 && strncmp(text + at, ", ", 2) != 0 && strncmp(text + at, "  ", 2) != 0)
            at--;
        bool blank = strspn(text, " ") >= at; /* nothing stands before it */
        text[blank ? end : at] = '\0';
    }
    for (size_t length = strlen(text); length > 0 && text[length - 1] == ' '; length--)
        text[length - 1] = '\0';
}

/* Control characters, and without UTF-8 all that is no ASCII, as '?'. */
static void make_plain(char *text, bool utf8) {
    char *out = text;
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        bool control = *at < ' ' || *at == 127, ascii = *at < 128, tail = (*at & 0xC0) == 0x80;
        if (!control && (ascii || utf8))
            *out++ = (char)*at;
        else if (!tail)
            *out++ = '?';
    }
    *out = '\0';
}

static Status add(Screen *s, FrameStyle style, const char *text) {
    Frame *frame = s->frame;
    if (frame->count >= (size_t)s->shape.height) return STATUS_OK;
    TRY(memory_grow(&frame->lines, &frame->capacity, frame->count + 1, sizeof(FrameLine)));
    FrameLine *line = &frame->lines[frame->count];
    TRY(memory_text(&line->text, text));
    line->style = style;
    frame->count++;
    make_plain(line->text, s->shape.utf8);
    clip(line->text, (size_t)s->shape.width);
    return STATUS_OK;
}

/* The text that was put together, which is released. */
static Status add_text(Screen *s, FrameStyle style, Text *text) {
    Status status =
        text->failed ? status_fail(STATUS_ENVIRONMENT, "out of memory") : add(s, style, text_of(text));
    text_release(text);
    return status;
}

static bool is_airy(const Screen *s) {
    return s->shape.height >= AIRY_HEIGHT;
}

static Status add_gap(Screen *s) {
    return is_airy(s) ? add(s, FRAME_PLAIN, "") : STATUS_OK;
}

static size_t lines_left(const Screen *s) {
    return (size_t)s->shape.height - s->frame->count;
}

/* --- the head --- */

static Status add_title(Screen *s) {
    const WatchFigures *f = s->figures;
    Text text = {0};
    text_add(&text, "%s  %s", f->name, f->file);
    int room = s->shape.width - (int)width_of(text_of(&text)) - (int)strlen(QUIT);
    if (room >= 2) text_add(&text, "%*s%s", room, "", QUIT);
    return add_text(s, FRAME_STRONG, &text);
}

/* Over several lines, broken between words. */
static Status add_notice(Screen *s) {
    char rest[WATCH_SENTENCE];
    text_copy(rest, sizeof(rest), s->figures->notice);
    char *at = rest;
    for (int line = 0; line < NOTICE_LINES && *at != '\0'; line++) {
        size_t end = bytes_of(at, (size_t)s->shape.width);
        size_t cut = end;
        while (at[end] != '\0' && cut > 0 && at[cut] != ' ')
            cut--;
        if (cut == 0) cut = end;
        Text text = {0};
        text_add(&text, "%.*s", (int)cut, at);
        TRY(add_text(s, FRAME_STRONG, &text));
        at += cut;
        at += strspn(at, " ");
    }
    return STATUS_OK;
}

static void told_of_stage(const WatchFigures *f, Text *out) {
    text_add(out, "%s, %zu of %zu; %llu of %llu trials: %s", f->stage, f->stage_number, f->stage_count,
             (unsigned long long)f->finished, (unsigned long long)f->planned, f->counts);
}

static void told_of_pace(const WatchFigures *f, Text *out) {
    text_add(out, "%3.0f %%", floor(100 * f->part));
    if (isfinite(f->seconds_left)) text_add(out, ", about %s left", text_duration(f->seconds_left));
    if (isfinite(f->trials_a_minute)) text_add(out, ", %.3g trials/min", f->trials_a_minute);
}

static Status add_progress(Screen *s) {
    const WatchFigures *f = s->figures;
    Text text = {0};
    text_add(&text, LABEL, "stage");
    told_of_stage(f, &text);
    TRY(add_text(s, FRAME_PLAIN, &text));
    int cells = s->shape.width - LABEL_WIDTH - 2 - BAR_TOLD;
    cells = cells < FEWEST_CELLS ? FEWEST_CELLS : cells > MOST_CELLS ? MOST_CELLS : cells;
    text_add(&text, LABEL, "");
    gauge_bar(&text, f->part, cells, s->shape.utf8);
    text_add(&text, " ");
    told_of_pace(f, &text);
    return add_text(s, FRAME_PLAIN, &text);
}

/* Its ends in words beside it. The first eighth of the trials, often far below, does not spread the scale. */
static Status add_trend(Screen *s) {
    const WatchFigures *f = s->figures;
    size_t first = 0;
    while (first < f->trend_count && isnan(f->trend[first]))
        first++;
    if (f->trend_count - first < 2) return STATUS_OK;
    double low = f->trend[first + (f->trend_count - first) / 8], high = f->trend[f->trend_count - 1];
    char from[SHORT_TEXT_SIZE], to[SHORT_TEXT_SIZE];
    metric_short_text(f->metric, low, from);
    metric_short_text(f->metric, high, to);
    double heights[WATCH_TREND];
    for (size_t i = 0; i < f->trend_count; i++)
        heights[i] = metric_worth(f->metric, f->trend[i]);
    int told = (int)(strlen(from) + strlen(to) + strlen(" to ") + 2);
    Text text = {0};
    text_add(&text, LABEL, "");
    gauge_spark(&text, heights, f->trend_count, metric_worth(f->metric, low), metric_worth(f->metric, high),
                s->shape.width - LABEL_WIDTH - told, s->shape.utf8);
    text_add(&text, "  %s to %s", from, to);
    return add_text(s, FRAME_PLAIN, &text);
}

static Status add_best(Screen *s) {
    const WatchFigures *f = s->figures;
    Text text = {0};
    text_add(&text, LABEL, "best");
    if (f->has_best) {
        char value[SHORT_TEXT_SIZE];
        metric_short_text(f->metric, f->best, value);
        text_add(&text, "%s %s, trial %llu%s%s", metric_name(f->metric), value,
                 (unsigned long long)f->best_trial, f->best_values[0] != '\0' ? ", " : "", f->best_values);
    } else {
        text_add(&text, "none yet");
    }
    TRY(add_text(s, FRAME_PLAIN, &text));
    TRY(add_trend(s));
    if (f->ensemble[0] == '\0') return STATUS_OK;
    text_add(&text, LABEL "%s", "ensemble", f->ensemble);
    return add_text(s, FRAME_PLAIN, &text);
}

/* --- the lists --- */

/* The table's lines, the first one faint; released. */
static Status add_table(Screen *s, Table **table) {
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    Status status = out == NULL ? status_fail(STATUS_ENVIRONMENT, "out of memory")
                                : table_print(*table, out, TABLE_INDENT);
    table_destroy(table);
    if (out != NULL) fclose(out);
    FrameStyle style = FRAME_FAINT;
    for (char *line = text; status == STATUS_OK && line != NULL && *line != '\0';) {
        char *end = line + strcspn(line, "\n");
        char *next = *end == '\0' ? end : end + 1;
        *end = '\0';
        status = add(s, style, line);
        style = FRAME_PLAIN;
        line = next;
    }
    free(text);
    return status;
}

static void rank_cells(Table *table, const WatchFigures *f, size_t place) {
    if (place >= f->rank_count) {
        for (size_t i = 0; i < RANK_COLUMNS; i++)
            table_cell(table, "%s", "");
        return;
    }
    const WatchRank *rank = &f->ranks[place];
    table_cell(table, "%u", rank->rank);
    table_cell(table, "%s", rank->host);
    table_cell(table, "%llu", (unsigned long long)rank->trial);
    if (rank->has_epochs)
        table_cell(table, "%u of %u", rank->epoch, rank->epochs);
    else
        table_cell(table, "%s", "");
    table_cell(table, "%s", text_duration(rank->seconds));
}

/* `groups` lists of `rows` ranks beside each other, an empty column between them. */
static Status rank_table(const WatchFigures *f, size_t rows, size_t groups, Table **out) {
    static const char *const names[RANK_COLUMNS] = {"rank", "host", "trial", "epochs", "for"};
    TRY(table_create(out, groups * (RANK_COLUMNS + 1) - 1));
    for (size_t g = 0; g < groups; g++) {
        for (size_t i = 0; i < RANK_COLUMNS; i++) {
            table_cell(*out, "%s", names[i]);
            if (i != 1) table_right(*out, g * (RANK_COLUMNS + 1) + i);
        }
        if (g + 1 < groups) table_cell(*out, "%s", "");
    }
    for (size_t row = 0; row < rows; row++) {
        for (size_t g = 0; g < groups; g++) {
            rank_cells(*out, f, g * rows + row);
            if (g + 1 < groups) table_cell(*out, "%s", "");
        }
    }
    return STATUS_OK;
}

/* As many beside each other as the width holds, where one list does not hold all. */
static Status add_rank_table(Screen *s, size_t rows) {
    const WatchFigures *f = s->figures;
    size_t groups = f->rank_count <= rows ? 1 : MOST_GROUPS;
    Table *table;
    TRY(rank_table(f, rows, groups, &table));
    while (groups > 1 && table_width(table) + TABLE_INDENT > (size_t)s->shape.width) {
        table_destroy(&table);
        TRY(rank_table(f, rows, --groups, &table));
    }
    return add_table(s, &table);
}

static Status add_ranks(Screen *s, size_t rows) {
    const WatchFigures *f = s->figures;
    Text text = {0};
    text_add(&text, LABEL "%s", "ranks", f->ranks_told);
    TRY(add_text(s, FRAME_PLAIN, &text));
    if (rows == 0) return STATUS_OK;
    return add_rank_table(s, rows);
}

static Status add_trials(Screen *s, size_t rows) {
    const WatchFigures *f = s->figures;
    const char *names[] = {f->trials_title, "stage", "status", metric_name(f->metric), "epochs", "took", ""};
    Table *table;
    TRY(table_create(&table, TRIAL_COLUMNS));
    for (size_t i = 0; i < TRIAL_COLUMNS; i++)
        table_cell(table, "%s", names[i]);
    table_right(table, 0);
    table_right(table, 3);
    table_right(table, 4);
    table_right(table, 5);
    for (size_t i = 0; i < rows && i < f->trial_count; i++) {
        const WatchTrial *trial = &f->trials[i];
        char metric[SHORT_TEXT_SIZE];
        metric_short_text(f->metric, trial->metric, metric);
        table_cell(table, "%llu", (unsigned long long)trial->trial);
        table_cell(table, "%s", trial->stage);
        table_cell(table, "%s", trial->status);
        table_cell(table, "%s", metric);
        table_cell(table, "%u", trial->epochs);
        table_cell(table, "%s", text_duration(trial->seconds));
        table_cell(table, "%s", trial->values);
    }
    return add_table(s, &table);
}

/* Lines of a section but for its entries. */
static size_t section_head(const Screen *s, size_t lines) {
    return lines + is_airy(s);
}

/* The ranks have what the trials leave, or half where both want more. */
static Status add_lists(Screen *s) {
    const WatchFigures *f = s->figures;
    size_t left = lines_left(s);
    if (f->ranks_told[0] != '\0') {
        size_t heads = section_head(s, f->rank_count > 0 ? 2 : 1);
        if (f->trial_count > 0) heads += section_head(s, 1);
        size_t room = left > heads ? left - heads : 0;
        size_t half = room / 2, trials = f->trial_count < room - half ? f->trial_count : room - half;
        size_t rows = f->rank_count < room - trials ? f->rank_count : room - trials;
        TRY(add_gap(s));
        TRY(add_ranks(s, rows));
        left = lines_left(s);
    }
    size_t heads = section_head(s, 1);
    if (f->trial_count == 0 || left <= heads) return STATUS_OK;
    TRY(add_gap(s));
    return add_trials(s, left - heads);
}

/* --- all together --- */

static Status compose(Screen *s) {
    TRY(add_title(s));
    TRY(add(s, FRAME_PLAIN, s->figures->standing));
    TRY(add_notice(s));
    TRY(add_gap(s));
    TRY(add_progress(s));
    TRY(add_gap(s));
    TRY(add_best(s));
    return add_lists(s);
}

Status watch_frame(const WatchFigures *figures, FrameShape shape, Frame *frame) {
    *frame = (Frame){0};
    Screen screen = {.figures = figures, .shape = shape, .frame = frame};
    Status status = compose(&screen);
    if (status != STATUS_OK) frame_release(frame);
    return status;
}

void frame_release(Frame *frame) {
    for (size_t i = 0; i < frame->count; i++)
        free(frame->lines[i].text);
    free(frame->lines);
    *frame = (Frame){0};
}

Status watch_line(const WatchFigures *figures, char **line) {
    *line = NULL;
    Text text = {0};
    text_add(&text, "%s: %s; ", figures->name, figures->standing);
    told_of_stage(figures, &text);
    text_add(&text, ";");
    told_of_pace(figures, &text);
    if (figures->has_best) {
        char value[SHORT_TEXT_SIZE];
        metric_short_text(figures->metric, figures->best, value);
        text_add(&text, "; best %s, trial %llu", value, (unsigned long long)figures->best_trial);
    }
    if (figures->notice[0] != '\0') text_add(&text, "; %s", figures->notice);
    if (text.failed) {
        text_release(&text);
        return status_fail(STATUS_ENVIRONMENT, "out of memory");
    }
    *line = text.data;
    return STATUS_OK;
}

void watch_figures_release(WatchFigures *figures) {
    free(figures->ranks);
    figures->ranks = NULL;
    figures->rank_count = 0;
}
