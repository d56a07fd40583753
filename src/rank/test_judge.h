/* What stored networks are worth on the test set. */
#ifndef WINNOW_RANK_TEST_JUDGE_H
#define WINNOW_RANK_TEST_JUDGE_H

#include "rank/candidates.h"

/* The members' probabilities, each counting `counts` times, averaged and judged: probabilities
 * [test->count, classes]. The members are in the pool. Call blas_prepare first. */
Status test_judge(const Config *config, const Ledger *ledger, const Candidates *pool,
                  const Selection *selection, const Examples *test, float *probabilities, double *accuracy,
                  double *loss) MUST_CHECK;

/* One network of the pool alone. `probabilities` [test->count, classes] may be NULL. */
Status test_judge_single(const Config *config, const Ledger *ledger, const MemberBlob *blob,
                         const Examples *test, float *probabilities, double *accuracy,
                         double *loss) MUST_CHECK;

#endif
