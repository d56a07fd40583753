/* Spaces for tests, built in a few words. */
#ifndef WINNOW_TESTS_SEARCH_FIXTURES_H
#define WINNOW_TESTS_SEARCH_FIXTURES_H

#include "search/space.h"

/* A new parameter at the end of the space, without ends to its domain. The space is zeroed before the first.
 */
Parameter *space_add(Space *space, const char *name, Distribution distribution);
Parameter *space_add_range(Space *space, const char *name, Distribution distribution, double min, double max);
/* Categorical, equally probable. */
Parameter *space_add_words(Space *space, const char *name, size_t count, const char *const *words);
Parameter *space_add_numbers(Space *space, const char *name, size_t count, const double *numbers);

/* Let parameter `index` exist only beside these values (bits) of `other`. */
void space_add_condition(Space *space, size_t index, size_t other, uint64_t allowed);

#endif
