#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/gauge.h"
#include "report/suites.h"
#include "report/watch_frame.h"
#include "suite.h"

/* --- gauges --- */

static void bar_is(double part, int cells, bool utf8, const char *wanted) {
    Text text = {0};
    gauge_bar(&text, part, cells, utf8);
    CU_ASSERT_STRING_EQUAL(text_of(&text), wanted);
    text_release(&text);
}

static void a_bar_is_as_long_as_its_part(void) {
    bar_is(0, 4, false, "[....]");
    bar_is(0.49, 4, false, "[#...]");
    bar_is(0.5, 4, false, "[##..]");
    bar_is(1, 4, false, "[####]");
    bar_is(1.5, 4, false, "[####]");
    bar_is(NAN, 4, false, "[....]");
    bar_is(-INFINITY, 2, false, "[..]");
    bar_is(0, 3, true, "[   ]");
    bar_is(0.5, 3, true, "[█▌ ]");
    bar_is(0.999, 2, true, "[█▉]"); /* full only when all is done */
    bar_is(1, 2, true, "[██]");
}

static void spark_is(const double *values, size_t count, double low, double high, int cells, bool utf8,
                     const char *wanted) {
    Text text = {0};
    gauge_spark(&text, values, count, low, high, cells, utf8);
    CU_ASSERT_STRING_EQUAL(text_of(&text), wanted);
    text_release(&text);
}

static void a_spark_is_as_high_as_its_value(void) {
    const double ramp[] = {0, 1, 2, 3, 4, 5, 6, 7};
    spark_is(ramp, 8, 0, 7, 8, true, "▁▂▃▄▅▆▇█");
    spark_is(ramp, 8, 0, 7, 8, false, "_.:-=+*#");
    spark_is(ramp, 8, 0, 7, 80, false, "_.:-=+*#");
    spark_is(ramp, 8, 0, 7, 4, false, ".-+#"); /* each cell the last of its share */
    spark_is(ramp, 8, 4, 5, 8, false, "_____###");
    spark_is(ramp, 3, 7, 7, 3, false, "###");
    spark_is(ramp, 8, 0, 7, 0, false, "");
    spark_is(ramp, 8, 0, 7, -5, false, "");
    const double gaps[] = {NAN, 1, INFINITY};
    spark_is(gaps, 3, 0, 1, 3, false, " ##");
    const double falling[] = {-0.9, -0.5, -0.2};
    spark_is(falling, 3, -0.9, -0.2, 3, false, "_=#"); /* a loss, turned round by the caller */
}

/* --- frames --- */

static WatchFigures figures_of(size_t ranks) {
    WatchFigures f = {.stage_number = 2,
                      .stage_count = 2,
                      .finished = 24,
                      .planned = 56,
                      .part = 0.437,
                      .seconds_left = 185,
                      .trials_a_minute = 7.24,
                      .metric = METRIC_VAL_ACCURACY,
                      .has_best = true,
                      .best_trial = 17,
                      .best = 0.8931,
                      .trend_count = 4,
                      .trend = {0.70, 0.85, 0.85, 0.8931},
                      .rank_count = ranks,
                      .trial_count = 24};
    text_copy(f.name, sizeof(f.name), "fashion-mlp");
    text_copy(f.file, sizeof(f.file), "results/tour.h5");
    text_copy(f.standing, sizeof(f.standing), "running, process 4711 on node3: training");
    text_copy(f.stage, sizeof(f.stage), "fine");
    text_copy(f.counts, sizeof(f.counts), "22 completed, 2 diverged");
    text_copy(f.best_values, sizeof(f.best_values),
              "learning_rate 0.0316, momentum 0.9, hidden 256, dropout 0.25");
    text_copy(f.trials_title, sizeof(f.trials_title), "last trials");
    snprintf(f.ranks_told, sizeof(f.ranks_told), "%zu train", ranks);
    f.ranks = calloc(ranks + 1, sizeof(WatchRank));
    for (size_t i = 0; i < ranks; i++) {
        f.ranks[i] = (WatchRank){.rank = (uint32_t)i,
                                 .trial = 100 + i,
                                 .has_epochs = true,
                                 .epoch = 3,
                                 .epochs = 15,
                                 .seconds = 5000 - (double)i};
        snprintf(f.ranks[i].host, sizeof(f.ranks[i].host), "node%zu", i / 32);
    }
    for (size_t i = 0; i < f.trial_count; i++) {
        WatchTrial *trial = &f.trials[i];
        *trial = (WatchTrial){
            .trial = 23 - i, .status = "completed", .metric = 0.88, .epochs = 15, .seconds = 12.3};
        text_copy(trial->stage, sizeof(trial->stage), "fine");
        text_copy(trial->values, sizeof(trial->values), "learning_rate 0.0123, momentum 0.9, hidden 256");
    }
    return f;
}

