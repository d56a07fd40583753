#define ENGINE_DOUBLE

#include "test_golden_images.c"
