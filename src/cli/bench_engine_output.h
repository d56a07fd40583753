/* What `bench engine` prints. */
#ifndef WINNOW_CLI_BENCH_ENGINE_OUTPUT_H
#define WINNOW_CLI_BENCH_ENGINE_OUTPUT_H

#include "base/json.h"
#include "rank/bench_engine.h"

/* One object; `data` says what was trained on. NULL without memory. */
json_t *engine_json(const EngineWork *work, const EngineFigures *figures, const char *data);

/* The same as tables, to stdout. */
Status engine_print(const EngineWork *work, const EngineFigures *figures, const char *data) MUST_CHECK;

#endif