static size_t width_of(const char *text) {
    size_t width = 0;
    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}

static Frame frame_of(const WatchFigures *f, int width, int height, bool utf8) {
    Frame frame;
    CU_ASSERT_EQUAL_FATAL(watch_frame(f, (FrameShape){width, height, utf8}, &frame), STATUS_OK);
    CU_ASSERT(frame.count <= (size_t)height);
    for (size_t i = 0; i < frame.count; i++) {
        CU_ASSERT(width_of(frame.lines[i].text) <= (size_t)width);
        for (const char *at = frame.lines[i].text; *at != '\0'; at++)
            CU_ASSERT((unsigned char)*at >= ' ' && (utf8 || (unsigned char)*at < 127));
    }
    return frame;
}

/* The number of the line that begins so; -1 where none does. */
static int line_with(const Frame *frame, const char *start) {
    for (size_t i = 0; i < frame->count; i++) {
        if (strncmp(frame->lines[i].text, start, strlen(start)) == 0) return (int)i;
    }
    return -1;
}

static void line_is(const Frame *frame, size_t line, const char *wanted) {
    CU_ASSERT_FATAL(line < frame->count);
    CU_ASSERT_STRING_EQUAL(frame->lines[line].text, wanted);
    if (strcmp(frame->lines[line].text, wanted) != 0) fprintf(stderr, "[%s]\n", frame->lines[line].text);
}

static void the_usual_terminal_shows_all_sections(void) {
    WatchFigures f = figures_of(2);
    Frame frame = frame_of(&f, 80, 24, true);
    CU_ASSERT_EQUAL(frame.count, 24);
    line_is(&frame, 0, "fashion-mlp  results/tour.h5                                             q: quit");
    CU_ASSERT_EQUAL(frame.lines[0].style, FRAME_STRONG);
    line_is(&frame, 1, "running, process 4711 on node3: training");
    line_is(&frame, 2, "");
    line_is(&frame, 3, "stage    fine, 2 of 2; 24 of 56 trials: 22 completed, 2 diverged");
    line_is(&frame, 4, "         [████████▋           ]  43 %, about 3 min 05 s left, 7.24 trials/min");
    line_is(&frame, 6, "best     val_accuracy 89.31 %, trial 17, learning_rate 0.0316, momentum 0.9");
    line_is(&frame, 7, "         ▁▆▆█  70.00 % to 89.31 %");
    line_is(&frame, 9, "ranks    2 train");
    line_is(&frame, 10, "  rank  host   trial   epochs         for");
    CU_ASSERT_EQUAL(frame.lines[10].style, FRAME_FAINT);
    line_is(&frame, 11, "     0  node0    100  3 of 15  1 h 23 min");
    line_is(&frame, 12, "     1  node0    101  3 of 15  1 h 23 min");
    line_is(&frame, 14, "  last trials  stage  status     val_accuracy  epochs    took");
    line_is(&frame, 15, "           23  fine   completed       88.00 %      15  12.3 s");
    CU_ASSERT_EQUAL(line_with(&frame, "           15  "), 23);
    frame_release(&frame);
    watch_figures_release(&f);
}

static void a_small_terminal_shows_them_too(void) {
    WatchFigures f = figures_of(2);
    Frame frame = frame_of(&f, 60, 15, true);
    CU_ASSERT_EQUAL(frame.count, 15);
    line_is(&frame, 2, "stage    fine, 2 of 2; 24 of 56 trials: 22 completed");
    line_is(&frame, 3, "         [████▎     ]  43 %, about 3 min 05 s left");
    CU_ASSERT_EQUAL(line_with(&frame, "ranks "), 6);
    CU_ASSERT_EQUAL(line_with(&frame, "  last trials  "), 10);
    frame_release(&frame);
    watch_figures_release(&f);
}

static void a_large_terminal_shows_values_and_more_entries(void) {
    WatchFigures f = figures_of(2);
    Frame frame = frame_of(&f, 200, 60, true);
    line_is(&frame, 6,
            "best     val_accuracy 89.31 %, trial 17, learning_rate 0.0316, momentum 0.9, hidden 256, "
            "dropout 0.25");
    line_is(&frame, 15,
            "           23  fine   completed       88.00 %      15  12.3 s  learning_rate 0.0123, momentum "
            "0.9, hidden 256");
    CU_ASSERT_EQUAL(frame.count, 15 + 24);
    frame_release(&frame);
    watch_figures_release(&f);
}

