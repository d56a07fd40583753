/* Do the best values of a parameter press against an end of its range? Pure. */
#ifndef WINNOW_REPORT_STATISTICS_LEAN_H
#define WINNOW_REPORT_STATISTICS_LEAN_H

#include <stddef.h>

typedef enum Lean { LEAN_NONE, LEAN_LOW, LEAN_HIGH } Lean;

/* value [count]: of the best trials, the best first, each within the range from 0 to 1 in the parameter's own
 * scale. They lean on an end where one of the two best lies within a twentieth of it and more than half lie
 * in the third beside it. Fewer than three never do. (The zoom, which acts on it, looks at all trials:
 * search/zoom_rules.h.) */
Lean lean_of(const double *value, size_t count);

#endif
