/* The door to libfyaml. */
#include "campaign/config/yaml.h"

#include <libfyaml.h>
#include <stdint.h>
#include <string.h>

#include "campaign/config/lines.h"
#include "campaign/config/text.h"

typedef struct Anchor {
    const char *name;
    YamlNode *node;
} Anchor;

typedef struct YamlReader {
    const SourceText *source;
    ConfigPool *pool;
    struct fy_parser *parser;
    LineIndex lines;
    SourceMark last; /* of the newest event that had one */
    size_t depth;
    size_t nodes; /* made so far */
    size_t open_count;
    SourceMark open[YAML_MAX_DEPTH + 1]; /* brackets and braces that wait for their end */
    size_t anchor_count;
    Anchor anchors[YAML_MAX_ANCHORS];
} YamlReader;

static void be_silent(struct fy_diag *diag, void *user, const char *text, size_t length) {
    (void)diag, (void)user, (void)text, (void)length;
}

static const char *syntax_hint(const char *reason) {
    static const struct {
        const char *part, *hint;
    } hints[] = {
        {"multiline plain key", "; is the next line indented by mistake, or is its ':' missing?"},
        {"mapping on the same line", "; a text with ': ' in it belongs in quotes"},
        {"plain scalar cannot start", "; put the text in quotes"},
        {"missing comma", "; entries in { } and [ ] are separated by ', '"},
    };
    for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
        if (strstr(reason, hints[i].part) != NULL) return hints[i].hint;
    }
    return "";
}

/* The first tab in the indentation of the line of the error or of the next one. */
static bool find_tab(const YamlReader *reader, SourceMark error, SourceMark *tab) {
    for (size_t line = error.line; line <= error.line + 1; line++) {
        size_t column = lines_tab(&reader->lines, line);
        if (column == 0) continue;
        *tab = (SourceMark){.line = line, .column = column};
        return true;
    }
    return false;
}

static Status syntax_at(const YamlReader *reader, const char *reason, SourceMark mark) {
    const SourceText *source = reader->source;
    SourceMark tab;
    if (find_tab(reader, mark, &tab)) {
        return source_fail(source, tab, "a tab in the indentation; YAML wants spaces there");
    }
    if (strstr(reason, "without closing quote") != NULL) {
        mark.column -= mark.column > 1; /* libfyaml's is behind the quote */
    } else if (reader->open_count > 0 && mark.line >= reader->lines.count) {
        return source_fail(source, reader->open[reader->open_count - 1],
                           "not valid YAML: the bracket or brace that opens here is never closed");
    }
    return source_fail(source, mark, "not valid YAML: %s%s", reason, syntax_hint(reason));
}

static Status syntax_fail(YamlReader *reader) {
    void *position = NULL;
    struct fy_diag *diag = fy_parser_get_diag(reader->parser);
    const struct fy_diag_error *error = fy_diag_errors_iterate(diag, &position);
    const char *reason = error != NULL && error->msg != NULL ? error->msg : "libfyaml cannot read it";
    SourceMark mark = reader->last;
    if (error != NULL && error->line > 0 && error->column > 0) {
        mark = lines_character(&reader->lines, (size_t)error->line, (size_t)error->column);
    }
    Status status = syntax_at(reader, reason, mark);
    fy_diag_unref(diag);
    return status;
}

/* The next event, to be freed by the caller; an error where there is none. */
static Status next_event(YamlReader *reader, struct fy_event **event) {
    *event = fy_parser_parse(reader->parser);
    if (*event == NULL) return syntax_fail(reader);
    const struct fy_mark *mark = fy_event_start_mark(*event);
    if (mark == NULL) return STATUS_OK;
    /* That of an alias is behind its star. */
    reader->last =
        lines_mark(&reader->lines, mark->input_pos - ((*event)->type == FYET_ALIAS && mark->input_pos > 0));
    return STATUS_OK;
}

static Status count_node(YamlReader *reader) {
    if (++reader->nodes <= YAML_MAX_NODES) return STATUS_OK;
    return source_fail(reader->source, reader->last, "more than %zu values; no campaign needs that many",
                       YAML_MAX_NODES);
}

static Status new_node(YamlReader *reader, YamlKind kind, YamlNode **node) {
    TRY(count_node(reader));
    TRY(pool_take(reader->pool, 1, sizeof(YamlNode), (void *)node));
    **node = (YamlNode){.kind = kind, .mark = reader->last, .text = "", .size = 1, .depth = 1};
    return STATUS_OK;
}

static Status node_text(YamlReader *reader, YamlNode *node, struct fy_token *token) {
    size_t length = 0;
    const char *text = token == NULL ? NULL : fy_token_get_text(token, &length);
    if (text == NULL) return STATUS_OK;
    enum fy_scalar_style style = fy_scalar_token_get_style(token);
    node->quoted = style != FYSS_PLAIN && style != FYSS_ANY;
    /* libfyaml's mark is behind the quote. */
    if ((style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED) && node->mark.column > 1)
        node->mark.column--;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if ((byte < 0x20 && byte != '\t' && byte != '\n') || byte == 0x7F) {
            return source_fail(reader->source, node->mark,
                               "the control character 0x%02x has no place in a configuration", byte);
        }
    }
    return pool_text(reader->pool, text, length, &node->text);
}

