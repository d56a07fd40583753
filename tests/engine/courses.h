/* Trainings of a small network on the made-up pictures, followed to their end and compared. */
#ifndef WINNOW_TESTS_ENGINE_COURSES_H
#define WINNOW_TESTS_ENGINE_COURSES_H

#include "engine/trainer.h"

#define COURSE_HIDDEN 19 /* no multiple of anything, so that there is padding between blocks */
#define COURSE_EPOCHS 60 /* at most */

/* A finished training. */
typedef struct Course {
    EpochRow rows[COURSE_EPOCHS];
    size_t epochs;
    TrainOutcome outcome;
} Course;

extern const TrialKey course_key;

/* dense - relu - dense for the made-up pictures; with dropout before the last layer where its rate is above
 * 0.
 */
NetworkSpec course_spec(double dropout);

/* conv2d - batch_norm - relu - max_pool - dense - batch_norm - relu - dense for the same. */
NetworkSpec course_norm_spec(void);

Trainer *course_begin(const NetworkSpec *spec, const TrainSettings *settings, const Examples *train,
                      const Examples *validation, TrialKey trial);

/* Train to the end; the rows of epochs done before stay zero. */
Course course_follow(Trainer *trainer);

/* Equal in every bit but the seconds. */
bool courses_equal(Course a, Course b);

#endif
