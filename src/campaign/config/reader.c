#include "campaign/config/reader.h"

#include <string.h>

#include "base/text.h"

Status words_joined(const ConfigReader *reader, const char *const *words, size_t count, const char **out) {
    Text text = {0};
    for (size_t i = 0; i < count; i++) {
        text_add(&text, "%s%s", i == 0 ? "" : i + 1 == count ? " or " : ", ", text_shown(words[i]));
    }
    Status status = pool_text(reader->pool, text_of(&text), strlen(text_of(&text)), out);
    text_release(&text);
    return status;
}

Status words_hint(const ConfigReader *reader, const char *word, const char *const *words, size_t count,
                  const char **out) {
    const char *nearest = text_nearest(word, words, count);
    Text text = {0};
    if (nearest != NULL) {
        text_add(&text, "did you mean '%s'?", text_shown(nearest));
    } else {
        const char *joined = NULL;
        TRY(words_joined(reader, words, count, &joined));
        text_add(&text, "known: %s", joined);
    }
    Status status = pool_text(reader->pool, text_of(&text), strlen(text_of(&text)), out);
    text_release(&text);
    return status;
}

static const char *kind_text(const YamlNode *node) {
    if (node->kind == YAML_SEQUENCE) return "a list";
    if (node->kind == YAML_MAPPING) return "a mapping";
    return yaml_is_null(node) ? "empty" : "a single value";
}

Status read_keys(const ConfigReader *reader, const YamlNode *node, const char *what, const char *const *keys,
                 size_t count) {
    if (node->kind != YAML_MAPPING) {
        const char *joined = NULL;
        TRY(words_joined(reader, keys, count, &joined));
        return source_fail(reader->source, node->mark,
                           "%s is %s here, but must be a mapping with the keys %s", what, kind_text(node),
                           joined);
    }
    for (size_t i = 0; i < node->count; i++) {
        const char *key = node->keys[i]->text;
        bool known = false;
        for (size_t k = 0; k < count && !known; k++)
            known = strcmp(key, keys[k]) == 0;
        if (known) continue;
        const char *hint = NULL;
        TRY(words_hint(reader, key, keys, count, &hint));
        return source_fail(reader->source, node->keys[i]->mark, "unknown key '%s' in %s; %s", text_shown(key),
                           what, hint);
    }
    return STATUS_OK;
}

Status read_text(const ConfigReader *reader, const YamlNode *node, const char *what, const char **text) {
    if (node->kind != YAML_SCALAR || yaml_is_null(node) || node->text[0] == '\0') {
        return source_fail(reader->source, node->mark, "%s is %s, but must be a single value", what,
                           node->kind == YAML_SCALAR ? "empty" : kind_text(node));
    }
    *text = node->text;
    return STATUS_OK;
}

Status read_number(const ConfigReader *reader, const YamlNode *node, const char *what, const NumberRule *rule,
                   double *value) {
    char right[RULE_TEXT_SIZE];
    const char *text = "";
    rule_text(rule, right);
    if (node->kind != YAML_SCALAR || yaml_is_null(node)) {
        return source_fail(reader->source, node->mark, "%s is %s, but must be %s", what, kind_text(node),
                           right);
    }
    TRY(read_text(reader, node, what, &text));
    NumberForm form = number_parse(text, value);
    if (form == NUMBER_INFINITE) {
        return source_fail(reader->source, node->mark, "%s is %s, but must be finite: %s", what,
                           text_shown(text), right);
    }
    if (form != NUMBER_NONE && node->quoted) {
        return source_fail(reader->source, node->mark, "%s is a text in quotes; write %s without them", what,
                           text_shown(text));
    }
    if (form == NUMBER_NONE || !rule_allows(rule, *value)) {
        return source_fail(reader->source, node->mark, "%s is %s%s, but must be %s", what,
                           form == NUMBER_NONE ? "the word " : "", text_shown(text), right);
    }
    return STATUS_OK;
}

Status read_optional(const ConfigReader *reader, const YamlNode *mapping, const char *key,
                     const NumberRule *rule, double *value) {
    const YamlNode *node = yaml_get(mapping, key);
    return node == NULL ? STATUS_OK : read_number(reader, node, key, rule, value);
}

Status read_optional_u32(const ConfigReader *reader, const YamlNode *mapping, const char *key,
                         const NumberRule *rule, uint32_t *value) {
    double number = *value;
    TRY(read_optional(reader, mapping, key, rule, &number));
    *value = (uint32_t)number;
    return STATUS_OK;
}

Status read_word(const ConfigReader *reader, const YamlNode *node, const char *what, const char *const *words,
                 size_t count, size_t *index) {
    const char *text = "";
    TRY(read_text(reader, node, what, &text));
    for (size_t i = 0; i < count; i++) {
        if (strcmp(text, words[i]) != 0) continue;
        *index = i;
        return STATUS_OK;
    }
    const char *hint = NULL;
    TRY(words_hint(reader, text, words, count, &hint));
    return source_fail(reader->source, node->mark, "%s '%s' is unknown; %s", what, text_shown(text), hint);
}

Status read_name(const ConfigReader *reader, const YamlNode *node, const char *what, char *out, size_t size) {
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    const char *text = "";
    TRY(read_text(reader, node, what, &text));
    size_t length = strspn(text, allowed);
    if (text[length] != '\0' || text[0] == '.') {
        return source_fail(
            reader->source, node->mark,
            "%s '%s' must consist of letters, digits, '-', '_' and '.', and not begin with '.'", what,
            text_shown(text));
    }
    if (length >= size) {
        return source_fail(reader->source, node->mark, "%s has %zu letters; %zu is the most", what, length,
                           size - 1);
    }
    text_copy(out, size, text);
    return STATUS_OK;
}

bool node_is_true(const YamlNode *node) {
    return node->kind == YAML_SCALAR && !node->quoted &&
           (strcmp(node->text, "true") == 0 || strcmp(node->text, "True") == 0 ||
            strcmp(node->text, "TRUE") == 0);
}

bool node_is_false(const YamlNode *node) {
    return node->kind == YAML_SCALAR && !node->quoted &&
           (strcmp(node->text, "false") == 0 || strcmp(node->text, "False") == 0 ||
            strcmp(node->text, "FALSE") == 0);
}
