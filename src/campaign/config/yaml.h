/* YAML text as a tree of nodes. libfyaml stays behind this door. */
#ifndef WINNOW_CAMPAIGN_CONFIG_YAML_H
#define WINNOW_CAMPAIGN_CONFIG_YAML_H

#include <stdbool.h>

#include "base/source.h"
#include "campaign/config/pool.h"

#define YAML_MAX_DEPTH 32
#define YAML_MAX_NODES ((size_t)100000) /* with every alias counted as all that it stands for */
#define YAML_MAX_KEYS ((size_t)512)     /* of one mapping */
#define YAML_MAX_ANCHORS ((size_t)512)

typedef enum YamlKind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING } YamlKind;

/* Aliases share the node that they name, so this is a graph without circles. */
typedef struct YamlNode YamlNode;
struct YamlNode {
    YamlKind kind;
    SourceMark mark;  /* where it was written; that of the key where nothing was */
    const char *text; /* scalar: zero-ended UTF-8 without control characters other than tab and newline; ""
                         for null */
    bool quoted;      /* scalar: in quotes or a block, so a text whatever it looks like */
    size_t count;     /* of items, or of pairs */
    YamlNode **keys;  /* [count] mapping: scalars, all different */
    YamlNode **items; /* [count] sequence: items; mapping: values */
    size_t size;      /* nodes in it, itself included, aliases expanded */
    size_t depth;     /* levels in it, 1 for a scalar */
};

/* The one document in `source`, in the pool's memory. STATUS_INPUT with line and column: no YAML, not UTF-8,
 * no or several documents, duplicate keys, tags, or over the limits above. Prints nothing. */
Status yaml_parse(const SourceText *source, ConfigPool *pool, const YamlNode **root) MUST_CHECK;

/* Value of `key` in a mapping, NULL where there is none (or `node` is NULL or no mapping). */
const YamlNode *yaml_get(const YamlNode *node, const char *key);

/* A scalar that was left empty or written as null or ~. */
bool yaml_is_null(const YamlNode *node);

#endif