/* Append to `node`, whose arrays grow by doubling. */
static Status node_add(YamlReader *reader, YamlNode *node, YamlNode *key, YamlNode *item) {
    if ((node->count & (node->count - 1)) == 0) {
        size_t room = node->count == 0 ? 1 : 2 * node->count;
        YamlNode **items = NULL;
        YamlNode **keys = NULL;
        TRY(pool_take(reader->pool, room, sizeof(YamlNode *), (void *)&items));
        TRY(pool_take(reader->pool, key == NULL ? 0 : room, sizeof(YamlNode *), (void *)&keys));
        if (node->count > 0) {
            memcpy(items, node->items, node->count * sizeof(YamlNode *));
            if (key != NULL) memcpy(keys, node->keys, node->count * sizeof(YamlNode *));
        }
        node->items = items;
        node->keys = keys;
    }
    if (key != NULL) node->keys[node->count] = key;
    node->items[node->count++] = item;
    node->size += item->size + (key != NULL);
    if (node->depth < item->depth + 1) node->depth = item->depth + 1;
    if (node->size > YAML_MAX_NODES) {
        return source_fail(reader->source, reader->last,
                           "aliases (*name) expand to more than %zu values; write out what is meant",
                           YAML_MAX_NODES);
    }
    if (node->depth + reader->depth > YAML_MAX_DEPTH + 1) {
        return source_fail(reader->source, reader->last, "nested deeper than %d levels", YAML_MAX_DEPTH);
    }
    return STATUS_OK;
}

static Status read_node(YamlReader *reader, struct fy_event *event, YamlNode **node);

static Status check_key(const YamlReader *reader, const YamlNode *node, const YamlNode *key) {
    if (key->kind != YAML_SCALAR) {
        return source_fail(reader->source, key->mark, "a key must be a plain word, not a list or a mapping");
    }
    if (strcmp(key->text, "<<") == 0) {
        return source_fail(reader->source, key->mark,
                           "merge keys (<<) are not known here; write the keys out");
    }
    for (size_t i = 0; i < node->count; i++) {
        if (strcmp(node->keys[i]->text, key->text) == 0) {
            return source_fail(reader->source, key->mark,
                               "the key '%s' is here twice, first in line %zu; keep one of them",
                               text_shown(key->text), node->keys[i]->mark.line);
        }
    }
    if (node->count == YAML_MAX_KEYS) {
        return source_fail(reader->source, key->mark, "more than %zu keys in one mapping", YAML_MAX_KEYS);
    }
    return STATUS_OK;
}

/* One child, or NULL at the end of the collection. */
static Status read_child(YamlReader *reader, enum fy_event_type end, YamlNode **child) {
    struct fy_event *event = NULL;
    TRY(next_event(reader, &event));
    *child = NULL;
    Status status = event->type == end ? STATUS_OK : read_node(reader, event, child);
    fy_parser_event_free(reader->parser, event);
    return status;
}

static Status read_children(YamlReader *reader, YamlNode *node) {
    bool mapping = node->kind == YAML_MAPPING;
    enum fy_event_type end = mapping ? FYET_MAPPING_END : FYET_SEQUENCE_END;
    for (;;) {
        YamlNode *first = NULL;
        YamlNode *value = NULL;
        TRY(read_child(reader, end, &first));
        if (first == NULL) return STATUS_OK;
        if (mapping) {
            TRY(check_key(reader, node, first));
            reader->last = first->mark; /* where a value that is left out will be said to stand */
            TRY(read_child(reader, end, &value));
            if (value == NULL) return source_fail(reader->source, first->mark, "this key has no value");
        }
        TRY(node_add(reader, node, mapping ? first : NULL, mapping ? value : first));
    }
}

static Status read_collection(YamlReader *reader, struct fy_event *event, YamlNode **node) {
    TRY(new_node(reader, event->type == FYET_MAPPING_START ? YAML_MAPPING : YAML_SEQUENCE, node));
    if (reader->depth == YAML_MAX_DEPTH) {
        return source_fail(reader->source, reader->last, "nested deeper than %d levels", YAML_MAX_DEPTH);
    }
    const struct fy_mark *mark = fy_event_start_mark(event);
    bool inside = mark != NULL && mark->input_pos < reader->source->length;
    char opening = inside ? reader->source->text[mark->input_pos] : '\0';
    bool bracket = opening == '[' || opening == '{';
    if (bracket) reader->open[reader->open_count++] = (*node)->mark;
    reader->depth++;
    TRY(read_children(reader, *node));
    reader->depth--;
    if (bracket) reader->open_count--;
    return STATUS_OK;
}

