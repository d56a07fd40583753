#include "cli/command.h"

const Command *const commands[] = {&command_run, &command_check, &command_sample,  &command_status,
                                   &command_top, &command_bench, &command_version, NULL};
