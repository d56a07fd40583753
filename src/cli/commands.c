#include "cli/command.h"

const Command *const commands[] = {&command_run, &command_version, NULL};
