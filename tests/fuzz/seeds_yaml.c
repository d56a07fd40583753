#include <glob.h>
#include <stdlib.h>

#include "base/file.h"
#include "campaign/config.h"
#include "fuzz.h"
#include "make_seeds.h"

static void seed_config(const char *path, unsigned number) {
    Config *config = NULL;
    char *text = NULL;
    size_t length = 0;
    REQUIRE(config_read(&config, path) == STATUS_OK); /* else no input would get far */
    config_destroy(&config);
    REQUIRE(file_read(path, CONFIG_MAX_BYTES, &text, &length) == STATUS_OK);
    seed_write("yaml", "config", number, text, length);
    ByteWriter twice = {0};
    bytes_put_raw(&twice, text, length);
    seed_separator(&twice);
    bytes_put_raw(&twice, text, length);
    seed_finish("yaml", "twice", number, &twice);
    free(text);
}

void seeds_of_yaml(void) {
    glob_t found;
    REQUIRE(glob(SOURCE_ROOT "/search_spaces/*.yaml", 0, NULL, &found) == 0);
    REQUIRE(glob(SOURCE_ROOT "/tests/e2e/*.yaml", GLOB_APPEND, NULL, &found) == 0);
    REQUIRE(glob(SOURCE_ROOT "/tests/fuzz/configurations/*.yaml", GLOB_APPEND, NULL, &found) == 0);
    for (size_t i = 0; i < found.gl_pathc; i++)
        seed_config(found.gl_pathv[i], (unsigned)i);
    globfree(&found);
}
