/* What the parts of the configuration's reader share: access to nodes with errors that say where and what. */
#ifndef WINNOW_CAMPAIGN_CONFIG_READER_H
#define WINNOW_CAMPAIGN_CONFIG_READER_H

#include "campaign/config.h"
#include "campaign/config/rule.h"
#include "campaign/config/text.h"
#include "campaign/config/yaml.h"

/* What Config.memory points to. */
typedef struct ConfigMemory {
    ConfigPool pool;
    const YamlNode *root; /* of the text, to say where things stand */
} ConfigMemory;

typedef struct ConfigReader {
    Config *config; /* being filled */
    ConfigPool *pool;
    const SourceText *source;
    const YamlNode *root;
    const YamlNode *parameters[SPACE_MAX_PARAMETERS]; /* where each stands: a mapping */
    bool used[SPACE_MAX_PARAMETERS];                  /* by a layer of the network */
    StoppingRules stopping;                           /* of stages that do not say otherwise */
} ConfigReader;

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* The node is a mapping with none but these keys; else an error that names the nearest of them. `what` is
 * what the mapping describes: "a stage". */
Status read_keys(const ConfigReader *reader, const YamlNode *node, const char *what, const char *const *keys,
                 size_t count) MUST_CHECK;

/* A number that obeys the rule. `what` is its name in messages. */
Status read_number(const ConfigReader *reader, const YamlNode *node, const char *what, const NumberRule *rule,
                   double *value) MUST_CHECK;
/* The same for an optional key of a mapping: *value stays as it is where it is missing. The key is its name.
 */
Status read_optional(const ConfigReader *reader, const YamlNode *mapping, const char *key,
                     const NumberRule *rule, double *value) MUST_CHECK;
Status read_optional_u32(const ConfigReader *reader, const YamlNode *mapping, const char *key,
                         const NumberRule *rule, uint32_t *value) MUST_CHECK;

/* A scalar that is not empty, borrowed from the node. */
Status read_text(const ConfigReader *reader, const YamlNode *node, const char *what,
                 const char **text) MUST_CHECK;

/* One of these words; *index says which. The nearest is suggested where it is none. */
Status read_word(const ConfigReader *reader, const YamlNode *node, const char *what, const char *const *words,
                 size_t count, size_t *index) MUST_CHECK;

/* A name of letters, digits, '-', '_' and '.', not beginning with '.', shorter than `size` bytes. */
Status read_name(const ConfigReader *reader, const YamlNode *node, const char *what, char *out,
                 size_t size) MUST_CHECK;

/* true or false as YAML writes them. */
bool node_is_true(const YamlNode *node);
bool node_is_false(const YamlNode *node);

/* "a, b or c", cut where it does not fit, in the pool's memory. */
Status words_joined(const ConfigReader *reader, const char *const *words, size_t count,
                    const char **out) MUST_CHECK;

/* Of `words`, the nearest to `word` as a suggestion ("; did you mean 'x'?"), else "; known are a, b or c". */
Status words_hint(const ConfigReader *reader, const char *word, const char *const *words, size_t count,
                  const char **out) MUST_CHECK;

/* The parts, in the order in which they are read. */
Status config_read_data(ConfigReader *reader, const YamlNode *node) MUST_CHECK;
Status config_read_parameters(ConfigReader *reader, const YamlNode *node) MUST_CHECK;
Status config_read_network(ConfigReader *reader, const YamlNode *node) MUST_CHECK;
Status
config_check_parameters(ConfigReader *reader) MUST_CHECK; /* ranges, and that each one reaches something */
/* *rules stays as it is where `node` is NULL. */
Status config_read_stopping(const ConfigReader *reader, const YamlNode *node,
                            StoppingRules *rules) MUST_CHECK;
Status config_read_stages(ConfigReader *reader, const YamlNode *node) MUST_CHECK;
Status config_check_stopping(const ConfigReader *reader) MUST_CHECK; /* once all stages are read */
Status config_read_ensemble(ConfigReader *reader, const YamlNode *node) MUST_CHECK;
Status config_write_canonical(ConfigReader *reader) MUST_CHECK;

#endif