static Status add_anchor(YamlReader *reader, struct fy_token *token, YamlNode *node) {
    size_t length = 0;
    const char *name = fy_token_get_text(token, &length);
    if (reader->anchor_count == YAML_MAX_ANCHORS) {
        return source_fail(reader->source, node->mark, "more than %zu anchors (&name)", YAML_MAX_ANCHORS);
    }
    Anchor *anchor = &reader->anchors[reader->anchor_count];
    TRY(pool_text(reader->pool, name, name == NULL ? 0 : length, &anchor->name));
    anchor->node = node;
    reader->anchor_count++;
    return STATUS_OK;
}

static Status find_anchor(const YamlReader *reader, struct fy_token *token, YamlNode **node) {
    size_t length = 0;
    const char *name = fy_token_get_text(token, &length);
    for (size_t i = reader->anchor_count; name != NULL && i-- > 0;) {
        const Anchor *anchor = &reader->anchors[i];
        if (strlen(anchor->name) == length && memcmp(anchor->name, name, length) == 0) {
            *node = anchor->node;
            return STATUS_OK;
        }
    }
    return source_fail(reader->source, reader->last, "this alias names no anchor (&name) above it");
}

static Status read_node(YamlReader *reader, struct fy_event *event, YamlNode **node) {
    if (event->type == FYET_ALIAS) return find_anchor(reader, event->alias.anchor, node);
    if (fy_event_get_tag_token(event) != NULL) {
        return source_fail(reader->source, reader->last, "tags (!name) are not known here; leave it out");
    }
    struct fy_token *anchor = fy_event_get_anchor_token(event);
    if (event->type == FYET_SCALAR) {
        TRY(new_node(reader, YAML_SCALAR, node));
        TRY(node_text(reader, *node, event->scalar.value));
    } else {
        TRY(read_collection(reader, event, node));
    }
    return anchor == NULL ? STATUS_OK : add_anchor(reader, anchor, *node);
}

static Status read_document(YamlReader *reader, const YamlNode **root) {
    YamlNode *top = NULL;
    for (;;) {
        struct fy_event *event = NULL;
        TRY(next_event(reader, &event));
        enum fy_event_type type = event->type;
        Status status = STATUS_OK;
        if (type == FYET_DOCUMENT_START && top != NULL) {
            status = source_fail(reader->source, reader->last,
                                 "a second YAML document begins here; one file holds one campaign");
        } else if (type != FYET_STREAM_START && type != FYET_STREAM_END && type != FYET_DOCUMENT_START &&
                   type != FYET_DOCUMENT_END) {
            status = read_node(reader, event, &top);
        }
        fy_parser_event_free(reader->parser, event);
        TRY(status);
        if (type == FYET_STREAM_END) break;
    }
    *root = top;
    return STATUS_OK;
}

static Status parse_with(YamlReader *reader, const YamlNode **root) {
    struct fy_diag_cfg diag_cfg;
    fy_diag_cfg_default(&diag_cfg);
    diag_cfg.fp = NULL;
    diag_cfg.output_fn = be_silent;
    struct fy_diag *diag = fy_diag_create(&diag_cfg);
    if (diag == NULL) return status_fail(STATUS_ENVIRONMENT, "no memory to read %s", reader->source->name);
    fy_diag_set_collect_errors(diag, true);
    struct fy_parse_cfg cfg = {.flags = FYPCF_DEFAULT_VERSION_1_2 | FYPCF_JSON_NONE, .diag = diag};
    reader->parser = fy_parser_create(&cfg);
    Status status = STATUS_OK;
    if (reader->parser == NULL ||
        fy_parser_set_string(reader->parser, reader->source->text, reader->source->length) != 0) {
        status = status_fail(STATUS_ENVIRONMENT, "no memory to read %s", reader->source->name);
    } else {
        status = read_document(reader, root);
    }
    if (reader->parser != NULL) fy_parser_destroy(reader->parser);
    fy_diag_destroy(diag);
    return status;
}

Status yaml_parse(const SourceText *source, ConfigPool *pool, const YamlNode **root) {
    YamlReader *reader = NULL;
    TRY(pool_take(pool, 1, sizeof(YamlReader), (void *)&reader));
    reader->source = source;
    reader->pool = pool;
    reader->last = (SourceMark){.line = 1, .column = 1};
    TRY(lines_index(source, pool, &reader->lines));
    TRY(lines_check_bytes(&reader->lines));
    TRY(parse_with(reader, root));
    if (*root == NULL) {
        return source_fail(source, (SourceMark){.line = 1, .column = 1},
                           "the file is empty; a configuration has at least data, network and stages");
    }
    return STATUS_OK;
}

const YamlNode *yaml_get(const YamlNode *node, const char *key) {
    if (node == NULL || node->kind != YAML_MAPPING) return NULL;
    for (size_t i = 0; i < node->count; i++) {
        if (strcmp(node->keys[i]->text, key) == 0) return node->items[i];
    }
    return NULL;
}

bool yaml_is_null(const YamlNode *node) {
    return node->kind == YAML_SCALAR && !node->quoted &&
           (node->text[0] == '\0' || strcmp(node->text, "null") == 0 || strcmp(node->text, "~") == 0);
}