static void of_a_thousand_ranks_as_many_are_shown_as_fit(void) {
    WatchFigures f = figures_of(1000);
    Frame frame = frame_of(&f, 80, 24, false);
    line_is(&frame, 9, "ranks    1000 train");
    line_is(&frame, 11, "     0  node0    100  3 of 15  1 h 23 min");
    CU_ASSERT_EQUAL(line_with(&frame, "     4  "), 15);
    CU_ASSERT_EQUAL(line_with(&frame, "     5  "), -1);
    CU_ASSERT_EQUAL(line_with(&frame, "  last trials"), 17);
    frame_release(&frame);
    frame = frame_of(&f, 200, 60, false);
    int first = line_with(&frame, "     0  node0");
    CU_ASSERT_FATAL(first > 0);
    CU_ASSERT(strstr(frame.lines[first].text, "    23  node0    123  ") != NULL);
    CU_ASSERT(strstr(frame.lines[first].text, "    69  node2    169  ") != NULL);
    frame_release(&frame);
    watch_figures_release(&f);
}

static void no_size_is_too_small(void) {
    WatchFigures f = figures_of(40);
    text_copy(f.notice, sizeof(f.notice), "no news for 2 min 10 s; continue with: winnow run space.yaml");
    for (int width = 1; width < 90; width += 3) {
        for (int height = 1; height < 40; height++) {
            Frame frame = frame_of(&f, width, height, height % 2 == 0);
            CU_ASSERT(frame.count > 0);
            frame_release(&frame);
        }
    }
    watch_figures_release(&f);
}

static void a_notice_goes_over_several_lines(void) {
    WatchFigures f = figures_of(0);
    f.ranks_told[0] = '\0';
    text_copy(f.notice, sizeof(f.notice), "no news for 2 min 10 s; continue with: winnow run space.yaml");
    Frame frame = frame_of(&f, 40, 24, true);
    line_is(&frame, 2, "no news for 2 min 10 s; continue with:");
    line_is(&frame, 3, "winnow run space.yaml");
    CU_ASSERT_EQUAL(frame.lines[2].style, FRAME_STRONG);
    CU_ASSERT_EQUAL(line_with(&frame, "ranks"), -1);
    frame_release(&frame);
    watch_figures_release(&f);
}

static void before_the_first_trial_nothing_is_made_up(void) {
    WatchFigures f = {.stage_number = 1,
                      .stage_count = 1,
                      .planned = 4,
                      .seconds_left = NAN,
                      .trials_a_minute = NAN,
                      .trend_count = 2,
                      .trend = {NAN, NAN}};
    text_copy(f.stage, sizeof(f.stage), "only");
    text_copy(f.counts, sizeof(f.counts), "none yet");
    Frame frame = frame_of(&f, 80, 24, false);
    line_is(&frame, 3, "stage    only, 1 of 1; 0 of 4 trials: none yet");
    line_is(&frame, 4, "         [....................]   0 %");
    line_is(&frame, 6, "best     none yet");
    CU_ASSERT_EQUAL(frame.count, 7);
    frame_release(&frame);
}

static void what_is_no_character_is_shown_as_a_question_mark(void) {
    WatchFigures f = figures_of(0);
    text_copy(f.name, sizeof(f.name), "caf\xC3\xA9\x1B[2J");
    Frame frame = frame_of(&f, 80, 24, true);
    CU_ASSERT_NSTRING_EQUAL(frame.lines[0].text, "caf\xC3\xA9?[2J  ", 11);
    frame_release(&frame);
    frame = frame_of(&f, 80, 24, false);
    CU_ASSERT_NSTRING_EQUAL(frame.lines[0].text, "caf??[2J  ", 10);
    frame_release(&frame);
    watch_figures_release(&f);
}

static void a_line_of_a_log_says_the_same(void) {
    WatchFigures f = figures_of(2);
    char *line;
    CU_ASSERT_EQUAL_FATAL(watch_line(&f, &line), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(
        line, "fashion-mlp: running, process 4711 on node3: training; fine, 2 of 2; 24 of 56 trials: "
              "22 completed, 2 diverged; 43 %, about 3 min 05 s left, 7.24 trials/min; best 89.31 %, "
              "trial 17");
    free(line);
    watch_figures_release(&f);
}

void suite_watch_frame(void) {
    static const TestCase tests[] = {
        {"a bar is as long as its part", a_bar_is_as_long_as_its_part},
        {"a spark is as high as its value", a_spark_is_as_high_as_its_value},
        {"80 x 24 shows all sections", the_usual_terminal_shows_all_sections},
        {"60 x 15 shows them, too", a_small_terminal_shows_them_too},
        {"200 x 60 shows values and more entries", a_large_terminal_shows_values_and_more_entries},
        {"of a thousand ranks as many are shown as fit", of_a_thousand_ranks_as_many_are_shown_as_fit},
        {"no size is too small", no_size_is_too_small},
        {"a notice goes over several lines", a_notice_goes_over_several_lines},
        {"before the first trial nothing is made up", before_the_first_trial_nothing_is_made_up},
        {"what is no character is shown as a question mark",
         what_is_no_character_is_shown_as_a_question_mark},
        {"a line of a log says the same", a_line_of_a_log_says_the_same},
    };
    SUITE("watch frame", tests);
}
