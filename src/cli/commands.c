#include "cli/command.h"

const Command *const commands[] = {&command_run,
                                   &command_submit,
                                   &command_check,
                                   &command_sample,
                                   &command_status,
                                   &command_top,
                                   &command_replay,
                                   &command_ensemble,
                                   &command_predict,
                                   &command_report,
                                   &command_export,
                                   &command_merge,
                                   &command_bench_dispatch,
                                   &command_bench_engine,
                                   &command_bench_search,
                                   &command_version,
                                   NULL};
