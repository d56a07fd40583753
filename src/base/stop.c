#include "base/stop.h"

#include <signal.h>

static volatile sig_atomic_t asked;

void stop_ask(int number) {
    asked = number;
}

int stop_asked(void) {
    return asked;
}
